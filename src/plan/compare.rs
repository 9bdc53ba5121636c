//! Whether a stack is as it is wanted, decided from what can be read without a change set.

use std::collections::BTreeMap;

use super::{Stack, Status};

/// A stack as it is deployed.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// Its ARN, which tells it from a later stack of the same name.
    pub arn: String,
    /// Its status.
    pub status: Status,
    /// What CloudFormation says about the status.
    pub reason: String,
    /// Its parameters.
    pub parameters: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// Whether it is protected from termination.
    pub is_protected: bool,
    /// The role that it was last executed with.
    pub role: Option<String>,
    /// The alarms that roll an update of it back.
    pub alarms: Vec<String>,
    /// The change set of its last execution.
    pub change_set: Option<String>,
    /// When it last changed, as CloudFormation writes it.
    pub changed: String,
}

/// What of a stack is not as it is wanted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Difference {
    /// Its template, its parameters or its tags: what takes a change set.
    pub content: bool,
    /// Its protection from termination. That is set last of all, after the stack policy: where it is on, the policy is in
    /// force, so that finding out takes no call.
    pub protection: bool,
}

/// Compares a stack with what is wanted; `body` is what `GetTemplate` gives.
pub fn difference(
    stack: &Stack,
    parameters: &BTreeMap<String, String>,
    tags: &BTreeMap<String, String>,
    deployed: &Deployed,
    body: &str,
) -> Difference {
    let shown = |(name, value): (&String, &String)| {
        let deployed = deployed.parameters.get(name).map(String::as_str);
        // The value of a parameter with `NoEcho` is not told.
        deployed == Some(value) || deployed == Some("****")
    };
    let as_it_is = is_same(&stack.body, body)
        && parameters.len() == deployed.parameters.len()
        && parameters.iter().all(shown)
        && *tags == deployed.tags;
    Difference { content: !as_it_is, protection: stack.protected && !deployed.is_protected }
}

/// Tells whether a template is the one that was sent: CloudFormation gives back `?` for each character that is not ASCII (the
/// CDK's `mangleLikeCloudFormation` does the same).
pub fn is_same(sent: &str, given: &str) -> bool {
    let mangled = |c: char| if c.is_ascii() { c } else { '?' };
    sent.trim_end().chars().map(mangled).eq(given.trim_end().chars().map(mangled))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    fn compared(deployed: &[(&str, &str)], body: &str, is_protected: bool) -> Difference {
        let stack = Stack {
            name: "a".into(),
            stack_name: "p-a".into(),
            template: String::new(),
            sha256: String::new(),
            protected: true,
            after: Vec::new(),
            parameters: BTreeMap::new(),
            body: "Resources: {}\n".into(),
        };
        let deployed = Deployed {
            arn: String::new(),
            status: Status::CreateComplete,
            reason: String::new(),
            parameters: map(deployed),
            tags: BTreeMap::new(),
            outputs: BTreeMap::new(),
            is_protected,
            role: None,
            alarms: Vec::new(),
            change_set: None,
            changed: String::new(),
        };
        difference(&stack, &map(&[("A", "1")]), &BTreeMap::new(), &deployed, body)
    }

    #[test]
    fn content_and_protection_are_told_apart() {
        let same = "Resources: {}";
        assert_eq!(compared(&[("A", "1")], same, true), Difference::default());
        assert_eq!(compared(&[("A", "****")], same, true), Difference::default());
        assert!(compared(&[("A", "2")], same, true).content);
        assert!(is_same("# größer\n", "# gr??er") && !is_same("# a", "# b"));
        assert!(compared(&[("A", "1"), ("B", "1")], same, true).content);
        assert!(compared(&[("A", "1")], "Resources: {A: 1}", true).content);
        let unprotected = compared(&[("A", "1")], same, false);
        assert!(!unprotected.content && unprotected.protection);
    }
}
