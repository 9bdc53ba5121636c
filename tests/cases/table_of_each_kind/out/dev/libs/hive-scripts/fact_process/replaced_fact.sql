-- Loads `fact_db`.`replaced_fact` from text files.
-- A load replaces the partitions that the files touch, and no others.
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

-- Rows that do not fit the columns are kept as text, with the reason. The same load again replaces them.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around numbers, times and partition values go.
text AS (
  SELECT
    regexp_replace(trim(regexp_replace(`id`, '^\uFEFF', '')), '^\\\\N$', '') AS `id`,
    regexp_replace(trim(`amount`), '^\\\\N$', '') AS `amount`,
    regexp_replace(trim(`country`), '^\\\\N$', '') AS `country`,
    regexp_replace(trim(`day`), '^\\\\N$', '') AS `day`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_fact_db`.`replaced_fact`
),
-- Every line but empty ones, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `id`,
    `amount`,
    `country`,
    `day`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `day` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `id` <> '' AND NOT coalesce(`id` RLIKE '^[+-]?[0-9]+$' AND CAST(`id` AS bigint) IS NOT NULL, FALSE) THEN 'id is not of type bigint'
      WHEN `amount` <> '' AND NOT coalesce(`amount` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$' AND abs(CAST(`amount` AS double)) <= 1.7976931348623157E308, FALSE) THEN 'amount is not of type double'
      WHEN `country` = '' THEN 'country is empty'
      WHEN `country` RLIKE '[\u0022\u0027]' THEN 'country has a quote'
      WHEN `day` = '' THEN 'day is empty'
      WHEN NOT coalesce(`day` RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND CAST(CAST(`day` AS date) AS string) = `day`, FALSE) THEN 'day is not of type date'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `id`, `amount`, `country`, `day`) <> ''
),
fresh AS (
  SELECT
    CAST(`id` AS bigint) AS `id`,
    CAST(`amount` AS double) AS `amount`,
    CASE WHEN `country` <> '\\N' THEN `country` END AS `country`,
    CAST(`day` AS date) AS `day`
  FROM checked
  WHERE `_reason` IS NULL
)
INSERT OVERWRITE TABLE `stg_fact_db`.`replaced_fact_rejected` PARTITION (`run`)
SELECT
    `id`,
    `amount`,
    `country`,
    `day`,
    `_extra`,
    `_reason`,
    `_source_file`,
    '${hivevar:run}' AS `run`
FROM checked
WHERE `_reason` IS NOT NULL;

-- All other rows replace the partitions that they belong to.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around numbers, times and partition values go.
text AS (
  SELECT
    regexp_replace(trim(regexp_replace(`id`, '^\uFEFF', '')), '^\\\\N$', '') AS `id`,
    regexp_replace(trim(`amount`), '^\\\\N$', '') AS `amount`,
    regexp_replace(trim(`country`), '^\\\\N$', '') AS `country`,
    regexp_replace(trim(`day`), '^\\\\N$', '') AS `day`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_fact_db`.`replaced_fact`
),
-- Every line but empty ones, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `id`,
    `amount`,
    `country`,
    `day`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `day` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `id` <> '' AND NOT coalesce(`id` RLIKE '^[+-]?[0-9]+$' AND CAST(`id` AS bigint) IS NOT NULL, FALSE) THEN 'id is not of type bigint'
      WHEN `amount` <> '' AND NOT coalesce(`amount` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$' AND abs(CAST(`amount` AS double)) <= 1.7976931348623157E308, FALSE) THEN 'amount is not of type double'
      WHEN `country` = '' THEN 'country is empty'
      WHEN `country` RLIKE '[\u0022\u0027]' THEN 'country has a quote'
      WHEN `day` = '' THEN 'day is empty'
      WHEN NOT coalesce(`day` RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND CAST(CAST(`day` AS date) AS string) = `day`, FALSE) THEN 'day is not of type date'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `id`, `amount`, `country`, `day`) <> ''
),
fresh AS (
  SELECT
    CAST(`id` AS bigint) AS `id`,
    CAST(`amount` AS double) AS `amount`,
    CASE WHEN `country` <> '\\N' THEN `country` END AS `country`,
    CAST(`day` AS date) AS `day`
  FROM checked
  WHERE `_reason` IS NULL
)
INSERT OVERWRITE TABLE `fact_db`.`replaced_fact` PARTITION (`country`, `day`)
SELECT
    `id`,
    `amount`,
    `country`,
    `day`
FROM fresh
-- One writer for each value makes one large file instead of many small ones.
DISTRIBUTE BY `country`, `day`;

-- How many rows were refused, and why. The step reads the number from this line.
SELECT concat('rejected rows: ', CAST(count(*) AS string), ' ', concat_ws(', ', collect_set(`_reason`)))
FROM `stg_fact_db`.`replaced_fact_rejected` WHERE `run` = '${hivevar:run}';
