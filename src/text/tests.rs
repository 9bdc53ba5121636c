use super::*;
use crate::model::{HiveType, Load, sample};

const TEMPLATES: [(&str, &str); 4] = [
    ("blueprints/config.ini.hbs", include_str!("../../blueprints/config.ini.hbs")),
    ("hive-scripts/checked.sql.hbs", include_str!("../../hive-scripts/checked.sql.hbs")),
    (
        "hive-scripts/dimension_process.sql.hbs",
        include_str!("../../hive-scripts/dimension_process.sql.hbs"),
    ),
    ("hive-scripts/fact_process.sql.hbs", include_str!("../../hive-scripts/fact_process.sql.hbs")),
];

fn templates() -> Vec<Template> {
    let template = |(index, (path, text)): (u16, &(&str, &str))| Template {
        path: (*path).to_owned(),
        file: FileId(index),
        text: (*text).to_owned(),
    };
    (1..).zip(&TEMPLATES).map(template).collect()
}

fn rendered(pipeline: &Pipeline) -> Vec<TextFile> {
    render(pipeline, &Templates::new(templates())).unwrap()
}

fn fact(load: Load) -> String {
    let mut pipeline = sample::pipeline();
    pipeline.tables[1].load = load;
    rendered(&pipeline).pop().unwrap().content
}

/// Returns what comes of a fact template with `text` in it.
fn problem(text: &str) -> Diagnostic {
    let mut templates = templates();
    text.clone_into(&mut templates[3].text);
    render(&sample::pipeline(), &Templates::new(templates)).unwrap_err().remove(0)
}

fn place(text: &str) -> Span {
    let start = |at: usize| u32::try_from(at).unwrap();
    let line = text.lines().last().unwrap();
    let begin = text.len() - line.len() + line.find("{{").unwrap();
    Span { file: FileId(4), start: start(begin), end: start(text.len()) }
}

#[test]
fn files_stand_where_lambdas_and_workflows_look_for_them() {
    let files = rendered(&sample::pipeline());
    let places: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.key.as_str())).collect();
    let expected = [
        (
            "libs/lambda_fn_config/config.ini",
            "data-workflows/prod/libs/lambda_fn_config/config.ini",
        ),
        (
            "libs/hive-scripts/dimension_process.sql",
            "data-workflows/prod/libs/hive-scripts/dimension_process.sql",
        ),
        (
            "libs/hive-scripts/fact_process.sql",
            "data-workflows/prod/libs/hive-scripts/fact_process.sql",
        ),
    ];
    assert_eq!(places, expected);
}

#[test]
fn the_configuration_names_what_is_not_known_yet() {
    let config = &rendered(&sample::pipeline())[0];
    let bindings: Vec<_> = config.bindings.iter().map(Binding::to_string).collect();
    let expected = [
        "<network.EmrMasterSecurityGroupId>",
        "<network.EmrServiceSecurityGroupId>",
        "<network.EmrWorkerSecurityGroupId>",
        "<network.PrivateSubnetIds>",
    ];
    assert_eq!(bindings, expected);
    assert!(config.content.contains("\nsubnet_ids = <network.PrivateSubnetIds>\n"));
    assert!(config.content.contains("\nfor-use-with-amazon-emr-managed-policies = true\n"));
}

#[test]
fn optional_keys_are_left_out_of_the_configuration() {
    let mut pipeline = sample::pipeline();
    let keys = ["ec2_keypair_name = ", "idle_timeout_minutes = ", "keep_on_failure_minutes = "];
    let content = rendered(&pipeline)[0].content.clone();
    assert!(keys.iter().all(|key| !content.contains(key)), "{content}");
    pipeline.cluster.key_pair = Some("dev".to_owned());
    pipeline.cluster.idle_timeout_minutes = Some(30);
    pipeline.cluster.keep_on_failure_minutes = Some(60);
    let content = rendered(&pipeline)[0].content.clone();
    assert!(keys.iter().all(|key| content.contains(key)), "{content}");
}

#[test]
fn scripts_name_every_column_and_never_take_all() {
    for file in &rendered(&sample::pipeline())[1..] {
        let mut statements = file.content.lines().filter(|line| !line.starts_with("--"));
        let all = |line: &str| line.trim_start().trim_start_matches("SELECT").trim() == "*";
        assert!(!statements.any(all), "{}", file.content);
    }
    let script = fact(Load::Merge);
    assert!(script.contains("CAST(`tx_amount` AS decimal(18,2)) AS `tx_amount`"));
    assert!(script.contains("trim(regexp_replace(`tx_id`, '^\\uFEFF', '')) AS `tx_id`"));
    assert!(script.contains("_rejected` PARTITION (`run`)"));
}

#[test]
fn a_row_that_no_check_can_judge_is_refused() {
    let fits = "`date_id` RLIKE '^[+-]?[0-9]+$' AND CAST(`date_id` AS int) IS NOT NULL";
    let case = format!("WHEN NOT coalesce({fits}, FALSE) THEN 'date_id is not of type int'");
    assert!(fact(Load::Merge).contains(&case));
}

#[test]
fn the_load_decides_how_rows_are_inserted() {
    let into = |verb: &str| {
        format!("INSERT {verb} TABLE `fact_db`.`sample_country_tx_fact` PARTITION (`date_id`)")
    };
    assert!(fact(Load::Append).contains(&into("INTO")));
    assert!(fact(Load::ReplacePartitions).contains(&into("OVERWRITE")));
    let merge = fact(Load::Merge);
    assert!(merge.contains(&into("OVERWRITE")));
    assert!(merge.contains("ON old.`tx_id` = newer.`tx_id`"));
    assert!(
        !fact(Load::Append).contains("newer") && !fact(Load::ReplacePartitions).contains("newer")
    );
}

#[test]
fn a_merge_without_partitions_has_no_partition_clause() {
    let mut pipeline = sample::pipeline();
    let date = pipeline.tables[1].partition.pop().unwrap();
    pipeline.tables[1].columns.push(date);
    let script = rendered(&pipeline).pop().unwrap().content;
    assert!(script.contains("INSERT OVERWRITE TABLE `fact_db`.`sample_country_tx_fact`\nSELECT"));
    assert!(!script.contains("touched") && !script.contains("moved"));
    assert!(script.contains("DISTRIBUTE BY `tx_id`;\n"));
}

#[test]
fn only_a_key_without_the_partition_lets_rows_move() {
    assert!(fact(Load::Merge).contains("FROM accepted"));
    let mut pipeline = sample::pipeline();
    let date = pipeline.tables[1].partition[0].name.clone();
    pipeline.tables[1].key.push(date);
    let script = rendered(&pipeline).pop().unwrap().content;
    assert!(!script.contains("moved") && script.contains("GROUP BY `date_id`"));
    assert!(script.contains("old.`tx_id` = newer.`tx_id` AND old.`date_id` = newer.`date_id`"));
}

#[test]
fn a_dimension_with_a_key_takes_the_last_row_of_each() {
    let mut pipeline = sample::pipeline();
    assert!(!rendered(&pipeline)[1].content.contains("row_number"));
    let key = pipeline.tables[0].columns[0].name.clone();
    pipeline.tables[0].key.push(key);
    let script = &rendered(&pipeline)[1].content;
    assert!(script.contains("row_number() OVER (PARTITION BY CAST(`id` AS int)"));
    assert!(script.contains("DISTRIBUTE BY `id`;"));
}

#[test]
fn text_of_a_partition_is_trimmed_and_has_no_quote() {
    let mut pipeline = sample::pipeline();
    pipeline.tables[1].partition[0].hive_type = HiveType::String;
    let script = rendered(&pipeline).pop().unwrap().content;
    assert!(script.contains("trim(`date_id`) AS `date_id`"));
    assert!(script.contains(r"WHEN `date_id` RLIKE '[\u0022\u0027]' THEN 'date_id has a quote'"));
}

#[test]
fn a_script_has_no_quote_in_a_comment_and_no_semicolon_in_a_line() {
    // Hive's command line splits at semicolons before it knows of comments and strings.
    for load in [Load::Append, Load::ReplacePartitions, Load::Merge] {
        for line in fact(load).lines() {
            assert!(!line.trim_end_matches(';').contains(';'), "{line}");
            let comment = line.starts_with("--").then(|| line.replace('`', ""));
            assert!(!comment.is_some_and(|text| text.contains(['\'', '"'])), "{line}");
        }
    }
}

#[test]
fn a_name_that_does_not_exist_is_shown_in_its_template() {
    for text in ["-- {{nobody}}", "a\nü -- {{nobody}}", "a\n\n  {{checked}}{{nobody}}"] {
        let found = problem(text);
        assert_eq!(found.message, "nothing is called `nobody`", "{text}");
        assert_eq!(found.span.file, FileId(4), "{text}");
    }
    let text = "a\n-- {{nobody}}";
    assert_eq!(problem(text).span, place(text));
}

#[test]
fn a_slip_in_the_shared_template_is_told_once() {
    let mut templates = templates();
    templates[1].text = "{{stage}} {{nobody}}".to_owned();
    let problems = render(&sample::pipeline(), &Templates::new(templates)).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].span, Span { file: FileId(2), start: 10, end: 20 });
}

#[test]
fn syntax_and_parts_are_checked() {
    let found = problem("a\n{{#if merge}}");
    assert_eq!((found.rule, found.span.file), ("template-syntax", FileId(4)));
    let found = problem("{{> chcked}}");
    assert_eq!(found.message, "there is no part `chcked`");
    assert_eq!(found.help.as_deref(), Some("did you mean `checked`?"));
    let few: Vec<_> = templates().into_iter().take(3).collect();
    assert!(render(&sample::pipeline(), &Templates::new(few)).is_err());
}

#[test]
fn a_type_that_no_text_becomes_is_an_error_at_its_column() {
    let mut pipeline = sample::pipeline();
    let column = &mut pipeline.tables[0].columns[1];
    column.hive_type = HiveType::parse("array<int>").unwrap();
    let problems = render(&pipeline, &Templates::new(templates())).unwrap_err();
    assert_eq!(problems[0].message, "Hive has no way from text to `array<int>`");
    assert_eq!(problems[0].span, pipeline.tables[0].columns[1].span);
}

#[test]
fn where_nothing_is_quoted_a_backslash_and_n_are_null() {
    let mut pipeline = sample::pipeline();
    pipeline.tables[0].source.format = crate::model::Format::Delimited;
    let script = &rendered(&pipeline)[1].content;
    assert!(
        script.contains(
            r"CASE WHEN `country_name` <> '\\N' THEN `country_name` END AS `country_name`"
        )
    );
    assert!(script.contains(
        r"regexp_replace(trim(regexp_replace(`id`, '^\uFEFF', '')), '^\\\\N$', '') AS `id`"
    ));
}

#[test]
fn many_scripts_keep_the_order_of_their_tables() {
    let tables = (0..200).map(|n| sample::dimension(&format!("city_{n}_dim"))).collect();
    let pipeline = Pipeline { tables, ..sample::pipeline() };
    let paths: Vec<_> = rendered(&pipeline).into_iter().skip(1).map(|file| file.path).collect();
    let path = |n| format!("libs/hive-scripts/dimension_process/city_{n}_dim.sql");
    assert_eq!(paths, (0..200).map(path).collect::<Vec<_>>());
}
