//! The whole way of a blueprint's text without a disk: read, decode in each environment, check,
//! compile the state machines, draw the problems.

use pipeline::blueprint::{environments, in_environment};
use pipeline::check;
use pipeline::diagnostic::{Diagnostic, Problems, Style, draw, sarif};
use pipeline::project::{Disk, Project};
use pipeline::workflow;
use pipeline::yaml;

/// A disk on which every file holds the same text.
struct Same(String);

impl Disk for Same {
    fn read(&self, _: &str) -> Result<String, String> {
        Ok(self.0.clone())
    }

    fn files(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn folders(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// The text of a file that is a Lambda, and a CloudFormation template too.
const ANYTHING: &str = "Resources: {}\n# def lambda_handler(\n";

/// Returns the problems of the blueprint `text` after drawing them, so that a wrong place would panic.
pub(crate) fn problems_of(text: &str) -> Vec<Diagnostic> {
    problems_with(text, ANYTHING)
}

/// Returns the problems of the blueprint `text` when every file that it names holds `file`.
pub(crate) fn problems_with(text: &str, file: &str) -> Vec<Diagnostic> {
    let mut project = Project::new(Box::new(Same(file.to_owned())), "blueprints");
    let file = project.add("blueprint.yaml", text.to_owned());
    let mut problems = Problems::default();
    match yaml::read(text, file) {
        Err(problem) => problems.add(problem),
        Ok(tree) => {
            let names = environments(&tree, &mut problems);
            check::default_environment(&tree, &names, &mut problems);
            let environments = names.iter();
            let written: Vec<_> = environments
                .filter_map(|name| in_environment(&tree, name, &mut problems))
                .collect();
            check::environments(&written, &mut problems);
            for (environment, blueprint) in &written {
                let pipeline = check::check(environment, blueprint, &mut project, &mut problems);
                if let Some(Err(found)) = pipeline.map(|pipeline| workflow::compile(&pipeline)) {
                    problems.extend(found);
                }
            }
        }
    }
    let problems = problems.into_sorted();
    draw(&problems, project.sources(), Style::Plain);
    sarif(&problems, project.sources(), |_| "blueprint.yaml".to_owned());
    problems
}
