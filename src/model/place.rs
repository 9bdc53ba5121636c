//! Accounts, regions and partitions.

use super::BadName;

/// Where an environment runs.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name, such as `dev`.
    pub name: String,
    /// The account's 12 digits.
    pub account: String,
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The partition of the region.
    pub partition: Partition,
    /// What every name ends in, with its hyphen; empty when the account and region are this environment's alone.
    pub suffix: String,
}

/// A group of regions with its own ARNs and host names (AWS General Reference, "Amazon Resource Names").
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Partition {
    /// All commercial regions but those of China.
    Aws,
    /// China.
    China,
    /// `GovCloud` (US).
    GovCloud,
}

impl Partition {
    /// Returns the partition of a region.
    pub fn of_region(region: &str) -> Result<Self, BadName> {
        let parts: Vec<_> = region.split('-').collect();
        let number =
            parts.last().is_some_and(|n| n.len() == 1 && n.chars().all(|c| c.is_ascii_digit()));
        let area = parts
            .first()
            .is_some_and(|a| a.len() == 2 && a.chars().all(|c| c.is_ascii_lowercase()));
        let words =
            parts.iter().all(|p| p.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
        match parts.as_slice() {
            ["cn", _, _] if number && words => Ok(Self::China),
            ["us", "gov", _, _] if number && words => Ok(Self::GovCloud),
            [_, _, _] if number && area && words => Ok(Self::Aws),
            _ => Err(BadName::Rule("does not look like one")),
        }
    }

    /// Returns the second part of its ARNs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::GovCloud => "aws-us-gov",
        }
    }

    /// Returns the end of its host names.
    pub fn dns_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::GovCloud => "amazonaws.com",
            Self::China => "amazonaws.com.cn",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_tell_their_partition() {
        assert_eq!(Partition::of_region("eu-central-1"), Ok(Partition::Aws));
        assert_eq!(Partition::of_region("cn-north-1"), Ok(Partition::China));
        assert_eq!(Partition::of_region("us-gov-west-1"), Ok(Partition::GovCloud));
        for bad in ["eu-central", "EU-central-1", "europe-west1", "", "us-east-1a"] {
            assert!(Partition::of_region(bad).is_err(), "{bad}");
        }
    }
}
