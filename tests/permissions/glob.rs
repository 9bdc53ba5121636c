//! Patterns with `*` and `?`.

/// Tells whether everything that `inner` stands for is among what `outer` stands for; both may be plain texts.
pub(crate) fn contains(outer: &str, inner: &str) -> bool {
    let (outer, inner) = (outer.as_bytes(), inner.as_bytes());
    let (mut at, mut from) = (0, 0);
    let mut retry = None;
    while from < inner.len() {
        match outer.get(at) {
            Some(b'*') => {
                retry = Some((at, from));
                at += 1;
            }
            Some(b'?') if inner[from] != b'*' => (at, from) = (at + 1, from + 1),
            Some(byte) if *byte == inner[from] => (at, from) = (at + 1, from + 1),
            _ => match retry {
                Some((star, start)) => {
                    retry = Some((star, start + 1));
                    (at, from) = (star + 1, start + 1);
                }
                None => return false,
            },
        }
    }
    outer[at..].iter().all(|byte| *byte == b'*')
}

#[test]
fn a_pattern_contains_texts_and_narrower_patterns() {
    for (outer, inner) in
        [("a*", "a"), ("a*c", "abcbc"), ("*", "a*b"), ("a/*", "a/b/*"), ("a?", "ab")]
    {
        assert!(contains(outer, inner), "{outer} {inner}");
    }
    for (outer, inner) in [("a", "a*"), ("a/*", "a"), ("a?", "a*"), ("a/b*", "a/*"), ("", "a")] {
        assert!(!contains(outer, inner), "{outer} {inner}");
    }
}
