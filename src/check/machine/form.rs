//! Names of steps and fields, and which keys fit which kind of step.

use indexmap::IndexMap;

use crate::blueprint;
use crate::blueprint::decode::Spanned;
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::Step;

/// The keys that say what a step does, each with the keys that fit it beside `name`.
pub(super) const KINDS: [(&str, &[&str]); 7] = [
    ("call", &["done", "failed", "with", "unless"]),
    ("submit", &["poll", "every", "timeout", "done", "again", "failed", "with", "unless"]),
    ("run", &["every", "timeout", "unless"]),
    ("emr", &["every", "timeout", "unless"]),
    ("load", &["every", "timeout", "concurrency", "unless"]),
    ("notify", &["unless"]),
    ("stop_if_empty", &[]),
];

/// Returns what a step does, or says that it does nothing, two things, or something with a key that does not fit.
pub(super) fn kind(step: &blueprint::Step, problems: &mut Problems) -> Option<&'static str> {
    let keys = keys(step);
    let kinds = KINDS.iter().filter(|(kind, _)| keys.iter().any(|(key, _)| key == kind));
    let kinds: Vec<_> = kinds.collect();
    if kinds.is_empty() && problems.is_left_out(step.span) {
        return None; // A key that is not known may have said it.
    }
    let [(kind, fitting)] = kinds.as_slice() else {
        problems.add(no_kind(step, &keys, kinds.first().map(|(kind, _)| *kind)));
        return None;
    };
    for (key, span) in keys.iter().filter(|(key, _)| key != kind && *key != "name") {
        if !fitting.contains(key) {
            let problem =
                Diagnostic::error("step-key", *span, format!("`{key}` does not fit `{kind}`"));
            problems.add(problem.help(format!("remove `{key}`")));
        }
    }
    Some(*kind)
}

fn no_kind(step: &blueprint::Step, keys: &[(&str, Span)], first: Option<&str>) -> Diagnostic {
    let poll = keys.iter().find(|(key, _)| *key == "poll");
    if let (None, Some((_, span))) = (first, poll) {
        return Diagnostic::error("step-kind", *span, "`poll` asks after what `submit` started")
            .help("add `submit: <Lambda>` to the step");
    }
    let message = match first {
        Some(first) => format!("a step does one thing, and this one has `{first}` and another"),
        None => "the step does nothing".to_owned(),
    };
    Diagnostic::error("step-kind", step.span, message).help(
        "a step has exactly one of `call`, `submit`, `run`, `emr`, `load`, `notify` and `stop_if_empty`",
    )
}

/// Returns the keys that are written, each with a place.
fn keys(step: &blueprint::Step) -> Vec<(&'static str, Span)> {
    let single = [
        ("name", &step.name),
        ("call", &step.call),
        ("submit", &step.submit),
        ("poll", &step.poll),
        ("run", &step.run),
        ("emr", &step.emr),
        ("load", &step.load),
        ("notify", &step.notify),
        ("stop_if_empty", &step.stop_if_empty),
        ("unless", &step.unless),
        ("every", &step.every),
        ("timeout", &step.timeout),
    ];
    let lists = [("done", &step.done), ("again", &step.again), ("failed", &step.failed)];
    let single = single.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?.span)));
    let lists = lists.into_iter().filter_map(|(key, values)| Some((key, values.first()?.span)));
    let with = step.with.first().map(|(_, item)| ("with", item.span));
    let concurrency = step.concurrency.as_ref().map(|value| ("concurrency", value.span));
    single.chain(lists).chain(with).chain(concurrency).collect()
}

/// The longest name of a step; `: unexpected Status` and the like still fit the 80 characters of a state's name.
const LONGEST: usize = 60;

/// Names of states that every machine has.
const TAKEN: [&str; 9] = [
    "Start",
    "Done",
    "Notify failure",
    "Notify failure and clean up",
    "Clean up",
    "Clean up without notice",
    "Failed",
    "Failed without notice",
    "Failed to clean up",
];

/// Reads the name of a step: letters, digits, spaces, `_` and `-`, a letter or digit first.
pub(super) fn name(written: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let name = &written.value;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-');
    let reason = if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        "must start with a letter or digit".to_owned()
    } else if let Some(bad) = name.chars().find(|c| !fits(*c)) {
        format!("has `{bad}`, which may not stand there")
    } else if name.len() > LONGEST {
        format!("is longer than {LONGEST} characters")
    } else if TAKEN.contains(&name.as_str()) {
        "is the name of a state that every machine has".to_owned()
    } else {
        return Some(name.clone());
    };
    let message = format!("the step's name `{name}` {reason}");
    problems.add(Diagnostic::error("bad-name", written.span, message).help("choose another name"));
    None
}

/// Checks that no other step of the machine has the name; names that differ in punctuation only are the same name.
pub(super) fn unique(step: &Step, seen: &mut IndexMap<String, Span>, problems: &mut Problems) {
    let letters =
        step.name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let same = letters.collect::<Vec<_>>().join(" ");
    match seen.get(&same) {
        None => {
            seen.insert(same, step.span);
        }
        Some(first) => {
            let message = format!("two steps of the machine are named `{}`", step.name);
            let problem = Diagnostic::error("duplicate-step", step.span, message);
            problems
                .add(problem.related(*first, "the first one").help("give one of them a `name`"));
        }
    }
}

/// Returns a name for a step from what it does, such as `Launch EMR` from `lambda_launch_emr`.
pub(super) fn spoken(name: &str) -> String {
    let name = name.strip_prefix("lambda_").unwrap_or(name);
    let words = name.split(['_', '-', ' ']).filter(|word| !word.is_empty());
    let words: Vec<_> = words.enumerate().map(|(index, word)| spoken_word(index, word)).collect();
    words.join(" ").chars().take(LONGEST).collect()
}

fn spoken_word(index: usize, word: &str) -> String {
    let upper = word.to_ascii_uppercase();
    if ABBREVIATIONS.contains(&upper.as_str()) {
        return upper;
    }
    match (index, word.split_at_checked(1)) {
        (0, Some((first, rest))) => first.to_ascii_uppercase() + rest,
        _ => word.to_owned(),
    }
}

const ABBREVIATIONS: [&str; 4] = ["EMR", "S3", "SNS", "SQL"];

/// Tells whether a name can be a field: it stands in JSON paths as it is.
pub(super) fn is_field(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns the problem of a name that cannot be a field.
pub(super) fn bad_field(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("bad-field", span, format!("`{name}` is not the name of a field"))
        .help("use letters, digits and `_`, a letter first")
}
