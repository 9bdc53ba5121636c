//! Schedule expressions of EventBridge (Scheduler user guide, "Schedule types"; EventBridge user guide, "Cron expressions").

use std::ops::RangeInclusive;

/// What is wrong with an expression, at which character, and what to do.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct BadSchedule {
    pub(super) message: String,
    pub(super) at: usize,
    pub(super) help: String,
}

/// Checks `cron(…)`, `rate(…)` and, for Scheduler, `at(…)`.
pub(super) fn check(text: &str, scheduler: bool) -> Result<(), BadSchedule> {
    let inner = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(fields) = inner("cron") {
        return cron(fields, "cron(".len());
    }
    if let Some(value) = inner("rate") {
        return rate(value, "rate(".len());
    }
    match inner("at") {
        Some(moment) if scheduler => at(moment, "at(".len()),
        Some(_) => Err(bad(
            0,
            "a rule takes no `at(…)`".to_owned(),
            "write `by: scheduler`, or use `cron(…)`",
        )),
        None => Err(bad(
            0,
            format!("`{text}` is not a schedule"),
            "write `cron(0 1 * * ? *)` for each day at 01:00, or `rate(1 day)`",
        )),
    }
}

struct Field {
    name: &'static str,
    range: RangeInclusive<u32>,
    words: &'static [&'static str],
}

const FIELDS: [Field; 6] = [
    Field { name: "minute", range: 0..=59, words: &[] },
    Field { name: "hour", range: 0..=23, words: &[] },
    Field { name: "day of month", range: 1..=31, words: &[] },
    Field {
        name: "month",
        range: 1..=12,
        words: &[
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ],
    },
    Field {
        name: "day of week",
        range: 1..=7,
        words: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    },
    Field { name: "year", range: 1970..=2199, words: &[] },
];

const DAY_OF_MONTH: usize = 2;
const DAY_OF_WEEK: usize = 4;

fn cron(text: &str, offset: usize) -> Result<(), BadSchedule> {
    let fields: Vec<(usize, &str)> = words(text).map(|(at, word)| (at + offset, word)).collect();
    if fields.len() != FIELDS.len() {
        let message = format!("a cron expression has 6 fields, not {}", fields.len());
        return Err(bad(
            0,
            message,
            "minute, hour, day of month, month, day of week, year: `cron(0 1 * * ? *)`",
        ));
    }
    for (index, (at, word)) in fields.iter().enumerate() {
        field(index, word, *at)?;
    }
    let (day, weekday) = (fields[DAY_OF_MONTH], fields[DAY_OF_WEEK]);
    if (day.1 == "?") == (weekday.1 == "?") {
        let message = "exactly one of day of month and day of week must be `?`".to_owned();
        return Err(bad(weekday.0, message, "write `?` for the one that does not matter"));
    }
    possible(fields[DAY_OF_MONTH], fields[3].1)
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(' ')
        .scan(0, |at, word| {
            let start = *at;
            *at += word.len() + 1;
            Some((start, word))
        })
        .filter(|(_, word)| !word.is_empty())
}

fn field(index: usize, text: &str, at: usize) -> Result<(), BadSchedule> {
    let field = &FIELDS[index];
    if text == "*" || (text == "?" && matches!(index, DAY_OF_MONTH | DAY_OF_WEEK)) {
        return Ok(());
    }
    for part in text.split(',') {
        if !valid(index, part) {
            let message = format!("`{part}` cannot be the {}", field.name);
            let help = format!(
                "use numbers from {} to {}, `*`, ranges `a-b`, lists `a,b` or steps `a/n`",
                field.range.start(),
                field.range.end()
            );
            return Err(bad(at, message, &help));
        }
    }
    Ok(())
}

fn valid(index: usize, part: &str) -> bool {
    let special = match index {
        DAY_OF_MONTH => {
            part == "L"
                || part == "LW"
                || part.strip_suffix('W').is_some_and(|day| value(index, day).is_some())
        }
        DAY_OF_WEEK => {
            part == "L"
                || part.strip_suffix('L').is_some_and(|day| value(index, day).is_some())
                || part.split_once('#').is_some_and(|(day, week)| {
                    value(index, day).is_some() && matches!(week, "1" | "2" | "3" | "4" | "5")
                })
        }
        _ => false,
    };
    special || stepped(index, part)
}

fn stepped(index: usize, part: &str) -> bool {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    let most = *FIELDS[index].range.end();
    let step_fits =
        step.is_none_or(|step| step.parse().is_ok_and(|n: u32| (1..=most).contains(&n)));
    let range_fits = match range.split_once('-') {
        _ if range == "*" => step.is_some(),
        Some((from, to)) => {
            matches!((value(index, from), value(index, to)), (Some(a), Some(b)) if a <= b)
        }
        None => value(index, range).is_some(),
    };
    step_fits && range_fits
}

fn value(index: usize, text: &str) -> Option<u32> {
    let field = &FIELDS[index];
    let word = field.words.iter().position(|word| word.eq_ignore_ascii_case(text));
    if let Some(position) = word {
        return u32::try_from(position).ok().map(|position| position + field.range.start());
    }
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|number| digits && field.range.contains(number))
}

/// A day that none of the months has never comes.
fn possible((at, day): (usize, &str), month: &str) -> Result<(), BadSchedule> {
    let longest = |month: u32| match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (Ok(number), Some(months)) =
        (day.parse::<u32>(), month.split(',').map(|m| value(3, m)).collect::<Option<Vec<_>>>())
    else {
        return Ok(());
    };
    if months.iter().all(|month| number > longest(*month)) {
        return Err(bad(
            at,
            format!("day {number} never comes in month {month}"),
            "choose another day or month",
        ));
    }
    Ok(())
}

fn rate(text: &str, offset: usize) -> Result<(), BadSchedule> {
    let help = "write `rate(1 day)` or `rate(12 hours)`: a number and minute(s), hour(s) or day(s)";
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let Ok(count @ 1..) = number.parse::<u32>() else {
        return Err(bad(offset, format!("`{number}` is not a number of 1 or more"), help));
    };
    let fits = match unit {
        "minute" | "hour" | "day" => count == 1,
        "minutes" | "hours" | "days" => count > 1,
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(bad(offset + number.len() + 1, format!("`{unit}` does not go with {count}"), help))
    }
}

fn at(text: &str, offset: usize) -> Result<(), BadSchedule> {
    let shaped = text.len() == 19
        && text.as_bytes()[10] == b'T'
        && text.parse::<jiff::civil::DateTime>().is_ok();
    if shaped {
        Ok(())
    } else {
        Err(bad(offset, format!("`{text}` is not a moment"), "write `at(2026-12-01T01:00:00)`"))
    }
}

fn bad(at: usize, message: String, help: &str) -> BadSchedule {
    BadSchedule { message, at, help: help.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_eventbridge_takes_is_taken() {
        for good in [
            "cron(0 1 * * ? *)",
            "cron(0/15 8-17 ? * MON-FRI *)",
            "cron(0 8 1,15 * ? 2026-2030)",
            "cron(30 6 L * ? *)",
            "cron(0 9 ? * 2#1 *)",
            "cron(0 9 ? * 6L *)",
            "cron(0 9 3W JAN,JUN ? *)",
            "rate(1 day)",
            "rate(12 hours)",
            "at(2026-12-01T01:00:00)",
        ] {
            assert_eq!(check(good, true), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_can_never_be_is_refused_at_its_place() {
        for (wrong, at, part) in [
            ("cron(0 1 * * *)", 0, "6 fields, not 5"),
            ("cron(0 25 * * ? *)", 7, "`25` cannot be the hour"),
            ("cron(0 1 * * * *)", 13, "exactly one"),
            ("cron(0 1 ? * ? *)", 13, "exactly one"),
            ("cron(0 1 31 2 ? *)", 9, "never comes"),
            ("cron(0 1 ? * FUN *)", 13, "`FUN` cannot be the day of week"),
            ("rate(0 days)", 5, "1 or more"),
            ("rate(2 day)", 7, "does not go with 2"),
            ("daily", 0, "not a schedule"),
            ("at(tomorrow)", 3, "not a moment"),
        ] {
            let bad = check(wrong, true).expect_err(wrong);
            assert_eq!(bad.at, at, "{wrong}");
            assert!(bad.message.contains(part), "{wrong}: {}", bad.message);
        }
        assert!(check("at(2026-12-01T01:00:00)", false).is_err());
    }
}
