//! Names that exist only when AWS and Hive accept them.

use std::fmt;

/// Why a name is refused; its text fits behind "the name".
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BadName {
    /// Nothing there.
    Empty,
    /// Longer than the limit, in characters.
    Long(usize),
    /// A character that may not stand there.
    Character(char),
    /// Another rule, told in words.
    Rule(&'static str),
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "is empty"),
            Self::Long(limit) => write!(f, "is longer than {limit} characters"),
            Self::Character(found) => write!(f, "has `{found}`, which may not stand there"),
            Self::Rule(rule) => write!(f, "{rule}"),
        }
    }
}

/// A name of the pipeline, a Lambda, a state machine or a group: letters, digits, `_` and `-`, a letter first, at most 48
/// characters, so that every AWS name made from it (64 characters for Lambdas and roles, 80 for machines) has room.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Name(String);

impl Name {
    /// The rule in words.
    pub const RULE: &str =
        "a name has letters, digits, `_` and `-`, a letter first, at most 48 characters";

    /// The longest name, in characters.
    pub const MAX: usize = 48;

    /// Accepts `text` when it is such a name.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        characters(text, Self::MAX, allowed)?;
        match text.chars().next() {
            Some(first) if first.is_ascii_alphabetic() => Ok(Self(text.to_owned())),
            _ => Err(BadName::Rule("must start with a letter")),
        }
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A database's, table's or column's name as Glue, Hive and Athena all take it: lowercase letters, digits and `_`, at
/// most 128 characters (Hive's metastore; Glue allows 255).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct HiveName(String);

impl HiveName {
    /// The rule in words.
    pub const RULE: &str = "Hive's names have lowercase letters, digits and `_`, a letter first, at most 128 characters";

    /// Accepts `text` when it is such a name.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        characters(text, 128, |c| matches!(c, 'a'..='z' | '0'..='9' | '_'))?;
        if text.starts_with(|c: char| c.is_ascii_digit() || c == '_') {
            return Err(BadName::Rule("must start with a letter"));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An S3 bucket's name: 3 to 63 lowercase letters, digits and hyphens, a letter or digit at both ends (S3 user guide,
/// "Bucket naming rules"). Dots are legal but break TLS to the bucket, so they are refused.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct BucketName(String);

impl BucketName {
    /// The rule in words.
    pub const RULE: &str = "a bucket's name has 3 to 63 lowercase letters, digits and hyphens, a letter or digit at both ends";

    /// Accepts `text` when it is such a name.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        characters(text, 63, |c| matches!(c, 'a'..='z' | '0'..='9' | '-'))?;
        if text.len() < 3 {
            return Err(BadName::Rule("is shorter than 3 characters"));
        }
        if text.starts_with('-') || text.ends_with('-') {
            return Err(BadName::Rule("must start and end with a letter or digit"));
        }
        if RESERVED_STARTS.iter().any(|start| text.starts_with(start))
            || RESERVED_ENDS.iter().any(|end| text.ends_with(end))
        {
            return Err(BadName::Rule("starts or ends with letters that S3 keeps for itself"));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const RESERVED_STARTS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS: [&str; 4] = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"];

fn characters(text: &str, limit: usize, allowed: impl Fn(char) -> bool) -> Result<(), BadName> {
    match text.chars().find(|c| !allowed(*c)) {
        _ if text.is_empty() => Err(BadName::Empty),
        Some(found) => Err(BadName::Character(found)),
        None if text.len() > limit => Err(BadName::Long(limit)),
        None => Ok(()),
    }
}

macro_rules! display {
    ($($Type:ty),+) => {
        $(impl fmt::Display for $Type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        })+
    };
}

display!(Name, HiveName, BucketName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_the_rules_of_s3() {
        assert!(BucketName::parse("workarea-us-east-1").is_ok());
        for bad in ["ab", "Work", "a_b", "-ab", "ab-", "xn--ab", "a.b.c", &"a".repeat(64)] {
            assert!(BucketName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hive_names_are_lowercase() {
        assert!(HiveName::parse("stg_fact_db").is_ok());
        assert_eq!(HiveName::parse("Fact"), Err(BadName::Character('F')));
        assert!(HiveName::parse("1st").is_err());
    }
}
