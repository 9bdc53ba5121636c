//! Reads YAML into a [`Node`] tree, within bounds that no honest blueprint meets.
//!
//! It stands on `saphyr-parser`'s events: going through serde loses the places and takes four times as long.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Place, Tag};

use super::{Content, Entry, Node, syntax};
use crate::diagnostic::{Diagnostic, FileId, Span};

/// The largest file that is read, in bytes; 5,000 tables take 1.3 MB.
pub const MAX_BYTES: usize = 16 << 20;

const MAX_NODES: usize = 2_000_000;
const MAX_DEPTH: usize = 64;

/// Reads the one YAML document of `text`.
///
/// # Errors
/// A syntax error, a key written twice, more than one document, nothing at all, or a document that grows beyond
/// 2,000,000 nodes or 64 levels (aliases included).
pub fn read(text: &str, file: FileId) -> Result<Node, Diagnostic> {
    let mut parser = Parser::new_from_str(text);
    let mut reader =
        Reader { parser: &mut parser, file, anchors: BTreeMap::new(), nodes: 0, open: Vec::new() };
    let node = reader.document()?;
    reader.only_one_document()?;
    Ok(node)
}

struct Reader<'a, 'input> {
    parser: &'a mut Parser<'input, saphyr_parser::StrInput<'input>>,
    file: FileId,
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    /// Where the lists and mappings that are not complete yet start.
    open: Vec<Place>,
}

impl<'input> Reader<'_, 'input> {
    fn document(&mut self) -> Result<Node, Diagnostic> {
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) => {}
                Event::StreamEnd | Event::DocumentEnd => {
                    let start = Span { file: self.file, start: 0, end: 0 };
                    let problem = Diagnostic::error("yaml", start, "the file holds no YAML");
                    return Err(problem.help(
                        "start with `pipeline: <name>`; `gen schema` prints what may follow",
                    ));
                }
                event => return self.node(event, place, 0),
            }
        }
    }

    fn only_one_document(&mut self) -> Result<(), Diagnostic> {
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(()),
                Event::DocumentStart(_) => {
                    let problem = Diagnostic::error(
                        "yaml",
                        self.span(place),
                        "a second document starts here",
                    );
                    return Err(problem.help("keep one blueprint in a file and remove the `---`"));
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'input>, Place), Diagnostic> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, Place::default())),
        }
    }

    fn node(
        &mut self,
        event: Event<'input>,
        place: Place,
        depth: usize,
    ) -> Result<Node, Diagnostic> {
        self.within_bounds(place, depth, 1)?;
        let before = self.nodes;
        self.open.push(place);
        let quoted = matches!(
            event,
            Event::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..)
        );
        let (content, anchor, tag) = match event {
            Event::Alias(anchor) => {
                self.open.pop();
                return self.alias(anchor, place, depth);
            }
            Event::SequenceStart(anchor, tag) => (self.sequence(depth)?, anchor, tag),
            Event::MappingStart(anchor, tag) => (self.mapping(depth)?, anchor, tag),
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                (Content::Scalar { text: text.into_owned(), plain }, anchor, tag)
            }
            _ => return Err(Diagnostic::error("yaml", self.span(place), "expected a value")),
        };
        self.open.pop();
        let span = if quoted { self.inside_quotes(place) } else { self.span(place) };
        let node = tagged(Node { span, content }, tag.as_deref());
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), self.nodes - before + 1));
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, place: Place, depth: usize) -> Result<Node, Diagnostic> {
        let Some((_, size)) = self.anchors.get(&anchor) else {
            let problem = Diagnostic::error("yaml", self.span(place), "the alias names itself");
            return Err(problem.help("write the value out"));
        };
        self.within_bounds(place, depth, *size)?;
        Ok(Node { span: self.span(place), content: self.anchors[&anchor].0.content.clone() })
    }

    fn sequence(&mut self, depth: usize) -> Result<Content, Diagnostic> {
        let mut nodes = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Content::Sequence(nodes)),
                (event, place) => nodes.push(self.node(event, place, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Content, Diagnostic> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = BTreeMap::new();
        loop {
            let (event, place) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Content::Mapping(entries));
            }
            let (key, span) = self.key(event, place)?;
            if let Some(first) = seen.insert(key.clone(), span) {
                let problem =
                    Diagnostic::error("yaml", span, format!("the key `{key}` is written twice"));
                return Err(problem.related(first, "first here").help("keep one of them"));
            }
            let (event, place) = self.next()?;
            let value = self.node(event, place, depth + 1)?;
            entries.push(Entry { key, span, value });
        }
    }

    fn key(&self, event: Event<'input>, place: Place) -> Result<(String, Span), Diagnostic> {
        let span = self.span(place);
        match event {
            Event::Scalar(text, style, ..) if text == "<<" && style == ScalarStyle::Plain => {
                let problem = Diagnostic::error("yaml", span, "merge keys (`<<`) are not read");
                Err(problem.help(
                    "put what differs into `environments`, or use an alias for a whole value",
                ))
            }
            Event::Scalar(text, ..) => Ok((text.into_owned(), span)),
            _ => {
                let problem = Diagnostic::error("yaml", span, "a key must be a single word");
                Err(problem.help("put the value in quotes if it starts with `[`, `{`, `*` or `&`"))
            }
        }
    }

    fn within_bounds(
        &mut self,
        place: Place,
        depth: usize,
        nodes: usize,
    ) -> Result<(), Diagnostic> {
        self.nodes += nodes;
        if depth <= MAX_DEPTH && self.nodes <= MAX_NODES {
            return Ok(());
        }
        let (what, help) = if depth > MAX_DEPTH {
            ("nested more than 64 levels deep", "no blueprint is so deep: close what is open")
        } else {
            ("larger than 2,000,000 values", "aliases of aliases multiply: write out what is meant")
        };
        let problem =
            Diagnostic::error("yaml", self.span(place), format!("the document is {what}"));
        Err(problem.help(help))
    }

    fn span(&self, place: Place) -> Span {
        Span { file: self.file, start: index(place.start.index()), end: index(place.end.index()) }
    }

    /// Returns the place of a quoted text without its quotes, so that places in the text can be counted.
    fn inside_quotes(&self, place: Place) -> Span {
        let span = self.span(place);
        match span.end.saturating_sub(span.start) {
            0..3 => span,
            _ if place.start.line() != place.end.line() => span,
            _ => Span { start: span.start + 1, end: span.end - 1, ..span },
        }
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let (message, help) = syntax::in_words(error.info());
        let start = index(error.marker().index());
        let span = Span { file: self.file, start, end: start + 1 };
        let problem = Diagnostic::error("yaml", span, message).help(help);
        let bracket = |place: &&Place| place.end.index() == place.start.index() + 1;
        match self.open.iter().rev().find(bracket) {
            Some(place) if error.info().contains("flow") => {
                problem.related(self.span(*place), "opened here")
            }
            _ => problem,
        }
    }
}

/// Turns CloudFormation's short forms into long ones: `!Ref A` is `{Ref: A}`, `!Sub x` is `{Fn::Sub: x}`.
fn tagged(node: Node, tag: Option<&Tag>) -> Node {
    let key = match tag {
        Some(tag) if tag.handle == "!" && matches!(tag.suffix.as_str(), "Ref" | "Condition") => {
            tag.suffix.clone()
        }
        Some(tag) if tag.handle == "!" => format!("Fn::{}", tag.suffix),
        _ => return node,
    };
    Node {
        span: node.span,
        content: Content::Mapping(vec![Entry { key, span: node.span, value: node }]),
    }
}

/// Places fit `u32`: a file is at most [`MAX_BYTES`] long.
fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn problem(text: &str) -> String {
        read(text, FileId(0)).expect_err("a problem").message
    }

    #[test]
    fn scalars_keep_their_text_and_json_reads_them() {
        let node = read("a: 012345678901\nb: 1.50\nc: true\nd: 'true'\n", FileId(0)).unwrap();
        let json = serde_json::json!({"a": "012345678901", "b": 1.5, "c": true, "d": "true"});
        assert_eq!(node.to_json(), json);
    }

    #[test]
    fn short_forms_of_cloudformation_become_long_ones() {
        let node = read("a: !Ref B\nc: !Sub\n- x\n- {y: !GetAtt D.Arn}\n", FileId(0)).unwrap();
        let long = serde_json::json!({
            "a": {"Ref": "B"},
            "c": {"Fn::Sub": ["x", {"y": {"Fn::GetAtt": "D.Arn"}}]},
        });
        assert_eq!(node.to_json(), long);
    }

    #[test]
    fn bombs_doubles_and_second_documents_are_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for i in 1..9 {
            let aliases = vec![format!("*a{}", i - 1); 10].join(", ");
            writeln!(bomb, "a{i}: &a{i} [{aliases}]").unwrap();
        }
        assert!(problem(&bomb).contains("larger than"));
        assert!(problem(&("[".repeat(100) + &"]".repeat(100))).contains("levels deep"));
        assert!(problem("a: 1\na: 2\n").contains("written twice"));
        assert!(problem("a: 1\n---\nb: 2\n").contains("second document"));
        assert!(problem("").contains("no YAML"));
        assert!(problem("a: [1\n").contains("not closed"));
    }
}
