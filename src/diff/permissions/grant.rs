//! The smallest thing that a policy says: one action on one resource.

use serde_json::Value;

use super::super::normal::text;

/// The principal that is anyone, with or without an account.
pub(super) const EVERYBODY: &str = "everybody";

/// How the names begin that `NotAction` and `NotResource` exclude.
pub(super) const ALL_BUT: &str = "all but ";

/// One action on one resource, allowed or denied.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Grant {
    pub(super) allow: bool,
    /// The action, a pattern; `all but …` for `NotAction`.
    pub(super) action: String,
    /// The resource, a pattern; `all but …` for `NotResource`.
    pub(super) resource: String,
    /// The condition as JSON; empty where there is none.
    pub(super) condition: String,
    /// The resource whose policy says so, as `stack/logical id`.
    pub(super) by: String,
}

impl Grant {
    /// Returns what it says, whoever says it.
    pub(super) fn said(&self) -> (bool, &str, &str, &str) {
        (self.allow, &self.action, &self.resource, &self.condition)
    }

    /// Tells whether what the other says is said by this one already.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.allow == other.allow
            && (self.condition.is_empty() || self.condition == other.condition)
            && contains(&self.resource, &other.resource)
            && contains(&self.action.to_ascii_lowercase(), &other.action.to_ascii_lowercase())
    }

    /// Tells whether both may speak of the same request.
    pub(super) fn meets(&self, other: &Self) -> bool {
        may_meet(&self.action, &other.action) && may_meet(&self.resource, &other.resource)
    }
}

/// Tells whether two patterns may fit the same text; where it takes more than a look, they may.
fn may_meet(one: &str, other: &str) -> bool {
    if one.starts_with(ALL_BUT) || other.starts_with(ALL_BUT) {
        return true;
    }
    let literal = |text: &str| text.find(['*', '?']).unwrap_or(text.len());
    let shorter = literal(one).min(literal(other));
    one.as_bytes()[..shorter].eq_ignore_ascii_case(&other.as_bytes()[..shorter])
}

/// Returns the grants of one normal statement; `resource` stands in where the statement names none.
pub(super) fn of_statement(statement: &Value, resource: &str) -> Vec<Grant> {
    let allow = statement["Effect"] == "Allow";
    let condition = match &statement["Condition"] {
        Value::Null => String::new(),
        condition => condition.to_string(),
    };
    let actions = patterns(statement, "Action", "NotAction", "*");
    let resources = patterns(statement, "Resource", "NotResource", resource);
    let mut grants = Vec::new();
    for action in &actions {
        for resource in &resources {
            let (action, resource) = (action.clone(), resource.clone());
            grants.push(Grant {
                allow,
                action,
                resource,
                condition: condition.clone(),
                by: String::new(),
            });
        }
    }
    grants
}

fn patterns(statement: &Value, key: &str, negated: &str, else_: &str) -> Vec<String> {
    if let Some(Value::Array(items)) = statement.get(negated) {
        let excluded: Vec<_> = items.iter().map(shown).collect();
        return vec![format!("{ALL_BUT}{}", excluded.join(", "))];
    }
    match statement.get(key) {
        Some(Value::Array(items)) => items.iter().map(shown).collect(),
        Some(one) => vec![shown(one)],
        None => vec![else_.to_owned()],
    }
}

/// Returns a text, or a function, for people.
pub(in crate::diff) fn shown(value: &Value) -> String {
    match super::super::normal::call(value) {
        Some(("Ref" | "Fn::GetAtt", Value::String(name))) => format!("${{{name}}}"),
        Some(("Fn::Sub", Value::String(text))) => text.clone(),
        Some(_) => value.to_string(),
        None => text(value),
    }
}

/// Returns the principals of a statement by name.
pub(super) fn principals(statement: &Value) -> Vec<String> {
    let negated = statement.get("NotPrincipal").is_some();
    let given = statement.get("Principal").or_else(|| statement.get("NotPrincipal"));
    let names: Vec<String> = match given {
        Some(Value::Object(kinds)) => kinds
            .iter()
            .flat_map(|(kind, names)| {
                let names = names.as_array().into_iter().flatten();
                names.map(move |name| {
                    if kind == "AWS" { shown(name) } else { format!("{kind} {}", shown(name)) }
                })
            })
            .collect(),
        Some(other) => vec![shown(other)],
        None => Vec::new(),
    };
    let in_words = |name: String| match name.as_str() {
        "*" => EVERYBODY.to_owned(),
        account if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("account {account}")
        }
        _ => name,
    };
    let named = names.into_iter().map(in_words);
    if negated { named.map(|name| format!("all but {name}")).collect() } else { named.collect() }
}

/// Tells whether everything that fits `part` fits `whole` too; where it takes more than a look, it does not.
fn contains(whole: &str, part: &str) -> bool {
    if whole == part || whole == "*" {
        return true;
    }
    if whole.starts_with(ALL_BUT) || part.starts_with(ALL_BUT) {
        return false;
    }
    // Thousands of grants are compared with thousands: most differ before their first wildcard.
    let Some(literal) = whole.find(['*', '?']) else { return false };
    if !part.starts_with(&whole[..literal]) {
        return false;
    }
    // A `*` or `?` of the part is a character like any other that only `*` stands for.
    let (whole, part): (Vec<char>, Vec<char>) = (whole.chars().collect(), part.chars().collect());
    let mut reached = vec![false; part.len() + 1];
    reached[0] = true;
    for character in whole {
        let mut next = vec![false; part.len() + 1];
        for at in 0..=part.len() {
            next[at] = match character {
                '*' => reached[at] || at > 0 && next[at - 1],
                '?' => at > 0 && reached[at - 1] && part[at - 1] != '*',
                same => at > 0 && reached[at - 1] && part[at - 1] == same,
            };
        }
        reached = next;
    }
    reached[part.len()]
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn a_pattern_contains_what_is_narrower() {
        assert!(contains("s3:*", "s3:get*"));
        assert!(contains("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/*"));
        assert!(!contains("arn:aws:s3:::b/x", "arn:aws:s3:::b/*"));
        assert!(contains("a?c", "abc"));
        assert!(!contains("a?c", "a*c"));
        assert!(!contains("s3:get*", "s3:*"));
    }
}
