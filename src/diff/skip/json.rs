//! A JSON template by its lines: no text goes over the end of a line, so a bracket that starts one is no part of a text.

use std::collections::BTreeMap;

use super::{Form, Parts, end_of_known, is_id, line_after, line_at};

/// Takes a template apart that is indented as programs do it, by the same number of spaces each time.
pub(super) fn parts<'a>(text: &'a str, known: &BTreeMap<&str, &str>) -> Option<Parts<'a>> {
    let mut at = text.find('\n')? + 1;
    let unit = indent(text, at);
    while at_depth(text, at, unit) != Some(OPENING) {
        at = line_after(text, at)?;
    }
    let head = &text[..at + unit + OPENING.len()];
    let mut resources: Vec<(&str, &str)> = Vec::new();
    loop {
        at = line_after(text, at)?;
        if is_closing(at_depth(text, at, unit)) {
            // The line's end before it belongs to what follows.
            return Some(Parts { form: Form::Json, head, resources, tail: &text[at - 1..] });
        }
        let id = name(at_depth(text, at, 2 * unit)?)?;
        let end = end_of_known(known, id, text, at);
        let end = end.or_else(|| closing(text, at, 2 * unit).map(|line| line + 2 * unit + 1))?;
        let ends_line = matches!(line_at(text, end), "" | ",");
        resources.push((id, ends_line.then_some(&text[at..end])?));
        at = end;
    }
}

/// Returns the line that closes what opens on this one: the next that is no deeper.
fn closing(text: &str, opening: usize, depth: usize) -> Option<usize> {
    let mut at = line_after(text, opening)?;
    while is_deeper(text, at, depth) {
        at = line_after(text, at)?;
    }
    is_closing(at_depth(text, at, depth)).then_some(at)
}

const OPENING: &str = "\"Resources\": {";

/// Returns the line that starts at a place without its indentation, which must be as deep as said.
fn at_depth(text: &str, start: usize, depth: usize) -> Option<&str> {
    (depth > 0 && indent(text, start) == depth).then(|| line_at(text, start + depth))
}

fn indent(text: &str, start: usize) -> usize {
    text.as_bytes()[start..].iter().take_while(|byte| **byte == b' ').count()
}

/// Tells whether a line is indented deeper; asked of every line, so it looks no further than that.
fn is_deeper(text: &str, start: usize, depth: usize) -> bool {
    let indentation = text.as_bytes()[start..].get(..=depth);
    indentation.is_some_and(|bytes| bytes.iter().rev().all(|byte| *byte == b' '))
}

/// Returns the name in `"Name": {`.
fn name(line: &str) -> Option<&str> {
    let name = line.strip_prefix('"')?.strip_suffix("\": {")?;
    is_id(name).then_some(name)
}

fn is_closing(line: Option<&str>) -> bool {
    matches!(line, Some("}" | "},"))
}
