//! A JSON template by its lines: no text goes over the end of a line, so a bracket that starts one is no part of a text.

use super::{Form, Parts, is_id, line_at, line_starts};

/// Takes a template apart that is indented as programs do it, by the same number of spaces each time.
pub(super) fn parts(text: &str) -> Option<Parts<'_>> {
    let unit = indent(text, text.find('\n')? + 1);
    let mut shallow = line_starts(text).filter(|at| !is_deeper(text, *at, 2 * unit));
    let opening = shallow.find(|at| at_depth(text, *at, unit) == Some(OPENING))?;
    let head = &text[..opening + unit + OPENING.len()];
    let mut resources: Vec<(&str, &str)> = Vec::new();
    loop {
        let start = shallow.next()?;
        if is_closing(at_depth(text, start, unit)) {
            // The line's end before it belongs to what follows.
            return Some(Parts { form: Form::Json, head, resources, tail: &text[start - 1..] });
        }
        let id = name(at_depth(text, start, 2 * unit)?)?;
        let end = shallow.next().filter(|end| is_closing(at_depth(text, *end, 2 * unit)))?;
        resources.push((id, &text[start..end + 2 * unit + "}".len()]));
    }
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
