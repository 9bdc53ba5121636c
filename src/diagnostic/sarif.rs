//! Problems as SARIF 2.1.0, the form that code-review sites read.

use serde_json::{Value, json};

use super::{Diagnostic, FileId, Severity, Sources, Span};

/// What paths are relative to; the name is the one that GitHub and the SARIF tutorials use.
const ROOT: &str = "%SRCROOT%";

/// Returns `problems` as one SARIF log. `uri` says where a file is: a relative reference from the root of the
/// repository, or an absolute `file:` URI for one outside.
///
/// The root itself is described and not given, which the format allows where it differs between machines (SARIF 2.1.0,
/// 3.14.14): whoever shows the log knows where the repository is.
pub fn sarif(problems: &[Diagnostic], sources: &Sources, uri: impl Fn(FileId) -> String) -> Value {
    let places = Places { sources, uri };
    let results: Vec<_> = problems.iter().map(|problem| result(problem, &places)).collect();
    let mut rules: Vec<_> = problems.iter().map(|problem| problem.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "gen",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| json!({"id": rule})).collect::<Vec<_>>(),
            }},
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository"}}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(problem: &Diagnostic, places: &Places<impl Fn(FileId) -> String>) -> Value {
    let level = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = problem.message.clone();
    for part in [&problem.label, &problem.help].into_iter().flatten() {
        text = format!("{text}; {part}");
    }
    let mut result = json!({
        "ruleId": problem.rule,
        "level": level,
        "message": {"text": text},
        "locations": [places.location(problem.span)],
    });
    if let Some((span, what)) = &problem.related {
        let mut location = places.location(*span);
        location["message"] = json!({"text": what});
        result["relatedLocations"] = json!([location]);
    }
    result
}

/// The files with their addresses.
struct Places<'a, F> {
    sources: &'a Sources,
    uri: F,
}

impl<F: Fn(FileId) -> String> Places<'_, F> {
    fn location(&self, span: Span) -> Value {
        let start = self.sources.position(span);
        let end = self.sources.position(Span { start: span.end, ..span });
        json!({"physicalLocation": {
            "artifactLocation": self.artifact(span.file),
            "region": {
                "startLine": start.line, "startColumn": start.column,
                "endLine": end.line, "endColumn": end.column,
            },
        }})
    }

    fn artifact(&self, file: FileId) -> Value {
        let uri = (self.uri)(file);
        if uri.starts_with("file:") {
            return json!({"uri": uri});
        }
        json!({"uri": uri, "uriBaseId": ROOT})
    }
}
