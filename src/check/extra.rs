//! What the model does not know: patches on resources, and stacks written by hand.

use crate::blueprint::decode::{Item, Spanned};
use crate::blueprint::{self, Blueprint};
use crate::diagnostic::{Diagnostic, Problems};
use crate::model::{ExtraStack, Override};
use crate::project::Project;
use crate::yaml::{self, Content, Node};

use super::name;

pub(super) fn overrides(blueprint: &Blueprint, problems: &mut Problems) -> Vec<Override> {
    let written = blueprint.overrides.iter();
    let patches = written.filter_map(|(key, item)| {
        let Some((stack, logical_id)) = key.split_once('.') else {
            let problem = Diagnostic::error(
                "bad-override",
                item.span,
                format!("`{key}` does not name a resource"),
            );
            problems
                .add(problem.help("write `<stack>.<LogicalId>`, such as `storage.WorkareaBucket`"));
            return None;
        };
        let patch = item.value.to_json();
        let (stack, logical_id) = (stack.to_owned(), logical_id.to_owned());
        Some(Override { stack, logical_id, patch, span: item.span })
    });
    patches.collect()
}

pub(super) fn stacks(
    blueprint: &Blueprint,
    project: &mut Project,
    problems: &mut Problems,
) -> Vec<ExtraStack> {
    let written = blueprint.extra_stacks.iter();
    written.filter_map(|(name, item)| stack(name, item, project, problems)).collect()
}

fn stack(
    written_name: &str,
    item: &Item<blueprint::ExtraStack>,
    project: &mut Project,
    problems: &mut Problems,
) -> Option<ExtraStack> {
    let written = &item.value;
    let found =
        name(&Spanned { value: written_name.to_owned(), span: item.span }, "the stack", problems);
    let template = template(&written.template, project, problems)?;
    let parameters = written.parameters.iter();
    Some(ExtraStack {
        name: found?,
        json: template.to_json(),
        template,
        after: written.after.iter().map(|stack| (stack.value.clone(), stack.span)).collect(),
        parameters: parameters
            .map(|(key, item)| (key.clone(), (item.value.value.clone(), item.value.span)))
            .collect(),
        span: item.span,
    })
}

fn template(
    path: &Spanned<String>,
    project: &mut Project,
    problems: &mut Problems,
) -> Option<Node> {
    let read = project
        .named(&path.value, path.span)
        .and_then(|file| yaml::read(project.text(file), file))
        .map_err(|problem| problems.add(problem));
    let template = read.ok()?;
    if template.get("Resources").is_some_and(|node| matches!(node.content, Content::Mapping(_))) {
        return Some(template);
    }
    let problem = Diagnostic::error(
        "bad-template",
        path.span,
        format!("`{}` has no `Resources`", path.value),
    );
    problems.add(problem.help("name a CloudFormation template in YAML or JSON"));
    None
}
