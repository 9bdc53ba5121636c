-- Loads `dimension_db`.`sample_country_dim` from text files: each load replaces the whole table.
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
    trim(regexp_replace(`id`, '^\uFEFF', '')) AS `id`,
    `country_name`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_dimension_db`.`sample_country_dim`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `id`,
    `country_name`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `country_name` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `id` = '' THEN 'id is empty'
      WHEN NOT coalesce(`id` RLIKE '^[+-]?[0-9]+$' AND CAST(`id` AS int) IS NOT NULL, FALSE) THEN 'id is not of type int'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `id`, `country_name`) <> ''
    AND lower(concat_ws(',', `id`, `country_name`)) <> 'id,country_name'
),
-- Of the rows with one key, the last by file name, and in a file the last line, comes first.
ranked AS (
  SELECT
    `id`,
    `country_name`,
    `_extra`,
    `_source_file`,
    row_number() OVER (PARTITION BY CAST(`id` AS int) ORDER BY `_source_file` DESC, `_offset` DESC) AS `_nth`
  FROM checked
  WHERE `_reason` IS NULL
),
fresh AS (
  SELECT
    CAST(`id` AS int) AS `id`,
    `country_name`
  FROM ranked
  WHERE `_nth` = 1
)
INSERT OVERWRITE TABLE `stg_dimension_db`.`sample_country_dim_rejected` PARTITION (`run`)
SELECT
    `id`,
    `country_name`,
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
    trim(regexp_replace(`id`, '^\uFEFF', '')) AS `id`,
    `country_name`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_dimension_db`.`sample_country_dim`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `id`,
    `country_name`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `country_name` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `id` = '' THEN 'id is empty'
      WHEN NOT coalesce(`id` RLIKE '^[+-]?[0-9]+$' AND CAST(`id` AS int) IS NOT NULL, FALSE) THEN 'id is not of type int'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `id`, `country_name`) <> ''
    AND lower(concat_ws(',', `id`, `country_name`)) <> 'id,country_name'
),
-- Of the rows with one key, the last by file name, and in a file the last line, comes first.
ranked AS (
  SELECT
    `id`,
    `country_name`,
    `_extra`,
    `_source_file`,
    row_number() OVER (PARTITION BY CAST(`id` AS int) ORDER BY `_source_file` DESC, `_offset` DESC) AS `_nth`
  FROM checked
  WHERE `_reason` IS NULL
),
fresh AS (
  SELECT
    CAST(`id` AS int) AS `id`,
    `country_name`
  FROM ranked
  WHERE `_nth` = 1
)
INSERT OVERWRITE TABLE `dimension_db`.`sample_country_dim`
SELECT
    `id`,
    `country_name`
FROM (
  SELECT
    `id`,
    `country_name`
  FROM fresh
  UNION ALL
  SELECT
    old.`id`,
    old.`country_name`
  FROM `dimension_db`.`sample_country_dim` old
  CROSS JOIN (SELECT count(*) AS `_rows` FROM fresh) loaded
  WHERE loaded.`_rows` = 0
) whole
-- Rows are written behind a shuffle: without one, Hive writes each part of a union to a folder of its own.
DISTRIBUTE BY `id`;

-- How many rows were refused, and why. The step reads the number from this line.
SELECT concat('rejected rows: ', CAST(count(*) AS string), ' ', concat_ws(', ', collect_set(`_reason`)))
FROM `stg_dimension_db`.`sample_country_dim_rejected` WHERE `run` = '${hivevar:run}';
