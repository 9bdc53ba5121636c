-- Loads `dimension_db`.`every_type_dim` from text files: each load replaces the whole table.
-- Generated: change the blueprint or the template. Run it with: hive --hivevar run=<start of the execution> -f <this file>
SET hive.exec.dynamic.partition = true;
SET hive.exec.dynamic.partition.mode = nonstrict;
SET hive.exec.max.dynamic.partitions = 10000;
SET hive.exec.max.dynamic.partitions.pernode = 10000;
-- Files in folders below that of the table are loaded too: the archive step moves them all.
SET hive.mapred.supports.subdirectories = true;
SET mapreduce.input.fileinputformat.input.dir.recursive = true;
-- Statistics of columns would need more rights on the catalog than a load does.
SET hive.stats.column.autogather = false;
-- One number is joined to all rows below, which Hive takes for a slip.
SET hive.strict.checks.cartesian.product = false;

-- Rows that do not fit the columns are kept as text, with the reason. The same load again replaces them.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around numbers, times and partition values go.
text AS (
  SELECT
    trim(regexp_replace(`a_boolean`, '^\uFEFF', '')) AS `a_boolean`,
    trim(`a_tinyint`) AS `a_tinyint`,
    trim(`a_smallint`) AS `a_smallint`,
    trim(`an_int`) AS `an_int`,
    trim(`a_bigint`) AS `a_bigint`,
    trim(`a_float`) AS `a_float`,
    trim(`a_double`) AS `a_double`,
    trim(`a_decimal`) AS `a_decimal`,
    `a_string`,
    `a_char`,
    `a_varchar`,
    trim(`a_date`) AS `a_date`,
    trim(`a_timestamp`) AS `a_timestamp`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_dimension_db`.`every_type_dim`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `a_boolean`,
    `a_tinyint`,
    `a_smallint`,
    `an_int`,
    `a_bigint`,
    `a_float`,
    `a_double`,
    `a_decimal`,
    `a_string`,
    `a_char`,
    `a_varchar`,
    `a_date`,
    `a_timestamp`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `a_timestamp` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `a_boolean` <> '' AND NOT coalesce((lower(`a_boolean`) IN ('true', 't', 'yes', 'y', '1') OR lower(`a_boolean`) IN ('false', 'f', 'no', 'n', '0')), FALSE) THEN 'a_boolean is not of type boolean'
      WHEN `a_tinyint` <> '' AND NOT coalesce(`a_tinyint` RLIKE '^[+-]?[0-9]+$' AND CAST(`a_tinyint` AS tinyint) IS NOT NULL, FALSE) THEN 'a_tinyint is not of type tinyint'
      WHEN `a_smallint` <> '' AND NOT coalesce(`a_smallint` RLIKE '^[+-]?[0-9]+$' AND CAST(`a_smallint` AS smallint) IS NOT NULL, FALSE) THEN 'a_smallint is not of type smallint'
      WHEN `an_int` <> '' AND NOT coalesce(`an_int` RLIKE '^[+-]?[0-9]+$' AND CAST(`an_int` AS int) IS NOT NULL, FALSE) THEN 'an_int is not of type int'
      WHEN `a_bigint` <> '' AND NOT coalesce(`a_bigint` RLIKE '^[+-]?[0-9]+$' AND CAST(`a_bigint` AS bigint) IS NOT NULL, FALSE) THEN 'a_bigint is not of type bigint'
      WHEN `a_float` <> '' AND NOT coalesce(`a_float` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$' AND abs(CAST(`a_float` AS double)) <= 3.4028234663852886E38, FALSE) THEN 'a_float is not of type float'
      WHEN `a_double` <> '' AND NOT coalesce(`a_double` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$' AND abs(CAST(`a_double` AS double)) <= 1.7976931348623157E308, FALSE) THEN 'a_double is not of type double'
      WHEN `a_decimal` <> '' AND NOT coalesce(`a_decimal` RLIKE '^[+-]?(?=[.]?[0-9])0*[0-9]{0,28}([.][0-9]{0,10}0*)?$', FALSE) THEN 'a_decimal is not of type decimal(38,10)'
      WHEN `a_char` <> '' AND NOT coalesce(length(`a_char`) <= 10, FALSE) THEN 'a_char is not of type char(10)'
      WHEN `a_varchar` <> '' AND NOT coalesce(length(`a_varchar`) <= 200, FALSE) THEN 'a_varchar is not of type varchar(200)'
      WHEN `a_date` <> '' AND NOT coalesce(`a_date` RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND CAST(CAST(`a_date` AS date) AS string) = `a_date`, FALSE) THEN 'a_date is not of type date'
      WHEN `a_timestamp` <> '' AND NOT coalesce(`a_timestamp` RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?$' AND substr(CAST(CAST(regexp_replace(`a_timestamp`, 'T', ' ') AS timestamp) AS string), 1, 19) = substr(regexp_replace(`a_timestamp`, 'T', ' '), 1, 19), FALSE) THEN 'a_timestamp is not of type timestamp'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `a_boolean`, `a_tinyint`, `a_smallint`, `an_int`, `a_bigint`, `a_float`, `a_double`, `a_decimal`, `a_string`, `a_char`, `a_varchar`, `a_date`, `a_timestamp`) <> ''
    AND lower(concat_ws(',', `a_boolean`, `a_tinyint`, `a_smallint`, `an_int`, `a_bigint`, `a_float`, `a_double`, `a_decimal`, `a_string`, `a_char`, `a_varchar`, `a_date`, `a_timestamp`)) <> 'a_boolean,a_tinyint,a_smallint,an_int,a_bigint,a_float,a_double,a_decimal,a_string,a_char,a_varchar,a_date,a_timestamp'
),
fresh AS (
  SELECT
    CASE WHEN lower(`a_boolean`) IN ('true', 't', 'yes', 'y', '1') THEN TRUE WHEN lower(`a_boolean`) IN ('false', 'f', 'no', 'n', '0') THEN FALSE END AS `a_boolean`,
    CAST(`a_tinyint` AS tinyint) AS `a_tinyint`,
    CAST(`a_smallint` AS smallint) AS `a_smallint`,
    CAST(`an_int` AS int) AS `an_int`,
    CAST(`a_bigint` AS bigint) AS `a_bigint`,
    CAST(`a_float` AS float) AS `a_float`,
    CAST(`a_double` AS double) AS `a_double`,
    CAST(`a_decimal` AS decimal(38,10)) AS `a_decimal`,
    `a_string`,
    CAST(`a_char` AS char(10)) AS `a_char`,
    CAST(`a_varchar` AS varchar(200)) AS `a_varchar`,
    CAST(`a_date` AS date) AS `a_date`,
    CAST(regexp_replace(`a_timestamp`, 'T', ' ') AS timestamp) AS `a_timestamp`
  FROM checked
  WHERE `_reason` IS NULL
)
INSERT OVERWRITE TABLE `stg_dimension_db`.`every_type_dim_rejected` PARTITION (`run`)
SELECT
    `a_boolean`,
    `a_tinyint`,
    `a_smallint`,
    `an_int`,
    `a_bigint`,
    `a_float`,
    `a_double`,
    `a_decimal`,
    `a_string`,
    `a_char`,
    `a_varchar`,
    `a_date`,
    `a_timestamp`,
    `_extra`,
    `_reason`,
    `_source_file`,
    '${hivevar:run}' AS `run`
FROM checked
WHERE `_reason` IS NOT NULL;

-- All other rows become the table. Without one, the table stays as it is.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around numbers, times and partition values go.
text AS (
  SELECT
    trim(regexp_replace(`a_boolean`, '^\uFEFF', '')) AS `a_boolean`,
    trim(`a_tinyint`) AS `a_tinyint`,
    trim(`a_smallint`) AS `a_smallint`,
    trim(`an_int`) AS `an_int`,
    trim(`a_bigint`) AS `a_bigint`,
    trim(`a_float`) AS `a_float`,
    trim(`a_double`) AS `a_double`,
    trim(`a_decimal`) AS `a_decimal`,
    `a_string`,
    `a_char`,
    `a_varchar`,
    trim(`a_date`) AS `a_date`,
    trim(`a_timestamp`) AS `a_timestamp`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_dimension_db`.`every_type_dim`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `a_boolean`,
    `a_tinyint`,
    `a_smallint`,
    `an_int`,
    `a_bigint`,
    `a_float`,
    `a_double`,
    `a_decimal`,
    `a_string`,
    `a_char`,
    `a_varchar`,
    `a_date`,
    `a_timestamp`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `a_timestamp` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `a_boolean` <> '' AND NOT coalesce((lower(`a_boolean`) IN ('true', 't', 'yes', 'y', '1') OR lower(`a_boolean`) IN ('false', 'f', 'no', 'n', '0')), FALSE) THEN 'a_boolean is not of type boolean'
      WHEN `a_tinyint` <> '' AND NOT coalesce(`a_tinyint` RLIKE '^[+-]?[0-9]+$' AND CAST(`a_tinyint` AS tinyint) IS NOT NULL, FALSE) THEN 'a_tinyint is not of type tinyint'
      WHEN `a_smallint` <> '' AND NOT coalesce(`a_smallint` RLIKE '^[+-]?[0-9]+$' AND CAST(`a_smallint` AS smallint) IS NOT NULL, FALSE) THEN 'a_smallint is not of type smallint'
      WHEN `an_int` <> '' AND NOT coalesce(`an_int` RLIKE '^[+-]?[0-9]+$' AND CAST(`an_int` AS int) IS NOT NULL, FALSE) THEN 'an_int is not of type int'
      WHEN `a_bigint` <> '' AND NOT coalesce(`a_bigint` RLIKE '^[+-]?[0-9]+$' AND CAST(`a_bigint` AS bigint) IS NOT NULL, FALSE) THEN 'a_bigint is not of type bigint'
      WHEN `a_float` <> '' AND NOT coalesce(`a_float` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$' AND abs(CAST(`a_float` AS double)) <= 3.4028234663852886E38, FALSE) THEN 'a_float is not of type float'
      WHEN `a_double` <> '' AND NOT coalesce(`a_double` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$' AND abs(CAST(`a_double` AS double)) <= 1.7976931348623157E308, FALSE) THEN 'a_double is not of type double'
      WHEN `a_decimal` <> '' AND NOT coalesce(`a_decimal` RLIKE '^[+-]?(?=[.]?[0-9])0*[0-9]{0,28}([.][0-9]{0,10}0*)?$', FALSE) THEN 'a_decimal is not of type decimal(38,10)'
      WHEN `a_char` <> '' AND NOT coalesce(length(`a_char`) <= 10, FALSE) THEN 'a_char is not of type char(10)'
      WHEN `a_varchar` <> '' AND NOT coalesce(length(`a_varchar`) <= 200, FALSE) THEN 'a_varchar is not of type varchar(200)'
      WHEN `a_date` <> '' AND NOT coalesce(`a_date` RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND CAST(CAST(`a_date` AS date) AS string) = `a_date`, FALSE) THEN 'a_date is not of type date'
      WHEN `a_timestamp` <> '' AND NOT coalesce(`a_timestamp` RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?$' AND substr(CAST(CAST(regexp_replace(`a_timestamp`, 'T', ' ') AS timestamp) AS string), 1, 19) = substr(regexp_replace(`a_timestamp`, 'T', ' '), 1, 19), FALSE) THEN 'a_timestamp is not of type timestamp'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `a_boolean`, `a_tinyint`, `a_smallint`, `an_int`, `a_bigint`, `a_float`, `a_double`, `a_decimal`, `a_string`, `a_char`, `a_varchar`, `a_date`, `a_timestamp`) <> ''
    AND lower(concat_ws(',', `a_boolean`, `a_tinyint`, `a_smallint`, `an_int`, `a_bigint`, `a_float`, `a_double`, `a_decimal`, `a_string`, `a_char`, `a_varchar`, `a_date`, `a_timestamp`)) <> 'a_boolean,a_tinyint,a_smallint,an_int,a_bigint,a_float,a_double,a_decimal,a_string,a_char,a_varchar,a_date,a_timestamp'
),
fresh AS (
  SELECT
    CASE WHEN lower(`a_boolean`) IN ('true', 't', 'yes', 'y', '1') THEN TRUE WHEN lower(`a_boolean`) IN ('false', 'f', 'no', 'n', '0') THEN FALSE END AS `a_boolean`,
    CAST(`a_tinyint` AS tinyint) AS `a_tinyint`,
    CAST(`a_smallint` AS smallint) AS `a_smallint`,
    CAST(`an_int` AS int) AS `an_int`,
    CAST(`a_bigint` AS bigint) AS `a_bigint`,
    CAST(`a_float` AS float) AS `a_float`,
    CAST(`a_double` AS double) AS `a_double`,
    CAST(`a_decimal` AS decimal(38,10)) AS `a_decimal`,
    `a_string`,
    CAST(`a_char` AS char(10)) AS `a_char`,
    CAST(`a_varchar` AS varchar(200)) AS `a_varchar`,
    CAST(`a_date` AS date) AS `a_date`,
    CAST(regexp_replace(`a_timestamp`, 'T', ' ') AS timestamp) AS `a_timestamp`
  FROM checked
  WHERE `_reason` IS NULL
)
INSERT OVERWRITE TABLE `dimension_db`.`every_type_dim`
SELECT
    `a_boolean`,
    `a_tinyint`,
    `a_smallint`,
    `an_int`,
    `a_bigint`,
    `a_float`,
    `a_double`,
    `a_decimal`,
    `a_string`,
    `a_char`,
    `a_varchar`,
    `a_date`,
    `a_timestamp`
FROM (
  SELECT
    `a_boolean`,
    `a_tinyint`,
    `a_smallint`,
    `an_int`,
    `a_bigint`,
    `a_float`,
    `a_double`,
    `a_decimal`,
    `a_string`,
    `a_char`,
    `a_varchar`,
    `a_date`,
    `a_timestamp`
  FROM fresh
  UNION ALL
  SELECT
    old.`a_boolean`,
    old.`a_tinyint`,
    old.`a_smallint`,
    old.`an_int`,
    old.`a_bigint`,
    old.`a_float`,
    old.`a_double`,
    old.`a_decimal`,
    old.`a_string`,
    old.`a_char`,
    old.`a_varchar`,
    old.`a_date`,
    old.`a_timestamp`
  FROM `dimension_db`.`every_type_dim` old
  CROSS JOIN (SELECT count(*) AS `_rows` FROM fresh) loaded
  WHERE loaded.`_rows` = 0
) whole
-- Rows are written behind a shuffle: without one, Hive writes each part of a union to a folder of its own.
DISTRIBUTE BY `a_boolean`;

-- How many rows were refused, and why. The step reads the number from this line.
SELECT concat('rejected rows: ', CAST(count(*) AS string), ' ', concat_ws(', ', collect_set(`_reason`)))
FROM `stg_dimension_db`.`every_type_dim_rejected` WHERE `run` = '${hivevar:run}';
