//! What can be kept: the one check of values, whoever sends them.
//!
//! A record is read by two databases, lists, the feed, ready files, backups, desks and programs of
//! other ages. What would stop one of them is refused before it is written. Rules that are only
//! about good sense (an e-mail address, a year that is no more than the next) are not asked here:
//! [`crate::reading`] asks those of whoever types.

use std::ops::RangeInclusive;

use serde_json::{Map, Value as Json};

use crate::alerts::Leads;
use crate::field::{self, Field, Kind, Limit};
use crate::money;
use crate::phone;
use crate::problem::{Code, Problem};
use crate::readable::{YEARS, is_date, is_instant, is_time};
use crate::value::Value;

/// Names of fields are words, also those of newer programs.
pub const UNKNOWN_NAME_MAX: usize = 64;

/// What a newer program's field may hold: some levels of a structure. Messages, which hold it in
/// levels of their own, are read to 128.
pub const UNKNOWN_DEPTH_MAX: usize = 32;

/// All fields of newer programs of one record together, as JSON: two of the longest texts.
pub const UNKNOWN_BYTES_MAX: usize = 8 * field::LONG_TEXT_MAX;

/// Larger and smaller numbers have hundreds of digits in a database that counts in decimals.
const FLOATS: RangeInclusive<f64> = 1e-100..=1e100;

/// Whether a value can be kept in a field. Blank values are a matter of `required`, except where
/// there is no blank.
pub fn problem(field: &Field, value: &Value) -> Option<Problem> {
    let problem = |code| Some(Problem::new(field.name, code));
    match (field.kind, value) {
        (Kind::Flag, Value::Flag(_)) => None,
        (kind, Value::Null) if !kind.is_text() => match kind {
            Kind::Flag => problem(Code::NotAFlag),
            _ if field.is_never_null() => problem(Code::Required),
            _ => None,
        },
        (Kind::Integer { min, max }, Value::Integer(number)) => {
            let max = match max {
                Limit::Fixed(max) => max,
                Limit::NextYear => i64::from(*YEARS.end()),
            };
            between(field, *number, min, max)
        }
        (Kind::Money, Value::Integer(units)) => between(field, *units, 0, money::AMOUNT_MAX),
        (Kind::Date, Value::Date(date)) if is_date(*date) => None,
        (Kind::TimeOfDay, Value::Time(time)) if is_time(*time) => None,
        (Kind::Instant, Value::Instant(at)) if is_instant(*at) => None,
        (Kind::Reference(_), Value::Id(_)) => None,
        (kind, Value::Text(text)) if kind.is_text() => text_problem(field, text),
        (kind, _) => problem(unreadable(&kind)),
    }
}

fn between(field: &Field, number: i64, min: i64, max: i64) -> Option<Problem> {
    if number < min {
        Some(Problem::new(field.name, Code::TooSmall).with("min", min))
    } else if number > max {
        Some(Problem::new(field.name, Code::TooLarge).with("max", max))
    } else {
        None
    }
}

fn text_problem(field: &Field, text: &str) -> Option<Problem> {
    let problem = |code| Problem::new(field.name, code);
    let is_plain = |character: char| {
        let is_line = matches!(character, '\n' | '\r' | '\t');
        !character.is_control() || (is_line && field.kind == Kind::LongText)
    };
    if let Some(control) = text.chars().find(|character| !is_plain(*character)) {
        let name = format!("U+{:04X}", control as u32);
        return Some(problem(Code::ControlCharacter).with("character", name));
    }
    let wrong = match field.kind {
        _ if text.is_empty() => None,
        Kind::Choice { of, .. } if !of.contains(&text) => {
            return Some(
                problem(Code::NotAChoice)
                    .with("found", text.chars().take(40).collect::<String>())
                    .with("choices", of.join(", ")),
            );
        }
        Kind::Country if !phone::is_country(text) => {
            return Some(
                problem(Code::NotAChoice)
                    .with("found", text.chars().take(40).collect::<String>())
                    .with("choices", "US, CA, MX, DE, FR, …"),
            );
        }
        Kind::Currency if !money::is_currency(text) => Some(Code::NotACurrency),
        Kind::TimeZone if text.parse::<chrono_tz::Tz>().is_err() => Some(Code::NotATimeZone),
        Kind::LeadDays if Leads::read(text).is_none() => Some(Code::NotLeadDays),
        _ => None,
    };
    if let Some(code) = wrong {
        return Some(problem(code).with("found", text.chars().take(40).collect::<String>()));
    }
    let max = field.kind.max_length()?;
    // A character has four bytes at most: most texts need not be counted.
    if text.len() <= max {
        return None;
    }
    let length = text.chars().count();
    (length > max).then(|| {
        problem(Code::TooLong)
            .with("max", max)
            .with("found", length)
    })
}

/// Why JSON is no value of a kind.
pub fn unreadable(kind: &Kind) -> Code {
    match kind {
        Kind::Flag => Code::NotAFlag,
        Kind::Integer { .. } => Code::NotANumber,
        Kind::Money => Code::NotMoney,
        Kind::Date => Code::NotADate,
        Kind::TimeOfDay => Code::NotATime,
        Kind::Instant => Code::NotAnInstant,
        Kind::Reference(_) => Code::NotAnId,
        _ => Code::NotText,
    }
}

/// Whether the field of a newer program can be kept as it is, and sent on.
pub fn problem_of_unknown(name: &str, json: &Json) -> Option<Code> {
    if name.chars().any(char::is_control) {
        return Some(Code::ControlCharacter);
    }
    if name.is_empty() || name.len() > UNKNOWN_NAME_MAX {
        return Some(Code::UnknownField);
    }
    inner_problem(json, UNKNOWN_DEPTH_MAX)
}

fn inner_problem(json: &Json, depth: usize) -> Option<Code> {
    if depth == 0 {
        return Some(Code::TooLong);
    }
    let has_nul = |text: &str| text.contains('\0');
    match json {
        Json::Null | Json::Bool(_) => None,
        // PostgreSQL keeps no NUL.
        Json::String(text) => has_nul(text).then_some(Code::ControlCharacter),
        Json::Number(number) => {
            let is_whole = number.is_i64() || number.is_u64();
            let fits = |float: f64| float == 0.0 || FLOATS.contains(&float.abs());
            let is_kept = is_whole || number.as_f64().is_some_and(fits);
            (!is_kept).then_some(Code::NotANumber)
        }
        Json::Array(items) => items.iter().find_map(|item| inner_problem(item, depth - 1)),
        Json::Object(fields) => fields.iter().find_map(|(name, json)| {
            if has_nul(name) {
                return Some(Code::ControlCharacter);
            }
            inner_problem(json, depth - 1)
        }),
    }
}

/// Whether a record can keep all of these fields of newer programs.
pub fn fits_together(unknown: &Map<String, Json>) -> bool {
    let length = |(name, json): (&String, &Json)| name.len() + length_of(json);
    unknown.iter().map(length).sum::<usize>() <= UNKNOWN_BYTES_MAX
}

fn length_of(json: &Json) -> usize {
    match json {
        Json::String(text) => text.len() + 2,
        Json::Array(items) => items.iter().map(|item| length_of(item) + 1).sum(),
        Json::Object(fields) => fields
            .iter()
            .map(|(name, json)| name.len() + 4 + length_of(json))
            .sum(),
        _ => 24,
    }
}

impl Field {
    /// Whether the field always holds something: there is no column for nothing.
    pub const fn is_never_null(&self) -> bool {
        match self.kind {
            Kind::Flag => true,
            kind if kind.is_text() => true,
            _ => self.required || matches!(self.default, field::Default::Integer(_)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::EntityKind;

    #[test]
    fn names_levels_numbers_and_lengths_of_unknown_fields_have_bounds() {
        let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        for (name, json, expected) in [
            ("mood", json!({"text": "\\u0000"}), None),
            ("mood", json!("a\0b"), Some(Code::ControlCharacter)),
            ("mood", json!(["\0"]), Some(Code::ControlCharacter)),
            (
                "mood",
                json!({"a": {"\0": 1}}),
                Some(Code::ControlCharacter),
            ),
            ("mo\0od", json!(1), Some(Code::ControlCharacter)),
            ("", json!(1), Some(Code::UnknownField)),
            ("mood", json!(1.5), None),
            ("mood", json!(u64::MAX), None),
            ("mood", json!(1e308), Some(Code::NotANumber)),
            ("mood", json!(-1e-300), Some(Code::NotANumber)),
            ("mood", nested(UNKNOWN_DEPTH_MAX - 1), None),
            ("mood", nested(UNKNOWN_DEPTH_MAX), Some(Code::TooLong)),
            ("mood", nested(100), Some(Code::TooLong)),
        ] {
            assert_eq!(problem_of_unknown(name, &json), expected, "{name:?} {json}");
        }
        let long = "n".repeat(2_000_000);
        assert_eq!(
            problem_of_unknown(&long, &json!(1)),
            Some(Code::UnknownField)
        );
        let text = json!("x".repeat(UNKNOWN_BYTES_MAX / 2));
        let one = Map::from_iter([("a".to_owned(), text.clone())]);
        let two = Map::from_iter([("a".to_owned(), text.clone()), ("b".to_owned(), text)]);
        assert!(fits_together(&one) && !fits_together(&two));
    }

    #[test]
    fn values_outside_what_every_reader_knows_are_no_values() {
        let field = |kind: EntityKind, name: &str| kind.field(name).unwrap();
        let code = |kind, name, value: Value| {
            problem(field(kind, name), &value).map(|problem| problem.code)
        };
        let service = EntityKind::ServiceRecord;
        let money = |units| code(service, "cost", Value::Integer(units));
        assert_eq!(money(i64::MAX), Some(Code::TooLarge));
        assert_eq!(money(-1), Some(Code::TooSmall));
        assert_eq!(money(money::AMOUNT_MAX), None);
        let flag = code(EntityKind::Customer, "is_active", Value::Null);
        assert_eq!(flag, Some(Code::NotAFlag));
        let year = |year| code(EntityKind::Vehicle, "year", Value::Integer(year));
        assert_eq!((year(9_999), year(10_000)), (None, Some(Code::TooLarge)));
        let name = |text: &str| code(EntityKind::Customer, "last_name", Value::Text(text.into()));
        assert_eq!(name("A\nB"), Some(Code::ControlCharacter));
        assert_eq!(name(&"ä".repeat(101)), Some(Code::TooLong));
        assert_eq!(name(&"ä".repeat(100)), None);
        let content = Value::Text("a\n\tb".to_owned());
        assert_eq!(code(EntityKind::Note, "content", content), None);
    }
}
