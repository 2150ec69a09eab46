//! Conflicts, and which side of one this desk wrote.

use servease_domain::record::values_to_json;
use servease_domain::{EntityKind, Record, Values};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use crate::{Result, rows};

/// Of a repeated e-mail or VIN, and of what may be the same walk-in: decided as duplicates.
const IS_DUPLICATE: &str = "field IN ('duplicate', 'possible_duplicate')";

/// The field under which a deletion against an edit is told.
pub use servease_wire::sync::DELETED;

/// The state of a conflict of which somebody has written the field again, knowing of it.
pub const EDITED: &str = "edited";

/// Open conflicts about these fields of a record, or about a group to which one of them belongs.
pub async fn list_about(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    record: Uuid,
    fields: &[&str],
) -> Result<Vec<Uuid>> {
    let groups = fields.iter().filter_map(|name| kind.field(name)?.together);
    let names: Vec<&str> = fields.iter().copied().chain(groups).collect();
    Ok(sqlx::query_scalar(
        "SELECT id FROM conflicts WHERE record_id = ?1 AND record_kind = ?2 \
         AND field IN (SELECT value FROM json_each(?3)) AND state = 'open' \
         AND deleted_at IS NULL ORDER BY created_at, id",
    )
    .bind(record.to_string())
    .bind(kind.name())
    .bind(serde_json::json!(names).to_string())
    .fetch_all(conn)
    .await?)
}

/// Conflicts that nobody has decided, oldest first, without duplicates.
pub async fn list_open(conn: &mut SqliteConnection) -> Result<Vec<Record>> {
    list(conn, &format!("state = 'open' AND NOT ({IS_DUPLICATE})")).await
}

/// Open conflicts that say that a record may be another one, oldest first.
pub async fn list_possible_duplicates(conn: &mut SqliteConnection) -> Result<Vec<Record>> {
    list(conn, "state = 'open' AND field = 'possible_duplicate'").await
}

async fn list(conn: &mut SqliteConnection, condition: &str) -> Result<Vec<Record>> {
    let sql = format!(
        "SELECT id FROM conflicts WHERE {condition} AND deleted_at IS NULL \
         ORDER BY created_at, id"
    );
    let ids: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(&mut *conn)
        .await?;
    let mut records = Vec::with_capacity(ids.len());
    for id in ids {
        records.extend(rows::find(conn, EntityKind::Conflict, id).await?);
    }
    Ok(records)
}

pub async fn count_open(conn: &mut SqliteConnection) -> Result<i64> {
    let sql = format!(
        "SELECT count(*) FROM conflicts WHERE state = 'open' AND NOT ({IS_DUPLICATE}) \
         AND deleted_at IS NULL"
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(conn)
        .await?)
}

/// The conflict that says that a record repeats another, where there is one.
pub async fn find_duplicate(conn: &mut SqliteConnection, record: Uuid) -> Result<Option<Record>> {
    let sql = format!(
        "SELECT id FROM conflicts WHERE record_id = ? AND {IS_DUPLICATE} AND deleted_at IS NULL \
         ORDER BY created_at DESC, id LIMIT 1"
    );
    let id: Option<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(record.to_string())
        .fetch_optional(&mut *conn)
        .await?;
    match id {
        Some(id) => rows::find(conn, EntityKind::Conflict, id).await,
        None => Ok(None),
    }
}

/// Whether a deletion or an edit that stands against it is this desk's. Whoever deleted the record
/// last and has not brought it back stands for the deletion, whatever else they did to it before.
pub async fn deleted_here(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    record: Uuid,
) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT coalesce((SELECT action = 'delete' FROM mutations WHERE record_id = ?1 \
         AND entity = ?2 AND origin = 'here' AND action IN ('delete', 'restore') \
         AND NOT EXISTS (SELECT 1 FROM mutations AS d WHERE d.step = mutations.step \
                         AND d.entity = 'conflict' AND d.action = 'update' \
                         AND d.after ->> 'state' <> 'edited') \
         ORDER BY number DESC LIMIT 1), 0)",
    )
    .bind(record)
    .bind(kind.name())
    .fetch_one(conn)
    .await?)
}

/// Whether this desk wrote these values together: in one edit that left the others as they were.
/// Deciding a conflict, and taking that back, puts one of its values into use: whose value it is
/// does not change with that. The conflict itself arose in the step of one of the two.
pub async fn wrote_here(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    record: Uuid,
    values: &Values,
) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM mutations AS m WHERE record_id = ?1 AND entity = ?2 \
         AND origin = 'here' \
         AND NOT EXISTS (SELECT 1 FROM mutations AS d WHERE d.step = m.step \
                         AND d.entity = 'conflict' AND d.action = 'update' \
                         AND d.after ->> 'state' <> 'edited') \
         AND EXISTS (SELECT 1 FROM json_each(?3) AS v \
                     WHERE json_type(m.after, '$.' || v.key) IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM json_each(?3) AS v \
                         WHERE coalesce(m.after ->> v.key, m.before ->> v.key) IS NOT v.value))",
    )
    .bind(record)
    .bind(kind.name())
    .bind(serde_json::Value::Object(values_to_json(values)).to_string())
    .fetch_one(conn)
    .await?)
}
