-- Loads dimension_db.`currency_dim` from text files: each load replaces the whole table.
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

-- Rows that do not fit the columns are kept as text, with the reason.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around anything but strings go.
text AS (
  SELECT
    trim(regexp_replace(`code`, '^\uFEFF', '')) AS `code`,
    `name`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM stg_dimension_db.`currency_dim`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `code`,
    `name`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `name` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `code` <> '' AND NOT coalesce(length(`code`) <= 3, FALSE) THEN 'code is not of type char(3)'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `code`, `name`) <> ''
    AND lower(concat_ws(',', `code`, `name`)) <> 'code,name'
)
INSERT INTO TABLE stg_dimension_db.`currency_dim_rejected` PARTITION (`run` = '${hivevar:run}')
SELECT
    `code`,
    `name`,
    `_extra`,
    `_reason`,
    `_source_file`
FROM checked
WHERE `_reason` IS NOT NULL;

-- All other rows become the table.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around anything but strings go.
text AS (
  SELECT
    trim(regexp_replace(`code`, '^\uFEFF', '')) AS `code`,
    `name`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM stg_dimension_db.`currency_dim`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `code`,
    `name`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `name` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `code` <> '' AND NOT coalesce(length(`code`) <= 3, FALSE) THEN 'code is not of type char(3)'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `code`, `name`) <> ''
    AND lower(concat_ws(',', `code`, `name`)) <> 'code,name'
)
INSERT OVERWRITE TABLE dimension_db.`currency_dim`
SELECT
    CAST(`code` AS char(3)) AS `code`,
    `name`
FROM checked
WHERE `_reason` IS NULL;
