//! Names that an override took from a resource, and that stand elsewhere still.

use memchr::memmem;

use super::Patched;
use crate::diagnostic::Diagnostic;

/// Returns a warning for each resource that an override gave another name, while templates, definitions or scripts call it by
/// the one before; `texts` are all of those by their paths.
pub fn lost_names(patched: &[Patched], texts: &[(&str, &[u8])]) -> Vec<Diagnostic> {
    let told = patched.iter().filter_map(|one| {
        let name = one.lost_name.as_ref()?;
        let found = texts.iter().filter(|(_, text)| stands_in(name, text));
        let found: Vec<_> = found.map(|(path, _)| format!("`{path}`")).collect();
        let [first, rest @ ..] = found.as_slice() else { return None };
        let others = match rest.len() {
            0 => String::new(),
            1 => " and one more file".to_owned(),
            more => format!(" and {more} more files"),
        };
        let message = format!(
            "the override takes from `{}` the name `{name}`, which still stands in {first}{others}",
            one.logical_id
        );
        let help = "names follow from the blueprint: change it there; or look whether something else is meant";
        Some(Diagnostic::warning("lost-name", one.span, message).help(help))
    });
    told.collect()
}

/// Tells whether a text has the name by itself, not as a part of a longer one.
fn stands_in(name: &str, text: &[u8]) -> bool {
    let is_part = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    memmem::find_iter(text, name).any(|at| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        !is_part(before) && !is_part(text.get(at + name.len()))
    })
}
