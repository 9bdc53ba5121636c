//! From the text of a field to a Hive type: the expression, and the condition under which the text is fit for it.
//!
//! A bare CAST will not do: Hive turns `12x` into NULL, cuts `1.7` to 1 and `abcd` to `varchar(3)`, rounds decimals, and takes
//! the 31st of February for the 2nd of March. All of that is refused here. The empty text is NULL, but
//! for `string`, `char` and `varchar`.

use crate::model::HiveType;

/// How a field's text becomes a value.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Cast {
    /// The condition under which a text that is not empty is fit; every text is without one.
    pub(super) fits: Option<String>,
    /// The value.
    pub(super) value: String,
}

/// What stands between the items of an array, the entries of a map and the fields of a struct.
const ITEMS: &str = "'[|]'";

/// What stands between the key and the value of a map's entry.
const ENTRY: &str = "':'";

/// Returns how `text`, an expression, becomes a value of `hive_type`, or `None` where Hive 3.1 has no function for it.
pub(super) fn cast(text: &str, hive_type: &HiveType) -> Option<Cast> {
    let plain = format!("CAST({text} AS {hive_type})");
    let fit = |fits: String| Some(Cast { fits: Some(fits), value: plain.clone() });
    match hive_type {
        HiveType::String => Some(Cast { fits: None, value: text.to_owned() }),
        HiveType::TinyInt | HiveType::SmallInt | HiveType::Int | HiveType::BigInt => {
            fit(format!("{text} RLIKE '^[+-]?[0-9]+$' AND {plain} IS NOT NULL"))
        }
        HiveType::Float => fit(floating(text, "3.4028234663852886E38")),
        HiveType::Double => fit(floating(text, "1.7976931348623157E308")),
        HiveType::Decimal { precision, scale } => {
            fit(format!("{text} RLIKE '{}'", decimal(precision - scale, *scale)))
        }
        HiveType::Char(length) | HiveType::Varchar(length) => {
            fit(format!("length({text}) <= {length}"))
        }
        // The calendar is checked by writing the day again.
        HiveType::Date => {
            fit(format!("{text} RLIKE '{DAY}$' AND CAST({plain} AS string) = {text}"))
        }
        HiveType::Timestamp => Some(timestamp(text)),
        HiveType::Boolean => Some(boolean(text)),
        HiveType::Array(item) if **item == HiveType::String => {
            Some(split_by(text, &format!("split({text}, {ITEMS})")))
        }
        HiveType::Map(key, value)
            if (&**key, &**value) == (&HiveType::String, &HiveType::String) =>
        {
            Some(split_by(text, &format!("str_to_map({text}, {ITEMS}, {ENTRY})")))
        }
        HiveType::Struct(fields) => structure(text, fields),
        HiveType::Binary | HiveType::Array(_) | HiveType::Map(..) => None,
    }
}

/// Beyond the greatest number a cast gives infinity.
fn floating(text: &str, greatest: &str) -> String {
    format!("{text} RLIKE '{FLOATING}' AND abs(CAST({text} AS double)) <= {greatest}")
}

const FLOATING: &str = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$";

const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}";

/// Returns the pattern of decimals with so many digits before and behind the point, leading and trailing zeros aside.
fn decimal(before: u8, behind: u8) -> String {
    format!("^[+-]?(?=[.]?[0-9])0*[0-9]{{0,{before}}}([.][0-9]{{0,{behind}}}0*)?$")
}

/// A `T` may stand between day and time, as in ISO 8601; Hive's type knows no time zone, so no text may bring one.
fn timestamp(text: &str) -> Cast {
    let spaced = format!("regexp_replace({text}, 'T', ' ')");
    let value = format!("CAST({spaced} AS timestamp)");
    let seconds = |text: &str| format!("substr({text}, 1, 19)");
    let again = seconds(&format!("CAST({value} AS string)"));
    let fits = format!(
        "{text} RLIKE '{DAY}[ T][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}([.][0-9]{{1,9}})?$' AND {again} = {}",
        seconds(&spaced)
    );
    Cast { fits: Some(fits), value }
}

/// Hive's own CAST takes every other text for true.
fn boolean(text: &str) -> Cast {
    let lower = format!("lower({text})");
    let (yes, no) = ("('true', 't', 'yes', 'y', '1')", "('false', 'f', 'no', 'n', '0')");
    Cast {
        fits: Some(format!("({lower} IN {yes} OR {lower} IN {no})")),
        value: format!("CASE WHEN {lower} IN {yes} THEN TRUE WHEN {lower} IN {no} THEN FALSE END"),
    }
}

fn split_by(text: &str, parts: &str) -> Cast {
    Cast { fits: None, value: format!("CASE WHEN {text} <> '' THEN {parts} END") }
}

fn structure(text: &str, fields: &[(String, HiveType)]) -> Option<Cast> {
    let parts = format!("split({text}, {ITEMS})");
    let mut fits = vec![format!("size({parts}) = {}", fields.len())];
    let mut values = Vec::new();
    for (index, (name, hive_type)) in fields.iter().enumerate() {
        let part = format!("{parts}[{index}]");
        let field = hive_type.is_castable().then(|| cast(&part, hive_type)).flatten()?;
        if let Some(fit) = field.fits {
            fits.push(format!("({part} = '' OR {fit})"));
        }
        values.push(format!("'{name}', {}", field.value));
    }
    let value = format!("named_struct({})", values.join(", "));
    Some(Cast { fits: Some(fits.join(" AND ")), ..split_by(text, &value) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hive_type: &str) -> Option<Cast> {
        cast("`c`", &HiveType::parse(hive_type).unwrap())
    }

    #[test]
    fn texts_are_checked_before_they_are_cast() {
        let int = of("int").unwrap();
        assert_eq!(int.value, "CAST(`c` AS int)");
        assert_eq!(int.fits.unwrap(), "`c` RLIKE '^[+-]?[0-9]+$' AND CAST(`c` AS int) IS NOT NULL");
        assert_eq!(of("string"), Some(Cast { fits: None, value: "`c`".to_owned() }));
        assert_eq!(of("varchar(3)").unwrap().fits.unwrap(), "length(`c`) <= 3");
        let day =
            "`c` RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND CAST(CAST(`c` AS date) AS string) = `c`";
        assert_eq!(of("date").unwrap().fits.unwrap(), day);
    }

    #[test]
    fn decimals_have_no_more_digits_than_their_type() {
        assert_eq!(decimal(10, 2), "^[+-]?(?=[.]?[0-9])0*[0-9]{0,10}([.][0-9]{0,2}0*)?$");
    }

    #[test]
    fn nested_types_are_split_where_hive_can() {
        let split = "CASE WHEN `c` <> '' THEN split(`c`, '[|]') END";
        assert_eq!(of("array<string>").unwrap().value, split);
        let map = of("map<string,string>").unwrap().value;
        assert!(map.contains("str_to_map(`c`, '[|]', ':')"), "{map}");
        let found = of("struct<a:int,b:string>").unwrap();
        let value =
            "named_struct('a', CAST(split(`c`, '[|]')[0] AS int), 'b', split(`c`, '[|]')[1])";
        assert!(found.value.contains(value), "{}", found.value);
        assert!(found.fits.unwrap().starts_with("size(split(`c`, '[|]')) = 2 AND ("));
        for none in ["array<int>", "binary", "map<string,int>", "struct<a:array<string>>"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
