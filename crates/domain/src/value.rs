//! One value of one field, whatever the field's kind.
//!
//! The JSON form here is the one of the mutation log and of the sync extension: money is an
//! integer of minor units. The form of the public API, where money is a decimal string, is
//! made in the `wire` crate.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::field::{self, Field, Kind};
use crate::readable;

/// A field's content. Blank text is `Text("")`, everything else that is absent is `Null`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Value {
    #[default]
    Null,
    Flag(bool),
    Integer(i64),
    Text(String),
    Date(NaiveDate),
    Time(NaiveTime),
    Instant(DateTime<Utc>),
    Id(Uuid),
}

impl Value {
    /// Whether nothing was entered: null or blank text.
    pub fn is_blank(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    pub fn as_text(&self) -> &str {
        match self {
            Value::Text(text) => text,
            _ => "",
        }
    }

    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub fn as_flag(&self) -> bool {
        matches!(self, Value::Flag(true))
    }

    pub fn as_date(&self) -> Option<NaiveDate> {
        match self {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    pub fn as_instant(&self) -> Option<DateTime<Utc>> {
        match self {
            Value::Instant(instant) => Some(*instant),
            _ => None,
        }
    }

    pub fn as_id(&self) -> Option<Uuid> {
        match self {
            Value::Id(id) => Some(*id),
            _ => None,
        }
    }

    /// The form of the mutation log.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Flag(flag) => Json::Bool(*flag),
            Value::Integer(number) => Json::from(*number),
            Value::Text(text) => Json::String(text.clone()),
            Value::Date(date) => Json::String(date.to_string()),
            Value::Time(time) => Json::String(time.format("%H:%M:%S").to_string()),
            Value::Instant(instant) => Json::String(instant_text(instant)),
            Value::Id(id) => Json::String(id.to_string()),
        }
    }

    /// Reads what [`Value::to_json`] wrote. None where the JSON does not fit the kind or stands for
    /// something that not every reader knows ([`readable`]): it was written by another version or
    /// damaged, and the caller says so.
    pub fn from_json(kind: &Kind, json: &Json) -> Option<Value> {
        if json.is_null() {
            return Some(kind.blank());
        }
        Some(match kind {
            Kind::Flag => Value::Flag(json.as_bool()?),
            Kind::Integer { .. } | Kind::Money => Value::Integer(json.as_i64()?),
            Kind::Date => Value::Date(
                json.as_str()?
                    .parse()
                    .ok()
                    .filter(|it| readable::is_date(*it))?,
            ),
            Kind::TimeOfDay => {
                let time = NaiveTime::parse_from_str(json.as_str()?, "%H:%M:%S").ok()?;
                Value::Time(Some(time).filter(|it| readable::is_time(*it))?)
            }
            Kind::Instant => {
                let at = DateTime::parse_from_rfc3339(json.as_str()?).ok()?;
                // Counted in microseconds, as the databases do, there are no leap seconds.
                let at = DateTime::from_timestamp_micros(at.timestamp_micros())?;
                Value::Instant(Some(at).filter(|it| readable::is_instant(*it))?)
            }
            Kind::Reference(_) => Value::Id(json.as_str()?.parse().ok()?),
            kind if kind.is_text() => Value::Text(json.as_str()?.to_owned()),
            _ => return None,
        })
    }
}

impl Kind {
    /// What stands in a field of this kind when it is emptied.
    pub fn blank(&self) -> Value {
        if self.is_text() {
            Value::Text(String::new())
        } else {
            Value::Null
        }
    }
}

impl Field {
    /// What stands in the field of a new record when nothing was said.
    pub fn default_value(&self, now: chrono::DateTime<chrono::Utc>) -> Value {
        match self.default {
            field::Default::Blank => self.kind.blank(),
            field::Default::Flag(flag) => Value::Flag(flag),
            field::Default::Integer(number) => Value::Integer(number),
            field::Default::Text(text) => Value::Text(text.to_owned()),
            field::Default::Now => Value::Instant(now),
        }
    }
}

/// The one text form of an instant: UTC with microseconds and `Z`, so that text order is
/// time order.
pub fn instant_text(instant: &DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The Rust type of a field, as the entity structs declare it.
pub trait FieldType: Sized {
    fn from_value(value: &Value) -> Self;
    fn to_value(&self) -> Value;
}

impl FieldType for String {
    fn from_value(value: &Value) -> Self {
        value.as_text().to_owned()
    }
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl FieldType for bool {
    fn from_value(value: &Value) -> Self {
        value.as_flag()
    }
    fn to_value(&self) -> Value {
        Value::Flag(*self)
    }
}

impl FieldType for i64 {
    fn from_value(value: &Value) -> Self {
        value.as_integer().unwrap_or_default()
    }
    fn to_value(&self) -> Value {
        Value::Integer(*self)
    }
}

macro_rules! optional_field_types {
    ($($variant:ident($ty:ty)),* $(,)?) => {$(
        impl FieldType for Option<$ty> {
            fn from_value(value: &Value) -> Self {
                match value {
                    Value::$variant(inner) => Some(inner.clone()),
                    _ => None,
                }
            }
            fn to_value(&self) -> Value {
                self.clone().map_or(Value::Null, Value::$variant)
            }
        }
    )*};
}

optional_field_types!(
    Integer(i64),
    Date(NaiveDate),
    Time(NaiveTime),
    Instant(DateTime<Utc>),
    Id(Uuid),
);
