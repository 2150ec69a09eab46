//! Conflicts, and which side of one this desk wrote.

use servease_domain::{EntityKind, Record};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::{Result, rows};

/// The field under which a repeated e-mail or VIN is told; those are decided as duplicates.
const DUPLICATE: &str = "duplicate";

/// Conflicts that nobody has decided, oldest first, without duplicates.
pub async fn list_open(conn: &mut SqliteConnection) -> Result<Vec<Record>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id FROM conflicts WHERE state = 'open' AND field <> ? AND deleted_at IS NULL \
         ORDER BY created_at, id",
    )
    .bind(DUPLICATE)
    .fetch_all(&mut *conn)
    .await?;
    let mut records = Vec::with_capacity(ids.len());
    for id in ids {
        records.extend(rows::find(conn, EntityKind::Conflict, id).await?);
    }
    Ok(records)
}

pub async fn count_open(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM conflicts WHERE state = 'open' AND field <> ? \
         AND deleted_at IS NULL",
    )
    .bind(DUPLICATE)
    .fetch_one(conn)
    .await?)
}

/// The conflict that says that a record repeats another, where there is one.
pub async fn find_duplicate(conn: &mut SqliteConnection, record: Uuid) -> Result<Option<Record>> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "SELECT id FROM conflicts WHERE record_id = ? AND field = ? AND deleted_at IS NULL \
         ORDER BY created_at DESC, id LIMIT 1",
    )
    .bind(record.to_string())
    .bind(DUPLICATE)
    .fetch_optional(&mut *conn)
    .await?;
    match id {
        Some(id) => rows::find(conn, EntityKind::Conflict, id).await,
        None => Ok(None),
    }
}

/// Whether this desk wrote the value (as JSON) into the field, or, for `deleted`, deleted or
/// edited the record. Deciding a conflict, and taking that back, puts one of its values into use:
/// whose value it is does not change with that.
pub async fn wrote_here(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    record: Uuid,
    field: &str,
    value: &str,
) -> Result<bool> {
    // Whoever deleted the record last and has not brought it back stands for the deletion,
    // whatever else they did to it before.
    let sql = if field == "deleted" {
        "SELECT coalesce((SELECT action = 'delete' FROM mutations WHERE record_id = ?1 \
         AND entity = ?2 AND origin = 'here' AND action IN ('delete', 'restore') \
         AND NOT EXISTS (SELECT 1 FROM mutations AS d WHERE d.step = mutations.step \
                         AND d.entity = 'conflict') \
         ORDER BY number DESC LIMIT 1), 0) = (?4 = 'true') AND ?3 <> ''"
    } else {
        "SELECT EXISTS (SELECT 1 FROM mutations WHERE record_id = ?1 AND entity = ?2 \
         AND origin = 'here' AND after -> ('$.' || ?3) = json(?4) \
         AND NOT EXISTS (SELECT 1 FROM mutations AS d WHERE d.step = mutations.step \
                         AND d.entity = 'conflict'))"
    };
    Ok(sqlx::query_scalar(sql)
        .bind(record)
        .bind(kind.name())
        .bind(field)
        .bind(value)
        .fetch_one(conn)
        .await?)
}
