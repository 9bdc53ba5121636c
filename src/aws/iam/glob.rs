//! Whether two patterns with wildcards have any text in common.

/// One position of a pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Glob {
    /// This character.
    Is(char),
    /// Any one character.
    One,
    /// Any text.
    Any,
    /// Any text without `:` and `/`.
    Part,
}

/// Variables of AWS's ARNs that hold neither `:` nor `/`; the others may hold paths, or qualifiers
/// behind a name.
const PARTS: [&str; 4] = ["Partition", "Region", "Account", "BucketName"];

/// What a policy's author wrote: `*`, `?`, and policy variables.
pub(super) fn user(text: &str) -> Vec<Glob> {
    read(text, |character| match character {
        '*' => Glob::Any,
        '?' => Glob::One,
        other => Glob::Is(other),
    })
}

/// An ARN of the reference.
pub(super) fn reference(arn: &str) -> Vec<Glob> {
    read(arn, |character| if character == '*' { Glob::Any } else { Glob::Is(character) })
}

/// Text without wildcards.
pub(super) fn literal(text: &str) -> Vec<Glob> {
    text.chars().map(Glob::Is).collect()
}

fn read(text: &str, one: fn(char) -> Glob) -> Vec<Glob> {
    let mut globs = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix("${").and_then(|inner| inner.split_once('}'))
        {
            let name = name.strip_prefix("AWS::").unwrap_or(name).trim_end_matches("Id");
            globs.push(if PARTS.contains(&name) { Glob::Part } else { Glob::Any });
            rest = after;
        } else {
            globs.push(one(character));
            rest = &rest[character.len_utf8()..];
        }
    }
    globs.dedup_by(|next, before| *next == Glob::Any && *before == Glob::Any);
    globs
}

/// Fills a table of which suffixes overlap, from the ends: time and space grow with the product of
/// the lengths.
pub(super) fn overlap(left: &[Glob], right: &[Glob]) -> bool {
    let mut below = vec![false; right.len() + 1];
    for at_left in (0..=left.len()).rev() {
        let mut row = vec![false; right.len() + 1];
        for at_right in (0..=right.len()).rev() {
            row[at_right] = match (left.get(at_left), right.get(at_right)) {
                (None, None) => true,
                (None, Some(other)) => other.is_text() && row[at_right + 1],
                (Some(one), None) => one.is_text() && below[at_right],
                (Some(one), Some(other)) => {
                    let meet = one.meets(*other);
                    (one.is_text() && (below[at_right] || meet && row[at_right + 1]))
                        || (other.is_text() && (row[at_right + 1] || meet && below[at_right]))
                        || (meet && !one.is_text() && !other.is_text() && below[at_right + 1])
                }
            };
        }
        below = row;
    }
    below[0]
}

impl Glob {
    fn is_text(self) -> bool {
        matches!(self, Self::Any | Self::Part)
    }

    /// Whether some character fits both.
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Is(one), Self::Is(other)) => one == other,
            (Self::Is(one), Self::Part) | (Self::Part, Self::Is(one)) => !matches!(one, ':' | '/'),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{overlap, reference, user};

    fn meet(written: &str, arn: &str) -> bool {
        overlap(&user(written), &reference(arn))
    }

    #[test]
    fn wildcards_meet_variables() {
        let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        let bucket = "arn:${Partition}:s3:::${BucketName}";
        assert!(meet("arn:aws-cn:s3:::b/a/b", object));
        assert!(meet("arn:*:s3:::b*", object));
        assert!(meet("*", object));
        assert!(!meet("arn:aws:s3:::b", object));
        assert!(!meet("arn:aws:s3:::b/*", bucket));
        assert!(meet("arn:aws:s3:::${Bucket}", bucket));
        assert!(!meet("${Bucket.Arn}/*", bucket));
        assert!(meet("${Bucket.Arn}/*", object));
    }

    #[test]
    fn a_question_mark_is_one_character() {
        assert!(meet("a?c", "abc"));
        assert!(!meet("a?c", "ac"));
        assert!(meet("a?c", "a*"));
        assert!(!meet("a*b?", "ab"));
        assert!(meet("*a*b*", "*b*a*"));
        assert!(meet("", ""));
        assert!(meet("*", ""));
        assert!(!meet("?", ""));
    }

    #[test]
    fn many_wildcards_stay_cheap() {
        assert!(!meet(&"*a".repeat(2000), &format!("{}c", "a".repeat(2000))));
    }
}
