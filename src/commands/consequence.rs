//! What becomes of stacks of which CloudFormation cannot be asked yet: the difference of their templates, judged here.

use serde_json::Value;

use crate::apply::{Found, Survey};
use crate::diff::{self, Changes, Files};
use crate::plan::Step;

/// Returns the text; empty when CloudFormation can be asked of all.
pub(super) fn text(survey: &Survey) -> anyhow::Result<String> {
    let Some(changes) = changes(survey)? else { return Ok(String::new()) };
    let text = diff::text(std::slice::from_ref(&changes), super::diff::screen());
    Ok(format!("\nFrom the templates, for what CloudFormation can be asked later:\n{text}"))
}

/// Returns it in the form of `gen diff --format json`; null when CloudFormation can be asked of all.
pub(super) fn json(survey: &Survey) -> anyhow::Result<Value> {
    let changes = changes(survey)?;
    Ok(changes.map_or(Value::Null, |changes| diff::json(&[changes])))
}

fn changes(survey: &Survey) -> anyhow::Result<Option<Changes>> {
    let unknown = |found: &&Found| matches!(found.step, Step::Later { .. } | Step::Recover { .. });
    let (mut before, mut after) = (Files::new(), Files::new());
    for found in survey.found.iter().filter(unknown) {
        // Of a stack that is not there everything is new, which its step says already.
        let Some(body) = &found.body else { continue };
        let path = found.stack.template.clone();
        before.insert(path.clone(), body.clone());
        after.insert(path, found.stack.body.clone());
    }
    if after.is_empty() {
        return Ok(None);
    }
    let changes = diff::diff(&before, &after)
        .map_err(|unreadable| anyhow::anyhow!("cannot read `{}`", unreadable.path))?;
    Ok(Some(changes))
}
