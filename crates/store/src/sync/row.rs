//! Writing rows as Central has them.

use serde_json::{Map, Value as Json};
use servease_domain::{EntityKind, Record, Value, Values, record};
use servease_wire::sync::{DELETED_WITH, DUPLICATE_OF};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use crate::{Result, rows, search};

/// The contents of a message, taken apart.
#[derive(Debug, Default)]
pub struct Contents {
    pub values: Values,
    /// Fields that this program does not know.
    pub extra: Map<String, Json>,
    /// Present when the message says something about it.
    pub duplicate_of: Option<Option<Uuid>>,
    pub deleted_with: Option<Uuid>,
}

pub fn take_apart(kind: EntityKind, json: &Map<String, Json>) -> Contents {
    let (values, mut extra) = record::values_from_json(kind, json);
    let id = |json: &Json| json.as_str().and_then(|text| text.parse().ok());
    Contents {
        values,
        duplicate_of: extra.remove(DUPLICATE_OF).map(|json| id(&json)),
        deleted_with: extra.remove(DELETED_WITH).and_then(|json| id(&json)),
        extra,
    }
}

/// Writes a record that the desk does not have yet; a tombstone too.
pub async fn insert(conn: &mut SqliteConnection, record: &Record) -> Result<()> {
    rows::insert(conn, record).await?;
    if !record.is_deleted() {
        search::index(conn, record).await?;
    }
    Ok(())
}

/// Sets fields of a record, which holds the old ones still.
pub async fn set(
    conn: &mut SqliteConnection,
    record: &mut Record,
    wanted: &Values,
) -> Result<bool> {
    let changed = record.difference(wanted);
    if changed.is_empty() {
        return Ok(false);
    }
    record.values.extend(changed.clone());
    rows::update(conn, record, &changed).await?;
    if !record.is_deleted() && search::is_touched(record.kind, &changed) {
        search::index(conn, record).await?;
    }
    Ok(true)
}

/// Keeps fields that this program does not know, beside those that it kept before.
pub async fn keep_extra(
    conn: &mut SqliteConnection,
    record: &mut Record,
    extra: Map<String, Json>,
) -> Result<()> {
    let mut all = record.extra.clone();
    all.extend(extra);
    replace_extra(conn, record, all).await
}

/// Keeps these fields and no others that this program does not know.
pub async fn replace_extra(
    conn: &mut SqliteConnection,
    record: &mut Record,
    extra: Map<String, Json>,
) -> Result<()> {
    record.extra = extra;
    let sql = format!("UPDATE {} SET extra = ? WHERE id = ?", record.kind.table());
    sqlx::query(AssertSqlSafe(sql))
        .bind(Json::Object(record.extra.clone()).to_string())
        .bind(record.id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes a record alive or dead, with or without another one. `at` is when, for a tombstone.
pub async fn set_alive(
    conn: &mut SqliteConnection,
    record: &mut Record,
    dead: Option<(chrono::DateTime<chrono::Utc>, Option<Uuid>)>,
) -> Result<bool> {
    let with = dead.and_then(|(_, with)| with);
    if record.is_deleted() == dead.is_some() && record.deleted_with == with {
        return Ok(false);
    }
    record.deleted_at = dead.map(|(at, _)| record.deleted_at.unwrap_or(at));
    record.deleted_with = with;
    rows::set_deleted(conn, record).await?;
    if record.is_deleted() {
        search::remove(conn, record.kind, record.id).await?;
    } else {
        search::index(conn, record).await?;
    }
    Ok(true)
}

/// Flags a record as repeating another one, or takes the flag away.
pub async fn set_duplicate(
    conn: &mut SqliteConnection,
    record: &mut Record,
    of: Option<Uuid>,
) -> Result<bool> {
    if record.duplicate_of == of {
        return Ok(false);
    }
    record.duplicate_of = of;
    let sql = format!(
        "UPDATE {} SET duplicate_of = ? WHERE id = ?",
        record.kind.table()
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(of)
        .bind(record.id)
        .execute(conn)
        .await?;
    Ok(true)
}

/// A record from its `create`: what was said, and the defaults for the rest. What a field of
/// a new record would take from the clock is blank unless it was said.
pub fn new_record(
    kind: EntityKind,
    id: Uuid,
    contents: Contents,
    at: chrono::DateTime<chrono::Utc>,
) -> Record {
    let mut record = Record::new(kind, id, Values::new(), at);
    for field in kind.fields() {
        if matches!(field.default, servease_domain::field::Default::Now) {
            record.values.insert(field.name, Value::Null);
        }
    }
    record.values.extend(contents.values);
    record.extra = contents.extra;
    record.duplicate_of = contents.duplicate_of.flatten();
    record.deleted_with = contents.deleted_with;
    record
}
