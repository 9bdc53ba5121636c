//! Changes for programs; `docs/diff.schema.json` describes the form.

use serde_json::{Value, json};

use super::change::Changes;
use super::outline::summary;

/// The form's version.
const FORMAT: u32 = 1;

/// Returns the changes of all environments.
pub fn json(environments: &[Changes]) -> Value {
    let environments: Vec<_> = environments.iter().map(one).collect();
    json!({"format": FORMAT, "registry": crate::aws::schema::SOURCE.trim(), "environments": environments})
}

fn one(changes: &Changes) -> Value {
    let mut json = serde_json::to_value(changes).expect("a value of strings and lists");
    json["summary"] =
        if changes.is_empty() { "nothing changes".into() } else { summary(changes).into() };
    json
}
