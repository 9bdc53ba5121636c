use super::*;
use crate::model::{Encryption, Format, HiveName, sample};

fn first(pipeline: &Pipeline) -> Template {
    stacks(pipeline).unwrap()[0].stack(pipeline).template
}

fn storage<'a>(template: &'a Template, id: &str) -> &'a Value {
    &template.resources[id].properties["TableInput"]["StorageDescriptor"]
}

fn columns<'a>(input: &'a Value, list: &str) -> Vec<(&'a str, &'a str)> {
    let column = |c: &'a Value| (c["Name"].as_str().unwrap(), c["Type"].as_str().unwrap());
    input[list].as_array().unwrap().iter().map(column).collect()
}

#[test]
fn databases_stay_and_have_a_location() {
    let template = first(&sample::pipeline());
    let database = &template.resources["DatabaseStgFactDb"];
    assert!(database.retained);
    let location = "s3://workarea-eu-central-1/data-workflows/stage/STG_DWH/stg_fact_db/";
    assert_eq!(database.properties["DatabaseInput"]["LocationUri"], location);
}

#[test]
fn stage_is_text_in_which_every_column_is_a_string() {
    let template = first(&sample::pipeline());
    let stage = storage(&template, "StageSampleCountryTxFact");
    let names = ["tx_id", "country_id", "tx_amount", "date_id", "_extra"];
    assert_eq!(columns(stage, "Columns"), names.map(|name| (name, "string")));
    let input = &template.resources["StageSampleCountryTxFact"].properties["TableInput"];
    assert_eq!(input["Parameters"]["skip.header.line.count"], "1");
    assert!(input.get("PartitionKeys").is_none());
    let serde = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
    assert_eq!(stage["SerdeInfo"]["SerializationLibrary"], serde);
}

#[test]
fn prod_is_orc_partitioned_by_columns_that_stand_nowhere_else() {
    let template = first(&sample::pipeline());
    let input = &template.resources["ProdSampleCountryTxFact"].properties["TableInput"];
    assert_eq!(columns(input, "PartitionKeys"), [("date_id", "int")]);
    let typed = [("tx_id", "int"), ("country_id", "int"), ("tx_amount", "decimal(18,2)")];
    assert_eq!(columns(&input["StorageDescriptor"], "Columns"), typed);
    assert_eq!(input["Parameters"]["orc.compress"], "ZLIB");
    assert_eq!(input["Parameters"]["EXTERNAL"], "TRUE");
}

#[test]
fn rejected_rows_stand_in_the_stage_database_by_run() {
    let template = first(&sample::pipeline());
    let rejected = &template.resources["RejectedSampleCountryDim"].properties;
    assert_eq!(rejected["DatabaseName"], reference("DatabaseStgDimensionDb"));
    let input = &rejected["TableInput"];
    assert_eq!(input["Name"], "sample_country_dim_rejected");
    assert_eq!(columns(input, "PartitionKeys"), [("run", "string")]);
    let location =
        "s3://workarea-eu-central-1/data-workflows/rejected/DWH/dimensions/sample_country_dim/";
    assert_eq!(input["StorageDescriptor"]["Location"], location);
}

#[test]
fn fields_that_are_never_quoted_have_the_plain_serde() {
    let mut pipeline = sample::pipeline();
    pipeline.tables[0].source.format = Format::Delimited;
    pipeline.tables[0].source.delimiter = '\t';
    pipeline.tables[0].source.header_lines = 0;
    let template = first(&pipeline);
    let serde = &storage(&template, "StageSampleCountryDim")["SerdeInfo"];
    assert_eq!(serde["Parameters"]["field.delim"], "\t");
    let input = &template.resources["StageSampleCountryDim"].properties["TableInput"];
    assert!(input["Parameters"].get("skip.header.line.count").is_none());
}

#[test]
fn numbered_stacks_name_their_databases() {
    let pipeline = Pipeline { catalog_stacks: Some(4), ..sample::pipeline() };
    let parts = stacks(&pipeline).unwrap();
    assert!(parts[0].tables.is_empty());
    let numbered = parts[1].stack(&pipeline);
    assert_eq!(numbered.after, ["catalog"]);
    let name = &numbered.template.resources.values().next().unwrap().properties["DatabaseName"];
    assert!(name.as_str().unwrap().starts_with("stg_"), "{name}");
}

#[test]
fn a_workgroup_decides_where_the_results_of_its_group_go() {
    let mut pipeline = sample::pipeline();
    let result = |template: &Template| {
        let settings = &template.resources["WorkgroupAnalyst"].properties["WorkGroupConfiguration"];
        assert_eq!(settings["EnforceWorkGroupConfiguration"], true);
        settings["ResultConfiguration"].clone()
    };
    let template = first(&pipeline);
    assert_eq!(
        result(&template)["OutputLocation"],
        "s3://workarea-eu-central-1/athena-results/analyst/"
    );
    pipeline.workarea.encryption = Encryption::Own;
    let template = first(&pipeline);
    assert_eq!(result(&template)["EncryptionConfiguration"]["KmsKey"], reference("DataKeyArn"));
    assert!(template.parameters.contains_key("DataKeyArn"));
}

#[test]
fn no_column_is_called_like_the_partition_of_the_rejected_rows() {
    let mut pipeline = sample::pipeline();
    pipeline.tables[1].columns[1].name = HiveName::parse("run").unwrap();
    let problems = stacks(&pipeline).unwrap_err();
    assert_eq!(problems[0].rule, "taken-column");
    assert_eq!(problems[0].span, pipeline.tables[1].columns[1].span);
}
