//! The rules that are silenced on purpose, each with its reason.

use serde::Deserialize;

use crate::linters::Finding;

/// One entry of `silenced.yaml`; what it leaves out matches everything, and `*` matches any text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Silence {
    pub(crate) tool: String,
    pub(crate) rule: String,
    #[serde(rename = "type")]
    resource_type: Option<String>,
    resource: Option<String>,
    file: Option<String>,
    message: Option<String>,
    /// Only `tests/cases` may need it, so it is not stale when nothing matches it.
    #[serde(default)]
    pub(crate) cases_only: bool,
    pub(crate) reason: String,
}

impl Silence {
    pub(crate) fn covers(&self, finding: &Finding) -> bool {
        let fits = |pattern: &Option<String>, text: Option<&str>| {
            pattern.as_ref().is_none_or(|pattern| text.is_some_and(|text| wildcard(pattern, text)))
        };
        self.tool == finding.tool
            && self.rule == finding.rule
            && fits(&self.resource_type, finding.resource_type.as_deref())
            && fits(&self.resource, finding.resource.as_deref())
            && fits(&self.file, Some(&finding.file))
            && fits(&self.message, Some(&finding.message))
            && (!self.cases_only || finding.file.starts_with("tests/cases/"))
    }
}

/// Returns whether `text` is `pattern`, where `*` in the pattern stands for any text, also none.
fn wildcard(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    text.strip_prefix(head).is_some_and(|text| {
        text.char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| wildcard(rest, &text[at..]))
    })
}

pub(crate) fn parse(text: &str) -> Vec<Silence> {
    serde_saphyr::from_str(text).unwrap_or_else(|err| panic!("silenced.yaml: {err}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(file: &str) -> Finding {
        Finding {
            tool: "checkov",
            rule: "CKV_AWS_18".to_owned(),
            file: file.to_owned(),
            line: 1,
            resource: Some("LogBucket".to_owned()),
            resource_type: Some("AWS::S3::Bucket".to_owned()),
            message: "Ensure the S3 bucket has access logging enabled".to_owned(),
        }
    }

    fn covers(more: &str) -> bool {
        let text = format!("[{{tool: checkov, rule: CKV_AWS_18, reason: none, {more}}}]");
        parse(&text)[0].covers(&finding("out/dev/storage.template.yaml"))
    }

    #[test]
    fn a_silence_covers_what_all_its_patterns_fit() {
        assert!(covers(""));
        assert!(covers("type: AWS::S3::Bucket, resource: Log*, file: out/*/storage.template.yaml"));
        assert!(covers("message: '*access logging*'"));
    }

    #[test]
    fn a_silence_does_not_cover_what_one_pattern_misses() {
        for miss in
            ["type: AWS::S3::BucketPolicy", "resource: Log", "file: out/prod/*", "cases_only: true"]
        {
            assert!(!covers(miss), "{miss}");
        }
        let text = "[{tool: cfn-lint, rule: CKV_AWS_18, reason: none}]";
        assert!(!parse(text)[0].covers(&finding("out/dev/storage.template.yaml")));
    }

    #[test]
    fn a_silence_for_cases_covers_cases() {
        let text = "[{tool: checkov, rule: CKV_AWS_18, reason: none, cases_only: true}]";
        assert!(parse(text)[0].covers(&finding("tests/cases/one/out/dev/storage.template.yaml")));
    }
}
