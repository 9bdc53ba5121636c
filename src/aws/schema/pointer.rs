//! Compares JSON pointers with the registry's pointers, in which `*` stands for any index or key.

/// Whether the pointer is what the pattern names, or lies within it.
pub(super) fn covers(pattern: &str, pointer: &str) -> bool {
    let mut keys = pointer.split('/');
    pattern.split('/').all(|wanted| keys.next().is_some_and(|key| agree(wanted, key)))
}

/// Whether the pointer is exactly what the pattern names.
pub(super) fn matches(pattern: &str, pointer: &str) -> bool {
    pattern.split('/').count() == pointer.split('/').count() && covers(pattern, pointer)
}

/// Whether the pattern names a part of what the pointer names.
pub(super) fn is_below(pattern: &str, pointer: &str) -> bool {
    let mut wanted = pattern.split('/');
    pattern.split('/').count() > pointer.split('/').count()
        && pointer.split('/').all(|key| wanted.next().is_some_and(|wanted| agree(wanted, key)))
}

fn agree(wanted: &str, key: &str) -> bool {
    wanted == "*" || wanted == key
}

#[cfg(test)]
mod tests {
    use super::{covers, is_below, matches};

    #[test]
    fn a_star_stands_for_one_key() {
        assert!(matches("/Rules/*/Name", "/Rules/0/Name"));
        assert!(!matches("/Rules/*/Name", "/Rules/0"));
        assert!(!matches("/Rules/*", "/Rules/0/Name"));
    }

    #[test]
    fn a_part_is_covered_and_a_whole_is_above() {
        assert!(covers("/Tags", "/Tags/0/Key"));
        assert!(!covers("/Tags/*/Key", "/Tags"));
        assert!(!covers("/Tag", "/Tags"));
        assert!(is_below("/Tags/*/Key", "/Tags/3"));
        assert!(is_below("/Tags/*/Key", ""));
        assert!(!is_below("/Tags", "/Tags"));
    }
}
