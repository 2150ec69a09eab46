//! What was stored as text, read back. Text that does not read is damage and says of which
//! record it is. An empty value in its place would let go of what somebody wrote.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::{Result, StoreError};

/// JSON in a column of the log.
pub(crate) fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|_| damaged(row, column))
}

/// JSON in a column of the log that may hold none.
pub(crate) fn optional_json<T: DeserializeOwned>(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<T>> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(|text| serde_json::from_str(text).map_err(|_| damaged(row, column)))
        .transpose()
}

/// A moment in a column of the log.
pub(crate) fn instant(row: &SqliteRow, column: &str) -> Result<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(row.try_get(column)?)
        .map(|at| at.to_utc())
        .map_err(|_| damaged(row, column))
}

/// A moment in a column that may hold none.
pub(crate) fn optional_instant(row: &SqliteRow, column: &str) -> Result<Option<DateTime<Utc>>> {
    match row.try_get::<Option<&str>, _>(column)? {
        Some(_) => instant(row, column).map(Some),
        None => Ok(None),
    }
}

/// One of the words that a column of the log may hold.
pub(crate) fn word<T>(
    row: &SqliteRow,
    column: &str,
    meaning: impl FnOnce(&str) -> Option<T>,
) -> Result<T> {
    meaning(row.try_get(column)?).ok_or_else(|| damaged(row, column))
}

/// Names the place. The row names its record in `entity` and `record_id`, where it can.
pub(crate) fn damaged(row: &SqliteRow, column: &str) -> StoreError {
    let record = row.try_get::<&str, _>("entity").and_then(|entity| {
        Ok(format!(
            " of {entity} {}",
            row.try_get::<Uuid, _>("record_id")?
        ))
    });
    let record = record.as_deref().unwrap_or_default();
    StoreError::Damaged(format!("mutations.{column}{record}"))
}

/// A message of ours as it is stored.
///
/// # Errors
/// Damaged, where it is none: maps of text and plain values always become JSON.
pub(crate) fn text_of(message: &impl Serialize) -> Result<String> {
    serde_json::to_string(message).map_err(|error| StoreError::Damaged(error.to_string()))
}
