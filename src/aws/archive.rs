//! Reads single JSON documents out of an embedded container, the others untouched
//! (`tools/archive.py` writes it).

use std::sync::OnceLock;

use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use serde::Deserialize;

/// Documents of one type, each inflated and parsed when first asked for and kept from then on, so
/// that they may borrow from their own text.
pub(super) struct Archive<T> {
    bytes: &'static [u8],
    parsed: OnceLock<Vec<OnceLock<Box<T>>>>,
}

/// Where a document stands: exclusive ends, relative to the names and to the blocks.
struct Entry {
    name_end: usize,
    block_end: usize,
    length: usize,
}

const HEAD: usize = 8;
const ENTRY: usize = 12;

impl<T: Deserialize<'static>> Archive<T> {
    pub(super) const fn new(bytes: &'static [u8]) -> Self {
        Self { bytes, parsed: OnceLock::new() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let at = self.position(name)?;
        let slots = self.parsed.get_or_init(|| (0..self.len()).map(|_| OnceLock::new()).collect());
        Some(slots[at].get_or_init(|| Box::new(self.parse(at))))
    }

    /// All names, sorted.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        (0..self.len()).map(|at| self.name(at))
    }

    fn position(&self, name: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.name(middle) < name { low = middle + 1 } else { high = middle }
        }
        (low < self.len() && self.name(low) == name).then_some(low)
    }

    fn parse(&self, at: usize) -> T {
        let text = self.inflate(at).leak();
        serde_json::from_slice(&text[self.number(4)..]).expect("a test parses every document")
    }

    /// The dictionary and, behind it, the document: deflate refers back from the one to the other.
    fn inflate(&self, at: usize) -> Vec<u8> {
        let entry = self.entry(at);
        let dictionary_start = HEAD + ENTRY * self.len() + self.entry(self.len() - 1).name_end;
        let blocks = dictionary_start + self.number(4);
        let start = blocks + self.end_before(at, |entry| entry.block_end);
        let mut out = self.bytes[dictionary_start..blocks].to_vec();
        out.resize(out.len() + entry.length, 0);
        let block = &self.bytes[start..blocks + entry.block_end];
        let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let mut inflater = Box::<DecompressorOxide>::default();
        decompress(&mut inflater, block, &mut out, self.number(4), flags);
        out
    }

    fn name(&self, at: usize) -> &'static str {
        let names = &self.bytes[HEAD + ENTRY * self.len()..];
        let name = &names[self.end_before(at, |entry| entry.name_end)..self.entry(at).name_end];
        std::str::from_utf8(name).expect("a test reads every name")
    }

    fn end_before(&self, at: usize, end: fn(Entry) -> usize) -> usize {
        at.checked_sub(1).map_or(0, |before| end(self.entry(before)))
    }

    fn entry(&self, at: usize) -> Entry {
        let start = HEAD + ENTRY * at;
        Entry {
            name_end: self.number(start),
            block_end: self.number(start + 4),
            length: self.number(start + 8),
        }
    }

    fn len(&self) -> usize {
        self.number(0)
    }

    fn number(&self, at: usize) -> usize {
        self.bytes[at..at + 4].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    }
}
