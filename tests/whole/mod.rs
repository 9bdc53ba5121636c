//! The whole way of a blueprint's text without a disk: read, decode in each environment, check, draw the problems.

use pipeline::blueprint::{environments, in_environment};
use pipeline::check;
use pipeline::diagnostic::{Diagnostic, Problems, Style, draw, sarif};
use pipeline::project::{Disk, Project};
use pipeline::yaml;

/// A disk on which every file is a Lambda, and a CloudFormation template too.
struct Everything;

impl Disk for Everything {
    fn read(&self, _: &str) -> Result<String, String> {
        Ok("Resources: {}\n# def lambda_handler(\n".to_owned())
    }

    fn files(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn folders(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Returns the problems of the blueprint `text` after drawing them, so that a wrong place would panic.
pub(crate) fn problems_of(text: &str) -> Vec<Diagnostic> {
    let mut project = Project::new(Box::new(Everything), "blueprints");
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
                check::check(environment, blueprint, &mut project, &mut problems);
            }
        }
    }
    let problems = problems.into_sorted();
    draw(&problems, project.sources(), Style::Plain);
    sarif(&problems, project.sources());
    problems
}
