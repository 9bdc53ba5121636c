//! A YAML template by its lines: all that belongs to a resource is indented deeper than the resource's name.

use std::collections::BTreeMap;

use memchr::{memchr, memchr_iter};

use super::{Form, Parts, end_of_known, is_id, line_after, line_at};

/// Takes a template apart that has `Resources:` and the names below it, two spaces deep, on lines of their own.
pub(super) fn parts<'a>(text: &'a str, known: &BTreeMap<&str, &str>) -> Option<Parts<'a>> {
    if has_anchors(text) || has_odd_breaks(text) {
        return None;
    }
    let bytes = text.as_bytes();
    let (mut section, mut end) = (None, text.len());
    let mut starts: Vec<(&str, usize)> = Vec::new();
    let mut next = Some(0);
    while let Some(at) = next {
        next = line_after(text, at);
        let is_deep = bytes[at..].starts_with(b"   ");
        if is_deep && !starts.is_empty() || is_blank(&bytes[at..]) {
            continue;
        }
        match (section, bytes[at] == b' ') {
            (None, false) if line_at(text, at) == HEADING => section = Some(at),
            (_, false) if !is_heading(line_at(text, at)) => return None,
            (Some(_), false) if line_at(text, at) == HEADING => return None,
            (Some(_), false) => end = end.min(at),
            (Some(_), true) if end == text.len() => {
                let name = name(line_at(text, at))?;
                starts.push((name, at));
                next = end_of_known(known, name, text, at)
                    .filter(|end| bytes[*end - 1] == b'\n')
                    .or(next);
            }
            (_, true) | (None, false) => {}
        }
    }
    let head = &text[..section? + HEADING.len()];
    let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([end]);
    let resources =
        starts.iter().zip(ends).map(|((id, start), end)| (*id, &text[*start..end])).collect();
    Some(Parts { form: Form::Yaml, head, resources, tail: &text[end..] })
}

const HEADING: &str = "Resources:";

/// A top-level line: neither a marker of documents nor the rest of a value.
fn is_heading(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic()) && line.contains(':')
}

/// Returns the name in `  Name:`.
fn name(line: &str) -> Option<&str> {
    let name = line.strip_prefix("  ")?.strip_suffix(':')?;
    is_id(name).then_some(name)
}

/// Tells whether the first line holds nothing, or a comment.
fn is_blank(rest: &[u8]) -> bool {
    let first = rest.iter().find(|byte| **byte != b' ');
    matches!(first, None | Some(b'\n' | b'\r' | b'#'))
}

/// Tells whether anything may be an anchor, to which a part that is left out may refer.
fn has_anchors(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr_iter(b'&', bytes).any(|at| {
        let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let after = bytes.get(at + 1).copied().unwrap_or(b' ');
        (before.is_ascii_whitespace() || b"[{,:".contains(&before)) && !after.is_ascii_whitespace()
    })
}

/// YAML breaks lines at a lone `\r` too, and readers end at a zero.
fn has_odd_breaks(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut returns = memchr_iter(b'\r', bytes);
    memchr(0, bytes).is_some() || returns.any(|at| bytes.get(at + 1) != Some(&b'\n'))
}
