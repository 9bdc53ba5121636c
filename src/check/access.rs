//! People and systems.

mod writer;

use std::collections::BTreeMap;

use crate::blueprint::decode::{Item, Spanned};
use crate::blueprint::{self, Area, Blueprint};
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Detour, Foreign, Group, Name, Trusted, Verb};

use super::name;
use super::table::same_logical_ids;
use super::workarea::role_arn;

pub(super) fn groups(
    blueprint: &Blueprint,
    environment: &blueprint::Environment,
    problems: &mut Problems,
) -> Vec<Group> {
    let names = blueprint.access.iter().map(|(name, item)| (name.as_str(), item.span));
    same_logical_ids("the groups", names, problems);
    let account = &environment.account.value;
    let written = blueprint.access.iter();
    written.filter_map(|(name, item)| group(name, item, account, blueprint, problems)).collect()
}

fn group(
    written_name: &str,
    item: &Item<blueprint::Group>,
    account: &str,
    blueprint: &Blueprint,
    problems: &mut Problems,
) -> Option<Group> {
    let written = &item.value;
    let found =
        name(&Spanned { value: written_name.to_owned(), span: item.span }, "the group", problems);
    if let Some(lambda) = blueprint.lambdas.get(written_name) {
        let problem = Diagnostic::error(
            "duplicate-name",
            item.span,
            format!("the group `{written_name}` has the name of a Lambda"),
        );
        problems.add(
            problem
                .related(lambda.span, "the Lambda")
                .help("rename the group: both give a role its name"),
        );
    }
    if written.assumed_by.is_empty() {
        let problem = Diagnostic::error(
            "missing-key",
            item.span,
            format!("nobody may assume the role of `{written_name}`"),
        );
        problems
            .add(problem.help(
                "add `assumed_by: [account]`, `[sso:<permission set>]` or the ARN of a role",
            ));
    }
    let assumed_by =
        written.assumed_by.iter().filter_map(|who| trusted(who, account, problems)).collect();
    let foreign = foreign(written, account, problems);
    let verbs = verbs(written, blueprint, problems);
    let encryption = blueprint.workarea.encryption.as_ref();
    let from = writer::places(written, account, encryption, problems);
    Some(Group {
        name: found?,
        description: written.description.as_ref().map(|d| d.value.clone()),
        assumed_by,
        foreign,
        iam_group: written.iam_group.unwrap_or(false),
        verbs,
        from,
        also_sees: written
            .also_sees
            .as_ref()
            .map(|ways| also_sees(ways, problems))
            .unwrap_or_default(),
        span: item.span,
    })
}

fn also_sees(
    written: &blueprint::AlsoSees,
    problems: &mut Problems,
) -> BTreeMap<Detour, (String, Span)> {
    let ways = [
        (Detour::Results, &written.results),
        (Detour::Logs, &written.logs),
        (Detour::Scripts, &written.scripts),
        (Detour::Commands, &written.commands),
        (Detour::Roles, &written.roles),
        (Detour::Policies, &written.policies),
        (Detour::Key, &written.key),
    ];
    let mut found = BTreeMap::new();
    for (way, reason) in ways {
        let Some(Spanned { value, span }) = reason else { continue };
        if value.trim().is_empty() {
            let message = format!("there is no reason beside `{}`", way.word());
            let problem = Diagnostic::error("missing-reason", *span, message);
            problems.add(problem.help("say in a few words why the group may see it"));
        }
        found.insert(way, (value.clone(), *span));
    }
    found
}

/// Accepts someone who may assume a role.
pub(super) fn trusted(
    written: &Spanned<String>,
    account: &str,
    problems: &mut Problems,
) -> Option<Trusted> {
    let text = written.value.as_str();
    let permission_set = |name: &str| {
        (1..=32).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c))
    };
    match text.strip_prefix("sso:") {
        Some(set) if permission_set(set) => return Some(Trusted::PermissionSet(set.to_owned())),
        _ if text == "account" => return Some(Trusted::Account(account.to_owned())),
        _ if text.len() == 12 && text.chars().all(|c| c.is_ascii_digit()) => {
            return Some(Trusted::Account(text.to_owned()));
        }
        _ if text.contains(":role/") => return role_arn(written, problems).map(Trusted::Principal),
        _ => {}
    }
    let problem =
        Diagnostic::error("bad-principal", written.span, format!("`{text}` cannot assume a role"));
    problems.add(
        problem.help(
            "write `account`, a 12-digit account, `sso:<permission set>` or the ARN of a role",
        ),
    );
    None
}

/// What other accounts must bring makes sense only where one may assume the role.
fn foreign(written: &blueprint::Group, account: &str, problems: &mut Problems) -> Foreign {
    let is_foreign = |who: &Spanned<String>| {
        let text = who.value.as_str();
        let named = text.split(':').nth(4).unwrap_or(text);
        named.chars().all(|c| c.is_ascii_digit()) && named != account
    };
    let keys = [written.external_id.as_ref(), written.organization.as_ref()];
    if !written.assumed_by.iter().any(is_foreign) {
        for key in keys.into_iter().flatten() {
            let message = "only other accounts are asked for it, and none may assume the role";
            let problem = Diagnostic::error("unused-condition", key.span, message);
            problems.add(problem.help("remove it, or name the account in `assumed_by`"));
        }
    }
    let external_id = written.external_id.as_ref().filter(|id| is_external_id(id, problems));
    let organization = written.organization.as_ref().filter(|id| is_organization(id, problems));
    let text = |found: &Spanned<String>| found.value.clone();
    Foreign { external_id: external_id.map(text), organization: organization.map(text) }
}

/// STS API, `AssumeRole`, `ExternalId`.
fn is_external_id(written: &Spanned<String>, problems: &mut Problems) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
    let fits = (2..=1224).contains(&written.value.len()) && written.value.chars().all(allowed);
    if !fits {
        let message = format!("`{}` cannot be an external id", written.value);
        let problem = Diagnostic::error("bad-external-id", written.span, message);
        problems.add(problem.help("use 2 to 1,224 letters, digits and `_+=,.@:/-`"));
    }
    fits
}

fn is_organization(written: &Spanned<String>, problems: &mut Problems) -> bool {
    let fits = written.value.strip_prefix("o-").is_some_and(|id| {
        (10..=32).contains(&id.len())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    });
    if !fits {
        let message = format!("`{}` is not the id of an organization", written.value);
        let problem = Diagnostic::error("bad-organization", written.span, message);
        problems.add(problem.help("it looks like `o-a1b2c3d4e5`; AWS Organizations shows it"));
    }
    fits
}

fn verbs(
    written: &blueprint::Group,
    blueprint: &Blueprint,
    problems: &mut Problems,
) -> Vec<(Verb, Span)> {
    let mut verbs: Vec<(Verb, Span)> = Vec::new();
    verbs.extend(written.query.iter().filter_map(|what| query(what, blueprint, problems)));
    verbs.extend(written.read.iter().map(|area| (Verb::Read(area.value), area.span)));
    verbs.extend(written.write.iter().filter_map(|area| write(area, problems)));
    for machine in &written.operate {
        verbs.extend(
            machines(machine, blueprint, problems)
                .into_iter()
                .map(|m| (Verb::Operate(m), machine.span)),
        );
    }
    for machine in &written.watch {
        verbs.extend(
            machines(machine, blueprint, problems)
                .into_iter()
                .map(|m| (Verb::Watch(m), machine.span)),
        );
    }
    verbs
}

fn query(
    written: &Spanned<String>,
    blueprint: &Blueprint,
    problems: &mut Problems,
) -> Option<(Verb, Span)> {
    let (database, table) = match written.value.split_once('.') {
        Some((database, table)) => (database, Some(table)),
        None => (written.value.as_str(), None),
    };
    let Some(known) = blueprint.databases.get(database) else {
        let problem = Diagnostic::error(
            "unknown-database",
            written.span,
            format!("unknown database `{database}`"),
        );
        problems.add_unknown(
            database,
            problem.suggest(database, blueprint.databases.keys().map(String::as_str)),
        );
        return None;
    };
    let Some(table) = table else {
        return Some((Verb::QueryDatabase(database.to_owned()), written.span));
    };
    let kind = known.value.holds.value;
    let tables = blueprint.tables.iter().filter(|(_, item)| item.value.kind.value == kind);
    let names = tables.map(|(name, _)| name.as_str());
    if names.clone().any(|name| name == table) {
        return Some((
            Verb::QueryTable { database: database.to_owned(), table: table.to_owned() },
            written.span,
        ));
    }
    let problem = Diagnostic::error(
        "unknown-table",
        written.span,
        format!("`{database}` has no table `{table}`"),
    );
    if !problems.is_left_out(known.value.holds.span) {
        problems.add_unknown(table, problem.suggest(table, names));
    }
    None
}

/// Only what other systems bring may be written by people: loads write the rest.
fn write(area: &Spanned<Area>, problems: &mut Problems) -> Option<(Verb, Span)> {
    if matches!(area.value, Area::Landing | Area::Libs) {
        return Some((Verb::Write(area.value), area.span));
    }
    let message = format!("nobody may write `{}` by hand", area.value.word());
    let problem = Diagnostic::error("bad-write", area.span, message);
    problems.add(problem.label("loads write it").help("`landing` and `libs` can be written"));
    None
}

fn machines(
    written: &Spanned<String>,
    blueprint: &Blueprint,
    problems: &mut Problems,
) -> Vec<Name> {
    let names = blueprint.state_machines.keys().map(String::as_str);
    if written.value == "all" {
        return names.filter_map(|name| Name::parse(name).ok()).collect();
    }
    if blueprint.state_machines.contains_key(&written.value) {
        return Name::parse(&written.value).into_iter().collect();
    }
    let problem = Diagnostic::error(
        "unknown-machine",
        written.span,
        format!("unknown state machine `{}`", written.value),
    );
    problems.add_unknown(&written.value, problem.suggest(&written.value, names.chain(["all"])));
    Vec::new()
}
