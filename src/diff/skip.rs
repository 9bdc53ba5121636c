//! Leaves out of two templates the resources that are the same text on both sides: to read them is most of the work.
//!
//! Only text that stands on both sides is left out, and only where what remains, once read, holds just the resources that were
//! kept ([`Reduced::holds`]): so each part that was taken for a resource is one.

mod json;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use serde_json::Value;

/// A template without the resources that the other side has too.
#[derive(Debug)]
pub(super) struct Reduced<'a> {
    pub(super) text: String,
    kept: Vec<&'a str>,
}

impl Reduced<'_> {
    /// Tells whether the text, once read, holds the resources that were kept and no others.
    pub(super) fn holds(&self, template: &Value) -> bool {
        let ids = template["Resources"].as_object().map(|resources| resources.keys());
        ids.is_some_and(|ids| ids.eq(self.kept.iter().copied()))
    }
}

/// Returns both templates without the resources that are written alike, where they are plain enough to be taken apart by
/// their lines; else nothing.
pub(super) fn differing<'a>(old: &'a str, new: &'a str) -> Option<[Reduced<'a>; 2]> {
    let was = Parts::of(old, &BTreeMap::new())?;
    let known = was.by_name()?;
    let is = Parts::of(new, &known)?;
    let others = is.by_name()?;
    let needed = memmem::Finder::new(NEEDED);
    let alike = others.iter().filter(|(id, block)| {
        known.get(*id) == Some(block) && is_whole(block) && needed.find(block.as_bytes()).is_none()
    });
    let alike: BTreeSet<&str> = alike.map(|(id, _)| *id).collect();
    (was.form == is.form).then(|| [was.without(&alike), is.without(&alike)])
}

/// Tables are told with the name of their database, so databases stay.
const NEEDED: &str = "AWS::Glue::Database";

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    Yaml,
    Json,
}

/// A template by its lines.
#[derive(Debug)]
struct Parts<'a> {
    form: Form,
    /// All up to the line that opens the resources.
    head: &'a str,
    /// Names, and texts from the line of the name on.
    resources: Vec<(&'a str, &'a str)>,
    /// All that comes after the resources.
    tail: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes a template apart; nothing where a line does not look as programs and most people write them. What is `known`
    /// from another template is recognized as a whole.
    fn of(text: &'a str, known: &BTreeMap<&str, &str>) -> Option<Self> {
        if text.starts_with('{') { json::parts(text, known) } else { yaml::parts(text, known) }
    }

    fn by_name(&self) -> Option<BTreeMap<&'a str, &'a str>> {
        let named: BTreeMap<_, _> = self.resources.iter().copied().collect();
        (named.len() == self.resources.len()).then_some(named)
    }

    /// Puts the template together again without some of its resources.
    fn without(&self, left_out: &BTreeSet<&str>) -> Reduced<'a> {
        let kept = self.resources.iter().filter(|(id, _)| !left_out.contains(id));
        let (kept, blocks): (Vec<_>, Vec<_>) = kept.copied().unzip();
        let [empty, between] = match self.form {
            Form::Yaml => [" {}\n", ""],
            Form::Json => ["", ",\n"],
        };
        let opened = if blocks.is_empty() { empty } else { "\n" };
        let text = [self.head, opened, &blocks.join(between), self.tail].concat();
        Reduced { text, kept }
    }
}

/// Tells whether quotes and brackets are even, so that no text or list reaches over the end.
fn is_whole(block: &str) -> bool {
    let count = |sought: u8| memchr::memchr_iter(sought, block.as_bytes()).count();
    count(b'"').is_multiple_of(2)
        && count(b'\'').is_multiple_of(2)
        && count(b'[') == count(b']')
        && count(b'{') == count(b'}')
}

/// Returns where the next line starts, if there is one.
fn line_after(text: &str, at: usize) -> Option<usize> {
    memchr::memchr(b'\n', &text.as_bytes()[at..]).map(|length| at + length + 1)
}

/// Returns the end of the resource that starts here, if it is the same text as a known one.
fn end_of_known(known: &BTreeMap<&str, &str>, id: &str, text: &str, start: usize) -> Option<usize> {
    let block = known.get(id)?;
    text[start..].starts_with(block).then_some(start + block.len())
}

/// Returns the line that starts at a place, without what ends it.
fn line_at(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
    rest[..end].trim_end()
}

/// A logical id as CloudFormation takes them.
fn is_id(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str =
        "Description: d\nResources:\n  A:\n    Type: X\n  B:\n    Type: Y\nOutputs:\n  O: 1\n";

    #[test]
    fn what_is_written_alike_is_left_out() {
        let new = OLD.replace("Type: Y", "Type: Z");
        let [old, new] = differing(OLD, &new).unwrap();
        assert_eq!(old.text, OLD.replace("  A:\n    Type: X\n", ""));
        assert_eq!(old.kept, ["B"]);
        assert!(new.text.contains("Resources:\n  B:\n    Type: Z\n"));
        assert!(differing(OLD, OLD).unwrap()[0].text.contains("Resources: {}\nOutputs"));
    }

    #[test]
    fn json_keeps_its_commas() {
        let template = |kind: &str| {
            format!(
                "{{\n \"Resources\": {{\n  \"A\": {{\n   \"Type\": \"X\"\n  }},\n  \"B\": {{\n   \"Type\": \"{kind}\"\n  }}\n }},\n \"Outputs\": {{}}\n}}\n"
            )
        };
        let (old, new) = (template("Y"), template("Z"));
        for (side, kind) in differing(&old, &new).unwrap().iter().zip(["Y", "Z"]) {
            let read: Value = serde_json::from_str(&side.text).unwrap();
            let expected = serde_json::json!({"Resources": {"B": {"Type": kind}}, "Outputs": {}});
            assert_eq!(read, expected);
            assert!(side.holds(&read));
        }
        let [none, _] = differing(&old, &old).unwrap();
        assert!(none.holds(&serde_json::from_str(&none.text).unwrap()), "{}", none.text);
    }

    #[test]
    fn what_cannot_be_taken_apart_by_lines_is_left_alone() {
        for odd in [
            "{\"Resources\": {}}",
            "{\n \"Resources\": {\n  \"A\": {}\n }\n}",
            "Resources:\n  A: &a\n    Type: X\n",
            "Resources:\n  A:\n    Type: [&a X]\n",
            "Resources:\n  A: {}\n",
            "Resources:\n    A:\n      Type: X\n",
            "Resources:\n  A:\n    Type: X\n  A:\n    Type: X\n",
            "Resources:\n  A:\n    Type: X\rOutputs:\n",
            "Resources:\n  A:\n    Type: X\n\0",
            "Resources:\n  \"A\":\n    Type: X\n",
            "---\nResources:\n  A:\n    Type: X\n",
            "Outputs:\n  A:\n    Value: X\n",
        ] {
            assert!(differing(odd, odd).is_none(), "{odd}");
        }
        let text = "Resources:\n  A:\n    Type: \"x\n  B:\n    y\"\n";
        let [kept, _] = differing(text, text).unwrap();
        assert!(kept.text == text && !kept.holds(&serde_json::json!({"Resources": {"A": 1}})));
    }
}
