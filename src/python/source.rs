//! A Python file as a syntax tree with places.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_python_parser::parse_module;
use ruff_text_size::TextRange;

use crate::diagnostic::{Diagnostic, FileId, Span};

/// A file that was parsed, by the name under which other code imports it.
#[derive(Debug)]
pub struct Code {
    /// Its name with dots, such as `pipeline_common.clients`.
    pub name: String,
    pub(super) is_package: bool,
    pub(super) tree: ModModule,
    file: FileId,
    /// Bytes behind the first one of a character, ascending.
    continued: Vec<u32>,
}

/// Longer files, and brackets or expressions nested deeper, are written by programs; Python itself refuses 200 brackets.
const MOST_BYTES: usize = 1 << 20;
const MOST_BRACKETS: usize = 200;
const DEEPEST: usize = 200;

impl Code {
    /// Parses `text`, which stands at `path` in the Lambda's archive; none when it is too large or too deep to be followed.
    pub fn parse(path: &str, file: FileId, text: &str) -> Result<Option<Self>, Diagnostic> {
        if text.len() > MOST_BYTES || nests_too_deep(text) {
            return Ok(None);
        }
        let bytes = (0u32..).zip(text.bytes());
        let continued =
            bytes.filter(|(_, byte)| byte & 0xC0 == 0x80).map(|(at, _)| at).collect::<Vec<_>>();
        let tree = parse_module(text).map_err(|error| {
            let span = span(file, &continued, error.location);
            let message = format!("this is not Python: {}", lowercase(&error.error.to_string()));
            Diagnostic::error("bad-python", span, message)
                .help("`python -m py_compile` tells more of it; nothing here runs the code")
        })?;
        let tree = tree.into_syntax();
        if Depth::of(&tree) {
            // Freeing a tree goes as deep as the tree.
            std::mem::forget(tree);
            return Ok(None);
        }
        let stem = path.strip_suffix(".py").unwrap_or(path);
        let package = stem.strip_suffix("/__init__");
        let name = package.unwrap_or(stem).replace('/', ".");
        Ok(Some(Self { name, is_package: package.is_some(), tree, file, continued }))
    }

    pub(super) fn span(&self, range: TextRange) -> Span {
        span(self.file, &self.continued, range)
    }
}

fn span(file: FileId, continued: &[u32], range: TextRange) -> Span {
    let characters = |byte: u32| {
        let before = continued.partition_point(|at| *at < byte);
        byte - u32::try_from(before).unwrap_or(byte)
    };
    let (start, end) = (characters(range.start().to_u32()), characters(range.end().to_u32()));
    Span { file, start, end: end.max(start + 1) }
}

fn lowercase(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}

/// Counts brackets without regard to strings: at worst a file is not followed.
fn nests_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MOST_BRACKETS
    })
}

struct Depth {
    now: usize,
    is_too_deep: bool,
}

impl Depth {
    fn of(tree: &ModModule) -> bool {
        let mut depth = Self { now: 0, is_too_deep: false };
        depth.visit_body(&tree.body);
        depth.is_too_deep
    }

    fn below(&mut self, visit: impl FnOnce(&mut Self)) {
        self.now += 1;
        if self.now > DEEPEST {
            self.is_too_deep = true;
        } else {
            visit(self);
        }
        self.now -= 1;
    }
}

impl<'a> Visitor<'a> for Depth {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.below(|depth| visitor::walk_stmt(depth, statement));
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.below(|depth| visitor::walk_expr(depth, expression));
    }
}
