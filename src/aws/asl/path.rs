//! The syntax of JSONPath as Step Functions reads it (Amazon States Language specification,
//! "Paths").

use super::Check;

/// What a path may be used for.
pub(super) struct Path {
    /// It names exactly one place, so that something can be written there.
    pub(super) is_reference: bool,
    /// It reads the context object (`$$`) or a variable (`$name`).
    pub(super) is_foreign: bool,
}

impl Check {
    pub(super) fn path(&mut self, text: &str, place: &str) {
        if let Err(fault) = parse(text) {
            self.error(place, format!("`{text}` is no path: {fault}"));
        }
    }

    pub(super) fn reference_path(&mut self, text: &str, place: &str) {
        match parse(text) {
            Err(fault) => self.error(place, format!("`{text}` is no path: {fault}")),
            Ok(path) if !path.is_reference || path.is_foreign => {
                let message = format!("`{text}` does not name one place in the state's data");
                self.error(place, message);
            }
            Ok(_) => {}
        }
    }
}

/// Returns what the path is, or what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Path, String> {
    let rest = text.trim_end().strip_prefix('$').ok_or("a path starts with `$`")?;
    let after_name = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    let steps = rest.strip_prefix('$').unwrap_or(after_name);
    let mut path = Path { is_reference: true, is_foreign: steps.len() < rest.len() };
    let mut rest = steps;
    while !rest.is_empty() {
        let (after, is_single) = step(rest)?;
        path.is_reference &= is_single;
        rest = after;
    }
    Ok(path)
}

/// Takes one step off the front, and says whether it leads to one place.
fn step(rest: &str) -> Result<(&str, bool), String> {
    if let Some(inner) = rest.strip_prefix('[') {
        return bracket(inner);
    }
    let Some(name) = rest.strip_prefix('.') else {
        return Err(format!("`.` or `[` is missing before `{rest}`"));
    };
    match name.strip_prefix('.') {
        Some(inner) if inner.starts_with('[') => Ok((inner, false)),
        Some(name) => member(name).map(|(after, _)| (after, false)),
        None if name.starts_with('[') => Ok((name, true)),
        None => member(name),
    }
}

fn member(text: &str) -> Result<(&str, bool), String> {
    let (name, rest) = text.split_at(text.find(['.', '[']).unwrap_or(text.len()));
    if name.is_empty() {
        return Err("a name is missing behind `.`".to_owned());
    }
    let plain = name.strip_suffix("()").unwrap_or(name);
    match plain.find(|c: char| c.is_whitespace() || "'\"()]{},".contains(c)) {
        Some(_) => Err(format!("`{name}` is no name; write `['{name}']`")),
        None => Ok((rest, plain == name && name != "*")),
    }
}

/// Takes what stands behind `[` up to its `]`.
fn bracket(text: &str) -> Result<(&str, bool), String> {
    let end = closing(text).ok_or("`]` is missing")?;
    let (inside, rest) = (text[..end].trim(), &text[end + 1..]);
    let is_index = |text: &str| text.trim().parse::<i64>().is_ok();
    let is_quoted = |text: &str| {
        let text = text.trim();
        text.len() > 1 && (text.starts_with('\'') || text.starts_with('"'))
    };
    if inside.starts_with("?(") && inside.ends_with(')') || inside == "*" {
        return Ok((rest, false));
    }
    let items: Vec<_> = split(inside);
    let single = items.len() == 1 && (is_quoted(inside) || inside.parse::<u64>().is_ok());
    let is_slice =
        || inside.contains(':') && inside.split(':').all(|p| p.is_empty() || is_index(p));
    if items.iter().all(|item| is_quoted(item)) || items.iter().all(|item| is_index(item)) {
        return Ok((rest, single));
    }
    if is_slice() { Ok((rest, false)) } else { Err(format!("`[{inside}]` selects nothing")) }
}

/// Where the bracket that is open closes, past nested brackets and quotes.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') if depth == 0 => return Some(at),
            (None, ']') => depth -= 1,
            (Some(_) | None, _) => {}
        }
    }
    None
}

/// The items between commas that stand outside quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut quote) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ',') => {
                items.push(&text[start..at]);
                start = at + 1;
            }
            (Some(_) | None, _) => {}
        }
    }
    items.push(&text[start..]);
    items
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn paths_are_told_from_other_text() {
        for good in [
            "$",
            "$.a",
            "$.a.b[0]",
            "$['a b']",
            "$..a",
            "$.a[*].b",
            "$.a[?(@.b == 'x]')].c",
            "$$",
            "$$.Execution.Id",
            "$name.a",
            "$.a[1:3]",
            "$.a[-1]",
            "$.a[0,1]",
            "$.a['b','c']",
            "$.a-b",
            "$.a.length()",
            "$.Überschrift",
            "$.[0].a",
            "$.a ",
            "$..[0]",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "a", "$.", "$a b", "$.a b", "$.a[", "$.a[]", "$.a[x]", "$.a..", "$.a]", "$x$"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_reference_names_one_place() {
        let is_reference = |text| parse(text).unwrap().is_reference;
        assert!(is_reference("$.a[0]['b c']"));
        assert!(!is_reference("$.a[*]"));
        assert!(!is_reference("$..a"));
        assert!(!is_reference("$.a[-1]"));
        assert!(parse("$$.a").unwrap().is_foreign);
    }
}
