//! The query protocol: forms in, XML out.

use super::Answer;

/// The pairs of a form.
#[derive(Clone, Debug)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn new(body: &[u8]) -> Self {
        Self(pairs(&String::from_utf8_lossy(body)))
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Returns a list of structures as pairs of two of their members.
    pub(super) fn list(&self, name: &str, key: &str, value: &str) -> Vec<(String, String)> {
        let member = |at: usize, part: &str| self.get(&format!("{name}.member.{at}.{part}"));
        let pair = |at| Some((member(at, key)?.to_owned(), member(at, value)?.to_owned()));
        (1..).map_while(pair).collect()
    }

    /// Returns a list of strings.
    pub(super) fn strings(&self, name: &str) -> Vec<String> {
        (1..).map_while(|at| self.get(&format!("{name}.member.{at}"))).map(str::to_owned).collect()
    }
}

pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let parts = text.split('&').filter(|part| !part.is_empty());
    let pair = parts.map(|part| part.split_once('=').unwrap_or((part, "")));
    pair.map(|(key, value)| (decoded(key, true), decoded(value, true))).collect()
}

pub(super) fn decoded(text: &str, plus: bool) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match (first, code.and_then(|code| u8::from_str_radix(code, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) if plus => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns `<name>text</name>`.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escaped(text))
}

/// Returns a list; `items` are XML.
pub(super) fn members(name: &str, items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| format!("<member>{item}</member>")).collect();
    format!("<{name}>{}</{name}>", items.concat())
}

/// Returns the answer to `action`; `result` is XML.
pub(super) fn answer(action: &str, result: &str) -> Answer {
    let body = format!(
        "<{action}Response><{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    );
    Answer {
        status: 200,
        headers: vec![("content-type", "text/xml".to_owned())],
        body: body.into(),
    }
}

pub(super) fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type>{}{}</Error><RequestId>r</RequestId></ErrorResponse>",
        element("Code", code),
        element("Message", message)
    );
    Answer { status, headers: vec![("content-type", "text/xml".to_owned())], body: body.into() }
}

/// Returns a time as headers have it.
pub(super) fn http_date(seconds: u64) -> String {
    stamp(seconds).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Returns a time as XML has it.
pub(super) fn iso_date(seconds: u64) -> String {
    stamp(seconds).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn stamp(seconds: u64) -> jiff::Zoned {
    let seconds = i64::try_from(seconds).expect("a time of today");
    let stamp = jiff::Timestamp::from_second(seconds).expect("a time of today");
    stamp.to_zoned(jiff::tz::TimeZone::UTC)
}
