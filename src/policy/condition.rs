//! The `Condition` element (IAM user guide, "IAM JSON policy elements: Condition operators" and "Set operators for
//! multivalued context keys").

use super::pattern::{Pattern, Syntax};
use super::statement::Difference;
use super::value::{Date, Range, number};
use super::{Request, value};

/// One comparison; a statement applies when all of its own hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Condition {
    operator: String,
    written_key: String,
    written: Vec<String>,
    key: String,
    set: Set,
    if_exists: bool,
    negated: bool,
    comparison: Comparison,
    operands: Vec<Operand>,
}

/// What a value of the request is compared with, made ready for its kind of comparison.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Operand {
    Text(Pattern),
    /// The parts of an ARN; none where it is no ARN.
    Arn(Option<Vec<Pattern>>),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Set {
    None,
    ForAllValues,
    ForAnyValue,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Comparison {
    Text,
    TextIgnoringCase,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    Address,
    Arn,
    Null,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Order {
    Equals,
    Less,
    LessOrEquals,
    Greater,
    GreaterOrEquals,
}

impl Condition {
    /// Returns none when there is no such operator.
    pub(super) fn read(
        operator: &str,
        key: &str,
        values: &[String],
        variables: bool,
    ) -> Option<Self> {
        let lower = operator.to_ascii_lowercase();
        let (set, plain) = match lower.split_once(':') {
            None => (Set::None, lower.as_str()),
            Some(("forallvalues", plain)) => (Set::ForAllValues, plain),
            Some(("foranyvalue", plain)) => (Set::ForAnyValue, plain),
            Some(_) => return None,
        };
        let (plain, if_exists) = match plain.strip_suffix("ifexists") {
            Some(plain) => (plain, true),
            None => (plain, false),
        };
        let (comparison, negated, wildcards) = named(plain)?;
        let syntax = Syntax { wildcards, variables };
        let operand = |value: &String| match comparison {
            Comparison::Arn => Operand::Arn(Pattern::read(value, syntax).split(value::ARN_PARTS)),
            Comparison::TextIgnoringCase => {
                Operand::Text(Pattern::read(&value.to_lowercase(), syntax))
            }
            _ => Operand::Text(Pattern::read(value, syntax)),
        };
        Some(Self {
            operator: operator.to_owned(),
            written_key: key.to_owned(),
            written: values.to_vec(),
            key: key.to_ascii_lowercase(),
            set,
            if_exists,
            negated,
            comparison,
            operands: values.iter().map(operand).collect(),
        })
    }

    pub(super) fn holds(&self, request: &Request) -> bool {
        let found = request.context.get(&self.key).map(Vec::as_slice).unwrap_or_default();
        if self.comparison == Comparison::Null {
            let absent = if found.is_empty() { "true" } else { "false" };
            return self.operands.iter().any(|one| one.is(absent));
        }
        match (self.set, found) {
            (Set::ForAllValues, found) => found.iter().all(|one| self.holds_for(one, request)),
            (Set::None, []) => self.if_exists || self.negated,
            (Set::ForAnyValue, []) => self.if_exists,
            (Set::ForAnyValue, found) => found.iter().any(|one| self.holds_for(one, request)),
            (Set::None, found) => found.iter().all(|one| self.holds_for(one, request)),
        }
    }

    pub(super) fn difference(&self, request: &Request) -> Difference {
        Difference::Condition {
            operator: self.operator.clone(),
            key: self.written_key.clone(),
            values: self.written.clone(),
            found: request.context.get(&self.key).cloned(),
        }
    }

    /// What cannot be compared meets neither an operator nor its contrary.
    fn holds_for(&self, found: &str, request: &Request) -> bool {
        let arn = if self.comparison == Comparison::Arn { value::arn_parts(found) } else { None };
        let mut compared = self.operands.iter().map(|operand| match operand {
            Operand::Arn(parts) => Some(value::is_arn_like(parts.as_ref()?, arn?, request)),
            Operand::Text(pattern) => self.compare(pattern, found, request),
        });
        if self.negated {
            compared.all(|is| is == Some(false))
        } else {
            compared.any(|is| is == Some(true))
        }
    }

    /// Returns none where one of the two is not of the operator's type.
    fn compare(&self, pattern: &Pattern, found: &str, request: &Request) -> Option<bool> {
        match self.comparison {
            Comparison::Text => Some(pattern.matches(found, request)),
            Comparison::TextIgnoringCase => Some(pattern.matches(&found.to_lowercase(), request)),
            Comparison::Numeric(order) => {
                let limit = number(&pattern.text(request)?)?;
                Some(order.holds(&number(found)?, &limit))
            }
            Comparison::Date(order) => {
                let limit = Date::parse(&pattern.text(request)?)?;
                Some(order.holds(&Date::parse(found)?, &limit))
            }
            Comparison::Bool => Some(pattern.text(request)?.eq_ignore_ascii_case(found)),
            Comparison::Binary => Some(pattern.text(request)? == found),
            Comparison::Address => {
                Some(Range::parse(&pattern.text(request)?)?.holds(found.parse().ok()?))
            }
            Comparison::Arn | Comparison::Null => None,
        }
    }
}

impl Operand {
    fn is(&self, text: &str) -> bool {
        matches!(self, Self::Text(pattern) if pattern.literal().is_some_and(|one| one.eq_ignore_ascii_case(text)))
    }
}

impl Order {
    fn holds<T: PartialOrd>(self, found: &T, limit: &T) -> bool {
        match self {
            Self::Equals => found == limit,
            Self::Less => found < limit,
            Self::LessOrEquals => found <= limit,
            Self::Greater => found > limit,
            Self::GreaterOrEquals => found >= limit,
        }
    }
}

/// Returns what an operator compares, whether it asks for the contrary, and whether its values may have wildcards.
fn named(operator: &str) -> Option<(Comparison, bool, bool)> {
    let ordered = |name: &str| match name {
        "equals" => Some((Order::Equals, false)),
        "notequals" => Some((Order::Equals, true)),
        "lessthan" => Some((Order::Less, false)),
        "lessthanequals" => Some((Order::LessOrEquals, false)),
        "greaterthan" => Some((Order::Greater, false)),
        "greaterthanequals" => Some((Order::GreaterOrEquals, false)),
        _ => None,
    };
    if let Some((order, negated)) = operator.strip_prefix("numeric").and_then(ordered) {
        return Some((Comparison::Numeric(order), negated, false));
    }
    if let Some((order, negated)) = operator.strip_prefix("date").and_then(ordered) {
        return Some((Comparison::Date(order), negated, false));
    }
    Some(match operator {
        "stringequals" => (Comparison::Text, false, false),
        "stringnotequals" => (Comparison::Text, true, false),
        "stringlike" => (Comparison::Text, false, true),
        "stringnotlike" => (Comparison::Text, true, true),
        "stringequalsignorecase" => (Comparison::TextIgnoringCase, false, false),
        "stringnotequalsignorecase" => (Comparison::TextIgnoringCase, true, false),
        "bool" => (Comparison::Bool, false, false),
        "binaryequals" => (Comparison::Binary, false, false),
        "ipaddress" => (Comparison::Address, false, false),
        "notipaddress" => (Comparison::Address, true, false),
        "arnequals" | "arnlike" => (Comparison::Arn, false, true),
        "arnnotequals" | "arnnotlike" => (Comparison::Arn, true, true),
        "null" => (Comparison::Null, false, false),
        _ => return None,
    })
}
