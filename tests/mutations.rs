//! The sample blueprint with lines deleted, doubled, swapped or cut: whatever comes of it, nothing panics.

use std::fmt::Write as _;

use pipeline::diagnostic::Severity;

mod whole;

const SAMPLE: &str = include_str!("../blueprints/data_pipeline.yaml");
const SEEDS: u64 = 2000;

#[test]
fn the_sample_itself_has_no_errors() {
    let problems = whole::problems_of(SAMPLE);
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{problems:#?}");
}

#[test]
fn no_slip_of_the_editor_ends_in_a_panic() {
    let faulty = (0..SEEDS).filter(|seed| !whole::problems_of(&mutated(*seed)).is_empty()).count();
    assert!(faulty > 1000, "only {faulty} of {SEEDS} mutations were noticed");
}

/// Returns the sample after one to three changes; the same seed gives the same text.
fn mutated(seed: u64) -> String {
    let mut random = Random(seed);
    let mut lines: Vec<String> = SAMPLE.lines().map(str::to_owned).collect();
    for _ in 0..=random.below(3) {
        change(&mut lines, &mut random);
    }
    lines.iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").expect("a string takes all");
        text
    })
}

fn change(lines: &mut Vec<String>, random: &mut Random) {
    let (at, other) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(6) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[other].clone()),
        2 => lines[at] = lines[other].clone(),
        3 => lines.swap(at, other),
        4 => {
            let cut = random.place(&lines[at]);
            lines[at].truncate(cut);
        }
        _ => {
            let noise = NOISE[random.below(NOISE.len())];
            let place = random.place(&lines[at]);
            lines[at].insert_str(place, noise);
        }
    }
}

const NOISE: [&str; 16] = [
    "\t", "  ", "\"", "'", "[", "}", ":", "- ", "&a ", "*a", "!Ref ", "é", "\u{feff}", "#", "|\n",
    "0",
];

/// Knuth's linear congruential generator, its high bits: enough to pick lines, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit.max(1)
    }

    fn place(&mut self, line: &str) -> usize {
        line.floor_char_boundary(self.below(line.len() + 1))
    }
}
