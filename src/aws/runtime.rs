//! The Python runtimes of Lambda, with the days on which their support ends.
//!
//! Source: Lambda developer guide, "Lambda runtimes" (supported and deprecated runtimes).

/// The newest runtime that the pipeline's functions are tested with.
pub const DEFAULT: &str = "python3.13";

/// A runtime of Lambda.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Runtime {
    /// Its identifier, such as `python3.13`.
    pub name: &'static str,
    /// The day, yyyy-mm-dd, from which it gets no security patches.
    pub deprecated: &'static str,
    /// The day, yyyy-mm-dd, from which Lambda makes no function with it.
    pub no_create: &'static str,
    /// The day, yyyy-mm-dd, from which Lambda changes no function with it.
    pub no_update: &'static str,
}

/// How well a runtime is supported on some day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Support {
    /// Security patches come for another half a year at least.
    Full,
    /// Security patches end within half a year.
    EndsSoon,
    /// Security patches have ended; functions can still be made.
    Deprecated,
    /// Lambda makes no function with it any more.
    Blocked,
}

/// All Python runtimes for which Lambda still tells dates, oldest first.
pub const ALL: [Runtime; 7] = [
    runtime("python3.8", ["2024-10-14", "2027-02-01", "2027-03-03"]),
    runtime("python3.9", ["2025-12-15", "2027-02-01", "2027-03-03"]),
    runtime("python3.10", ["2026-10-31", "2027-02-01", "2027-03-03"]),
    runtime("python3.11", ["2027-06-30", "2027-07-31", "2027-08-31"]),
    runtime("python3.12", ["2028-10-31", "2028-11-30", "2029-01-10"]),
    runtime("python3.13", ["2029-06-30", "2029-07-31", "2029-08-31"]),
    runtime("python3.14", ["2029-06-30", "2029-07-31", "2029-08-31"]),
];

const fn runtime(name: &'static str, days: [&'static str; 3]) -> Runtime {
    Runtime { name, deprecated: days[0], no_create: days[1], no_update: days[2] }
}

/// Returns the runtime of that identifier.
pub fn of(name: &str) -> Option<&'static Runtime> {
    ALL.iter().find(|runtime| runtime.name == name)
}

impl Runtime {
    /// Returns how well it is supported on the day `as_of`, yyyy-mm-dd.
    pub fn support(&self, as_of: &str) -> Support {
        match () {
            () if as_of >= self.no_create => Support::Blocked,
            () if as_of >= self.deprecated => Support::Deprecated,
            () if half_a_year_after(as_of).as_str() >= self.deprecated => Support::EndsSoon,
            () => Support::Full,
        }
    }
}

/// Returns the day six months later; the end of a shorter month may be overrun, which no comparison minds.
pub fn half_a_year_after(day: &str) -> String {
    let parts: Option<(u32, u32, &str)> = day.split_once('-').and_then(|(year, rest)| {
        let (month, day) = rest.split_once('-')?;
        Some((year.parse().ok()?, month.parse().ok()?, day))
    });
    match parts {
        Some((year, month, day)) if month <= 6 => format!("{year:04}-{:02}-{day}", month + 6),
        Some((year, month, day)) => format!("{:04}-{:02}-{day}", year + 1, month - 6),
        None => day.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_ends_in_steps() {
        let python = of("python3.11").unwrap();
        for (day, support) in [
            ("2026-11-22", Support::Full),
            ("2026-12-29", Support::Full),
            ("2026-12-30", Support::EndsSoon),
            ("2027-06-29", Support::EndsSoon),
            ("2027-06-30", Support::Deprecated),
            ("2027-07-31", Support::Blocked),
        ] {
            assert_eq!(python.support(day), support, "{day}");
        }
    }

    #[test]
    fn the_default_is_known_and_no_runtime_ends_before_it_is_deprecated() {
        assert!(of(DEFAULT).is_some());
        assert_eq!(of("python2.7"), None);
        for runtime in ALL {
            assert!(runtime.deprecated < runtime.no_create, "{}", runtime.name);
            assert!(runtime.no_create < runtime.no_update, "{}", runtime.name);
        }
    }
}
