//! Reading columns of either database by their position.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_query::Value as SqlValue;
use serde_json::{Map, Value as Json};
use servease_domain::{Kind, Value, readable};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, ValueRef as _};
use uuid::Uuid;

use super::DbError;

/// How a column is kept: uuid, text, bigint, boolean, timestamptz, date, time and jsonb in
/// PostgreSQL; blob, text and integer in SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    Id,
    Text,
    Integer,
    Flag,
    Instant,
    Date,
    Time,
    Json,
}

impl ColumnType {
    /// The column of a described field.
    pub fn of(kind: &Kind) -> ColumnType {
        match kind {
            Kind::Flag => ColumnType::Flag,
            Kind::Integer { .. } | Kind::Money => ColumnType::Integer,
            Kind::Date => ColumnType::Date,
            Kind::TimeOfDay => ColumnType::Time,
            Kind::Instant => ColumnType::Instant,
            Kind::Reference(_) => ColumnType::Id,
            _ => ColumnType::Text,
        }
    }

    /// A value on its way into such a column.
    pub fn bind(self, value: &Value) -> SqlValue {
        match self {
            ColumnType::Id => SqlValue::Uuid(value.as_id()),
            ColumnType::Integer => SqlValue::BigInt(value.as_integer()),
            ColumnType::Flag => SqlValue::Bool(Some(value.as_flag())),
            ColumnType::Instant => SqlValue::ChronoDateTimeUtc(value.as_instant()),
            ColumnType::Date => SqlValue::ChronoDate(value.as_date()),
            ColumnType::Time => SqlValue::ChronoTime(match value {
                Value::Time(time) => Some(*time),
                _ => None,
            }),
            ColumnType::Text | ColumnType::Json => {
                SqlValue::String(Some(value.as_text().to_owned()))
            }
        }
    }
}

/// One row of an answer.
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl std::fmt::Debug for Row {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Rows hold personal data: they never go into a log whole.
        formatter.write_str("Row")
    }
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident -> $ty:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self, column: usize) -> Result<Option<$ty>, DbError> {
            Ok(match self {
                Row::Sqlite(row) => row.try_get(column)?,
                Row::Postgres(row) => row.try_get(column)?,
            })
        }
    )*};
}

impl Row {
    getters! {
        id -> Uuid;
        text -> String;
        integer -> i64;
        flag -> bool;
    }

    pub fn instant(&self, column: usize) -> Result<Option<DateTime<Utc>>, DbError> {
        match self {
            Row::Postgres(row) => Ok(row.try_get(column)?),
            Row::Sqlite(row) => parsed(row, column, |text| {
                DateTime::parse_from_rfc3339(text)
                    .ok()
                    .map(|at| at.with_timezone(&Utc))
            }),
        }
    }

    pub fn date(&self, column: usize) -> Result<Option<NaiveDate>, DbError> {
        match self {
            Row::Postgres(row) => Ok(row.try_get(column)?),
            Row::Sqlite(row) => parsed(row, column, |text| text.parse().ok()),
        }
    }

    pub fn time(&self, column: usize) -> Result<Option<NaiveTime>, DbError> {
        match self {
            Row::Postgres(row) => Ok(row.try_get(column)?),
            Row::Sqlite(row) => parsed(row, column, |text| text.parse().ok()),
        }
    }

    pub fn json(&self, column: usize) -> Result<Option<Json>, DbError> {
        match self {
            Row::Postgres(row) => Ok(row.try_get(column)?),
            Row::Sqlite(row) => parsed(row, column, |text| serde_json::from_str(text).ok()),
        }
    }

    /// A JSON object; an empty one where the column holds none. Errors: Damaged, where something
    /// else stands there; `place` names it.
    pub fn object(
        &self,
        column: usize,
        place: impl FnOnce() -> String,
    ) -> Result<Map<String, Json>, DbError> {
        let json = match self {
            Row::Postgres(row) => Ok(row.try_get(column)?),
            Row::Sqlite(row) => {
                let text: Option<&str> = row.try_get(column)?;
                text.map(serde_json::from_str).transpose()
            }
        };
        match json {
            Ok(Some(Json::Object(map))) => Ok(map),
            Ok(None) => Ok(Map::new()),
            Ok(Some(_)) | Err(_) => Err(DbError::Damaged(place())),
        }
    }

    /// A value of a described field. An empty text column is blank text. What an older program
    /// let in and no reader understands is read as blank: one such value must not keep everything
    /// around it from everybody.
    pub fn value(&self, column: usize, column_type: ColumnType) -> Result<Value, DbError> {
        let value = readable(self.exact_value(column, column_type))?;
        let is_known = match &value {
            Value::Instant(at) => readable::is_instant(*at),
            Value::Date(date) => readable::is_date(*date),
            Value::Time(time) => readable::is_time(*time),
            _ => true,
        };
        if !is_known {
            tracing::warn!(column, "a value outside of what can be read is left out");
        }
        Ok(if is_known { value } else { Value::Null })
    }

    fn exact_value(&self, column: usize, column_type: ColumnType) -> Result<Value, DbError> {
        let value = match column_type {
            ColumnType::Id => self.id(column)?.map(Value::Id),
            ColumnType::Integer => self.integer(column)?.map(Value::Integer),
            ColumnType::Flag => self.flag(column)?.map(Value::Flag),
            ColumnType::Instant => self.instant(column)?.map(Value::Instant),
            ColumnType::Date => self.date(column)?.map(Value::Date),
            ColumnType::Time => self.time(column)?.map(Value::Time),
            ColumnType::Text | ColumnType::Json => {
                Some(Value::Text(self.text(column)?.unwrap_or_default()))
            }
        };
        Ok(value.unwrap_or_default())
    }
}

/// What was read; its default where the column holds something else than it should.
pub fn readable<T: Default>(read: Result<T, DbError>) -> Result<T, DbError> {
    match read {
        Err(error) if error.is_of_content() => {
            tracing::warn!(%error, "a value that cannot be read is left out");
            Ok(T::default())
        }
        read => read,
    }
}

fn parsed<T>(
    row: &SqliteRow,
    column: usize,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, DbError> {
    if row.try_get_raw(column)?.is_null() {
        return Ok(None);
    }
    let text: &str = row.try_get(column)?;
    match parse(text) {
        Some(value) => Ok(Some(value)),
        None => Err(DbError::Other(sqlx::Error::ColumnDecode {
            index: column.to_string(),
            source: "text of another form than this column's".into(),
        })),
    }
}
