//! Policy documents inside resources, against the Service Authorization Reference.

use serde_json::Value;

use super::walk;
use crate::aws::{Violation, iam};

/// Checks every statement of every policy document in `properties`.
pub(super) fn statements(properties: &Value) -> Vec<Violation> {
    let mut violations = Vec::new();
    walk(properties, "", &mut |pointer, value| {
        if value.get("Effect").is_some_and(Value::is_string) && value.get("Action").is_some() {
            violations.extend(iam::check_statement(value).into_iter().map(|mut violation| {
                violation.path = format!("{pointer}{}", violation.path);
                violation
            }));
        }
    });
    violations
}
