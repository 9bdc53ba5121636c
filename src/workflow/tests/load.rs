//! Loads of one table, of several, and of a thousand.

use super::*;

/// Returns the sample with more dimensions, and changes its load step.
fn with_dimensions(
    names: impl IntoIterator<Item = String>,
    change: impl Fn(&mut Action),
) -> Pipeline {
    let mut pipeline = sample::pipeline();
    pipeline.tables.extend(names.into_iter().map(|name| sample::dimension(&name)));
    let machine = pipeline.machines.iter_mut().find(|m| m.name.as_str() == "Dimension_Process");
    let machine = machine.unwrap();
    machine.timeout_seconds = 48 * 3600;
    let Body::Steps(steps) = &mut machine.body else { unreachable!() };
    change(&mut steps[1].action);
    pipeline
}

fn numbered(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|index| format!("dimension_number_{index}"))
}

fn set(every: u32, timeout: u32, at_once: u32) -> impl Fn(&mut Action) {
    move |action| {
        let Action::Load { timing, concurrency, .. } = action else { unreachable!() };
        timing.every_seconds = every;
        timing.timeout_seconds = timeout;
        *concurrency = at_once;
    }
}

#[test]
fn one_table_is_loaded_by_states_of_its_own() {
    let machine = compiled(&sample::pipeline(), "Fact_Process");
    for command in ["finish", "copy", "load", "archive"] {
        let submit = state(&machine, &format!("Load fact: {command}: submit"));
        let step = &submit["Parameters"]["NextStepNameAndCmd"];
        assert_eq!(step["Step_Name"], format!("{command} sample_country_tx_fact"));
        let cluster = "$.Steps.Read_state_info.ClusterId";
        let expected = format!(
            "States.Format('{{}} {{}} {{}}', $.Steps.Load_fact.{command}, $.Run, {cluster})"
        );
        assert_eq!(step["Cmd_Run.$"], expected);
        assert_eq!(submit["Parameters"]["ClusterId.$"], "$.Steps.Read_state_info.ClusterId");
    }
    let load = state(&machine, "Load fact: commands")["Result"]["load"].as_str().unwrap();
    assert!(load.contains(
        "-f s3://workarea-eu-central-1/data-workflows/prod/libs/hive-scripts/fact_process.sql"
    ));
    let left_over = state(&machine, "Load fact: commands")["Result"]["finish"].as_str().unwrap();
    assert!(left_over.contains("/run=$1-left-over/ --deleteOnSuccess"), "{left_over}");
}

#[test]
fn long_polls_put_tables_into_executions_of_their_own() {
    let pipeline = with_dimensions(numbered(2), |_| {});
    let machine = compiled(&pipeline, "Dimension_Process");
    assert!(machine.distributed);
    let map = state(&machine, "Load dimension");
    let mode = json!({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"});
    assert_eq!(map["ItemProcessor"]["ProcessorConfig"], mode);
    assert_eq!(map["ToleratedFailureCount"], 0);
    assert_eq!(map["ItemSelector"]["Execution.$"], "$$.Execution.Name");
    let submit = &map["ItemProcessor"]["States"]["Load dimension: copy: submit"]["Parameters"];
    let request = "States.Format('{}-Load_dimension__copy__submit-{}', $.Execution, $.Table)";
    assert_eq!(submit["RequestId.$"], request);
    assert_eq!(submit["ClusterId.$"], "$.Fields.ClusterId");
}

#[test]
fn short_polls_stay_inline() {
    let pipeline = with_dimensions(numbered(2), set(60, 600, 2));
    let machine = compiled(&pipeline, "Dimension_Process");
    assert!(!machine.distributed);
    let map = state(&machine, "Load dimension");
    assert_eq!(map["ItemProcessor"]["ProcessorConfig"], json!({"Mode": "INLINE"}));
    assert_eq!(map["MaxConcurrency"], 2);
    let many_at_once =
        compiled(&with_dimensions(numbered(2), set(60, 600, 41)), "Dimension_Process");
    assert!(many_at_once.distributed);
}

#[test]
fn items_are_names_and_all_of_them_must_end() {
    let machine = compiled(&with_dimensions(numbered(2), |_| {}), "Dimension_Process");
    let tables = &state(&machine, "Load dimension: tables")["Result"]["Tables"];
    assert_eq!(*tables, json!(["sample_country_dim", "dimension_number_0", "dimension_number_1"]));
    let loaded = &state(&machine, "Load dimension: all loaded?")["Choices"][0]["And"];
    assert_eq!(loaded[0], json!({"Variable": "$.Steps.Load_dimension.Ended", "NumericEquals": 3}));
    assert_eq!(loaded[1]["StringEquals"], "[\"\"]");
}

#[test]
fn a_table_with_its_own_place_stands_beside_the_map() {
    let mut pipeline = with_dimensions(numbered(2), |_| {});
    let own = |table: &mut Table| table.locations.landing = Some("elsewhere/files".to_owned());
    own(pipeline.tables.last_mut().unwrap());
    let machine = compiled(&pipeline, "Dimension_Process");
    let tables = &state(&machine, "Load dimension: tables")["Result"]["Tables"];
    assert_eq!(*tables, json!(["sample_country_dim", "dimension_number_0"]));
    let commands = state(&machine, "Load dimension: dimension_number_1: commands");
    let copy = commands["Result"]["copy"].as_str().unwrap();
    assert!(
        copy.contains("--src s3://workarea-eu-central-1/data-workflows/elsewhere/files/"),
        "{copy}"
    );
}

#[test]
fn a_thousand_tables_do_not_grow_the_states() {
    let count = |pipeline: &Pipeline| {
        let machine = compiled(pipeline, "Dimension_Process");
        machine.definition["States"].as_object().unwrap().len()
    };
    let few = with_dimensions(numbered(2), set(60, 10_800, 10));
    let many = with_dimensions(numbered(1000), set(60, 10_800, 10));
    assert_eq!(count(&few), count(&many));
    let definition = compiled(&many, "Dimension_Process").definition.to_string();
    assert!(definition.len() < 100_000, "{}", definition.len());
}

#[test]
fn tables_that_cannot_be_loaded_in_time_are_refused() {
    let pipeline = with_dimensions(numbered(1000), set(60, 10_800, 1));
    let expected =
        "1001 tables take 240240 seconds or more, and `Dimension_Process` ends after 172800";
    assert_eq!(problems(&pipeline), [("load-too-slow", expected.to_owned())]);
}

#[test]
fn names_beyond_the_payload_are_refused() {
    let long = (0..2000).map(|index| format!("{}{index}", "d".repeat(120)));
    let pipeline = with_dimensions(long, set(60, 10_800, 10));
    let found = problems(&pipeline);
    assert_eq!(found.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), ["payload-limit"]);
    assert!(found[0].1.starts_with("the names of 2001 tables take"));
}

#[test]
fn a_table_that_outgrows_its_own_history_is_refused() {
    let found = problems(&with_dimensions(numbered(2), set(5, 10_800, 2)));
    assert_eq!(found[0].0, "history-limit");
    assert!(found[0].1.starts_with("one table may take"));
}

#[test]
fn long_names_are_cut_and_stay_apart() {
    let long = ["a", "b"].map(|end| format!("{}{end}", "d".repeat(100)));
    let mut pipeline = with_dimensions(long, set(60, 1800, 1));
    for table in &mut pipeline.tables {
        table.locations.archive = (table.kind == Kind::Dimension).then(|| "x/y".to_owned());
    }
    let machine = compiled(&pipeline, "Dimension_Process");
    let names: Vec<_> = machine.definition["States"].as_object().unwrap().keys().collect();
    assert!(names.iter().all(|name| name.chars().count() <= 80));
    assert_eq!(names.iter().filter(|name| name.ends_with(": commands")).count(), 3);
}

#[test]
fn a_written_command_is_given_as_it_is() {
    let read = sample::step("Read", call("lambda_read_state_info_from_s3", 301), 301);
    let command = "spark-submit s3://b/{x}/'a b'.py".to_owned();
    let emr: Step = sample::step(
        "Score",
        Action::Emr { command: command.clone(), timing: sample::every(60) },
        302,
    );
    let extra = compiled(&with_machine(sample::machine("Extra", vec![read, emr], 300)), "Extra");
    let given = &state(&extra, "Score: submit")["Parameters"]["NextStepNameAndCmd"];
    assert_eq!(*given, json!({"Step_Name": "Score", "Cmd_Run": command}));
}
