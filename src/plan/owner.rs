//! Whose a stack is, by the tags that every deploy gives it.

use std::collections::BTreeMap;

/// The tags that tell one pipeline's environment from another's.
const OWN: [&str; 2] = ["pipeline", "environment"];

/// Returns what a stack's tags say where it is another's, such as `pipeline is other`; nothing where it is the one that is wanted.
pub fn owner(
    wanted: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) -> Option<String> {
    let differs = |key: &&&str| wanted.get(**key).is_some_and(|own| found.get(**key) != Some(own));
    let told = |key: &&str| match found.get(*key) {
        Some(other) => format!("its tag `{key}` is `{other}`"),
        None => format!("it has no tag `{key}`"),
    };
    let all: Vec<_> = OWN.iter().filter(differs).map(told).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// Returns the tags that make a stack one's own, as the AWS CLI takes them.
pub fn claim(wanted: &BTreeMap<String, String>) -> String {
    let own = wanted.iter().filter(|(key, _)| OWN.contains(&key.as_str()));
    let tags: Vec<_> = own.map(|(key, value)| format!("Key={key},Value={value}")).collect();
    tags.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn a_stack_is_known_by_two_tags() {
        let wanted = tags(&[("pipeline", "p"), ("environment", "dev"), ("team", "a")]);
        let own = tags(&[("pipeline", "p"), ("environment", "dev"), ("team", "b")]);
        assert_eq!(owner(&wanted, &own), None);
        let other = tags(&[("pipeline", "q")]);
        let told = "its tag `pipeline` is `q`, it has no tag `environment`";
        assert_eq!(owner(&wanted, &other).as_deref(), Some(told));
        assert_eq!(claim(&wanted), "Key=environment,Value=dev Key=pipeline,Value=p");
    }
}
