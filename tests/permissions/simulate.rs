//! The verdict of an evaluator that nobody here wrote: `@cloud-copilot/iam-simulate`, in a process of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::court::{Document, Question, Sides};
use crate::node;
use crate::principal::{Kind, Principal};
use crate::stand_in::{self, DROPPED};
use crate::tools::{ROOT, run};

/// Questions, each document of theirs once.
#[derive(Default)]
pub(crate) struct Questions {
    documents: BTreeMap<String, usize>,
    asked: Vec<Value>,
}

/// What the evaluator says of a question.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Allowed,
    Refused,
    /// It cannot tell which of an action's types a resource is: `function:a:b` is a version to it as well as an alias, and what the
    /// type `catalog*` matches is nothing.
    Unsure,
    /// It takes the question for none, and says why.
    Objects(String),
}

const UNSURE: [&str; 2] = ["multiple.resource.types", "no.resource.types"];

impl Questions {
    /// Adds a question.
    pub(crate) fn ask(&mut self, principal: &Principal, question: &Question, sides: &Sides) {
        let mut document = |side: Option<&Document>| side.map(|one| self.number(&one.json));
        let (identity, boundary) = (document(sides.identity), document(sides.boundary));
        let (resource, endpoint) = (document(sides.resource), document(sides.endpoint));
        let principal = match principal.kind {
            Kind::Anonymous => json!({"type": "Anonymous"}),
            _ => question.request.principal.clone().into(),
        };
        self.asked.push(json!({
            "principal": principal,
            "action": question.action,
            "resource": question.request.resource,
            "account": question.owner,
            "context": question.request.context,
            "identity": identity,
            "boundary": boundary,
            "guard": resource,
            "endpoint": endpoint,
        }));
    }

    fn number(&mut self, document: &Value) -> usize {
        let next = self.documents.len();
        *self.documents.entry(document.to_string()).or_insert(next)
    }

    /// Returns the verdicts in the order of the questions.
    pub(crate) fn verdicts(self) -> Vec<Verdict> {
        let mut documents = vec![Value::Null; self.documents.len()];
        for (text, number) in self.documents {
            documents[number] = serde_json::from_str(&text).expect("it was written as JSON");
        }
        let input = json!({"documents": documents, "questions": self.asked}).to_string();
        let input = stand_in::filled(&input.replace(&DROPPED.to_lowercase(), DROPPED));
        let tests = Path::new(ROOT).join("tests");
        let modules = node::modules("node", &tests.join("tools"));
        let mut command = Command::new("node");
        command.arg(tests.join("permissions/simulate.mjs")).arg(modules);
        let said = run(&mut command, &input).unwrap_or_else(|said| panic!("{said}"));
        let verdict = |text: &str| match text {
            "Allowed" => Verdict::Allowed,
            "ImplicitlyDenied" | "ExplicitlyDenied" => Verdict::Refused,
            unsure if UNSURE.iter().any(|code| unsure.contains(code)) => Verdict::Unsure,
            objection => Verdict::Objects(objection.to_owned()),
        };
        said.lines().map(verdict).collect()
    }
}
