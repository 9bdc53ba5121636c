//! The input files and the places in them.

use std::ops::Range;

/// Which of the [`Sources`] a place is in.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct FileId(pub u16);

/// A stretch of an input file, in characters (not bytes) from its start.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first character.
    pub start: u32,
    /// The character behind the last one.
    pub end: u32,
}

impl Span {
    /// Returns the place of the word that starts `at` characters into `text`, which stands at this place.
    #[must_use]
    pub fn word_at(self, text: &str, at: usize) -> Self {
        let word =
            text.chars().skip(at).take_while(|c| c.is_alphanumeric() || "_?*#/-,".contains(*c));
        let start = (self.start + characters(at)).min(self.end.saturating_sub(1));
        let end = (start + characters(word.count()).max(1)).min(self.end);
        Self { start, end, ..self }
    }
}

fn characters(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

/// An input file: its name as the user gave it, and its text.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as it is shown.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A line and a column, both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

/// All input files of one run.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a file and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = u16::try_from(self.0.len()).expect("a blueprint names far fewer files");
        self.0.push(Source { name: name.into(), text: text.into() });
        FileId(id)
    }

    /// Returns the file of `id`.
    pub fn get(&self, id: FileId) -> &Source {
        &self.0[usize::from(id.0)]
    }

    /// Returns where `span` starts.
    pub fn position(&self, span: Span) -> Position {
        let text = &self.get(span.file).text;
        let before = &text[..bytes(text, span).start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// Returns the byte range of `span` in `text`, cut to the text.
pub(super) fn bytes(text: &str, span: Span) -> Range<usize> {
    let at = |index: u32| {
        let index = index as usize;
        if text.is_ascii() {
            return index.min(text.len());
        }
        text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte)
    };
    at(span.start)..at(span.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "é: 1\nüb: x\n");
        let position = sources.position(Span { file, start: 9, end: 10 });
        assert_eq!(position, Position { line: 2, column: 5 });
    }
}
