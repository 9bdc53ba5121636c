//! What a synth gives, while it is collected.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::access::{self, Grants, Page, Sight};
use crate::archive::Archive;
use crate::diagnostic::{Diagnostic, Span};
use crate::hash::Digest;
use crate::manifest::{Asset, Entry, Stacks, manifest};
use crate::model::Pipeline;
use crate::stacks::functions;
use crate::template::{Stack, Template, with_lists};
use crate::text::TextFile;
use crate::verify::{self, Depth, Outline, Patched};
use crate::workflow::StateMachine;
use crate::yaml;

/// A file below `out/<environment>/`.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path there, with `/` between folders.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether it is an asset: named after its content, and ignored by git.
    pub is_asset: bool,
    /// Where the resources of a template come from, by logical id.
    pub origins: Vec<(String, Span)>,
}

impl File {
    /// Returns a file that is neither an asset nor a template.
    pub(super) fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into(), is_asset: false, origins: Vec::new() }
    }
}

/// The page that says who may do what; nothing but people reads it.
const ACCESS: &str = "access.md";

/// The form of templates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// For people.
    Yaml,
    /// For programs.
    Json,
}

/// Files, manifest and problems so far.
pub(super) struct Output<'a> {
    pipeline: &'a Pipeline,
    form: Form,
    pub(super) depth: Depth,
    files: Vec<File>,
    entries: Vec<Entry>,
    bootstrap: Option<Entry>,
    types: BTreeSet<String>,
    assets: Vec<Asset>,
    /// The policies of the stacks so far.
    grants: Grants,
    /// What overrides touched so far.
    patched: Vec<Patched>,
    /// What is known of the stacks so far: their names and outputs.
    pub(super) outlines: Vec<Outline>,
    /// What is wrong.
    pub(super) problems: Vec<Diagnostic>,
}

/// A stack after its checks, as text.
pub(super) struct Rendered {
    entry: Entry,
    file: File,
    outline: Outline,
    types: BTreeSet<String>,
    grants: Grants,
    patched: Vec<Patched>,
    problems: Vec<Diagnostic>,
}

impl<'a> Output<'a> {
    pub(super) fn new(pipeline: &'a Pipeline, form: Form, depth: Depth) -> Self {
        Self {
            pipeline,
            form,
            depth,
            files: Vec::new(),
            entries: Vec::new(),
            bootstrap: None,
            types: BTreeSet::new(),
            assets: Vec::new(),
            grants: Grants::default(),
            patched: Vec::new(),
            outlines: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Adds a file.
    pub(super) fn file(&mut self, file: File) {
        self.files.push(file);
    }

    /// Adds a code archive; Lambdas with the same code share it.
    pub(super) fn archive(&mut self, archive: Archive) {
        let path = archive.key();
        if self.files.iter().any(|file| file.path == path) {
            return;
        }
        let (key, sha256) = (path.clone(), archive.digest.hex());
        let asset = Asset {
            path: path.clone(),
            bucket: "artifacts",
            key,
            sha256,
            bindings: Vec::new(),
            sources: archive.sources,
        };
        self.assets.push(asset);
        self.files.push(File { is_asset: true, ..File::new(path, archive.bytes) });
    }

    /// Adds a text file that goes to the workarea bucket, with its digest.
    pub(super) fn text(&mut self, (text, digest): (TextFile, Digest)) {
        let bindings = text.bindings.iter().map(|b| format!("{}.{}", b.stack, b.output)).collect();
        let (path, key, sha256) = (text.path.clone(), text.key, digest.hex());
        let sources = BTreeMap::new();
        self.assets.push(Asset { path, bucket: "workarea", key, sha256, bindings, sources });
        self.file(File::new(text.path, text.content));
    }

    /// Returns what is there; problems in its place are kept here.
    pub(super) fn kept<T>(&mut self, outcome: Result<Vec<T>, Vec<Diagnostic>>) -> Vec<T> {
        outcome.unwrap_or_else(|problems| {
            self.problems.extend(problems);
            Vec::new()
        })
    }

    /// Lays the overrides over a stack, checks it and renders it; needs nothing but the stack, so stacks can go side by side.
    pub(super) fn render(&self, mut stack: Stack) -> Rendered {
        let mut problems = Vec::new();
        let patched = verify::overrides(self.pipeline, &mut stack, &mut problems);
        let touched = patched.iter().map(|one| one.logical_id.as_str());
        functions::republish(&mut stack.template, touched, self.pipeline);
        problems.extend(verify::stack(self.pipeline, &stack, &patched, self.depth));
        let origin =
            stack.template.resources.values().next().map_or_else(Span::default, |r| r.origin);
        let resources = stack.template.resources.iter();
        let origins = resources.map(|(id, resource)| (id.clone(), resource.origin)).collect();
        let (outline, mut entry) = (Outline::of(&stack), Entry::new(&stack));
        let types = stack.template.resources.values().map(|one| one.kind.clone()).collect();
        let template = stack.template.into_json();
        let (grants, (path, bytes)) = rayon::join(
            || Grants::read(self.pipeline, &template),
            || self.document(&stack.name, &template),
        );
        problems.extend(verify::rendered(&stack.name, bytes.len(), origin));
        entry.rendered(&path, &bytes);
        let file = File { origins, ..File::new(path, bytes) };
        Rendered { entry, file, outline, types, grants, patched, problems }
    }

    /// Adds a rendered stack.
    pub(super) fn add(&mut self, rendered: Rendered) {
        self.entries.push(rendered.entry);
        self.files.push(rendered.file);
        self.outlines.push(rendered.outline);
        self.types.extend(rendered.types);
        self.grants.extend(rendered.grants);
        self.patched.extend(rendered.patched);
        self.problems.extend(rendered.problems);
    }

    /// Adds a template that someone else made.
    pub(super) fn add_template(
        &mut self,
        name: &str,
        template: &Value,
        entry: impl FnOnce(&str, &[u8]) -> Entry,
    ) {
        let (path, bytes) = self.document(name, template);
        self.entries.push(entry(&path, &bytes));
        self.types.extend(types(template));
        self.grants.extend(Grants::read(self.pipeline, template));
        self.file(File::new(path, bytes));
    }

    /// Adds the stack that is there before the others, made for what they hold.
    pub(super) fn add_bootstrap(
        &mut self,
        template: impl FnOnce(&[String], &[String]) -> Template,
    ) {
        let stacks: Vec<_> = self.entries.iter().map(|entry| entry.name.clone()).collect();
        let types: Vec<_> = self.types.iter().cloned().collect();
        let template = template(&stacks, &types);
        let rendered =
            self.render(Stack { name: "bootstrap".to_owned(), after: Vec::new(), template });
        self.bootstrap = Some(rendered.entry);
        self.grants.extend(rendered.grants);
        self.files.push(rendered.file);
        self.patched.extend(rendered.patched);
        self.problems.extend(rendered.problems);
    }

    fn document(&self, stack: &str, template: &Value) -> (String, Vec<u8>) {
        match self.form {
            Form::Yaml => (format!("{stack}.template.yaml"), yaml::write(template)),
            Form::Json => {
                let mut template = template.clone();
                with_lists(&mut template);
                (format!("{stack}.template.json"), json(&template))
            }
        }
    }

    /// Adds the page that says who may do what.
    pub(super) fn access(&mut self, machines: &[StateMachine]) {
        self.grants.complete();
        if self.depth == Depth::Everything {
            self.problems.extend(verify::detours(self.pipeline, &self.grants, machines));
        }
        let sights = self.explained_sights(machines);
        let rows = access::rows(self.pipeline, &self.grants);
        let admissions = access::admissions(self.pipeline, &self.grants);
        let (rows, admissions, sights) = (&rows[..], &admissions[..], &sights[..]);
        let page = Page { rows, admissions, sights, unknown: &self.grants.unknown };
        let page = access::markdown(self.pipeline, &page);
        self.file(File::new(ACCESS, page));
    }

    /// Returns what the blueprint lets groups see beyond what it gives them; mostly there is none, and nothing to be asked.
    fn explained_sights(&self, machines: &[StateMachine]) -> Vec<Sight> {
        if self.pipeline.groups.iter().all(|group| group.also_sees.is_empty()) {
            return Vec::new();
        }
        let mut sights = access::detours(self.pipeline, &self.grants, machines);
        sights.retain(|sight| sight.reason(self.pipeline).is_some());
        sights
    }

    /// Returns the files, the manifest among them, and the problems.
    pub(super) fn finish(mut self) -> (Vec<File>, Vec<Diagnostic>) {
        let entries = self.entries.iter().chain(&self.bootstrap);
        let names: Vec<String> = entries.map(|entry| entry.name.clone()).collect();
        self.problems.extend(verify::unknown_stacks(self.pipeline, &names));
        let files = self.files.iter().filter(|file| !file.is_asset && file.path != ACCESS);
        let texts: Vec<_> = files.map(|file| (file.path.as_str(), &file.bytes[..])).collect();
        self.problems.extend(verify::lost_names(&self.patched, &texts));
        let mut paths: Vec<String> = self.files.iter().map(|file| file.path.clone()).collect();
        paths.push("manifest.json".to_owned());
        paths.sort();
        let stacks = Stacks { bootstrap: self.bootstrap.as_ref(), stacks: &self.entries };
        let manifest = manifest(self.pipeline, &stacks, &self.assets, &paths);
        self.file(File::new("manifest.json", manifest));
        (self.files, self.problems)
    }
}

/// Returns a JSON document as people read it.
pub(super) fn json(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("keys are strings");
    text.push(b'\n');
    text
}

/// Returns the types of the resources of a template that someone else made.
fn types(template: &Value) -> impl Iterator<Item = String> {
    let resources = template["Resources"].as_object().into_iter().flat_map(|map| map.values());
    resources.filter_map(|resource| resource["Type"].as_str()).map(str::to_owned)
}
