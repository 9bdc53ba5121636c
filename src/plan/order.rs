//! The order of stacks: each after those whose outputs it takes or that it names, side by side where it can be.

use std::collections::BTreeSet;

use super::Stack;

/// Stacks that wait for each other, or for one that is not there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Circular(pub Vec<String>);

impl std::fmt::Display for Circular {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "these stacks wait for each other: {}", self.0.join(", "))
    }
}

impl std::error::Error for Circular {}

/// Returns the stacks that can start: none of `started`, and all that they wait for in `done`.
pub fn ready<'a>(
    stacks: &'a [Stack],
    started: &BTreeSet<String>,
    done: &BTreeSet<String>,
) -> Vec<&'a Stack> {
    let free = |stack: &&Stack| {
        let mut before = stack.after.iter().map(String::as_str).chain(stack.takes_from());
        !started.contains(&stack.name) && before.all(|name| done.contains(name))
    };
    stacks.iter().filter(free).collect()
}

/// Returns the stacks in levels: each level needs only those before it.
///
/// # Errors
/// Stacks that wait for each other.
pub fn levels(stacks: &[Stack]) -> Result<Vec<Vec<&Stack>>, Circular> {
    let mut done = BTreeSet::new();
    let mut levels = Vec::new();
    while done.len() < stacks.len() {
        let level = ready(stacks, &done, &done);
        if level.is_empty() {
            let left = stacks.iter().filter(|stack| !done.contains(&stack.name));
            return Err(Circular(left.map(|stack| stack.name.clone()).collect()));
        }
        done.extend(level.iter().map(|stack| stack.name.clone()));
        levels.push(level);
    }
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Source;
    use super::*;

    fn stack(name: &str, after: &[&str], takes: Option<&str>) -> Stack {
        let parameter = takes.map(|output| ("P".to_owned(), Source::Output(output.to_owned())));
        Stack {
            name: name.to_owned(),
            stack_name: name.to_owned(),
            template: String::new(),
            sha256: String::new(),
            protected: false,
            after: after.iter().map(|&name| name.to_owned()).collect(),
            parameters: BTreeMap::from_iter(parameter),
            body: String::new(),
        }
    }

    #[test]
    fn a_stack_follows_what_it_names_and_what_it_takes_from() {
        let stacks =
            [stack("c", &["a"], None), stack("a", &[], None), stack("b", &[], Some("c.Id"))];
        let levels = levels(&stacks).unwrap();
        let names: Vec<Vec<&str>> =
            levels.iter().map(|level| level.iter().map(|s| s.name.as_str()).collect()).collect();
        assert_eq!(names, [["a"], ["c"], ["b"]]);
    }

    #[test]
    fn stacks_that_wait_for_each_other_are_named() {
        let stacks = [stack("a", &["b"], None), stack("b", &["a"], None), stack("c", &[], None)];
        assert_eq!(levels(&stacks).unwrap_err(), Circular(vec!["a".into(), "b".into()]));
    }
}
