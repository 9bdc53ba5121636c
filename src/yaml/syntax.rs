//! What the YAML parser says, in words for people who do not know its grammar.

/// Returns the message and the help for what the parser says.
pub(super) fn in_words(info: &str) -> (String, String) {
    if let Some(character) = refused_start(info) {
        let shown = if character == "`" { "a backtick" } else { &format!("`{character}`") };
        let message = format!("a value cannot start with {shown}");
        return (message, format!("put it in quotes: \"{character}…\""));
    }
    let known = WORDS.iter().find(|(part, _, _)| info.contains(part));
    match known {
        Some((_, message, help)) => ((*message).to_owned(), (*help).to_owned()),
        None => (
            format!("not YAML: {info}"),
            "check indentation, colons and quotes at this line and the one above".to_owned(),
        ),
    }
}

/// Returns the character that the parser did not expect.
fn refused_start(info: &str) -> Option<&str> {
    info.strip_prefix("unexpected character: `")?.strip_suffix('\'')
}

/// A part of what the parser says, what is wrong, and what to do.
const WORDS: [(&str, &str, &str); 10] = [
    ("tabs disallowed", "a tab stands in the indentation", "indent with spaces"),
    ("found a tab", "a tab stands here or at the start of the next line", "indent with spaces"),
    (
        "expected '-' indicator",
        "the list goes on here without a `-`",
        "put `- ` in front, or indent the line as far as the keys of the item above",
    ),
    (
        "unknown anchor",
        "no `&` before this place gives the alias its value",
        "put the value in quotes if it starts with `*`, or write `&name` at the value that is meant",
    ),
    (
        "mapping values are not allowed",
        "this `:` does not belong to a key",
        "look at this line and the one above: a missing `: `, a key that is indented too far, or a `: ` in a value without quotes",
    ),
    ("flow sequence", "a `[` is not closed before here", "add the `]`"),
    ("flow mapping", "a `{` is not closed before here", "add the `}`"),
    (
        "did not find expected key",
        "no key can stand here",
        "indent it as far as the keys that it belongs to",
    ),
    ("quoted scalar", "a quote is not closed", "add the quote at the end of the value"),
    (
        "end of stream",
        "a value is not complete at the end of the file",
        "look for a quote or bracket that is not closed",
    ),
];
