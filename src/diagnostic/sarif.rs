//! Problems as SARIF 2.1.0, the form that code-review sites read.

use serde_json::{Value, json};

use super::{Diagnostic, Severity, Sources, Span};

/// Returns `problems` as one SARIF log.
pub fn sarif(problems: &[Diagnostic], sources: &Sources) -> Value {
    let results: Vec<_> = problems.iter().map(|problem| result(problem, sources)).collect();
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
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(problem: &Diagnostic, sources: &Sources) -> Value {
    let level = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = problem.message.clone();
    for part in [&problem.label, &problem.help].into_iter().flatten() {
        text = format!("{text}; {part}");
    }
    json!({
        "ruleId": problem.rule,
        "level": level,
        "message": {"text": text},
        "locations": [location(problem.span, sources)],
    })
}

fn location(span: Span, sources: &Sources) -> Value {
    let start = sources.position(span);
    let end = sources.position(Span { start: span.end, ..span });
    json!({"physicalLocation": {
        "artifactLocation": {"uri": sources.get(span.file).name},
        "region": {
            "startLine": start.line, "startColumn": start.column,
            "endLine": end.line, "endColumn": end.column,
        },
    }})
}
