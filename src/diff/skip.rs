//! Leaves out of two YAML templates the resources that are the same text on both sides: to read them is most of the work.

use std::collections::BTreeMap;

/// Returns both templates without the resources that are written alike, where they are plain enough to be taken apart by
/// their lines; else nothing.
pub(super) fn differing(old: &str, new: &str) -> Option<[String; 2]> {
    let (was, is) = (Parts::of(old)?, Parts::of(new)?);
    let known: BTreeMap<&str, &str> = was.resources.iter().copied().collect();
    let others: BTreeMap<&str, &str> = is.resources.iter().copied().collect();
    if known.len() != was.resources.len() || others.len() != is.resources.len() {
        return None;
    }
    let same = |id: &str, block: &str, there: &BTreeMap<&str, &str>| {
        let needed = || block.lines().take(HEAD).any(|line| line.contains(NEEDED));
        there.get(id) == Some(&block) && is_whole(block) && !needed()
    };
    Some([
        was.without(|id, block| same(id, block, &others)),
        is.without(|id, block| same(id, block, &known)),
    ])
}

/// Tables are told with the name of their database, so databases stay.
const NEEDED: &str = "AWS::Glue::Database";

/// The lines of a resource among which its type stands, as a rule; one that is not seen costs its name and nothing else.
const HEAD: usize = 6;

/// A template by its lines.
struct Parts<'a> {
    /// All but the resources.
    rest: Vec<&'a str>,
    resources: Vec<(&'a str, &'a str)>,
}

impl<'a> Parts<'a> {
    /// Takes a template apart; nothing where a line does not look as people and `gen` write them.
    fn of(text: &'a str) -> Option<Self> {
        let anchored = |at: usize| {
            text[..at].ends_with(' ') && text[at + 1..].starts_with(|c: char| !c.is_whitespace())
        };
        if text.match_indices('&').any(|(at, _)| anchored(at)) || text.contains('\t') {
            return None;
        }
        let mut parts = Self { rest: Vec::new(), resources: Vec::new() };
        let (mut in_resources, mut at) = (false, 0);
        let mut open: Option<(&str, usize)> = None;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let indent = line.len() - line.trim_start_matches(' ').len();
            let is_key = !line.trim().is_empty() && !line[indent..].starts_with('#');
            if is_key && indent == 0 {
                let name = line.trim_end();
                if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.contains(':') {
                    return None;
                }
                parts.close(&mut open, text, start);
                in_resources = name == "Resources:";
            } else if is_key && indent == 2 && in_resources {
                parts.close(&mut open, text, start);
                open = Some((line[2..].split_once(':')?.0, start));
                continue;
            } else if in_resources && is_key && open.is_none() {
                return None;
            }
            if open.is_none() {
                parts.rest.push(line);
            }
        }
        parts.close(&mut open, text, at);
        Some(parts)
    }

    fn close(&mut self, open: &mut Option<(&'a str, usize)>, text: &'a str, end: usize) {
        if let Some((id, start)) = open.take() {
            self.resources.push((id, &text[start..end]));
        }
    }

    /// Puts the template together again without some of its resources.
    fn without(&self, skipped: impl Fn(&str, &str) -> bool) -> String {
        let kept: String = self
            .resources
            .iter()
            .filter(|(id, block)| !skipped(id, block))
            .map(|(_, block)| *block)
            .collect();
        let heading = if kept.is_empty() { "Resources: {}\n" } else { "Resources:\n" };
        let rest =
            self.rest.iter().map(|line| if line.trim_end() == "Resources:" { "" } else { line });
        let mut text: String = rest.collect();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let ends = if kept.ends_with('\n') || kept.is_empty() { "" } else { "\n" };
        text + heading + &kept + ends
    }
}

/// Tells whether quotes and brackets are even, so that no text or list reaches over the end.
fn is_whole(block: &str) -> bool {
    let (mut double, mut single, mut square, mut curly) = (0u32, 0u32, 0i32, 0i32);
    for byte in block.bytes() {
        match byte {
            b'"' => double += 1,
            b'\'' => single += 1,
            b'[' => square += 1,
            b']' => square -= 1,
            b'{' => curly += 1,
            b'}' => curly -= 1,
            _ => {}
        }
    }
    double.is_multiple_of(2) && single.is_multiple_of(2) && square == 0 && curly == 0
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
        assert_eq!(old, "Description: d\nOutputs:\n  O: 1\nResources:\n  B:\n    Type: Y\n");
        assert!(new.ends_with("Resources:\n  B:\n    Type: Z\n"));
        assert!(differing(OLD, OLD).unwrap()[0].ends_with("Resources: {}\n"));
    }

    #[test]
    fn what_cannot_be_taken_apart_by_lines_is_left_alone() {
        for odd in [
            "{\"Resources\": {}}",
            "Resources:\n  A: &a\n    Type: X\n",
            "Resources:\n    A:\n      Type: X\n",
            "---\nResources:\n  A: 1\n",
        ] {
            assert!(differing(odd, odd).is_none(), "{odd}");
        }
        let text = "Resources:\n  A:\n    Type: \"x\n  B: y\"\n";
        assert_eq!(differing(text, text).unwrap()[0], text);
    }
}
