//! `null`, which CloudFormation takes nowhere in a template ("'null' values are not allowed in templates"), not even where a
//! property is any JSON and the service behind it would take it.

use serde_json::Value;

use super::walk;
use crate::aws::{Severity, Violation};

/// Finds every `null` in a template, or a part of one.
pub(super) fn found(part: &Value) -> Vec<Violation> {
    let mut violations = Vec::new();
    walk(part, "", &mut |pointer, value| {
        if value.is_null() {
            violations.push(Violation {
                severity: Severity::Error,
                path: pointer.to_owned(),
                message: "CloudFormation takes no null; leave the property out".to_owned(),
                suggestion: None,
            });
        }
    });
    violations
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_is_found_where_it_is() {
        let properties = json!({"A": [1, null], "B": {"C/D": null}, "E": "null"});
        let paths: Vec<_> = found(&properties).into_iter().map(|one| one.path).collect();
        assert_eq!(paths, ["/A/1", "/B/C~1D"]);
    }
}
