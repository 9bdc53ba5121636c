//! Writes JSON values as YAML that people read: CloudFormation's short tags, no quotes where none are needed.

use serde::Serialize;
use serde_json::{Map, Value};

/// Returns `value` as a YAML document, keys in their order, with `!Ref` and its like for intrinsic functions.
pub fn write(value: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    match value {
        Value::Object(map) if !map.is_empty() && intrinsic(map).is_none() => {
            mapping(&mut text, map, 0, Start::Margin);
        }
        Value::Array(items) if !items.is_empty() => sequence(&mut text, items, 0),
        other => {
            value_after(&mut text, other, 0);
            text.remove(0);
        }
    }
    text
}

/// Where the first key of a mapping stands.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Start {
    /// On a line of its own.
    Margin,
    /// Behind the dash of its item.
    Dash,
}

/// Writes `value` behind a key or dash that already stands there.
fn value_after(text: &mut Vec<u8>, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if map.is_empty() => push(text, " {}\n"),
        Value::Array(items) if items.is_empty() => push(text, " []\n"),
        Value::Object(map) => {
            if let Some((tag, argument)) = intrinsic(map) {
                tagged(text, tag, argument, indent);
            } else {
                text.push(b'\n');
                mapping(text, map, indent + 1, Start::Margin);
            }
        }
        Value::Array(items) => {
            text.push(b'\n');
            sequence(text, items, indent);
        }
        scalar => {
            text.push(b' ');
            write_scalar(text, scalar, indent);
        }
    }
}

fn mapping(text: &mut Vec<u8>, map: &Map<String, Value>, indent: usize, start: Start) {
    for (at, (key, value)) in map.iter().enumerate() {
        if at == 0 && start == Start::Dash {
            text.push(b' ');
        } else {
            margin(text, indent);
        }
        plain_or_quoted(text, key);
        text.push(b':');
        value_after(text, value, indent);
    }
}

fn sequence(text: &mut Vec<u8>, items: &[Value], indent: usize) {
    for item in items {
        margin(text, indent);
        text.push(b'-');
        match item {
            Value::Object(map) if !map.is_empty() && intrinsic(map).is_none() => {
                mapping(text, map, indent + 1, Start::Dash);
            }
            Value::Array(inner) if !inner.is_empty() => {
                text.push(b'\n');
                sequence(text, inner, indent + 1);
            }
            other => value_after(text, other, indent),
        }
    }
}

fn tagged(text: &mut Vec<u8>, tag: &str, argument: &Value, indent: usize) {
    text.push(b' ');
    push(text, tag);
    value_after(text, argument, indent);
}

/// Returns the short tag of a lone intrinsic function. Tags must not nest directly (`!Base64 !Sub` is not YAML that
/// CloudFormation reads), so a function whose argument is a function keeps its long name.
fn intrinsic(map: &Map<String, Value>) -> Option<(&'static str, &Value)> {
    if map.len() != 1 {
        return None;
    }
    let (name, argument) = map.iter().next()?;
    let tag = TAGS.iter().find(|(long, _)| long == name)?.1;
    let nested = argument.as_object().is_some_and(|inner| intrinsic(inner).is_some());
    (!nested).then_some((tag, argument))
}

const TAGS: &[(&str, &str)] = &[
    ("Ref", "!Ref"),
    ("Fn::GetAtt", "!GetAtt"),
    ("Fn::Sub", "!Sub"),
    ("Fn::Join", "!Join"),
    ("Fn::Select", "!Select"),
    ("Fn::Split", "!Split"),
    ("Fn::If", "!If"),
    ("Fn::Cidr", "!Cidr"),
    ("Fn::GetAZs", "!GetAZs"),
];

fn push(text: &mut Vec<u8>, more: &str) {
    text.extend_from_slice(more.as_bytes());
}

fn margin(text: &mut Vec<u8>, indent: usize) {
    text.resize(text.len() + 2 * indent, b' ');
}

fn write_scalar(text: &mut Vec<u8>, value: &Value, indent: usize) {
    match value {
        Value::String(string) if is_paragraph(string) => literal(text, string, indent),
        Value::String(string) => {
            plain_or_quoted(text, string);
            text.push(b'\n');
        }
        other => {
            json(text, other);
            text.push(b'\n');
        }
    }
}

fn json(text: &mut Vec<u8>, value: &impl Serialize) {
    serde_json::to_writer(text, value).expect("memory takes every write");
}

/// Text of several lines that a literal block (`|`) gives back unchanged.
fn is_paragraph(string: &str) -> bool {
    string.ends_with('\n')
        && !string.ends_with("\n\n")
        && !string.starts_with([' ', '\n'])
        && string.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{feff}'))
        && string.lines().all(|line| !line.ends_with(' '))
}

fn literal(text: &mut Vec<u8>, string: &str, indent: usize) {
    push(text, "|\n");
    for line in string.lines() {
        if !line.is_empty() {
            margin(text, indent + 1);
            push(text, line);
        }
        text.push(b'\n');
    }
}

fn plain_or_quoted(text: &mut Vec<u8>, string: &str) {
    if is_plain(string) { push(text, string) } else { json(text, &string) }
}

/// Tells whether YAML 1.1 and 1.2 both read `string`, without quotes, as that very text.
fn is_plain(string: &str) -> bool {
    let bytes = string.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let starts = first.is_ascii_alphabetic() || b"_/$".contains(first);
    starts
        && !b": ".contains(last)
        && is_safe(bytes)
        && (bytes.len() > 5 || !WORDS.iter().any(|word| word.eq_ignore_ascii_case(string)))
}

/// Tells whether every byte is safe, and no colon stands before a space, where it would start a value.
fn is_safe(bytes: &[u8]) -> bool {
    let mut before = b' ';
    bytes.iter().all(|&byte| {
        let is_safe = SAFE[usize::from(byte)] && !(byte == b' ' && before == b':');
        before = byte;
        is_safe
    })
}

/// Whether a byte means nothing to YAML inside a plain scalar; a `#` is not safe anywhere.
const SAFE: [bool; 256] = {
    let mut safe = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        safe[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(byte, b' ' | b'!' | b'$'..=b'&' | b'('..=b'+' | b'-'..=b'/' | b':'..=b'@')
            || matches!(byte, b'^' | b'_' | b'{'..=b'~');
        byte += 1;
    }
    safe
};

/// Words that YAML 1.1 reads as booleans or null, five letters at most.
const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostic::FileId;

    #[test]
    fn intrinsics_get_their_short_tags() {
        let value = json!({
            "A": {"Ref": "B"},
            "C": [{"Fn::GetAtt": "D.Arn"}, {"E": 1, "F": [1, []]}],
            "G": {"Fn::Select": [0, {"Ref": "H"}]},
            "I": {"Fn::GetAZs": {"Ref": "J"}},
        });
        let text = "A: !Ref B\nC:\n- !GetAtt D.Arn\n- E: 1\n  F:\n  - 1\n  - []\nG: !Select\n- 0\n- !Ref H\nI:\n  Fn::GetAZs: !Ref J\n";
        assert_eq!(String::from_utf8(write(&value)).unwrap(), text);
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let strings = [
            "",
            "yes",
            "N",
            "0123",
            "1e3",
            "2012-10-17",
            "a: b",
            "a #b",
            "- a",
            "*",
            "${x}",
            "a\nb\n",
            "a\nb",
            " a",
            "a ",
            "é",
            "a\tb",
            "'q'",
            "\"",
            "arn:aws:s3:::b/*",
            "~",
            "=",
            "<<",
            "x:",
            "{}",
            "null",
            "cron(0 1 * * ? *)",
            "\u{85}",
            "\u{feff}",
            "a\n\n  b\n",
            "[a]",
            "s3://b/k",
            "@a",
            "`a`",
            "|",
            "a\r\nb\n",
        ];
        for string in strings {
            let value = json!({"k": string, "l": [string, [string]], "m": {"n": {"o": string}}});
            let text = String::from_utf8(write(&value)).unwrap();
            let node =
                crate::yaml::read(&text, FileId(0)).unwrap_or_else(|e| panic!("{string:?} {e:?}"));
            assert_eq!(node.to_json(), value, "{string:?}");
        }
    }
}
