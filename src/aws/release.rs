//! EMR releases.

/// An EMR release.
#[derive(Debug)]
pub struct Release {
    /// Its label, such as `emr-7.13.0`.
    pub label: &'static str,
}

/// All releases that a blueprint may name.
pub const ALL: &[Release] = &[Release { label: "emr-7.13.0" }];

/// Returns the release of that label.
pub fn of(label: &str) -> Option<&'static Release> {
    ALL.iter().find(|release| release.label == label)
}
