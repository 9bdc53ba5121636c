//! `gen access`.

use std::fmt::Write;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::load::{Loaded, Selection, load};
use super::{Exit, report, synth};
use crate::access::{self, Answer, Grants, Page, Question, Way};
use crate::diagnostic::{FileId, Sources};
use crate::model::Pipeline;
use crate::synth::File;
use crate::verify::Depth;
use crate::workflow;
use crate::yaml;

/// Show who may do what where, by all policies together, and why
///
/// Exit codes: 0 shown, whatever the answer; 1 the blueprint has problems, or something is not known by that name.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// The form of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Say why a role may do something, or may not: a function, machine, group or role; an action; a zone, `database.table`, machine, `s3://…` or ARN
    #[arg(long, num_args = 3, value_names = ["ROLE", "ACTION", "RESOURCE"])]
    why: Option<Vec<String>>,
    /// How the request comes
    #[arg(long, value_enum, default_value_t, requires = "why")]
    from: From,
    /// A condition key of the request, such as `iam:PassedToService=ec2.amazonaws.com`
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair, requires = "why")]
    with: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For pages
    Markdown,
    /// For programs
    Json,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
enum From {
    /// Through the endpoints of the pipeline's VPC
    #[default]
    Vpc,
    /// Over the internet
    Internet,
    /// By Athena, for who queries
    Athena,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut loaded = load(&args.selection)?;
    let environments = synth::documents(&mut loaded, synth::TemplateFormat::Yaml, Depth::Patched);
    let problems = std::mem::take(&mut loaded.problems).into_sorted();
    report::problems(&problems, loaded.sources());
    if report::stops(&problems, false) {
        return Ok(Exit::Failed);
    }
    let found: Vec<_> = loaded
        .pipelines
        .iter()
        .zip(&environments)
        .map(|(pipeline, (_, files))| (pipeline, grants(pipeline, files)))
        .collect();
    let text = match &args.why {
        Some(asked) => answers(args, asked, &found, &loaded)?,
        None => tables(args.format, &found),
    };
    report::print(&text)?;
    Ok(Exit::Done)
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it has the form KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn grants(pipeline: &Pipeline, files: &[File]) -> Grants {
    let mut grants = Grants::default();
    for file in files.iter().filter(|file| file.path.ends_with(".template.yaml")) {
        let text = std::str::from_utf8(&file.bytes).expect("templates are text");
        let template = yaml::read(text, FileId::default()).expect("what is written can be read");
        grants.extend(Grants::read(pipeline, &template.to_json()));
    }
    grants.complete();
    grants
}

fn tables(format: Format, found: &[(&Pipeline, Grants)]) -> String {
    let rows = |(pipeline, grants): &(&Pipeline, Grants)| access::rows(pipeline, grants);
    let sights = |(pipeline, grants): &(&Pipeline, Grants)| {
        access::detours(pipeline, grants, &workflow::compile(pipeline).unwrap_or_default())
    };
    let admissions =
        |(pipeline, grants): &(&Pipeline, Grants)| access::admissions(pipeline, grants);
    match format {
        Format::Json => {
            let tables = found.iter().map(|one| {
                let (name, reasons) = (one.0.environment.name.clone(), reasons_json(one.0));
                let others = access::admissions_json(&admissions(one));
                (name, json!({"access": access::json(&rows(one)), "others": others, "everywhere": reasons, "beyond": access::sights_json(one.0, &sights(one)), "unknown": one.1.unknown}))
            });
            format!("{:#}\n", Value::Object(tables.collect()))
        }
        Format::Markdown => {
            let pages = found.iter().map(|one| {
                let (rows, admissions, sights) = (&rows(one), &admissions(one), &sights(one));
                access::markdown(one.0, &Page { rows, admissions, sights, unknown: &one.1.unknown })
            });
            pages.collect::<Vec<_>>().join("\n")
        }
        Format::Text => {
            let tables = found.iter().map(|one| {
                let title = &one.0.environment.name;
                let others = access::admissions_text(&admissions(one));
                let (reasons, beyond) =
                    (reasons_text(one.0), access::sights_text(one.0, &sights(one)));
                format!("{title}\n\n{}\n{others}\n{reasons}{beyond}", access::text(&rows(one)))
            });
            tables.collect::<Vec<_>>().join("\n")
        }
    }
}

type Reasons = Vec<(Vec<String>, &'static str, Vec<String>)>;

fn reasons(pipeline: &Pipeline) -> Reasons {
    access::reasons(pipeline, &workflow::compile(pipeline).unwrap_or_default())
}

fn reasons_json(pipeline: &Pipeline) -> Value {
    let one = |(actions, reason, who)| json!({"actions": actions, "reason": reason, "who": who});
    reasons(pipeline).into_iter().map(one).collect()
}

fn reasons_text(pipeline: &Pipeline) -> String {
    let mut text = "Rights whose resource is `*`, and why:\n".to_owned();
    for (actions, reason, who) in reasons(pipeline) {
        let _ = writeln!(text, "  {}\n    {reason}\n    {}", actions.join(", "), who.join(", "));
    }
    text
}

fn answers(
    args: &Args,
    asked: &[String],
    found: &[(&Pipeline, Grants)],
    loaded: &Loaded,
) -> anyhow::Result<String> {
    let way = match args.from {
        From::Vpc => Way::Vpc,
        From::Internet => Way::Internet,
        From::Athena => Way::Athena,
    };
    let [role, action, resource] = asked else { anyhow::bail!("--why takes three values") };
    let question = Question { role, action, resource, way, context: args.with.clone() };
    let mut text = String::new();
    let mut all = serde_json::Map::new();
    for (pipeline, grants) in found {
        let machines = workflow::compile(pipeline).unwrap_or_default();
        let answer =
            access::why(pipeline, grants, &machines, &question).map_err(anyhow::Error::msg)?;
        let name = &pipeline.environment.name;
        text += &answer_text(name, &answer, way, loaded.sources());
        all.insert(name.clone(), answer_json(&answer, way, loaded.sources()));
    }
    Ok(if args.format == Format::Json { format!("{:#}\n", Value::Object(all)) } else { text })
}

fn place(origin: &crate::permissions::Origin, sources: &Sources) -> String {
    let file = &sources.get(origin.span.file).name;
    format!("{file}:{}", sources.position(origin.span).line)
}

fn answer_text(environment: &str, answer: &Answer, way: Way, sources: &Sources) -> String {
    let Answer { allowed, who, action, resource, findings } = answer;
    let (verdict, from) = (if *allowed { "yes" } else { "no" }, way.word());
    let mut text = format!("{environment}: {verdict}, {who}, {action}, {resource}, from {from}\n");
    for finding in findings {
        let _ = writeln!(text, "  {}", finding.text);
        if let Some(origin) = &finding.origin {
            let _ = writeln!(text, "    `{}` at {}", origin.what, place(origin, sources));
        }
    }
    text
}

fn answer_json(answer: &Answer, way: Way, sources: &Sources) -> Value {
    let Answer { allowed, who, action, resource, findings } = answer;
    let findings = findings.iter().map(|finding| {
        let origin = finding.origin.as_ref();
        json!({
            "text": finding.text,
            "what": origin.map(|origin| origin.what),
            "place": origin.map(|origin| place(origin, sources)),
        })
    });
    let findings: Vec<_> = findings.collect();
    json!({"allowed": allowed, "who": who, "action": action, "resource": resource, "from": way.word(), "why": findings})
}
