//! Who deploys, and what bounds all roles.

use crate::blueprint::decode::Spanned;
use crate::blueprint::{self, Blueprint};
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Boundary, Deployer, GitHub, Runs, Trusted};

use super::access::trusted;
use super::place::{WORD, word};
use super::{parsed, workarea};

pub(super) fn deployer(
    blueprint: &Blueprint,
    environment: &blueprint::Environment,
    problems: &mut Problems,
) -> Option<Deployer> {
    let account = &environment.account.value;
    let Some(written) = &blueprint.deployer else {
        let everybody = vec![Trusted::Account(account.clone())];
        return own_name("gen", blueprint, blueprint.pipeline.span, problems).map(|name| {
            Deployer { name, github: None, assumed_by: everybody, span: blueprint.pipeline.span }
        });
    };
    let github = github(written, problems);
    let mut assumed_by: Vec<_> =
        written.assumed_by.iter().filter_map(|who| trusted(who, account, problems)).collect();
    if written.github.is_none() && written.assumed_by.is_empty() {
        assumed_by.push(Trusted::Account(account.clone()));
    }
    let name = match &written.name {
        Some(name) => parsed(&name.value, name, ("the deployer's name", WORD), word, problems)
            .and_then(|text| own_name(&text, blueprint, name.span, problems)),
        None => own_name("gen", blueprint, written.span, problems),
    };
    Some(Deployer { name: name?, github, assumed_by, span: written.span })
}

/// The role that CloudFormation deploys with changes all roles whose names start with the pipeline's. Its own must not.
fn own_name(
    name: &str,
    blueprint: &Blueprint,
    span: Span,
    problems: &mut Problems,
) -> Option<String> {
    let pipeline = &blueprint.pipeline;
    if name != pipeline.value && !name.starts_with(&format!("{}-", pipeline.value)) {
        return Some(name.to_owned());
    }
    let message = format!("the deployer's name `{name}` starts as the pipeline's names do");
    let problem = Diagnostic::error("duplicate-name", span, message)
        .label("the deploying role could change its own rights")
        .related(pipeline.span, "the pipeline");
    problems.add(problem.help("choose another `deployer: {name: …}`"));
    None
}

fn github(written: &blueprint::Deployer, problems: &mut Problems) -> Option<GitHub> {
    let Some(repository) = &written.github else {
        let own = [written.environment.as_ref(), written.branch.as_ref()];
        for key in own.into_iter().flatten() {
            let message = "environments and branches are those of a GitHub repository";
            let problem = Diagnostic::error("missing-key", key.span, message);
            problems.add(problem.help("add `github: <organization>/<repository>`, or remove it"));
        }
        return None;
    };
    let runs = runs(written, repository, problems);
    let repository = self::repository(repository, problems);
    let makes_provider = written.make_provider.unwrap_or(false);
    Some(GitHub { repository: repository?, runs: runs?, makes_provider })
}

fn repository(written: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let text = written.value.as_str();
    if is_repository(text) {
        return Some(text.to_owned());
    }
    let message = format!("`{text}` is not a GitHub repository");
    let problem = Diagnostic::error("bad-repository", written.span, message)
        .label("expected `<organization>/<repository>`");
    let tail = text.rsplit_once("github.com").map_or(text, |(_, tail)| tail);
    let near = tail.trim_start_matches([':', '/']).trim_end_matches('/').trim_end_matches(".git");
    problems.add(if is_repository(near) {
        problem.help(format!("write `{near}`"))
    } else {
        problem.help("write it as in the repository's address, such as `example/pipelines`")
    });
    None
}

/// Tells whether GitHub could have a repository of that name, without wildcards (GitHub docs, "Repository limits").
fn is_repository(text: &str) -> bool {
    let Some((owner, name)) = text.split_once('/') else { return false };
    let owned = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let named = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=39).contains(&owner.len())
        && owner.chars().all(owned)
        && !owner.starts_with('-')
        && (1..=100).contains(&name.len())
        && name.chars().all(named)
        && !matches!(name, "." | "..")
}

/// A token's subject names the environment of the job, and the branch only where there is none (GitHub docs, "`OpenID`
/// Connect reference", filtering for environments and branches).
fn runs(
    written: &blueprint::Deployer,
    repository: &Spanned<String>,
    problems: &mut Problems,
) -> Option<Runs> {
    match (&written.environment, &written.branch) {
        (Some(name), None) => is_plain(name, "environment", &[' '], problems)
            .then(|| Runs::Environment(name.value.clone())),
        (None, Some(name)) => {
            is_plain(name, "branch", &[], problems).then(|| Runs::Branch(name.value.clone()))
        }
        (None, None) => {
            let message = format!("every branch of `{}` could deploy", repository.value);
            let problem = Diagnostic::error("missing-key", repository.span, message);
            problems.add(problem.help("add `environment: <name>` or `branch: main`"));
            None
        }
        (Some(name), Some(branch)) => {
            let message = "a workflow deploys from an environment or from a branch";
            let problem = Diagnostic::error("environment-and-branch", branch.span, message)
                .related(name.span, "the environment");
            problems.add(problem.help(
                "remove `branch`, and let the environment's rules on GitHub say from which branches it deploys",
            ));
            None
        }
    }
}

/// Accepts a name that stands for itself in a token's subject.
fn is_plain(written: &Spanned<String>, what: &str, also: &[char], problems: &mut Problems) -> bool {
    let text = &written.value;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c) || also.contains(&c);
    let fits = (1..=255).contains(&text.len())
        && text.chars().all(allowed)
        && !text.starts_with("refs/")
        && !text.starts_with('/');
    if !fits {
        let message = format!("`{text}` is not the name of {} on GitHub", article(what));
        let problem = Diagnostic::error("bad-name", written.span, message);
        problems.add(
            problem.help(
                "use letters, digits and `-_./`, without wildcards and without `refs/heads/`",
            ),
        );
    }
    fits
}

fn article(what: &str) -> String {
    if what.starts_with('e') { format!("an {what}") } else { format!("a {what}") }
}

/// A boundary is a policy of the role's own account, or of AWS.
pub(super) fn boundary(
    blueprint: &Blueprint,
    environment: &blueprint::Environment,
    problems: &mut Problems,
) -> Boundary {
    let own = format!("::{}:", environment.account.value);
    let Some(written) = &blueprint.permissions_boundary else { return Boundary::Made };
    match written.value.as_str() {
        "made" => Boundary::Made,
        "none" => Boundary::None,
        text if text.contains("::aws:policy/") || text.contains(&own) && is_policy(text) => {
            Boundary::Existing(text.to_owned())
        }
        text if is_policy(text) => {
            let message =
                format!("`{text}` is in another account than `{}`", environment.name.value);
            let problem = Diagnostic::error("bad-boundary", written.span, message);
            problems.add(problem.help("name a policy of each account in its environment"));
            Boundary::Made
        }
        text => {
            let message = format!("`{text}` is not a permissions boundary");
            let problem = Diagnostic::error("bad-boundary", written.span, message);
            problems.add(problem.help(
                "write `made`, `none`, or `arn:aws:iam::<account>:policy/<name>` of a managed policy",
            ));
            Boundary::Made
        }
    }
}

fn is_policy(text: &str) -> bool {
    workarea::is_iam_arn(text, "policy/")
}

/// Warns that without a boundary deploying is administering.
pub(super) fn unbounded(blueprint: &Blueprint, problems: &mut Problems) {
    let written = blueprint.permissions_boundary.as_ref();
    if let Some(none) = written.filter(|written| written.value == "none") {
        let message =
            "without a permissions boundary, whoever deploys can make a role that may do anything";
        problems.add(
            Diagnostic::warning("no-boundary", none.span, message)
                .help("write `made`, or the ARN of your organization's boundary"),
        );
    }
}
