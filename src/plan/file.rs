//! A plan that was saved, and why it may no longer be carried out.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Change, Step, Wanted};

/// The form of plan files; others are refused.
const FORMAT: u32 = 1;
/// Hours for which a plan is good.
const HOURS: i64 = 24;

/// A saved plan.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SavedPlan {
    format: u32,
    /// The version of this program.
    pub tool: String,
    /// The pipeline.
    pub pipeline: String,
    /// The environment.
    pub environment: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// When it was made, in seconds since 1970.
    pub made: i64,
    /// The stacks.
    pub stacks: Vec<SavedStack>,
    /// The SHA-256 of what goes to buckets, by path.
    pub assets: BTreeMap<String, String>,
    /// The ids of prefix lists, by name.
    pub prefix_lists: BTreeMap<String, String>,
    /// Whether what was changed beside CloudFormation is brought back.
    #[serde(default)]
    pub reverts_drift: bool,
}

/// A stack of a saved plan.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SavedStack {
    /// Its short name.
    pub name: String,
    /// The SHA-256 of its template.
    pub template: String,
    /// What was planned.
    pub step: Step,
    /// Its ARN and the time of its last change, when it was there.
    pub seen: Option<Seen>,
    /// The parameters with which CloudFormation was asked.
    pub parameters: Option<BTreeMap<String, String>>,
    /// What CloudFormation said would change.
    pub changes: Vec<Change>,
}

/// A stack as it was when the plan was made.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Seen {
    /// Its ARN.
    pub arn: String,
    /// When it last changed.
    pub changed: String,
    /// Its status.
    pub status: String,
}

/// Why a plan is not carried out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stale {
    /// It has a form that this version does not know, or was made by another version.
    Tool(String),
    /// It is for another pipeline, environment, account or region.
    Place(String),
    /// It is too old, by so many hours.
    Age(i64),
    /// A template or an object is not what it was.
    File(String),
    /// A stack is not as it was.
    Stack(String),
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Tool(tool) => write!(f, "it was made by version {tool}"),
            Self::Place(place) => write!(f, "it is for {place}"),
            Self::Age(hours) => write!(f, "it is {hours} hours old, and good for {HOURS}"),
            Self::File(path) => write!(f, "`{path}` is not what it was"),
            Self::Stack(why) => f.write_str(why),
        }
    }
}

impl SavedPlan {
    /// Returns an empty plan for what is wanted.
    pub fn new(wanted: &Wanted, tool: &str, made: i64) -> Self {
        let assets = wanted.assets.iter().map(|one| (one.path.clone(), one.sha256.clone()));
        Self {
            format: FORMAT,
            tool: tool.to_owned(),
            pipeline: wanted.pipeline.clone(),
            environment: wanted.environment.clone(),
            account: wanted.account.clone(),
            region: wanted.region.clone(),
            made,
            stacks: Vec::new(),
            assets: assets.collect(),
            prefix_lists: BTreeMap::new(),
            reverts_drift: false,
        }
    }

    /// Returns why it cannot be carried out for what is wanted now; AWS is not asked.
    pub fn stale(&self, wanted: &Wanted, tool: &str, now: i64) -> Vec<Stale> {
        let mut stale = Vec::new();
        if self.tool != tool || self.format != FORMAT {
            stale.push(Stale::Tool(self.tool.clone()));
        }
        let place = |pipeline: &str, env: &str, account: &str, region: &str| {
            format!("{pipeline}, {env}, account {account}, {region}")
        };
        let own = place(&self.pipeline, &self.environment, &self.account, &self.region);
        if own != place(&wanted.pipeline, &wanted.environment, &wanted.account, &wanted.region) {
            stale.push(Stale::Place(own));
        }
        let hours = (now - self.made).div_euclid(3_600);
        if !(0..HOURS).contains(&hours) {
            stale.push(Stale::Age(hours));
        }
        stale.extend(self.moved(wanted).into_iter().map(Stale::File));
        stale
    }

    /// Returns the paths of templates and objects that are not what they were.
    fn moved(&self, wanted: &Wanted) -> Vec<String> {
        let before = self.stacks.iter().map(|one| (one.name.as_str(), one.template.as_str()));
        let before: BTreeMap<_, _> = before.collect();
        let after = wanted.stacks.iter().map(|one| (one.name.as_str(), one.sha256.as_str()));
        let after: BTreeMap<_, _> = after.collect();
        let assets = wanted.assets.iter().map(|one| (one.path.as_str(), one.sha256.as_str()));
        let assets: BTreeMap<_, _> = assets.collect();
        let old = self.assets.iter().map(|(path, sha)| (path.as_str(), sha.as_str())).collect();
        let mut moved = differing(&before, &after);
        moved.extend(differing(&old, &assets));
        moved
    }
}

fn differing(before: &BTreeMap<&str, &str>, after: &BTreeMap<&str, &str>) -> Vec<String> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let other = after.iter().filter(|(name, sha)| before.get(*name) != Some(sha));
    other.map(|(name, _)| name).chain(gone).map(|&name| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(account: &str, template: &str) -> Wanted {
        let stack = serde_json::json!({
            "name": "a", "stack_name": "p-a", "template": "a.template.yaml", "sha256": template,
            "protected": false, "after": [], "parameters": {},
        });
        let manifest = serde_json::json!({
            "format": 1, "pipeline": "p", "environment": "dev", "account": account,
            "region": "eu-west-1", "workarea_bucket": "w", "artifact_bucket": "b", "tags": {},
            "deployer_role": "d", "execution_role": "e", "bootstrap": null, "stacks": [stack],
            "assets": [],
        });
        serde_json::from_value(manifest).unwrap()
    }

    fn plan() -> SavedPlan {
        let mut plan = SavedPlan::new(&wanted("1", "x"), "1.0.0", 0);
        plan.stacks.push(SavedStack {
            name: "a".into(),
            template: "x".into(),
            step: Step::Unchanged,
            seen: None,
            parameters: None,
            changes: Vec::new(),
        });
        plan
    }

    #[test]
    fn a_plan_is_good_for_a_day_and_for_what_it_was_made_for() {
        let last = HOURS * 3_600 - 1;
        assert_eq!(plan().stale(&wanted("1", "x"), "1.0.0", last), []);
        assert_eq!(plan().stale(&wanted("1", "x"), "1.0.0", last + 1), [Stale::Age(HOURS)]);
        assert_eq!(plan().stale(&wanted("1", "y"), "1.0.0", 0), [Stale::File("a".into())]);
        let tool = Stale::Tool("1.0.0".into());
        assert_eq!(plan().stale(&wanted("1", "x"), "1.0.1", 0), [tool]);
        let other = plan().stale(&wanted("2", "x"), "1.0.0", 0);
        assert!(matches!(other.as_slice(), [Stale::Place(place)] if place.contains("account 1")));
    }

    #[test]
    fn a_plan_from_the_future_is_no_plan() {
        assert_eq!(plan().stale(&wanted("1", "x"), "1.0.0", -1), [Stale::Age(-1)]);
    }

    #[test]
    fn a_plan_survives_its_file() {
        let text = serde_json::to_string(&plan()).unwrap();
        assert_eq!(serde_json::from_str::<SavedPlan>(&text).unwrap(), plan());
    }
}
