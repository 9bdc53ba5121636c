-- Loads `fact_db`.`sample_country_tx_fact` from text files.
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

-- Rows that do not fit the columns are kept as text, with the reason. The same load again replaces them.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around numbers, times and partition values go.
text AS (
  SELECT
    trim(regexp_replace(`tx_id`, '^\uFEFF', '')) AS `tx_id`,
    trim(`country_id`) AS `country_id`,
    trim(`tx_amount`) AS `tx_amount`,
    trim(`date_id`) AS `date_id`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_fact_db`.`sample_country_tx_fact`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `tx_id`,
    `country_id`,
    `tx_amount`,
    `date_id`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `date_id` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `tx_id` = '' THEN 'tx_id is empty'
      WHEN NOT coalesce(`tx_id` RLIKE '^[+-]?[0-9]+$' AND CAST(`tx_id` AS int) IS NOT NULL, FALSE) THEN 'tx_id is not of type int'
      WHEN `country_id` <> '' AND NOT coalesce(`country_id` RLIKE '^[+-]?[0-9]+$' AND CAST(`country_id` AS int) IS NOT NULL, FALSE) THEN 'country_id is not of type int'
      WHEN `tx_amount` <> '' AND NOT coalesce(`tx_amount` RLIKE '^[+-]?(?=[.]?[0-9])0*[0-9]{0,10}([.][0-9]{0,2}0*)?$', FALSE) THEN 'tx_amount is not of type decimal(12,2)'
      WHEN `date_id` = '' THEN 'date_id is empty'
      WHEN NOT coalesce(`date_id` RLIKE '^[+-]?[0-9]+$' AND CAST(`date_id` AS int) IS NOT NULL, FALSE) THEN 'date_id is not of type int'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `tx_id`, `country_id`, `tx_amount`, `date_id`) <> ''
    AND lower(concat_ws(',', `tx_id`, `country_id`, `tx_amount`, `date_id`)) <> 'tx_id,country_id,tx_amount,date_id'
),
-- Of the rows with one key, the last by file name, and in a file the last line, comes first.
ranked AS (
  SELECT
    `tx_id`,
    `country_id`,
    `tx_amount`,
    `date_id`,
    `_extra`,
    `_source_file`,
    row_number() OVER (PARTITION BY CAST(`tx_id` AS int) ORDER BY `_source_file` DESC, `_offset` DESC) AS `_nth`
  FROM checked
  WHERE `_reason` IS NULL
),
fresh AS (
  SELECT
    CAST(`tx_id` AS int) AS `tx_id`,
    CAST(`country_id` AS int) AS `country_id`,
    CAST(`tx_amount` AS decimal(12,2)) AS `tx_amount`,
    CAST(`date_id` AS int) AS `date_id`
  FROM ranked
  WHERE `_nth` = 1
),
-- Where rows stand now whose keys the load brings with another partition: they move.
moved AS (
  SELECT old.`tx_id`, old.`date_id`
  FROM `fact_db`.`sample_country_tx_fact` old
  JOIN fresh ON old.`tx_id` = fresh.`tx_id`
  WHERE NOT (old.`date_id` = fresh.`date_id`)
),
-- The partitions among them in which a row stays, and those that get a new one.
kept AS (
  SELECT DISTINCT old.`date_id`
  FROM `fact_db`.`sample_country_tx_fact` old
  JOIN (SELECT DISTINCT `date_id` FROM moved) emptier ON old.`date_id` = emptier.`date_id`
  LEFT JOIN moved ON old.`tx_id` = moved.`tx_id` AND old.`date_id` = moved.`date_id`
  WHERE moved.`tx_id` IS NULL
  UNION
  SELECT fresh.`date_id`
  FROM fresh
  LEFT JOIN moved ON fresh.`tx_id` = moved.`tx_id`
  WHERE moved.`tx_id` IS NULL
),
-- The last rows of a partition cannot leave it: Hive does not overwrite a partition that gets no row.
stuck AS (
  SELECT DISTINCT moved.`tx_id`
  FROM moved
  LEFT JOIN kept ON moved.`date_id` = kept.`date_id`
  WHERE kept.`date_id` IS NULL
),
accepted AS (
  SELECT
    fresh.`tx_id`,
    fresh.`country_id`,
    fresh.`tx_amount`,
    fresh.`date_id`
  FROM fresh
  LEFT JOIN stuck ON fresh.`tx_id` = stuck.`tx_id`
  WHERE stuck.`tx_id` IS NULL
)
INSERT OVERWRITE TABLE `stg_fact_db`.`sample_country_tx_fact_rejected` PARTITION (`run`)
SELECT
    `tx_id`,
    `country_id`,
    `tx_amount`,
    `date_id`,
    `_extra`,
    `_reason`,
    `_source_file`,
    '${hivevar:run}' AS `run`
FROM (
  SELECT
    `tx_id`,
    `country_id`,
    `tx_amount`,
    `date_id`,
    `_extra`,
    `_reason`,
    `_source_file`
  FROM checked
  WHERE `_reason` IS NOT NULL
  UNION ALL
  SELECT
    ranked.`tx_id`,
    ranked.`country_id`,
    ranked.`tx_amount`,
    ranked.`date_id`,
    ranked.`_extra`,
    'the last row of a partition cannot move to another' AS `_reason`,
    ranked.`_source_file`
  FROM ranked
  JOIN stuck ON CAST(ranked.`tx_id` AS int) = stuck.`tx_id`
  WHERE ranked.`_nth` = 1
) refused
DISTRIBUTE BY `_source_file`;

-- All other rows are merged. The table is read and overwritten in one statement: Hive writes the new files aside and swaps
-- them in when all are there. A temporary table would need a metastore that knows such tables, and Glue does not.
WITH
-- The fields as text. A byte-order mark may stand before the first. Spaces around numbers, times and partition values go.
text AS (
  SELECT
    trim(regexp_replace(`tx_id`, '^\uFEFF', '')) AS `tx_id`,
    trim(`country_id`) AS `country_id`,
    trim(`tx_amount`) AS `tx_amount`,
    trim(`date_id`) AS `date_id`,
    `_extra`,
    INPUT__FILE__NAME AS `_source_file`,
    BLOCK__OFFSET__INSIDE__FILE AS `_offset`
  FROM `stg_fact_db`.`sample_country_tx_fact`
),
-- Every line but empty ones and headers, with the reason to refuse it, or NULL.
checked AS (
  SELECT
    `tx_id`,
    `country_id`,
    `tx_amount`,
    `date_id`,
    `_extra`,
    `_source_file`,
    `_offset`,
    CASE
      WHEN `date_id` IS NULL THEN 'fewer fields than columns'
      WHEN `_extra` <> '' THEN 'more fields than columns'
      WHEN `tx_id` = '' THEN 'tx_id is empty'
      WHEN NOT coalesce(`tx_id` RLIKE '^[+-]?[0-9]+$' AND CAST(`tx_id` AS int) IS NOT NULL, FALSE) THEN 'tx_id is not of type int'
      WHEN `country_id` <> '' AND NOT coalesce(`country_id` RLIKE '^[+-]?[0-9]+$' AND CAST(`country_id` AS int) IS NOT NULL, FALSE) THEN 'country_id is not of type int'
      WHEN `tx_amount` <> '' AND NOT coalesce(`tx_amount` RLIKE '^[+-]?(?=[.]?[0-9])0*[0-9]{0,10}([.][0-9]{0,2}0*)?$', FALSE) THEN 'tx_amount is not of type decimal(12,2)'
      WHEN `date_id` = '' THEN 'date_id is empty'
      WHEN NOT coalesce(`date_id` RLIKE '^[+-]?[0-9]+$' AND CAST(`date_id` AS int) IS NOT NULL, FALSE) THEN 'date_id is not of type int'
    END AS `_reason`
  FROM text
  WHERE concat_ws(',', `tx_id`, `country_id`, `tx_amount`, `date_id`) <> ''
    AND lower(concat_ws(',', `tx_id`, `country_id`, `tx_amount`, `date_id`)) <> 'tx_id,country_id,tx_amount,date_id'
),
-- Of the rows with one key, the last by file name, and in a file the last line, comes first.
ranked AS (
  SELECT
    `tx_id`,
    `country_id`,
    `tx_amount`,
    `date_id`,
    `_extra`,
    `_source_file`,
    row_number() OVER (PARTITION BY CAST(`tx_id` AS int) ORDER BY `_source_file` DESC, `_offset` DESC) AS `_nth`
  FROM checked
  WHERE `_reason` IS NULL
),
fresh AS (
  SELECT
    CAST(`tx_id` AS int) AS `tx_id`,
    CAST(`country_id` AS int) AS `country_id`,
    CAST(`tx_amount` AS decimal(12,2)) AS `tx_amount`,
    CAST(`date_id` AS int) AS `date_id`
  FROM ranked
  WHERE `_nth` = 1
),
-- Where rows stand now whose keys the load brings with another partition: they move.
moved AS (
  SELECT old.`tx_id`, old.`date_id`
  FROM `fact_db`.`sample_country_tx_fact` old
  JOIN fresh ON old.`tx_id` = fresh.`tx_id`
  WHERE NOT (old.`date_id` = fresh.`date_id`)
),
-- The partitions among them in which a row stays, and those that get a new one.
kept AS (
  SELECT DISTINCT old.`date_id`
  FROM `fact_db`.`sample_country_tx_fact` old
  JOIN (SELECT DISTINCT `date_id` FROM moved) emptier ON old.`date_id` = emptier.`date_id`
  LEFT JOIN moved ON old.`tx_id` = moved.`tx_id` AND old.`date_id` = moved.`date_id`
  WHERE moved.`tx_id` IS NULL
  UNION
  SELECT fresh.`date_id`
  FROM fresh
  LEFT JOIN moved ON fresh.`tx_id` = moved.`tx_id`
  WHERE moved.`tx_id` IS NULL
),
-- The last rows of a partition cannot leave it: Hive does not overwrite a partition that gets no row.
stuck AS (
  SELECT DISTINCT moved.`tx_id`
  FROM moved
  LEFT JOIN kept ON moved.`date_id` = kept.`date_id`
  WHERE kept.`date_id` IS NULL
),
accepted AS (
  SELECT
    fresh.`tx_id`,
    fresh.`country_id`,
    fresh.`tx_amount`,
    fresh.`date_id`
  FROM fresh
  LEFT JOIN stuck ON fresh.`tx_id` = stuck.`tx_id`
  WHERE stuck.`tx_id` IS NULL
)
INSERT OVERWRITE TABLE `fact_db`.`sample_country_tx_fact` PARTITION (`date_id`)
SELECT
    `tx_id`,
    `country_id`,
    `tx_amount`,
    `date_id`
FROM (
  SELECT
    `tx_id`,
    `country_id`,
    `tx_amount`,
    `date_id`
  FROM accepted
  UNION ALL
  SELECT
    old.`tx_id`,
    old.`country_id`,
    old.`tx_amount`,
    old.`date_id`
  FROM `fact_db`.`sample_country_tx_fact` old
  JOIN (
    SELECT `date_id` FROM accepted
    UNION
    SELECT `date_id` FROM moved
  ) touched ON old.`date_id` = touched.`date_id`
  LEFT JOIN (SELECT `tx_id` FROM accepted) newer ON old.`tx_id` = newer.`tx_id`
  WHERE newer.`tx_id` IS NULL
) whole
-- One writer for each value makes one large file instead of many small ones.
DISTRIBUTE BY `date_id`;

-- How many rows were refused, and why. The step reads the number from this line.
SELECT concat('rejected rows: ', CAST(count(*) AS string), ' ', concat_ws(', ', collect_set(`_reason`)))
FROM `stg_fact_db`.`sample_country_tx_fact_rejected` WHERE `run` = '${hivevar:run}';
