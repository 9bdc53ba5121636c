//! Hive's column types, as Glue and Athena take them.

use std::fmt;

use crate::diagnostic::nearest;

/// A Hive type that Athena can read too.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HiveType {
    /// `boolean`.
    Boolean,
    /// `tinyint`, 1 byte.
    TinyInt,
    /// `smallint`, 2 bytes.
    SmallInt,
    /// `int`, 4 bytes.
    Int,
    /// `bigint`, 8 bytes.
    BigInt,
    /// `float`, 4 bytes.
    Float,
    /// `double`, 8 bytes.
    Double,
    /// `decimal(precision,scale)`: 1 to 38 digits, `scale` of them behind the point.
    Decimal {
        /// All digits.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// `string`.
    String,
    /// `char(n)`, 1 to 255.
    Char(u16),
    /// `varchar(n)`, 1 to 65,535.
    Varchar(u16),
    /// `date`.
    Date,
    /// `timestamp`.
    Timestamp,
    /// `binary`.
    Binary,
    /// `array<…>`.
    Array(Box<Self>),
    /// `map<key,value>` with a primitive key.
    Map(Box<Self>, Box<Self>),
    /// `struct<name:type,…>`.
    Struct(Vec<(String, Self)>),
}

/// Why a type is refused: what is wrong, and at which character of the text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BadType {
    /// What is wrong.
    pub message: String,
    /// Characters before the wrong place.
    pub at: usize,
}

impl HiveType {
    /// Reads a type such as `array<struct<a:int,b:decimal(10,2)>>`; case and spaces do not matter.
    pub fn parse(text: &str) -> Result<Self, BadType> {
        let mut parser = Parser { text, at: 0 };
        let found = parser.hive_type(0)?;
        parser.space();
        if parser.at < text.len() {
            return Err(parser.bad("nothing more may follow the type"));
        }
        Ok(found)
    }

    /// Tells whether the type is a single value, so that a partition key or map key may have it.
    pub fn is_primitive(&self) -> bool {
        !matches!(self, Self::Array(_) | Self::Map(..) | Self::Struct(_))
    }

    /// Tells whether every text is a value of it, up to a length.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::String | Self::Char(_) | Self::Varchar(_))
    }

    /// Tells whether a text file's field can be cast to it in one expression.
    pub fn is_castable(&self) -> bool {
        self.is_primitive() && *self != Self::Binary
    }
}

/// The names of all simple types, for suggestions.
pub(crate) const SIMPLE: [(&str, HiveType); 12] = [
    ("boolean", HiveType::Boolean),
    ("tinyint", HiveType::TinyInt),
    ("smallint", HiveType::SmallInt),
    ("int", HiveType::Int),
    ("bigint", HiveType::BigInt),
    ("float", HiveType::Float),
    ("double", HiveType::Double),
    ("string", HiveType::String),
    ("date", HiveType::Date),
    ("timestamp", HiveType::Timestamp),
    ("binary", HiveType::Binary),
    ("decimal", HiveType::Decimal { precision: 10, scale: 0 }),
];

/// Types nest no deeper than this: enough for any table, and no stack overflow.
const MAX_DEPTH: usize = 16;

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn hive_type(&mut self, depth: usize) -> Result<HiveType, BadType> {
        if depth > MAX_DEPTH {
            return Err(self.bad("types nest at most 16 deep"));
        }
        self.space();
        let start = self.at;
        let word = self.word().to_ascii_lowercase();
        match word.as_str() {
            "array" => Ok(HiveType::Array(Box::new(self.bracketed(|p| p.hive_type(depth + 1))?))),
            "map" => self.bracketed(|p| p.map(depth + 1)),
            "struct" => Ok(HiveType::Struct(self.bracketed(|p| p.fields(depth + 1))?)),
            "decimal" => self.decimal(),
            "char" => Ok(HiveType::Char(self.length("char", 255)?)),
            "varchar" => Ok(HiveType::Varchar(self.length("varchar", 65_535)?)),
            word => match SIMPLE.iter().find(|(name, _)| *name == word) {
                Some((_, simple)) => Ok(simple.clone()),
                None => Err(unknown(word, start)),
            },
        }
    }

    fn map(&mut self, depth: usize) -> Result<HiveType, BadType> {
        let key = self.hive_type(depth)?;
        if !key.is_primitive() {
            return Err(self.bad("the key of a map must be a simple type"));
        }
        self.expect(',')?;
        Ok(HiveType::Map(Box::new(key), Box::new(self.hive_type(depth)?)))
    }

    fn fields(&mut self, depth: usize) -> Result<Vec<(String, HiveType)>, BadType> {
        let mut fields = Vec::new();
        loop {
            self.space();
            let name = self.word().to_ascii_lowercase();
            if name.is_empty() {
                return Err(self.bad("expected the name of a field"));
            }
            self.expect(':')?;
            fields.push((name, self.hive_type(depth)?));
            if !self.take(',') {
                return Ok(fields);
            }
        }
    }

    fn decimal(&mut self) -> Result<HiveType, BadType> {
        if !self.take('(') {
            return Ok(HiveType::Decimal { precision: 10, scale: 0 });
        }
        let precision = self.number(1, 38)?;
        let scale = if self.take(',') { self.number(0, precision)? } else { 0 };
        self.expect(')')?;
        let digits = |number| u8::try_from(number).expect("at most 38");
        Ok(HiveType::Decimal { precision: digits(precision), scale: digits(scale) })
    }

    fn length(&mut self, word: &str, most: u16) -> Result<u16, BadType> {
        if !self.take('(') {
            return Err(self.bad(&format!("`{word}` lacks its length: `{word}(20)`")));
        }
        let length = self.number(1, most)?;
        self.expect(')')?;
        Ok(length)
    }

    fn number(&mut self, least: u16, most: u16) -> Result<u16, BadType> {
        self.space();
        let start = self.at;
        match self.word().parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(BadType {
                message: format!("expected a number from {least} to {most}"),
                at: start,
            }),
        }
    }

    fn bracketed<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, BadType>,
    ) -> Result<T, BadType> {
        self.expect('<')?;
        let found = inner(self)?;
        self.expect('>')?;
        Ok(found)
    }

    fn word(&mut self) -> String {
        let rest = &self.text[self.at..];
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }

    fn expect(&mut self, wanted: char) -> Result<(), BadType> {
        if self.take(wanted) { Ok(()) } else { Err(self.bad(&format!("expected `{wanted}`"))) }
    }

    fn take(&mut self, wanted: char) -> bool {
        self.space();
        let found = self.text[self.at..].starts_with(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    fn space(&mut self) {
        self.at = self.text.len() - self.text[self.at..].trim_start().len();
    }

    fn bad(&self, message: &str) -> BadType {
        BadType { message: message.to_owned(), at: self.at }
    }
}

fn unknown(word: &str, at: usize) -> BadType {
    let known =
        SIMPLE.iter().map(|(name, _)| *name).chain(["array", "map", "struct", "char", "varchar"]);
    let message = match (FOREIGN.iter().find(|(name, _)| *name == word), word) {
        (Some((_, hive)), _) => format!("`{word}` is not a Hive type: Hive says `{hive}`"),
        (None, "") => "expected a type".to_owned(),
        (None, _) => match nearest(word, known).or_else(|| foreign_near(word)) {
            Some(name) => format!("unknown type `{word}`: did you mean `{name}`?"),
            None => format!("unknown type `{word}`"),
        },
    };
    BadType { message, at }
}

/// Returns Hive's type for a misspelt one of another database.
fn foreign_near(word: &str) -> Option<&'static str> {
    let name = nearest(word, FOREIGN.iter().map(|(name, _)| *name))?;
    FOREIGN.iter().find(|(known, _)| *known == name).map(|(_, hive)| *hive)
}

/// What other databases call Hive's types.
const FOREIGN: [(&str, &str); 11] = [
    ("integer", "int"),
    ("long", "bigint"),
    ("text", "string"),
    ("number", "decimal(p,s)"),
    ("numeric", "decimal(p,s)"),
    ("bool", "boolean"),
    ("real", "float"),
    ("datetime", "timestamp"),
    ("time", "string"),
    ("json", "string"),
    ("uuid", "string"),
];

impl fmt::Display for HiveType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Char(length) => write!(f, "char({length})"),
            Self::Varchar(length) => write!(f, "varchar({length})"),
            Self::Array(item) => write!(f, "array<{item}>"),
            Self::Map(key, value) => write!(f, "map<{key},{value}>"),
            Self::Struct(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, field)| format!("{name}:{field}")).collect();
                write!(f, "struct<{}>", fields.join(","))
            }
            simple => {
                let found = SIMPLE.iter().find(|(_, known)| known == simple);
                f.write_str(found.map(|(name, _)| *name).expect("every other type is simple"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_and_print_in_hives_form() {
        for (text, printed) in [
            ("INT", "int"),
            ("decimal", "decimal(10,0)"),
            ("decimal( 12 , 2 )", "decimal(12,2)"),
            (
                "array<struct<a:int, b:map<string,double>>>",
                "array<struct<a:int,b:map<string,double>>>",
            ),
            ("varchar(10)", "varchar(10)"),
        ] {
            assert_eq!(HiveType::parse(text).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn wrong_types_say_where_and_why() {
        for (text, at, message) in [
            ("integer(10", 0, "`integer` is not a Hive type: Hive says `int`"),
            ("strng", 0, "unknown type `strng`: did you mean `string`?"),
            ("decimal(39,2)", 8, "expected a number from 1 to 38"),
            ("decimal(5,6)", 10, "expected a number from 0 to 5"),
            ("map<array<int>,int>", 14, "the key of a map must be a simple type"),
            ("array<int", 9, "expected `>`"),
            ("char", 4, "`char` lacks its length: `char(20)`"),
            ("int int", 4, "nothing more may follow the type"),
            ("", 0, "expected a type"),
        ] {
            assert_eq!(
                HiveType::parse(text),
                Err(BadType { message: message.to_owned(), at }),
                "{text}"
            );
        }
        assert!(HiveType::parse(&"array<".repeat(1000)).is_err());
    }
}
