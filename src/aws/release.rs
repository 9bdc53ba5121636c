//! Releases of Amazon EMR that have Hive.

/// An EMR release. The versions are those of its page in the EMR release guide ("Amazon EMR release 7.x.0", application
/// versions, and "Spark release history"), without AWS's own `-amzn-N`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Release {
    /// The label, such as `emr-7.13.0`.
    pub label: &'static str,
    /// Hive's version.
    pub hive: &'static str,
    /// Spark's version; `None` where no page states it.
    pub spark: Option<&'static str>,
    /// Its dates; `None` where no page states them.
    pub lifecycle: Option<Lifecycle>,
    /// What reads and writes `s3://` on its nodes, unless configured otherwise.
    pub s3_client: S3Client,
}

/// The dates of a release, yyyy-mm-dd, from the table "supported lifecycle" of its page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lifecycle {
    /// The first day.
    pub released: &'static str,
    /// The last day of standard support.
    pub supported_until: &'static str,
}

/// What reads and writes `s3://` on the nodes of a cluster. They need different permissions: EMRFS marks a folder with
/// `name_$folder$`, S3A with `name/`, and asks for the folders above too.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum S3Client {
    /// EMR's own file system, up to 7.9.
    Emrfs,
    /// Hadoop's, from 7.10 on (EMR release guide, "Migration guide: EMRFS to S3A").
    S3a,
}

/// All known releases, the oldest first. `emr-spark-8.x` has no Hive, and talks to EMR through a VPC endpoint of another
/// kind ("AWS runtime for Apache Spark (emr-spark-8.0.0)"), so it is not here.
pub const ALL: &[Release] = &[
    release("emr-7.3.0", Some("3.5.1"), Some(dates("2024-10-16", "2026-10-15"))),
    release("emr-7.4.0", Some("3.5.2"), Some(dates("2024-11-13", "2026-11-12"))),
    release("emr-7.5.0", Some("3.5.2"), Some(dates("2024-11-21", "2026-11-20"))),
    release("emr-7.6.0", Some("3.5.3"), None),
    release("emr-7.7.0", Some("3.5.3"), Some(dates("2025-02-06", "2027-02-05"))),
    release("emr-7.8.0", Some("3.5.4"), None),
    release("emr-7.9.0", Some("3.5.5"), Some(dates("2025-05-19", "2027-05-19"))),
    s3a(release("emr-7.10.0", Some("3.5.5"), Some(dates("2025-08-15", "2027-08-15")))),
    s3a(release("emr-7.11.0", Some("3.5.6"), None)),
    s3a(release("emr-7.12.0", Some("3.5.6"), None)),
    s3a(release("emr-7.13.0", Some("3.5.6"), Some(dates("2026-04-21", "2028-04-21")))),
    s3a(release("emr-7.14.0", None, Some(dates("2026-09-08", "2028-09-08")))),
];

/// Returns the release with that label.
pub fn of(label: &str) -> Option<&'static Release> {
    ALL.iter().find(|release| release.label == label)
}

impl Release {
    /// Tells whether standard support has ended on `day` (yyyy-mm-dd), as far as known.
    pub fn has_ended(&self, day: &str) -> bool {
        self.lifecycle.is_some_and(|dates| dates.supported_until < day)
    }
}

/// Returns the buckets from which the nodes fetch software: Amazon Linux 2023 and EMR (EMR management guide, "Sample
/// policies for private subnets that access Amazon S3", releases 7.0.0 and later).
pub fn repositories(region: &str) -> Vec<String> {
    let mut buckets =
        vec![format!("al2023-repos-{region}-de612dc2"), format!("repo.{region}.emr.amazonaws.com")];
    if region.starts_with("cn-") {
        buckets.push(format!("repo.{region}.emr.amazonaws.com.cn"));
    }
    buckets
}

/// Returns EMR's bucket for its own logs of a cluster (same page).
pub fn system_logs(region: &str) -> String {
    match region {
        "us-east-1" => "aws157-logs-prod".to_owned(),
        region => format!("aws157-logs-prod-{region}"),
    }
}

/// Returns EMR's bucket for the history of Spark and Tez that its console shows (same page).
pub fn application_history(region: &str) -> String {
    format!("prod.{region}.appinfo.src")
}

const fn release(
    label: &'static str,
    spark: Option<&'static str>,
    lifecycle: Option<Lifecycle>,
) -> Release {
    Release { label, hive: "3.1.3", spark, lifecycle, s3_client: S3Client::Emrfs }
}

const fn s3a(release: Release) -> Release {
    Release { s3_client: S3Client::S3a, ..release }
}

const fn dates(released: &'static str, supported_until: &'static str) -> Lifecycle {
    Lifecycle { released, supported_until }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_changes_with_7_10() {
        assert_eq!(of("emr-7.9.0").unwrap().s3_client, S3Client::Emrfs);
        assert_eq!(of("emr-7.10.0").unwrap().s3_client, S3Client::S3a);
        assert_eq!(of("emr-5.10.0"), None);
    }

    #[test]
    fn support_ends_after_its_last_day() {
        let release = of("emr-7.4.0").unwrap();
        assert!(!release.has_ended("2026-11-12"));
        assert!(release.has_ended("2026-11-13"));
    }

    #[test]
    fn every_release_is_there_once_and_ends_after_it_began() {
        for (index, release) in ALL.iter().enumerate() {
            assert!(ALL[..index].iter().all(|other| other.label != release.label));
            let dates =
                release.lifecycle.unwrap_or(Lifecycle { released: "1", supported_until: "2" });
            assert!(dates.released < dates.supported_until, "{}", release.label);
        }
    }
}
