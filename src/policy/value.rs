//! Values of conditions that are more than text: numbers, dates, addresses, ARNs.

use std::net::IpAddr;

use super::Request;
use super::pattern::Pattern;

/// Returns a number as `Numeric…` reads it: whole or decimal.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    text.chars().all(plain).then(|| text.parse().ok())?
}

/// The parts of an ARN.
pub(super) const ARN_PARTS: usize = 6;

/// Returns the parts of an ARN; none where it is no ARN.
pub(super) fn arn_parts(text: &str) -> Option<[&str; ARN_PARTS]> {
    let mut parts = text.splitn(ARN_PARTS, ':');
    let mut found = [""; ARN_PARTS];
    for part in &mut found {
        *part = parts.next()?;
    }
    Some(found)
}

/// Compares ARNs part by part: a `*` stays within its part, but for the last (IAM user guide, "Amazon Resource Name (ARN)
/// condition operators").
pub(super) fn is_arn_like(patterns: &[Pattern], arn: [&str; ARN_PARTS], request: &Request) -> bool {
    // The last part tells most ARNs apart.
    patterns.iter().zip(arn).rev().all(|(pattern, part)| pattern.matches(part, request))
}

/// Milliseconds since 1970, in UTC.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Date(i64);

impl Date {
    /// Reads a date of ISO 8601 as the W3C narrows it, or seconds since 1970.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Ok(seconds) = text.parse::<i64>()
            && text.len() > 4
        {
            return Some(Self(seconds.checked_mul(1000)?));
        }
        let (day, time) = match text.split_once('T') {
            Some((day, time)) => (day, Some(time)),
            None => (text, None),
        };
        let midnight = days(day)? * 86_400_000;
        Some(Self(midnight + time.map_or(Some(0), milliseconds)?))
    }
}

/// Returns the days from 1970 to `yyyy`, `yyyy-mm` or `yyyy-mm-dd` in the Gregorian calendar: years are counted from March,
/// so that the leap day is the last of its year.
fn days(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = whole(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| whole(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| whole(part, 2))?;
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(before + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// Returns the milliseconds from midnight in UTC of `hh:mm`, `hh:mm:ss` or `hh:mm:ss.sss` with `Z` or an offset.
fn milliseconds(text: &str) -> Option<i64> {
    let (clock, offset) = match (text.strip_suffix('Z'), text.rfind(['+', '-'])) {
        (Some(clock), _) => (clock, 0),
        (None, Some(at)) => {
            let minutes = clock_minutes(&text[at + 1..])?;
            (&text[..at], if text[at..].starts_with('+') { minutes } else { -minutes })
        }
        (None, None) => return None,
    };
    let minutes = clock_minutes(clock.get(..5)?)?;
    let seconds = match clock.get(5..)?.strip_prefix(':') {
        None if clock.len() == 5 => 0,
        None => return None,
        Some(seconds) => thousandths(seconds)?,
    };
    Some((minutes - offset) * 60_000 + seconds)
}

fn clock_minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (whole(hours, 2)?, whole(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn thousandths(seconds: &str) -> Option<i64> {
    let (whole_seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(whole(whole_seconds, 2)? * 1000 + whole(&padded, 3)?)
}

fn whole(text: &str, digits: usize) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// Addresses with the same first bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Range {
    network: IpAddr,
    bits: u32,
}

impl Range {
    /// Reads an address or a range in CIDR notation.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (network, bits) = match text.split_once('/') {
            Some((network, bits)) => (network.parse().ok()?, Some(bits.parse().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let most = if matches!(network, IpAddr::V4(_)) { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { network, bits })
    }

    pub(super) fn holds(self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_every_form() {
        let date = |text| Date::parse(text).map(|Date(ms)| ms);
        assert_eq!(date("1970-01-01"), Some(0));
        assert_eq!(date("2000-02-29T00:00:00Z"), Some(951_782_400_000));
        assert_eq!(date("951782400"), Some(951_782_400_000));
        assert_eq!(date("2000-02-29T01:30:00.5+01:30"), Some(951_782_400_500));
        assert_eq!(date("2000-02-28T23:00-01:00"), Some(951_782_400_000));
        assert_eq!(date("2000"), Some(946_684_800_000));
        for bad in ["", "2000-13-01", "2000-01-01T24:00Z", "2000-01-01T00:00", "yesterday"] {
            assert_eq!(date(bad), None, "{bad}");
        }
    }

    #[test]
    fn ranges_hold_what_shares_their_bits() {
        let holds =
            |range, address: &str| Range::parse(range).unwrap().holds(address.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("10.0.0.1", "10.0.0.1"));
        assert!(holds("0.0.0.0/0", "1.2.3.4"));
        assert!(holds("2001:db8::/32", "2001:db8::1"));
        assert!(!holds("2001:db8::/32", "10.0.0.1"));
        assert_eq!(Range::parse("10.0.0.0/33"), None);
    }
}
