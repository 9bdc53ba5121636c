//! What the templates of scripts can do with a list of columns.

use handlebars::{Handlebars, handlebars_helper};
use serde_json::Value;

// `{{columns key}}` and `{{columns key of="old"}}`: the columns with commas between them.
handlebars_helper!(columns: |names: array, {of: str = ""}| {
    let dot = if of.is_empty() { "" } else { "." };
    joined(names, ", ", |name| format!("{of}{dot}{name}"))
});

// `{{equal key "old" "newer"}}`: the condition that two rows agree in the columns.
handlebars_helper!(equal: |names: array, left: str, right: str| {
    joined(names, " AND ", |name| format!("{left}.{name} = {right}.{name}"))
});

fn joined(names: &[Value], between: &str, each: impl Fn(&str) -> String) -> String {
    let parts: Vec<_> = names.iter().filter_map(Value::as_str).map(each).collect();
    parts.join(between)
}

/// Makes the helpers known.
pub(super) fn register(handlebars: &mut Handlebars) {
    handlebars.register_helper("columns", Box::new(columns));
    handlebars.register_helper("equal", Box::new(equal));
}
