//! From what a client said (JSON, or text from a form or a command line) to values: trimmed,
//! normalised, typed. Every problem is reported at once; nothing is guessed.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::consequences::may_be_said;
use crate::field::{Field, Kind, Limit};
use crate::kind::EntityKind;
use crate::money;
use crate::phone;
use crate::problem::{Code, Problem};
use crate::record::Values;
use crate::value::Value;
use crate::vin;

/// What the rules need to know of the world.
#[derive(Debug, Clone)]
pub struct Context {
    pub now: DateTime<Utc>,
    /// Today at the garage, in its time zone.
    pub today: NaiveDate,
    /// ISO 3166 alpha-2: national phone numbers are read in it. Central does not guess one.
    pub country: Option<String>,
    /// ISO 4217: amounts without a currency are in it.
    pub currency: String,
}

/// What an input came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    pub values: Values,
    pub problems: Vec<Problem>,
    /// Doubts that do not stand in the way.
    pub warnings: Vec<Problem>,
    /// Names that the entity does not have, as they were given.
    pub unknown: Vec<String>,
}

/// Reads the fields that the input names. Fields that the product sets itself are passed
/// over, so that a client may send back what it was given.
pub fn read(kind: EntityKind, input: &Map<String, Json>, context: &Context) -> Reading {
    let mut reading = Reading::default();
    let currency = input
        .get("currency")
        .and_then(Json::as_str)
        .map(|code| code.trim().to_ascii_uppercase())
        .filter(|code| money::is_currency(code))
        .unwrap_or_else(|| context.currency.clone());
    for (name, json) in input {
        let Some(field) = kind.field(name) else {
            reading.unknown.push(name.clone());
            continue;
        };
        if field.system || (field.consequence && !may_be_said(kind, field.name)) {
            continue;
        }
        match read_field(field, json, &currency, context, &mut reading.warnings) {
            Ok(value) => {
                reading.values.insert(field.name, value);
            }
            Err(problem) => reading.problems.push(problem),
        }
    }
    reading
}

fn read_field(
    field: &Field,
    json: &Json,
    currency: &str,
    context: &Context,
    warnings: &mut Vec<Problem>,
) -> Result<Value, Problem> {
    let problem = |code| Problem::new(field.name, code);
    if field.kind.is_text() {
        let text = text_of(field, json)?;
        if text.is_empty() {
            return Ok(blank_text(field));
        }
        return read_text(field, text, context, warnings).map(Value::Text);
    }
    let said = match json {
        Json::Null => None,
        Json::String(text) if text.trim().is_empty() => None,
        other => Some(other),
    };
    let Some(said) = said else {
        return match field.kind {
            Kind::Flag => Err(problem(Code::NotAFlag)),
            // An odometer that nobody read stands at its default, never at nothing.
            _ => match field.default_value(context.now) {
                Value::Integer(number) => Ok(Value::Integer(number)),
                _ => Ok(Value::Null),
            },
        };
    };
    match field.kind {
        Kind::Flag => read_flag(said)
            .map(Value::Flag)
            .ok_or(problem(Code::NotAFlag)),
        Kind::Integer { min, max } => {
            let number = read_integer(said).ok_or(problem(Code::NotANumber))?;
            let max = match max {
                Limit::Fixed(max) => max,
                Limit::NextYear => i64::from(context.today.year()) + 1,
            };
            if number < min {
                Err(problem(Code::TooSmall).with("min", min))
            } else if number > max {
                Err(problem(Code::TooLarge).with("max", max))
            } else {
                Ok(Value::Integer(number))
            }
        }
        Kind::Money => {
            let text = match said {
                Json::String(text) => text.trim().to_owned(),
                Json::Number(number) => number.to_string(),
                _ => return Err(problem(Code::NotMoney).with("currency", currency)),
            };
            money::minor_units(&text, currency)
                .map(Value::Integer)
                .ok_or(problem(Code::NotMoney).with("currency", currency))
        }
        Kind::Date => said
            .as_str()
            .and_then(read_date)
            .map(Value::Date)
            .ok_or(problem(Code::NotADate)),
        Kind::TimeOfDay => said
            .as_str()
            .and_then(read_time)
            .map(Value::Time)
            .ok_or(problem(Code::NotATime)),
        Kind::Instant => said
            .as_str()
            .and_then(read_instant)
            .map(Value::Instant)
            .ok_or(problem(Code::NotAnInstant)),
        _ => said
            .as_str()
            .and_then(|text| Uuid::parse_str(text.trim()).ok())
            .map(Value::Id)
            .ok_or(problem(Code::NotAnId)),
    }
}

/// A choice that is always made goes back to its default when it is emptied, as do fields
/// that stand for something when nothing is said (time zone, currency).
fn blank_text(field: &Field) -> Value {
    match (field.kind, field.default) {
        (
            Kind::Choice { blank: false, .. } | Kind::TimeZone | Kind::Currency,
            crate::field::Default::Text(text),
        ) => Value::Text(text.to_owned()),
        _ => Value::Text(String::new()),
    }
}

fn text_of(field: &Field, json: &Json) -> Result<String, Problem> {
    let raw = match json {
        Json::Null => return Ok(String::new()),
        Json::String(text) => text.clone(),
        // Users are numbered: what is no whole number is nobody's.
        Json::Number(number)
            if field.kind == Kind::ForeignKey && !(number.is_i64() || number.is_u64()) =>
        {
            return Err(Problem::new(field.name, Code::NotText));
        }
        // A year or a postcode typed without quotes is meant as text.
        Json::Number(number) => number.to_string(),
        _ => return Err(Problem::new(field.name, Code::NotText)),
    };
    let many_lines = matches!(field.kind, Kind::LongText);
    let mut text = String::with_capacity(raw.len());
    for character in raw.replace("\r\n", "\n").trim().chars() {
        match character {
            '\n' | '\t' if many_lines => text.push(character),
            '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => text.push(' '),
            control if control.is_control() => {
                return Err(Problem::new(field.name, Code::ControlCharacter)
                    .with("character", format!("U+{:04X}", control as u32)));
            }
            other => text.push(other),
        }
    }
    Ok(text)
}

fn read_text(
    field: &Field,
    text: String,
    context: &Context,
    warnings: &mut Vec<Problem>,
) -> Result<String, Problem> {
    let problem = |code| Problem::new(field.name, code);
    let text = match field.kind {
        Kind::Email => {
            let text = text.to_owned();
            if !is_email(&text) {
                return Err(problem(Code::NotAnEmail));
            }
            text
        }
        Kind::Phone => read_phone(field, &text, context, warnings)?,
        Kind::Vin => read_vin(field, &text, warnings)?,
        Kind::Choice { of, .. } => {
            if !of.contains(&text.as_str()) {
                return Err(problem(Code::NotAChoice)
                    .with("found", &text)
                    .with("choices", of.join(", ")));
            }
            text
        }
        Kind::Currency => {
            let code = text.to_ascii_uppercase();
            if !money::is_currency(&code) {
                return Err(problem(Code::NotACurrency).with("found", &text));
            }
            code
        }
        Kind::Country => {
            let code = text.to_ascii_uppercase();
            if !phone::is_country(&code) {
                return Err(problem(Code::NotAChoice)
                    .with("found", &text)
                    .with("choices", "US, CA, MX, DE, FR, …"));
            }
            code
        }
        Kind::TimeZone => {
            if text.parse::<chrono_tz::Tz>().is_err() {
                return Err(problem(Code::NotATimeZone).with("found", &text));
            }
            text
        }
        _ => text,
    };
    let length = text.chars().count();
    match field.kind.max_length() {
        Some(max) if length > max => Err(problem(Code::TooLong)
            .with("max", max)
            .with("found", length)),
        _ => Ok(text),
    }
}

fn read_phone(
    field: &Field,
    text: &str,
    context: &Context,
    warnings: &mut Vec<Problem>,
) -> Result<String, Problem> {
    let bad = |_| Problem::new(field.name, Code::NotAPhone).with("found", text);
    match &context.country {
        Some(country) => {
            let Some(phone) = phone::read(text, country).map_err(bad)? else {
                return Ok(String::new());
            };
            if phone.doubtful {
                warnings
                    .push(Problem::new(field.name, Code::PhoneDoubtful).with("found", &phone.e164));
            }
            Ok(phone.e164)
        }
        None => phone::normalize_contract(text).map_err(bad),
    }
}

fn read_vin(field: &Field, text: &str, warnings: &mut Vec<Problem>) -> Result<String, Problem> {
    let problem = |code| Problem::new(field.name, code);
    match vin::check(text) {
        Ok(vin) => {
            for warning in vin.warnings() {
                let vin::VinWarning::CheckDigit { expected, found } = warning;
                warnings.push(
                    problem(Code::VinCheckDigit)
                        .with("expected", expected)
                        .with("found", found),
                );
            }
            Ok(vin.as_str().to_owned())
        }
        Err(vin::VinError::Length { found }) => Err(problem(Code::VinLength).with("found", found)),
        Err(vin::VinError::Character { found, position }) => Err(problem(Code::VinCharacter)
            .with("found", found)
            .with("position", position)),
        Err(vin::VinError::CheckDigit { expected, found }) => Err(problem(Code::VinCheckDigit)
            .with("expected", expected)
            .with("found", found)),
    }
}

fn read_flag(json: &Json) -> Option<bool> {
    match json {
        Json::Bool(flag) => Some(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        Json::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn read_integer(json: &Json) -> Option<i64> {
    match json {
        Json::Number(number) => number.as_i64().or_else(|| {
            // 12.0 is a whole number, whatever its spelling.
            number
                .as_f64()
                .filter(|float| float.fract() == 0.0 && float.abs() < 9e15)
                .map(|float| float as i64)
        }),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// `YYYY-MM-DD`, years 1 to 9999.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
        .ok()
        .filter(|date| (1..=9999).contains(&date.year()))
}

/// `HH:MM` or `HH:MM:SS`.
pub fn read_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    NaiveTime::parse_from_str(text, "%H:%M:%S")
        .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M"))
        .ok()
}

/// Any ISO 8601 instant, years 1 to 9999: calendar, week and ordinal dates, extended and basic
/// notation, any zone. Without a zone it is UTC, which is all that a stock service sends; a
/// date alone is its midnight.
pub fn read_instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(place) => (&text[..place], &text[place + 1..]),
        None => (text, "00:00"),
    };
    let date = parsed(&DATES, |format| NaiveDate::parse_from_str(date, format))?;
    let (time, offset_s) = match time.find(['Z', 'z', '+', '-']) {
        Some(place) => (&time[..place], read_zone(&time[place..])?),
        None => (time, 0),
    };
    // A comma is as good as a point, and an hour needs no minutes.
    let time = time.trim().replace(',', ".");
    let time = if time.len() == 2 { time + ":00" } else { time };
    let time = parsed(&TIMES, |format| NaiveTime::parse_from_str(&time, format))?;
    let utc = date
        .and_time(time)
        .checked_sub_signed(TimeDelta::seconds(offset_s))?
        .and_utc();
    // Counted in microseconds there are no leap seconds.
    DateTime::from_timestamp_micros(utc.timestamp_micros())
        .filter(|instant| (1..=9999).contains(&instant.year()))
}

const DATES: [&str; 6] = [
    "%Y-%m-%d",
    "%Y%m%d",
    "%G-W%V-%u",
    "%GW%V%u",
    "%Y-%j",
    "%Y%j",
];
const TIMES: [&str; 4] = ["%H:%M:%S%.f", "%H:%M", "%H%M%S%.f", "%H%M"];

fn parsed<T>(formats: &[&str], parse: impl Fn(&str) -> Result<T, chrono::ParseError>) -> Option<T> {
    formats.iter().find_map(|format| parse(format).ok())
}

/// `Z`, `+HH`, `+HHMM` or `+HH:MM`: seconds east of Greenwich.
fn read_zone(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text[1..].replacen(':', "", 1);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = match digits.len() {
        2 if is_plain => (digits.as_str(), "0"),
        4 if is_plain => digits.split_at(2),
        _ => return None,
    };
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

/// What every mail server takes and every form should: one `@`, a local part of at most 64
/// characters without spaces, and a domain of at least two labels (RFC 5321, quoted local
/// parts and address literals left out: nobody gives one at a counter).
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let local_fits = !local.is_empty()
        && local.chars().count() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let labels: Vec<&str> = domain.split('.').collect();
    let domain_fits = labels.len() >= 2
        && domain.len() <= 253
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && labels
            .last()
            .is_some_and(|label| label.chars().count() >= 2);
    local_fits && domain_fits
}
