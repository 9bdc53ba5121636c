//! What changes alike in several environments is told once.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::change::Changes;
use super::outline::{Item, Section, sections, summary};

/// What is told of some environments together.
pub(super) struct Group {
    /// Which ones; empty where the documents name none.
    pub(super) who: String,
    /// What happens to them in one line; none where other groups tell more of them.
    pub(super) summary: Option<String>,
    pub(super) sections: Vec<Section>,
}

/// What all environments come to.
pub(super) struct Folded {
    /// One line of each environment of which several groups tell.
    pub(super) summaries: Vec<String>,
    /// First what most of them share.
    pub(super) groups: Vec<Group>,
}

/// Returns the changes of all environments, each once. The name of an environment in its own texts makes no difference: where
/// it is the only one, the text says `<env>`.
pub(super) fn folded(environments: &[Changes]) -> Folded {
    let several = environments.len() > 1;
    let told: Vec<Told> = environments.iter().map(|one| Told::of(one, several)).collect();
    let shares = shares(&told);
    let mut sets: Vec<&Vec<usize>> = shares.values().collect();
    sets.sort_by_key(|set| (Reverse(set.len()), *set));
    sets.dedup();
    let is_whole = |at: &usize| sets.iter().filter(|set| set.contains(at)).count() == 1;
    let summary = |set: &[usize]| {
        let first = &told[set[0]].summary;
        let one = set.iter().all(|at| is_whole(at) && told[*at].summary == *first);
        one.then(|| first.clone())
    };
    let group = |set: &&Vec<usize>| {
        let names: Vec<&str> = set.iter().map(|at| told[*at].name.as_str()).collect();
        let sections = shared(&told, set, &shares);
        Group { who: names.join(", "), summary: summary(set), sections }
    };
    let parted = |at: &usize| sets.iter().any(|set| set.contains(at) && summary(set).is_none());
    let parted = (0..told.len()).filter(parted).map(|at| &told[at]);
    Folded {
        summaries: parted.map(|one| format!("{}: {}", one.name, one.summary)).collect(),
        groups: sets.iter().map(group).collect(),
    }
}

/// Which environments tell an item below a title. One in which nothing changes tells that.
type Shares<'a> = BTreeMap<(&'a str, Option<&'a Item>), Vec<usize>>;

fn shares(told: &[Told]) -> Shares<'_> {
    let mut shares = Shares::new();
    for (at, one) in told.iter().enumerate() {
        for (section, items) in &one.sections {
            for item in items {
                let set = shares.entry((section.title, Some(item))).or_default();
                // One environment may say the same twice.
                if set.last() != Some(&at) {
                    set.push(at);
                }
            }
        }
        if one.sections.is_empty() {
            shares.entry((&one.summary, None)).or_default().push(at);
        }
    }
    shares
}

/// What is told of one environment.
struct Told {
    name: String,
    summary: String,
    /// Each section, and its items without the environment's name.
    sections: Vec<(Section, Vec<Item>)>,
}

impl Told {
    fn of(changes: &Changes, several: bool) -> Self {
        let name = changes.environment.clone().unwrap_or_default();
        let summary =
            if changes.is_empty() { "nothing changes".to_owned() } else { summary(changes) };
        let with_neutral = |section: Section| {
            let neutral = section
                .items
                .iter()
                .map(|item| if several { without_name(item, &name) } else { item.clone() })
                .collect();
            (section, neutral)
        };
        let sections = if changes.is_empty() { Vec::new() } else { sections(changes) };
        Self { sections: sections.into_iter().map(with_neutral).collect(), name, summary }
    }
}

/// Returns what is told of just these environments.
fn shared(told: &[Told], set: &[usize], shares: &Shares<'_>) -> Vec<Section> {
    let as_told = |item: &Item, neutral: &Item| {
        let told_so =
            |at: &usize| told[*at].sections.iter().any(|(section, _)| section.items.contains(item));
        let named = set.len() == 1 || item == neutral || set.iter().all(told_so);
        if named { item.clone() } else { neutral.clone() }
    };
    let own = |(section, neutral): &(Section, Vec<Item>)| {
        let items = section.items.iter().zip(neutral);
        let items = items.filter(|(_, one)| shares[&(section.title, Some(*one))] == set);
        let items: Vec<_> = items.map(|(item, neutral)| as_told(item, neutral)).collect();
        (!items.is_empty()).then_some(Section { title: section.title, tone: section.tone, items })
    };
    told[set[0]].sections.iter().filter_map(own).collect()
}

fn without_name(item: &Item, name: &str) -> Item {
    let neutral = |text: &String| replaced(text, name);
    Item {
        heads: item.heads.iter().map(neutral).collect(),
        at: item.at.as_ref().map(neutral),
        lines: item.lines.iter().map(neutral).collect(),
    }
}

/// Returns the text with `<env>` for each word that is the name.
fn replaced(text: &str, name: &str) -> String {
    let (mut out, mut from) = (String::new(), 0);
    if name.is_empty() {
        return text.to_owned();
    }
    for (at, _) in text.match_indices(name) {
        let inside = |c: char| c.is_ascii_alphanumeric();
        let end = at + name.len();
        if !text[..at].ends_with(inside) && !text[end..].starts_with(inside) {
            out = out + &text[from..at] + "<env>";
            from = end;
        }
    }
    out + &text[from..]
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn a_name_is_a_word() {
        assert_eq!(replaced("a-dev-b/dev devices dev", "dev"), "a-<env>-b/<env> devices <env>");
        assert_eq!(replaced("dev", ""), "dev");
    }
}
