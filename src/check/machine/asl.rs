//! Definitions brought as files: JSON whose references exist. Problems stand in the file itself.

use crate::blueprint::decode::Spanned;
use crate::diagnostic::{Diagnostic, FileId, Problems, Span};
use crate::model::{Body, Reference, TABLE_AREAS, Target, references};

use super::{Context, Read};

impl Context<'_> {
    /// Reads and checks a definition.
    pub(super) fn asl(
        self,
        path: &Spanned<String>,
        read: &mut Read<'_>,
        problems: &mut Problems,
    ) -> Option<Body> {
        let (file, text) = match read(path) {
            Ok(found) => found,
            Err(problem) => {
                problems.add(problem);
                return None;
            }
        };
        let whole = Span { file, start: 0, end: characters(&text) };
        json(&text, file, problems)?;
        for reference in references(&text) {
            self.reference(&reference, &text, file, problems);
        }
        Some(Body::Asl { text, span: Span { end: whole.end.min(1), ..whole } })
    }

    fn reference(
        self,
        reference: &Reference<'_>,
        text: &str,
        file: FileId,
        problems: &mut Problems,
    ) {
        let start = characters(&text[..reference.range.start]);
        let end = start + characters(&text[reference.range.clone()]);
        let span = Span { file, start, end };
        let named = |name: &str| Spanned { value: name.to_owned(), span };
        match reference.target {
            Target::Lambda(name) => {
                self.lambda(&named(name), problems);
            }
            Target::Machine(name) => {
                self.named(&named(name), problems);
            }
            Target::Location(_, table) => {
                let known = &self.blueprint.tables;
                if !known.contains_key(table) {
                    let problem = Diagnostic::error(
                        "unknown-table",
                        span,
                        format!("unknown table `{table}`"),
                    );
                    problems.add_unknown(
                        table,
                        problem.suggest(table, known.keys().map(String::as_str)),
                    );
                }
            }
            Target::Unknown(written) => problems.add(unknown(written, span)),
            Target::Bucket | Target::Root | Target::Dollar => {}
        }
    }
}

fn unknown(written: &str, span: Span) -> Diagnostic {
    let problem =
        Diagnostic::error("unknown-reference", span, format!("unknown reference `{written}`"));
    if written.starts_with("location:") {
        let areas: Vec<_> = TABLE_AREAS.iter().map(|area| format!("`{}`", area.word())).collect();
        return problem.help(format!(
            "write `${{location:AREA/TABLE}}` with one of the areas {}",
            areas.join(", ")
        ));
    }
    problem.help(
        "use `${lambda:NAME}`, `${machine:NAME}`, `${bucket}`, `${root}` or `${location:AREA/TABLE}`; `$${` stands for `${`",
    )
}

fn json(text: &str, file: FileId, problems: &mut Problems) -> Option<()> {
    let error = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) if value.is_object() => return Some(()),
        Ok(_) => {
            let span = Span { file, start: 0, end: 1 };
            let problem = Diagnostic::error("bad-json", span, "a definition is a JSON object");
            problems.add(problem.help("write `{\"StartAt\": …, \"States\": {…}}`"));
            return None;
        }
        Err(error) => error,
    };
    let start = offset(text, error.line(), error.column());
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    let problem = Diagnostic::error(
        "bad-json",
        Span { file, start, end: start + 1 },
        format!("this is not JSON: {reason}"),
    );
    problems.add(problem.help(
        "Amazon States Language is JSON: double quotes, no comments, no comma behind the last item",
    ));
    None
}

/// Returns the characters before a line and column, both counted from 1, the column in bytes.
fn offset(text: &str, line: usize, column: usize) -> u32 {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    characters(&text[..at])
}

fn characters(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}
