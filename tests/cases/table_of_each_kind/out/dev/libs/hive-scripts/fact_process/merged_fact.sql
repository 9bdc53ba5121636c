-- Loads fact_db.`merged_fact` from text files.
-- A load replaces rows of the same key and adds the others. Of two new rows with one key, the last by file name wins.
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
    trim(regexp_replace(`id`, '^\uFEFF', '')) AS `id`,
    trim(`line`) AS `line`,
    trim(`amount`) AS `amount`,
    trim(`date_id`) AS `date_id`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM stg_fact_db.`merged_fact`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `id`,
    `line`,
    `amount`,
    `date_id`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `date_id` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `id` = '' THEN 'id is empty'
      WHEN NOT coalesce(`id` RLIKE '^[+-]?[0-9]+$' AND CAST(`id` AS bigint) IS NOT NULL, FALSE) THEN 'id is not of type bigint'
      WHEN `line` = '' THEN 'line is empty'
      WHEN NOT coalesce(`line` RLIKE '^[+-]?[0-9]+$' AND CAST(`line` AS int) IS NOT NULL, FALSE) THEN 'line is not of type int'
      WHEN `amount` <> '' AND NOT coalesce(`amount` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$', FALSE) THEN 'amount is not of type double'
      WHEN `date_id` = '' THEN 'date_id is empty'
      WHEN NOT coalesce(`date_id` RLIKE '^[+-]?[0-9]+$' AND CAST(`date_id` AS int) IS NOT NULL, FALSE) THEN 'date_id is not of type int'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `id`, `line`, `amount`, `date_id`) <> ''
    AND lower(concat_ws(',', `id`, `line`, `amount`, `date_id`)) <> 'id,line,amount,date_id'
)
INSERT INTO TABLE stg_fact_db.`merged_fact_rejected` PARTITION (`run` = '${hivevar:run}')
SELECT
    `id`,
    `line`,
    `amount`,
    `date_id`,
    `_extra`,
    `_reason`,
    `_source_file`
FROM checked
WHERE `_reason` IS NOT NULL;

-- All other rows are merged. The table is read and overwritten in one statement: Hive writes the new files aside and swaps
-- them in when all are there. A temporary table would need a metastore that knows such tables, and Glue does not.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around anything but strings go.
text AS (
  SELECT
    trim(regexp_replace(`id`, '^\uFEFF', '')) AS `id`,
    trim(`line`) AS `line`,
    trim(`amount`) AS `amount`,
    trim(`date_id`) AS `date_id`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM stg_fact_db.`merged_fact`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `id`,
    `line`,
    `amount`,
    `date_id`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `date_id` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `id` = '' THEN 'id is empty'
      WHEN NOT coalesce(`id` RLIKE '^[+-]?[0-9]+$' AND CAST(`id` AS bigint) IS NOT NULL, FALSE) THEN 'id is not of type bigint'
      WHEN `line` = '' THEN 'line is empty'
      WHEN NOT coalesce(`line` RLIKE '^[+-]?[0-9]+$' AND CAST(`line` AS int) IS NOT NULL, FALSE) THEN 'line is not of type int'
      WHEN `amount` <> '' AND NOT coalesce(`amount` RLIKE '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$', FALSE) THEN 'amount is not of type double'
      WHEN `date_id` = '' THEN 'date_id is empty'
      WHEN NOT coalesce(`date_id` RLIKE '^[+-]?[0-9]+$' AND CAST(`date_id` AS int) IS NOT NULL, FALSE) THEN 'date_id is not of type int'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `id`, `line`, `amount`, `date_id`) <> ''
    AND lower(concat_ws(',', `id`, `line`, `amount`, `date_id`)) <> 'id,line,amount,date_id'
)
, typed AS (
  SELECT
    CAST(`id` AS bigint) AS `id`,
    CAST(`line` AS int) AS `line`,
    CAST(`amount` AS double) AS `amount`,
    CAST(`date_id` AS int) AS `date_id`,
    `_source_file`,
    `_offset`
  FROM checked
  WHERE `_reason` IS NULL
),
ranked AS (
  SELECT
    `id`,
    `line`,
    `amount`,
    `date_id`,
    row_number() OVER (PARTITION BY `id`, `line` ORDER BY `_source_file` DESC, `_offset` DESC) AS `_nth`
  FROM typed
),
latest AS (
  SELECT
    `id`,
    `line`,
    `amount`,
    `date_id`
  FROM ranked
  WHERE `_nth` = 1
)
INSERT OVERWRITE TABLE fact_db.`merged_fact` PARTITION (`date_id`)
SELECT
    `id`,
    `line`,
    `amount`,
    `date_id`
FROM (
  SELECT
    `id`,
    `line`,
    `amount`,
    `date_id`
  FROM latest
  UNION ALL
  SELECT
    old.`id`,
    old.`line`,
    old.`amount`,
    old.`date_id`
  FROM fact_db.`merged_fact` old
  JOIN (SELECT DISTINCT `date_id` FROM latest) touched
    ON old.`date_id` = touched.`date_id`
  LEFT JOIN (SELECT `id`, `line` FROM latest) newer
    ON old.`id` = newer.`id` AND old.`line` = newer.`line`
  WHERE newer.`id` IS NULL
) merged
-- One writer for each value makes one large file instead of many small ones.
DISTRIBUTE BY `date_id`;
