//! Resources that wait for each other: CloudFormation refuses a template with "Circular dependency between resources".

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use crate::diagnostic::{Diagnostic, Span};

/// Returns an error for each circle of resources; `resources` are their logical ids, each with what it names. `place` is asked
/// where a circle is told of.
pub(super) fn found<'a>(
    stack: &str,
    resources: impl Iterator<Item = (&'a str, Vec<&'a str>)>,
    place: impl Fn(&[&str]) -> Span,
) -> Vec<Diagnostic> {
    let edges = resources.flat_map(|(id, named)| named.into_iter().map(move |name| (id, name)));
    let graph: DiGraphMap<&str, ()> = edges.collect();
    let circles = tarjan_scc(&graph).into_iter();
    let circles = circles.filter(|ids| ids.len() > 1 || graph.contains_edge(ids[0], ids[0]));
    let told = circles.map(|mut ids| {
        ids.sort_unstable();
        told(stack, &ids, place(&ids))
    });
    told.collect()
}

fn told(stack: &str, ids: &[&str], span: Span) -> Diagnostic {
    let message = match ids {
        [id] => format!("`{id}` in `{stack}` refers to itself"),
        _ => format!("`{}` in `{stack}` wait for each other", ids.join("`, `")),
    };
    Diagnostic::error("circular-dependency", span, message).help(
        "none of them can be made first: take out a reference, a `DependsOn` or an `assumed_by`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_and_chains_are_none() {
        let told = |edges: &[(&'static str, &[&'static str])]| {
            let resources = edges.iter().map(|(id, named)| (*id, named.to_vec()));
            let problems = found("s", resources, |_| Span::default());
            problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>()
        };
        assert!(told(&[("A", &["B", "C"]), ("B", &["C"]), ("C", &[])]).is_empty());
        assert_eq!(told(&[("A", &["A"])]), ["`A` in `s` refers to itself"]);
        assert_eq!(
            told(&[("C", &["A"]), ("A", &["B"]), ("B", &["C", "D"])]),
            ["`A`, `B`, `C` in `s` wait for each other"]
        );
    }
}
