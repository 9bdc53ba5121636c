//! Durations such as `60s`, `5m`, `2h`, `1d`, or a bare number of seconds.

use crate::blueprint::decode::Spanned;
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Action, Step, Timing};

/// What a Wait state and a timeout take at most (Amazon States Language: 99,999,999 seconds).
pub(super) const LONGEST: u32 = 99_999_999;

/// Reads a duration, 1 second or more.
pub(super) fn seconds(written: Option<&Spanned<String>>, problems: &mut Problems) -> Option<u32> {
    let written = written?;
    let seconds = parse(&written.value).filter(|seconds| (1..=LONGEST).contains(seconds));
    if seconds.is_none() {
        let message = format!("`{}` is no duration", written.value);
        let problem = Diagnostic::error("bad-duration", written.span, message);
        problems.add(
            problem.help("write a whole number with its unit, such as `60s`, `5m`, `2h` or `1d`"),
        );
    }
    seconds
}

fn parse(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u32>().ok()?.checked_mul(unit)
}

/// Checks that a step is not given more time than its machine.
pub(super) fn fits(steps: &[Step], machine_seconds: u32, span: Span, problems: &mut Problems) {
    for step in steps {
        let (Action::Poll { timing, .. }
        | Action::Run { timing, .. }
        | Action::Emr { timing, .. }
        | Action::Load { timing, .. }) = &step.action
        else {
            continue;
        };
        let Timing { timeout_seconds, .. } = timing;
        if *timeout_seconds > machine_seconds {
            let message = format!(
                "`{}` may take {timeout_seconds} seconds, and its machine ends after {machine_seconds}",
                step.name
            );
            let problem = Diagnostic::error("timeout", step.span, message);
            let problem = problem.related(span, "this machine");
            problems.add(
                problem.help("give the step a shorter `timeout`, or the machine a longer one"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(parse("60s"), Some(60));
        assert_eq!(parse("5m"), Some(300));
        assert_eq!(parse("2h"), Some(7200));
        assert_eq!(parse("1d"), Some(86_400));
        assert_eq!(parse("90"), Some(90));
        for bad in ["", "s", "1w", "-1s", "1.5h", "60 s", "99999d", "é"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
