-- Loads `fact_db`.`appended_fact` from text files.
-- A load adds rows: the same file loaded twice stands there twice.
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
    trim(regexp_replace(`id`, '^\uFEFF', '')) AS `id`,
    trim(`amount`) AS `amount`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_fact_db`.`appended_fact`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `id`,
    `amount`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `amount` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `id` <> '' AND NOT coalesce(`id` RLIKE '^[+-]?[0-9]+$' AND CAST(`id` AS bigint) IS NOT NULL, FALSE) THEN 'id is not of type bigint'
      WHEN `amount` <> '' AND NOT coalesce(`amount` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$' AND abs(CAST(`amount` AS double)) <= 1.7976931348623157E308, FALSE) THEN 'amount is not of type double'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `id`, `amount`) <> ''
    AND lower(concat_ws(',', `id`, `amount`)) <> 'id,amount'
),
fresh AS (
  SELECT
    CAST(`id` AS bigint) AS `id`,
    CAST(`amount` AS double) AS `amount`
  FROM checked
  WHERE `_reason` IS NULL
)
INSERT OVERWRITE TABLE `stg_fact_db`.`appended_fact_rejected` PARTITION (`run`)
SELECT
    `id`,
    `amount`,
    `_extra`,
    `_reason`,
    `_source_file`,
    '${hivevar:run}' AS `run`
FROM checked
WHERE `_reason` IS NOT NULL;

-- All other rows are added.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around numbers, times and partition values go.
text AS (
  SELECT
    trim(regexp_replace(`id`, '^\uFEFF', '')) AS `id`,
    trim(`amount`) AS `amount`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_fact_db`.`appended_fact`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `id`,
    `amount`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `amount` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `id` <> '' AND NOT coalesce(`id` RLIKE '^[+-]?[0-9]+$' AND CAST(`id` AS bigint) IS NOT NULL, FALSE) THEN 'id is not of type bigint'
      WHEN `amount` <> '' AND NOT coalesce(`amount` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$' AND abs(CAST(`amount` AS double)) <= 1.7976931348623157E308, FALSE) THEN 'amount is not of type double'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `id`, `amount`) <> ''
    AND lower(concat_ws(',', `id`, `amount`)) <> 'id,amount'
),
fresh AS (
  SELECT
    CAST(`id` AS bigint) AS `id`,
    CAST(`amount` AS double) AS `amount`
  FROM checked
  WHERE `_reason` IS NULL
)
INSERT INTO TABLE `fact_db`.`appended_fact`
SELECT
    `id`,
    `amount`
FROM fresh
;

-- How many rows were refused, and why. The step reads the number from this line.
SELECT concat('rejected rows: ', CAST(count(*) AS string), ' ', concat_ws(', ', collect_set(`_reason`)))
FROM `stg_fact_db`.`appended_fact_rejected` WHERE `run` = '${hivevar:run}';
