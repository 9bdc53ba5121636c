//! The EC2 instance types that EMR takes, by region.
//!
//! Source: AWS's price lists, see `registry/instances.version` and `tools/instances.py`. EMR takes new types all the time,
//! so a type that is not here may well be right.

/// Where the list comes from, and of which day it is.
pub const SOURCE: &str = include_str!("registry/instances.version");

const LIST: &str = include_str!("registry/instances.txt");

/// What is known of an instance type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Offer {
    /// EMR takes it in the region, or the region is not known.
    Taken,
    /// EMR takes it in other regions only.
    Elsewhere,
    /// EC2 has it, EMR does not take it.
    Refused,
    /// EC2 does not have it in any region.
    Unknown,
}

/// Returns what is known of the type `name`, such as `m6g.xlarge`, in a region.
pub fn offer(name: &str, region: &str) -> Offer {
    let Some((family, size)) = name.split_once('.') else { return Offer::Unknown };
    let found = lines().find(|line| line.family == family && line.sizes().any(|s| s == size));
    match (found.map(|line| line.regions), bit(region)) {
        (None, _) => Offer::Unknown,
        (Some(0), _) => Offer::Refused,
        (Some(_), None) => Offer::Taken,
        (Some(regions), Some(bit)) if regions & bit != 0 => Offer::Taken,
        (Some(_), Some(_)) => Offer::Elsewhere,
    }
}

/// Returns the types that EMR takes in a region.
pub fn taken(region: &str) -> impl Iterator<Item = String> {
    let bit = bit(region).unwrap_or(u64::MAX);
    let lines = lines().filter(move |line| line.regions & bit != 0);
    lines.flat_map(|line| line.sizes().map(move |size| format!("{}.{size}", line.family)))
}

/// Some sizes of a family, and where EMR takes them.
#[derive(Clone, Copy)]
struct Line {
    regions: u64,
    family: &'static str,
    sizes: &'static str,
}

impl Line {
    fn sizes(self) -> impl Iterator<Item = &'static str> {
        self.sizes.split(' ')
    }
}

fn lines() -> impl Iterator<Item = Line> {
    LIST.lines().skip(1).filter_map(|line| {
        let (regions, rest) = line.split_once(' ')?;
        let (family, sizes) = rest.split_once(' ')?;
        Some(Line { regions: u64::from_str_radix(regions, 16).ok()?, family, sizes })
    })
}

/// Returns the bit of a region, none when the list lacks it.
fn bit(region: &str) -> Option<u64> {
    let at = LIST.lines().next()?.split(' ').skip(1).position(|known| known == region)?;
    Some(1 << at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        assert_eq!(lines().count(), LIST.lines().count() - 1);
        let regions = LIST.lines().next().map_or(0, |line| line.split(' ').count() - 1);
        let all: usize = lines().map(|line| line.sizes().count()).sum();
        assert!(SOURCE.contains(&format!(" {all} types, {regions} regions")), "{SOURCE}");
        assert!(regions <= 64 && lines().all(|line| line.regions >> regions == 0));
    }

    #[test]
    fn a_type_is_taken_refused_elsewhere_or_unknown() {
        for (name, region, offer) in [
            ("m6g.xlarge", "us-east-1", Offer::Taken),
            ("m6g.xlarge", "xx-moon-1", Offer::Taken),
            ("m8g.xlarge", "af-south-1", Offer::Elsewhere),
            ("t3.xlarge", "us-east-1", Offer::Refused),
            ("m6g.xlarg", "us-east-1", Offer::Unknown),
            ("m6g", "us-east-1", Offer::Unknown),
        ] {
            assert_eq!(super::offer(name, region), offer, "{name} in {region}");
        }
    }

    #[test]
    fn what_is_taken_is_offered() {
        for region in ["us-east-1", "cn-north-1", "us-gov-west-1", "af-south-1"] {
            assert!(taken(region).count() > 100, "{region}");
            assert!(taken(region).all(|name| offer(&name, region) == Offer::Taken), "{region}");
        }
    }
}
