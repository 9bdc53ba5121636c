//! Writes JSON values as YAML that people read: CloudFormation's short tags, no quotes where none are needed.

use serde_json::{Map, Value};

/// Returns `value` as a YAML document, keys in their order, with `!Ref` and its like for intrinsic functions.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    block(&mut text, value, 0);
    text
}

/// Writes `value` behind a key or dash that already stands there.
fn value_after(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if map.is_empty() => text.push_str(" {}\n"),
        Value::Array(items) if items.is_empty() => text.push_str(" []\n"),
        Value::Object(map) => {
            if let Some((tag, argument)) = intrinsic(map) {
                tagged(text, tag, argument, indent);
            } else {
                text.push('\n');
                mapping(text, map, indent + 1);
            }
        }
        Value::Array(items) => {
            text.push('\n');
            sequence(text, items, indent);
        }
        scalar => {
            text.push(' ');
            write_scalar(text, scalar, indent);
        }
    }
}

fn block(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if !map.is_empty() && intrinsic(map).is_none() => {
            mapping(text, map, indent);
        }
        Value::Array(items) if !items.is_empty() => sequence(text, items, indent),
        other => {
            let start = text.len();
            value_after(text, other, indent);
            text.replace_range(start..=start, "");
        }
    }
}

fn mapping(text: &mut String, map: &Map<String, Value>, indent: usize) {
    for (key, value) in map {
        margin(text, indent);
        plain_or_quoted(text, key);
        text.push(':');
        value_after(text, value, indent);
    }
}

fn sequence(text: &mut String, items: &[Value], indent: usize) {
    for item in items {
        margin(text, indent);
        text.push('-');
        match item {
            Value::Object(map) if !map.is_empty() && intrinsic(map).is_none() => {
                let start = text.len();
                mapping(text, map, indent + 1);
                // The first key stands behind the dash: its margin gives way to one space.
                text.replace_range(start..start + 2 * (indent + 1), " ");
            }
            Value::Array(inner) if !inner.is_empty() => {
                text.push('\n');
                sequence(text, inner, indent + 1);
            }
            other => value_after(text, other, indent),
        }
    }
}

fn tagged(text: &mut String, tag: &str, argument: &Value, indent: usize) {
    text.push(' ');
    text.push_str(tag);
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

fn margin(text: &mut String, indent: usize) {
    for _ in 0..indent {
        text.push_str("  ");
    }
}

fn write_scalar(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::String(string) if is_paragraph(string) => literal(text, string, indent),
        Value::String(string) => {
            plain_or_quoted(text, string);
            text.push('\n');
        }
        other => {
            text.push_str(&other.to_string());
            text.push('\n');
        }
    }
}

/// Text of several lines that a literal block (`|`) gives back unchanged.
fn is_paragraph(string: &str) -> bool {
    string.contains('\n')
        && string.ends_with('\n')
        && !string.ends_with("\n\n")
        && !string.starts_with([' ', '\n'])
        && string.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{feff}'))
        && string.lines().all(|line| !line.ends_with(' '))
}

fn literal(text: &mut String, string: &str, indent: usize) {
    text.push_str("|\n");
    for line in string.lines() {
        if !line.is_empty() {
            margin(text, indent + 1);
            text.push_str(line);
        }
        text.push('\n');
    }
}

fn plain_or_quoted(text: &mut String, string: &str) {
    if is_plain(string) {
        text.push_str(string);
    } else {
        text.push_str(&Value::from(string).to_string());
    }
}

/// Tells whether YAML 1.1 and 1.2 both read `string`, without quotes, as that very text.
fn is_plain(string: &str) -> bool {
    let bytes = string.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let starts = first.is_ascii_alphabetic() || b"_/$".contains(first);
    // A colon before a space would start a value; a `#` is not safe anywhere.
    let safe = |at: usize| match bytes[at] {
        b':' => bytes.get(at + 1) != Some(&b' '),
        byte => is_safe(byte),
    };
    starts
        && !b": ".contains(last)
        && (0..bytes.len()).all(safe)
        && (bytes.len() > 5 || !WORDS.iter().any(|word| word.eq_ignore_ascii_case(string)))
}

/// Tells whether a byte means nothing to YAML inside a plain scalar.
fn is_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b' ' | b'!' | b'$'..=b'&' | b'('..=b'+' | b'-'..=b'/' | b';'..=b'@')
        || matches!(byte, b'^' | b'_' | b'{'..=b'~')
}

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
        assert_eq!(write(&value), text);
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
            let node = crate::yaml::read(&write(&value), FileId(0))
                .unwrap_or_else(|e| panic!("{string:?} {e:?}"));
            assert_eq!(node.to_json(), value, "{string:?}");
        }
    }
}
