//! Every operator, with and without set and `IfExists`, on keys that are absent, alone and several.

use serde_json::{Value, json};

use crate::case::{Case, OBJECT, document};

const TEXTS: &[&str] = &["athena", "Athena", "glue", "a*", ""];
const NUMBERS: &[&str] = &["10", "10.0", "9.5", "-3", "1e1", "many"];
const DATES: &[&str] = &[
    "2026-01-01T00:00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2025-12-31",
    "1767225600",
    "2026-01-01T00:00:00.5Z",
    "today",
];
const BOOLS: &[&str] = &["true", "false", "True", "yes"];
const ADDRESSES: &[&str] = &["10.0.0.1", "10.1.0.1", "2001:db8::1", "nowhere"];
const ARNS: &[&str] = &[
    "arn:aws:iam::111122223333:role/reader",
    "arn:aws:iam::111122223333:role/team/reader",
    "arn:aws:sns:eu-west-1:111122223333:topic",
    "arn:aws:lambda:eu-west-1:111122223333:function:f:live",
    "reader",
];
const KEY: &str = "aws:RequestTag/value";

/// Operators, the values that a policy asks for, and those that requests come with.
fn operators() -> Vec<(&'static str, Vec<Value>, &'static [&'static str])> {
    let texts = || vec![json!("athena"), json!(["glue", "a*"]), json!("?thena"), json!("")];
    let numbers = || vec![json!("10"), json!(["1", "10.0"]), json!(10), json!("9.6")];
    let dates = || vec![json!("2026-01-01T00:00:00Z"), json!(["2025-12-31", "1767225600"])];
    let arns = || {
        vec![
            json!("arn:aws:iam::111122223333:role/reader"),
            json!("arn:aws:iam::*:role/*"),
            json!(["arn:aws:*:*:*:topic", "arn:aws:lambda:*:111122223333:function:f"]),
            json!("arn:aws:lambda:*:111122223333:function:f:*"),
            json!("arn:aws:iam:*"),
            json!("*"),
        ]
    };
    let addresses = || vec![json!("10.0.0.0/16"), json!(["10.1.0.1", "2001:db8::/32"])];
    let mut all = Vec::new();
    for name in ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"] {
        all.push((name, texts(), TEXTS));
    }
    for name in ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"] {
        all.push((name, texts(), TEXTS));
    }
    for name in
        ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
    {
        all.push((["Numeric", name].concat().leak(), numbers(), NUMBERS));
        all.push((["Date", name].concat().leak(), dates(), DATES));
    }
    all.push(("Bool", vec![json!("true"), json!(false), json!(["true", "false"])], BOOLS));
    all.push(("BinaryEquals", vec![json!("QmluYXJ5"), json!("YQ==")], &["QmluYXJ5", "YQ==", "x"]));
    for name in ["IpAddress", "NotIpAddress"] {
        all.push((name, addresses(), ADDRESSES));
    }
    for name in ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"] {
        all.push((name, arns(), ARNS));
    }
    all
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (operator, asked, found) in operators() {
        for values in &asked {
            for suffix in ["", "IfExists"] {
                let operator = format!("{operator}{suffix}");
                cases.extend(alone(&operator, values, found));
                for set in ["ForAllValues:", "ForAnyValue:"] {
                    cases.extend(several(&format!("{set}{operator}"), values, found));
                }
            }
        }
    }
    for asked in ["true", "false"] {
        cases.extend(alone("Null", &json!(asked), &["x"]));
    }
    cases.extend(variables());
    cases.iter().flat_map(|case| [case.clone(), denying(case)]).collect()
}

fn alone(operator: &str, asked: &Value, found: &[&str]) -> Vec<Case> {
    let mut cases = vec![case(operator, asked, None)];
    cases.extend(found.iter().map(|one| case(operator, asked, Some(json!(one)))));
    cases
}

/// The key absent, empty, with each value, and with each two neighbours.
fn several(operator: &str, asked: &Value, found: &[&str]) -> Vec<Case> {
    let mut cases = vec![case(operator, asked, None), case(operator, asked, Some(json!([])))];
    cases.extend(found.iter().map(|one| case(operator, asked, Some(json!([one])))));
    cases.extend(found.windows(2).map(|two| case(operator, asked, Some(json!(two)))));
    cases
}

fn case(operator: &str, asked: &Value, found: Option<Value>) -> Case {
    let shown = found.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
    let mut case = Case::new(format!("{operator} {asked} of {shown}"));
    case.context.extend(found.map(|found| (KEY.to_owned(), found)));
    let condition = json!({operator: {KEY.to_uppercase(): asked}});
    case.identity = vec![document(&json!([{
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECT, "Condition": condition,
    }]))];
    case.any_key = true;
    case
}

fn denying(case: &Case) -> Case {
    let mut denying = Case { name: format!("{} denies", case.name), ..case.clone() };
    denying.identity[0]["Statement"][0]["Effect"] = json!("Deny");
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    denying.identity.push(document(&json!([all])));
    denying
}

fn variables() -> Vec<Case> {
    let mut cases = Vec::new();
    for (resource, users) in [
        ("arn:aws:s3:::bucket/${aws:username}/*", &[Some("folder"), Some("f*"), None][..]),
        ("arn:aws:s3:::bucket/${aws:username, 'folder'}/*", &[Some("other"), None]),
        ("arn:aws:s3:::bucket/${AWS:UserName}/k?y", &[Some("folder")]),
        ("arn:aws:s3:::bucket/folder/${*}", &[None]),
    ] {
        for (key, user) in ["Resource", "NotResource"]
            .iter()
            .flat_map(|key| users.iter().map(move |user| (key, user)))
        {
            let mut case = Case::new(format!("{key} {resource} of {user:?}"));
            case.context.extend(user.map(|user| ("aws:username".to_owned(), json!(user))));
            let mut statement = json!({"Effect": "Allow", "Action": "s3:GetObject"});
            statement[*key] = json!(resource);
            case.identity = vec![document(&json!([statement]))];
            case.any_key = true;
            cases.push(case);
        }
    }
    for user in [Some("folder"), Some("a*"), None] {
        let mut case = case("StringLike", &json!("${aws:username}*"), Some(json!("folder/x")));
        case.name = format!("variable in a condition of {user:?}");
        case.context.extend(user.map(|user| ("aws:username".to_owned(), json!(user))));
        cases.push(case);
    }
    cases
}
