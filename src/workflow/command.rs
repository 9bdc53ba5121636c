//! The commands that move and load a table's files, as the cluster runs them.
//!
//! Each is `bash -c '…'` with a guard: without a file in the source it does nothing, so that an empty stage never empties a
//! table. A listing that fails is no empty listing: then the command fails.

use crate::model::{Area, COMMANDS_OF_A_LOAD, Kind, Pipeline, Table};

/// Where the files of a table stand, as addresses; in a Map they hold `$1` for the table's name.
pub(super) struct Paths {
    landing: String,
    stage: String,
    archive: String,
    script: String,
    counts: String,
    region: String,
}

/// One command: what it is called, and its script, which reads arguments as `$1` and `$2`.
pub(super) struct Command {
    /// One word.
    pub(super) name: &'static str,
    script: String,
}

impl Paths {
    /// Returns the addresses of one table.
    pub(super) fn of_table(pipeline: &Pipeline, table: &Table) -> Self {
        let at = |area| pipeline.s3_uri(&pipeline.table_prefix(table, area));
        let script = pipeline.s3_uri(&pipeline.script_key(table));
        Self::new(pipeline, at, script, table.name.as_str())
    }

    /// Returns the addresses of any table of a kind that has several.
    pub(super) fn of_kind(pipeline: &Pipeline, kind: Kind) -> Self {
        let at = |area| format!("{}/$1", pipeline.s3_uri(&pipeline.kind_prefix(kind, area)));
        let scripts = pipeline.s3_uri(&pipeline.scripts_prefix());
        Self::new(pipeline, at, format!("{scripts}/{}_process/$1.sql", kind.word()), "$1")
    }

    fn new(pipeline: &Pipeline, at: impl Fn(Area) -> String, script: String, table: &str) -> Self {
        let counts = pipeline.s3_uri(&pipeline.rejected_counts_prefix());
        Self {
            landing: at(Area::Landing),
            stage: at(Area::Stage),
            archive: at(Area::Archive),
            script,
            counts: format!("{counts}/$cluster/{table}"),
            region: pipeline.environment.region.clone(),
        }
    }

    /// Returns the commands of a load in order; `run` and `cluster` are the arguments that hold the execution's start and
    /// the cluster's id.
    ///
    /// The first finishes what an earlier execution left in stage. It is a run of its own: the files that land next may
    /// bear the same names, and each run has its own rejected rows.
    pub(super) fn commands(&self, run: &str, cluster: &str) -> [Command; COMMANDS_OF_A_LOAD] {
        let load = |run: &str| self.load(run, cluster);
        let archive = |run: &str| moved(&self.stage, &format!("{}/run={run}", self.archive));
        let left_over = format!("{run}-left-over");
        let finish = format!("{} && {}", load(&left_over), archive(&left_over));
        [
            self.command("finish", &self.stage, &finish),
            self.command("copy", &self.landing, &moved(&self.landing, &self.stage)),
            self.command("load", &self.stage, &load(run)),
            self.command("archive", &self.stage, &archive(run)),
        ]
    }

    /// Returns the script that loads, and notes how many rows were rejected as the name of an empty object, which who
    /// tells of them sees by listing. Before the load the note says `loading`, so that a number that is missing is not
    /// taken for none; once the load is done, a note that fails does not fail it.
    fn load(&self, run: &str, cluster: &str) -> String {
        let note = |what: &str| format!(": | aws s3 cp --region {} - $notes/{what}", self.region);
        format!(
            "set -o pipefail; cluster={cluster}; notes={}/{run}; {} && \
             rows=$(hive -v --hivevar run={run} -f {} | awk \"{{print > \\\"/dev/stderr\\\"}} /^rejected rows: /{{print \\$3}}\") && \
             {{ {} || echo not noted; }}",
            self.counts,
            note("loading"),
            self.script,
            note("${rows:-unknown}"),
        )
    }

    /// `aws s3 ls` answers 1 for "no such file", and more when it could not look. Folder markers end in a slash. The region
    /// is written out because a VPC's endpoint reaches the buckets of its own region only.
    fn command(&self, name: &'static str, source: &str, command: &str) -> Command {
        let list = format!("aws s3 ls --region {} --recursive {source}/", self.region);
        let script = format!(
            "files=$({list}) || [ $? = 1 ] || exit 2; \
             if echo \"$files\" | grep -q \"[^/]$\"; then {command}; else echo no files; fi"
        );
        Command { name, script }
    }
}

impl Command {
    /// Returns the command without its arguments.
    pub(super) fn text(&self) -> String {
        format!("bash -c '{}' {}", self.script.replace('\'', r"'\''"), self.name)
    }
}

/// Returns the intrinsic function that puts arguments behind a command. The command is data, not part of the template: a
/// template would need escapes that not every reader of intrinsic functions knows.
pub(super) fn with_arguments(command: &str, arguments: &[&str]) -> String {
    let places = " {}".repeat(arguments.len());
    format!("States.Format('{{}}{places}', {command}, {})", arguments.join(", "))
}

fn moved(source: &str, destination: &str) -> String {
    format!("s3-dist-cp --src {source}/ --dest {destination}/ --deleteOnSuccess")
}

/// Returns the intrinsic function that writes the execution's start as a folder's name: without its colons, which Hadoop's
/// paths refuse. It stands in the first state, whose time is that of the execution.
pub(super) fn run_expression() -> String {
    let part = |index| {
        format!("States.ArrayGetItem(States.StringSplit($$.State.EnteredTime, ':'), {index})")
    };
    format!("States.Format('{{}}{{}}{{}}', {}, {}, {})", part(0), part(1), part(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn a_script_is_one_argument_of_a_shell() {
        let command = Command { name: "copy", script: "echo 'a'".to_owned() };
        assert_eq!(command.text(), r"bash -c 'echo '\''a'\''' copy");
        let expression = with_arguments("$.Commands.copy", &["$.Table", "$.Run"]);
        assert_eq!(expression, "States.Format('{} {} {}', $.Commands.copy, $.Table, $.Run)");
    }

    #[test]
    fn nothing_runs_without_a_file() {
        let pipeline = sample::pipeline();
        let paths = Paths::of_table(&pipeline, &pipeline.tables[1]);
        let commands = paths.commands("$1", "$2");
        assert_eq!(
            commands.each_ref().map(|command| command.name),
            ["finish", "copy", "load", "archive"]
        );
        let stage = "s3://workarea-eu-central-1/data-workflows/stage/STG_DWH/stg_fact_db/sample_country_tx_fact/";
        for command in &commands {
            assert!(
                command
                    .script
                    .starts_with("files=$(aws s3 ls --region eu-central-1 --recursive s3://")
            );
        }
        let notes = "cluster=$2; notes=s3://workarea-eu-central-1/data-workflows/rejected/DWH/_counts/$cluster/sample_country_tx_fact/$1";
        assert!(commands[2].script.contains(&format!("{notes};")), "{}", commands[2].script);
        assert!(commands[0].script.contains(&format!("{notes}-left-over;")));
        let archive = "s3://workarea-eu-central-1/data-workflows/archive/DWH/facts/sample_country_tx_fact/run=$1/";
        let expected = format!("s3-dist-cp --src {stage} --dest {archive} --deleteOnSuccess");
        assert!(commands[3].script.contains(&expected), "{}", commands[3].script);
    }
}
