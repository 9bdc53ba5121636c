//! A case played: the project, the fake, the commands, and what came of it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::case::{Case, Fault, Given};
use super::fake::faults::{self, Fate};
use super::fake::s3::Object;
use super::fake::stack::Step;
use super::fake::steps::ending;
use super::fake::{Fake, World};
use super::project;

const ENVIRONMENT: &str = "dev";

/// What no command may show, however it ends.
const CREDENTIALS: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIAFAKEFAKEFAKEFAKE"),
    ("AWS_SECRET_ACCESS_KEY", "secret-of-the-fake"),
    ("AWS_SESSION_TOKEN", "session-of-the-fake"),
];

/// Where cases are played.
pub(crate) struct Stage {
    folder: PathBuf,
    manifest: Value,
    known: Mutex<BTreeMap<Given, World>>,
}

impl Stage {
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        let project = project::copied(&folder.join("original"));
        let made =
            gen_in(&project).args(["synth", "--env", ENVIRONMENT]).output().expect("it starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let manifest = fs::read(project.join("out/dev/manifest.json")).expect("a manifest");
        let manifest = serde_json::from_slice(&manifest).expect("JSON");
        Self { folder, manifest, known: Mutex::default() }
    }

    fn value(&self, name: &str) -> String {
        self.manifest[name].as_str().expect("the manifest has it").to_owned()
    }

    /// Returns the world after undisturbed commands.
    pub(crate) fn world(&self, given: Given) -> World {
        let mut known = self.known.lock().expect("no play panics here");
        if let Some(world) = known.get(&given) {
            return world.clone();
        }
        let fake = Fake::start(World::new(&self.value("account"), &self.value("region")));
        let project = self.folder.join("original");
        let commands = ["bootstrap --yes", "apply --yes --concurrency 1"];
        let count = match given {
            Given::Nothing => 0,
            Given::Bootstrapped => 1,
            Given::Deployed => 2,
        };
        for command in &commands[..count] {
            let done = command_line(&project, &fake, command).output().expect("it starts");
            assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
        }
        let mut world = fake.world().clone();
        world.log.clear();
        known.insert(given, world.clone());
        world
    }

    /// Returns a fresh project with these texts of the blueprint replaced.
    pub(crate) fn project(&self, name: &str, edits: &[(String, String)]) -> PathBuf {
        let project = project::copied(&self.folder.join(name));
        edit(&project, edits);
        synthesise(&project);
        project
    }

    /// Plays a case and returns what was sent, shown and returned.
    pub(crate) fn play(&self, case: &Case) -> String {
        let unique = format!("{:x}", std::ptr::from_ref(case).addr());
        let edits: &[_] = if case.stale { &[] } else { &case.edits };
        let project = self.project(&unique, edits);
        if case.stale {
            edit(&project, &case.edits);
        }
        let fake = Fake::start(self.prepared(case));
        let mut told = String::new();
        for (at, command) in case.run.iter().enumerate() {
            if at == 1 && case.once {
                fake.world().faults = faults::Faults::default();
            }
            fake.world().log.clear();
            let (code, out, errors) = Self::run(&project, &fake, command, case);
            let _ = writeln!(told, "$ gen {command}\nexit code {code}");
            for (name, text) in [("stdout", &out), ("stderr", &errors)] {
                if !text.is_empty() {
                    let _ = writeln!(
                        told,
                        "--- {name}\n{}",
                        counted(&plain(text, &project, &fake)).trim_end()
                    );
                }
            }
            let _ = writeln!(told, "--- sent");
            let sent = by_stack(&fake.world()).join("\n");
            told += &counted(&plain(&sent, &project, &fake));
        }
        let _ = fs::remove_dir_all(&project);
        told
    }

    fn prepared(&self, case: &Case) -> World {
        let mut world = self.world(case.given);
        for (name, status) in &case.states {
            let name = format!("data-pipeline-{name}");
            let arn = world.cloudformation.find(&name).unwrap_or_else(|| panic!("no stack {name}"));
            let stack = world.cloudformation.stacks.get_mut(&arn).expect("it was found");
            status.clone_into(&mut stack.status);
            stack.todo.extend(ending(status).map(|end| Step::Stack(end, String::new())));
            if matches!(
                status.as_str(),
                "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "REVIEW_IN_PROGRESS"
            ) {
                stack.resources.clear();
                stack.outputs.clear();
            }
        }
        for (name, tags) in &case.tags {
            let stack = world.cloudformation.stack_mut(&format!("data-pipeline-{name}"));
            stack.unwrap_or_else(|| panic!("no stack {name}")).tags.clone_from(tags);
        }
        world.existing.clone_from(&case.existing);
        world.faults.script = case.faults.iter().map(fault).collect();
        world.faults.failing.clone_from(&case.failing);
        world.faults.stuck.clone_from(&case.stuck);
        world.faults.undeletable.clone_from(&case.undeletable);
        world.faults.warned.clone_from(&case.warned);
        world.running.clone_from(&case.running);
        world.unconfirmed.clone_from(&case.unconfirmed);
        world.switched_off.clone_from(&case.switched_off);
        world.drifted.clone_from(&case.drifted);
        if let Some(account) = &case.account {
            account.clone_into(&mut world.account);
        }
        let object = |bytes: &str, changed| Object {
            bytes: bytes.into(),
            changed,
            revision: 1,
            digest: String::new(),
        };
        for key in &case.objects {
            world
                .s3
                .buckets
                .entry(self.value("workarea_bucket"))
                .or_default()
                .insert(key.clone(), object("", 0));
        }
        if let Some(seconds) = case.locked {
            let lock = object(r#"{"who":"someone","run":"other"}"#, world.now - seconds);
            let bucket = self.value("artifact_bucket");
            world
                .s3
                .buckets
                .entry(bucket)
                .or_default()
                .insert("locks/data_pipeline-dev".to_owned(), lock);
        }
        world
    }

    fn run(project: &Path, fake: &Fake, command: &str, case: &Case) -> (String, String, String) {
        let mut line = command_line(project, fake, command);
        for (name, value) in &case.variables {
            if value.is_empty() {
                line.env_remove(name)
            } else {
                line.env(name, value)
            };
        }
        let child = line.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        if let Some((at, times)) = &case.interrupt {
            interrupt(fake, child.id(), at, *times);
        }
        let done = child.wait_with_output().expect("it ends");
        let code =
            done.status.code().map_or_else(|| "by a signal".to_owned(), |code| code.to_string());
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            for (name, secret) in CREDENTIALS {
                assert!(!text.contains(secret), "{command} shows {name}: {text}");
            }
            text
        };
        (code, text(done.stdout), text(done.stderr))
    }
}

/// Sends SIGINT once the request was seen; the second follows when the first was surely heard.
fn interrupt(fake: &Fake, process: u32, at: &str, times: u32) {
    let start = Instant::now();
    while !fake.world().log.iter().any(|line| line.starts_with(at)) {
        assert!(start.elapsed() < Duration::from_mins(1), "`{at}` was never sent");
        std::thread::sleep(Duration::from_millis(2));
    }
    for _ in 0..times {
        let _ = kill(Pid::from_raw(process.cast_signed()), Signal::SIGINT);
        std::thread::sleep(Duration::from_millis(300));
    }
}

fn fault(fault: &Fault) -> faults::Fault {
    let fate = match fault.what.as_str() {
        "drop before" => Fate::DropBefore,
        "drop after" => Fate::DropAfter,
        answer => {
            let (status, code) = answer.split_once(' ').expect("a status and a code");
            Fate::Answer(status.parse().expect("a status"), code.to_owned())
        }
    };
    faults::Fault { request: fault.at.clone(), nth: fault.nth, fate }
}

fn edit(project: &Path, edits: &[(String, String)]) {
    let path = project.join("blueprints/data_pipeline.yaml");
    let mut text = fs::read_to_string(&path).expect("the blueprint");
    for (from, to) in edits {
        assert!(text.contains(from), "the blueprint has no `{from}`");
        text = text.replacen(from, to, 1);
    }
    fs::write(path, text).expect("the blueprint");
}

fn synthesise(project: &Path) {
    let made = gen_in(project).args(["synth", "--env", ENVIRONMENT]).output().expect("it starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

fn gen_in(project: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen"));
    command.current_dir(project).env("NO_COLOR", "1").env("COLUMNS", "120");
    command
}

/// Returns a command of `gen` on the fake; what starts with `synth` or `diff` runs without AWS.
pub(crate) fn command_line(project: &Path, fake: &Fake, line: &str) -> Command {
    let mut command = gen_in(project);
    let words = line.split_whitespace();
    command.args(words).args(["--env", ENVIRONMENT, "--endpoint-url", &fake.url()]);
    if !line.contains("--poll-ms") {
        command.args(["--poll-ms", "1"]);
    }
    let none = "/nonexistent";
    for (name, value) in [
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", none),
        ("AWS_SHARED_CREDENTIALS_FILE", none),
        ("RUST_LOG", "trace"),
    ] {
        command.env(name, value);
    }
    command.envs(CREDENTIALS);
    command.env_remove("AWS_PROFILE").env_remove("AWS_REGION").stdin(Stdio::null());
    command
}

/// Stacks go side by side: requests are told stack by stack.
fn by_stack(world: &World) -> Vec<String> {
    let mut lines: Vec<_> = world.changes().into_iter().map(str::to_owned).collect();
    lines.sort_by_key(|line| line.split(' ').nth(1).unwrap_or_default().to_owned());
    lines
}

/// Tells lines that come one after the other and are alike once, with their number.
fn counted(text: &str) -> String {
    let mut told = String::new();
    let mut lines: Vec<&str> = text.lines().collect();
    // Stacks that go side by side are told stack by stack.
    for events in lines.chunk_by_mut(|one, next| is_event(one) && is_event(next)) {
        events.sort_by_key(|line| line.split("  ").nth(1));
    }
    for same in lines.chunk_by(|one, next| one == next) {
        let _ = match same.len() {
            1 => writeln!(told, "{}", same[0]),
            // How often a lock is renewed, and what was on its way when something failed, differs from play to play.
            _ if ["/locks/", "/assets/"].iter().any(|part| same[0].contains(part)) => {
                writeln!(told, "{}", same[0])
            }
            times => writeln!(told, "{} ({times} times)", same[0]),
        };
    }
    told
}

fn is_event(line: &str) -> bool {
    line.starts_with("SECONDS  ")
}

/// Tells whether a line says of a resource that it goes on well.
fn is_of_course(line: &str) -> bool {
    line.ends_with(')') && line.contains(" (AWS::") && !line.contains("FAILED")
}

/// Takes out what differs from run to run.
fn plain(text: &str, project: &Path, fake: &Fake) -> String {
    let text = text.replace(&project.display().to_string(), "PROJECT").replace(&fake.url(), "URL");
    let patterns = [
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
        (r"\b(apply|look|ask|execute)-[0-9a-f]{16,}", "$1-HASH"),
        (r"[0-9a-f]{64}", "SHA256"),
        (r"\(\d+ bytes\)", "(N bytes)"),
        (r"\d+(\.\d+)? ?m?s\b", "SECONDS"),
        (r"\b\d+:\d\d\b", "SECONDS"),
    ];
    let text: Vec<_> = text.lines().filter(|line| !is_of_course(line)).collect();
    patterns.iter().fold(text.join("\n"), |text, (pattern, with)| {
        let pattern = regex_lite::Regex::new(pattern).expect("patterns are fixed");
        pattern.replace_all(&text, *with).into_owned()
    })
}
