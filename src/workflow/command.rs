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
        Self::new(pipeline, at, script)
    }

    /// Returns the addresses of any table of a kind that has several.
    pub(super) fn of_kind(pipeline: &Pipeline, kind: Kind) -> Self {
        let at = |area| format!("{}/$1", pipeline.s3_uri(&pipeline.kind_prefix(kind, area)));
        let scripts = pipeline.s3_uri(&pipeline.scripts_prefix());
        Self::new(pipeline, at, format!("{scripts}/{}_process/$1.sql", kind.word()))
    }

    fn new(pipeline: &Pipeline, at: impl Fn(Area) -> String, script: String) -> Self {
        Self {
            landing: at(Area::Landing),
            stage: at(Area::Stage),
            archive: at(Area::Archive),
            script,
            region: pipeline.environment.region.clone(),
        }
    }

    /// Returns the commands of a load in order; `run` is the argument that holds the execution's start.
    ///
    /// The first finishes what an earlier execution left in stage. Its files go to an archive folder of their own: the
    /// files that land next may bear the same names.
    pub(super) fn commands(&self, run: &str) -> [Command; COMMANDS_OF_A_LOAD] {
        let load = format!("hive -v --hivevar run={run} -f {}", self.script);
        let archive = |folder: &str| moved(&self.stage, &format!("{}/{folder}", self.archive));
        let finish = format!("{load} && {}", archive(&format!("run={run}-left-over")));
        [
            self.command("finish", &self.stage, &finish),
            self.command("copy", &self.landing, &moved(&self.landing, &self.stage)),
            self.command("load", &self.stage, &load),
            self.command("archive", &self.stage, &archive(&format!("run={run}"))),
        ]
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
        let commands = paths.commands("$1");
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
        let archive = "s3://workarea-eu-central-1/data-workflows/archive/DWH/facts/sample_country_tx_fact/run=$1/";
        let expected = format!("s3-dist-cp --src {stage} --dest {archive} --deleteOnSuccess");
        assert!(commands[3].script.contains(&expected), "{}", commands[3].script);
    }
}
