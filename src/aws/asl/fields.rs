//! Which fields a state of each type has, in each language (Amazon States Language specification,
//! "State Types").

use super::Language;

pub(super) const MACHINE: &[&str] =
    &["Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"];

pub(super) const TYPES: [&str; 8] =
    ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"];

const COMMON: &[&str] = &["Type", "Comment", "QueryLanguage"];

/// The fields of a state type, or `None` where there is no such type.
pub(super) fn of(kind: &str, language: Language) -> Option<Vec<&'static str>> {
    let (both, own) = match language {
        Language::JsonPath => (both(kind)?, json_path(kind)),
        Language::Jsonata => (both(kind)?, jsonata(kind)),
    };
    Some([COMMON, both, own].concat())
}

fn both(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "Task" => &[
            "Next",
            "End",
            "Retry",
            "Catch",
            "Assign",
            "Resource",
            "TimeoutSeconds",
            "HeartbeatSeconds",
            "Credentials",
        ],
        "Pass" => &["Next", "End", "Assign"],
        "Choice" => &["Choices", "Default", "Assign"],
        "Wait" => &["Next", "End", "Assign", "Seconds", "Timestamp"],
        "Succeed" => &[],
        "Fail" => &["Error", "Cause"],
        "Parallel" => &["Next", "End", "Retry", "Catch", "Assign", "Branches"],
        "Map" => &[
            "Next",
            "End",
            "Retry",
            "Catch",
            "Assign",
            "ItemProcessor",
            "Iterator",
            "ItemSelector",
            "ItemReader",
            "ItemBatcher",
            "ResultWriter",
            "Label",
            "MaxConcurrency",
            "ToleratedFailureCount",
            "ToleratedFailurePercentage",
        ],
        _ => return None,
    })
}

fn json_path(kind: &str) -> &'static [&'static str] {
    match kind {
        "Task" => &[
            "InputPath",
            "OutputPath",
            "Parameters",
            "ResultPath",
            "ResultSelector",
            "TimeoutSecondsPath",
            "HeartbeatSecondsPath",
        ],
        "Pass" => &["InputPath", "OutputPath", "Parameters", "ResultPath", "Result"],
        "Choice" | "Succeed" => &["InputPath", "OutputPath"],
        "Wait" => &["InputPath", "OutputPath", "SecondsPath", "TimestampPath"],
        "Fail" => &["ErrorPath", "CausePath"],
        "Parallel" => &["InputPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector"],
        _ => &[
            "InputPath",
            "OutputPath",
            "Parameters",
            "ResultPath",
            "ResultSelector",
            "ItemsPath",
            "MaxConcurrencyPath",
            "ToleratedFailureCountPath",
            "ToleratedFailurePercentagePath",
        ],
    }
}

fn jsonata(kind: &str) -> &'static [&'static str] {
    match kind {
        "Task" | "Parallel" => &["Arguments", "Output"],
        "Fail" => &[],
        "Map" => &["Items", "Output"],
        _ => &["Output"],
    }
}
