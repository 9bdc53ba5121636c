//! Secrets leave a template before it is compared: each becomes `****` and a number that tells apart but gives nothing away.

use indexmap::IndexSet;
use serde_json::Value;

/// The secrets met so far, over both sides of a comparison.
#[derive(Debug, Default)]
pub(super) struct Mask {
    met: IndexSet<String>,
}

/// Dynamic references whose value, place or version is nobody's business.
const DYNAMIC: [&str; 2] = ["{{resolve:secretsmanager:", "{{resolve:ssm-secure:"];

/// Properties that hold a secret, at whatever depth.
const NAMES: [&str; 6] = [
    "Password",
    "SecretString",
    "AuthToken",
    "PrivateKey",
    "MasterUserPassword",
    "SecretAccessKey",
];

impl Mask {
    /// Masks the defaults of `NoEcho` parameters, dynamic references to secrets, and passwords written out.
    pub(super) fn template(&mut self, template: &mut Value) {
        if let Some(parameters) = template.get_mut("Parameters").and_then(Value::as_object_mut) {
            for parameter in parameters.values_mut().filter(|parameter| is_hidden(parameter)) {
                for key in ["Default", "AllowedValues"] {
                    if let Some(value) = parameter.get_mut(key) {
                        self.whole(value);
                    }
                }
            }
        }
        self.value(template);
    }

    /// Masks a value whatever it is.
    pub(super) fn whole(&mut self, value: &mut Value) {
        *value = self.number(&value.to_string()).into();
    }

    fn number(&mut self, secret: &str) -> String {
        format!("****{}", self.met.insert_full(secret.to_owned()).0 + 1)
    }

    fn value(&mut self, value: &mut Value) {
        match value {
            Value::String(text) if DYNAMIC.iter().any(|start| text.contains(start)) => {
                *text = self.text(text);
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(map) => {
                for (key, item) in map {
                    if item.is_string()
                        && NAMES.iter().any(|name| key.ends_with(name))
                        && !is_masked(item)
                    {
                        self.whole(item);
                    } else {
                        self.value(item);
                    }
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) -> String {
        let Some((at, start)) =
            DYNAMIC.iter().filter_map(|start| Some((text.find(start)?, *start))).min()
        else {
            return text.to_owned();
        };
        let secret = &text[at + start.len()..];
        let (secret, rest) = secret.split_once("}}").unwrap_or((secret, ""));
        let (number, rest) = (self.number(secret), self.text(rest));
        format!("{}{start}{number}}}}}{rest}", &text[..at])
    }
}

fn is_masked(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("****"))
}

/// Tells whether a parameter is `NoEcho`.
pub(super) fn is_hidden(parameter: &Value) -> bool {
    matches!(&parameter["NoEcho"], Value::Bool(true))
        || parameter["NoEcho"].as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_told_apart_and_not_told() {
        let reference = |name: &str| format!("x{{{{resolve:secretsmanager:{name}}}}}y");
        let mut template = json!({
            "Parameters": {"P": {"NoEcho": "true", "Default": "hunter2"}},
            "Resources": {"A": {"Properties": {
                "One": reference("first"), "Two": reference("second"), "Same": reference("first"),
                "MasterUserPassword": "swordfish", "AuthToken": {"Ref": "P"},
            }}},
        });
        Mask::default().template(&mut template);
        let text = template.to_string();
        for secret in ["hunter2", "first", "second", "swordfish"] {
            assert!(!text.contains(secret), "{text}");
        }
        let properties = &template["Resources"]["A"]["Properties"];
        assert_eq!(properties["One"], properties["Same"]);
        assert_ne!(properties["One"], properties["Two"]);
        assert_eq!(properties["AuthToken"], json!({"Ref": "P"}));
    }
}
