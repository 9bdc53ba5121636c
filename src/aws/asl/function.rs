//! Calls of intrinsic functions (Step Functions developer guide, "Intrinsic functions").

use super::path;
use crate::diagnostic::nearest;

/// How deep calls may nest.
const DEPTH: usize = 10;

/// Each function with the fewest and most arguments that it takes.
const FUNCTIONS: [(&str, usize, usize); 18] = [
    ("States.Array", 0, usize::MAX),
    ("States.ArrayContains", 2, 2),
    ("States.ArrayGetItem", 2, 2),
    ("States.ArrayLength", 1, 1),
    ("States.ArrayPartition", 2, 2),
    ("States.ArrayRange", 3, 3),
    ("States.ArrayUnique", 1, 1),
    ("States.Base64Decode", 1, 1),
    ("States.Base64Encode", 1, 1),
    ("States.Format", 1, usize::MAX),
    ("States.Hash", 2, 2),
    ("States.JsonMerge", 3, 3),
    ("States.JsonToString", 1, 1),
    ("States.MathAdd", 2, 2),
    ("States.MathRandom", 2, 3),
    ("States.StringSplit", 2, 2),
    ("States.StringToJson", 1, 1),
    ("States.UUID", 0, 0),
];

/// What is wrong with a call, and what to write instead where that is known.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) instead: Option<&'static str>,
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self { message, instead: None }
    }
}

/// Checks a whole call, such as `States.Format('{}', $.a)`.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    let (_, rest) = call(text.trim(), DEPTH)?;
    if rest.trim().is_empty() {
        return Ok(());
    }
    Err(format!("`{}` stands behind the call", rest.trim()).into())
}

/// An argument: the text of a quoted string, or anything else.
struct Argument<'a>(Option<&'a str>);

/// Takes one call off the front.
fn call(text: &str, depth: usize) -> Result<(Argument<'_>, &str), Fault> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(format!("calls nest deeper than {DEPTH}").into());
    };
    let Some((name, mut rest)) = text.split_once('(') else {
        return Err(format!("`(` is missing in `{text}`").into());
    };
    let mut arguments = Vec::new();
    rest = rest.trim_start();
    while !rest.starts_with(')') {
        let (argument, after) = argument(rest, depth)?;
        arguments.push(argument);
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(after) if !after.trim_start().starts_with(')') => rest = after.trim_start(),
            _ if rest.starts_with(')') => {}
            _ => return Err(format!("`,` or `)` is missing before `{rest}`").into()),
        }
    }
    arity(name.trim(), &arguments)?;
    Ok((Argument(None), &rest[1..]))
}

fn argument(text: &str, depth: usize) -> Result<(Argument<'_>, &str), Fault> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let Some(end) = quote(quoted) else {
            return Err(format!("the string `'{quoted}` has no end").into());
        };
        return Ok((Argument(Some(&quoted[..end])), &quoted[end + 1..]));
    }
    if text.starts_with("States.") {
        return call(text, depth);
    }
    let (plain, rest) = text.split_at(plain_end(text));
    let plain = plain.trim_end();
    match plain {
        "null" | "true" | "false" => {}
        _ if plain.starts_with('$') => {
            path::parse(plain).map_err(|fault| format!("`{plain}` is no path: {fault}"))?;
        }
        _ if plain.parse::<f64>().is_ok() => {}
        _ => return Err(format!("`{plain}` is no argument: strings stand in `'`").into()),
    }
    Ok((Argument(None), rest))
}

/// Where the string closes; a backslash takes the meaning off the next character.
fn quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let closes = c == '\'' && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at)
    })
}

/// Where an argument without quotes ends: at a comma or parenthesis outside brackets and quotes.
fn plain_end(text: &str) -> usize {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ',' | ')') if depth == 0 => return at,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (Some(_) | None, _) => {}
        }
    }
    text.len()
}

fn arity(name: &str, arguments: &[Argument]) -> Result<(), Fault> {
    let Some((_, fewest, most)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
        let instead = nearest(name, FUNCTIONS.iter().map(|(known, ..)| *known));
        return Err(Fault { message: format!("there is no function `{name}`"), instead });
    };
    let count = arguments.len();
    if !(*fewest..=*most).contains(&count) {
        let wanted = if fewest == most { fewest.to_string() } else { format!("{fewest} or more") };
        return Err(format!("`{name}` takes {wanted} arguments, not {count}").into());
    }
    if let ("States.Format", [Argument(Some(template)), ..]) = (name, arguments) {
        let places = places(template);
        if places != count - 1 {
            let values = count - 1;
            return Err(format!("the template has {places} `{{}}` for {values} values").into());
        }
    }
    Ok(())
}

/// How many `{}` a template has, escaped ones aside.
fn places(template: &str) -> usize {
    let mut characters = template.chars();
    let (mut count, mut open) = (0, false);
    while let Some(c) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '}' if open => count += 1,
            _ => {}
        }
        open = c == '{';
    }
    count
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn calls_are_read_with_all_their_arguments() {
        for good in [
            "States.UUID()",
            "States.Format('{} of {}', $.a, States.ArrayLength($.b[?(@.c, 'x)')]))",
            r"States.Format('it\'s \{\} {}', $$.Execution.Id)",
            "States.Format($.template, 1, 2)",
            "States.Array()",
            "States.MathRandom(1, 999)",
            "States.JsonMerge($.a, $.b, false)",
            " States.Array( 'a' , -1.5e3 , null ) ",
        ] {
            assert!(check(good).is_ok(), "{good}: {:?}", check(good));
        }
    }

    #[test]
    fn faults_are_named() {
        for (bad, message) in [
            ("States.Format('{} {}', $.a)", "the template has 2 `{}` for 1 values"),
            ("States.Formt('{}', $.a)", "there is no function `States.Formt`"),
            ("States.Hash($.a)", "`States.Hash` takes 2 arguments, not 1"),
            ("States.Array($.a", "`,` or `)` is missing before ``"),
            ("States.Array('a", "the string `'a` has no end"),
            ("States.Array(a)", "`a` is no argument: strings stand in `'`"),
            ("States.Array($.a,)", "`,` or `)` is missing before `,)`"),
            ("States.Array($.)", "`$.` is no path: a name is missing behind `.`"),
            ("States.UUID() x", "`x` stands behind the call"),
            ("States.UUID", "`(` is missing in `States.UUID`"),
        ] {
            assert_eq!(check(bad).unwrap_err().message, message);
        }
        assert!(check(&"States.Array(".repeat(100_000)).is_err());
    }
}
