//! Records that are passed on to Central: it was restored and has lost them, or never had them.

use serde_json::Value as Json;
use servease_domain::kind::Identity;
use servease_domain::record::values_to_json;
use servease_domain::value::instant_text;
use servease_domain::{EntityKind, Record};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::{Result, garage, log};

/// Queues a whole record as it is here below the edits that wait themselves, before anything
/// else that waits.
pub async fn record(conn: &mut SqliteConnection, record: &Record) -> Result<()> {
    if record.kind.only_id().is_some() && garage::is_unstated(record) {
        return Ok(());
    }
    let mut values = record.facts();
    let open = log::list_open(conn, record.kind, record.id).await?;
    for mutation in open.into_iter().rev() {
        values.extend(mutation.before);
    }
    let mut after = values_to_json(&values);
    after.extend(record.extra.clone());
    sqlx::query(
        "INSERT INTO mutations (id, step, entity, record_id, action, author_name, at, seen, \
         before, after, origin, state, seq) \
         VALUES (?1, ?1, ?2, ?3, 'create', '', ?4, 0, '{}', ?5, 'central', 'waiting', 0) \
         ON CONFLICT (id) DO UPDATE SET state = 'waiting'",
    )
    .bind(passed_on_id(record.kind, record.id))
    .bind(record.kind.name())
    .bind(record.id)
    .bind(instant_text(&record.created_at))
    .bind(Json::Object(after).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Queues the deletion of a record that is dead here and passed on, unless it waits itself: it comes
/// after everything that Central had and has lost.
pub async fn deletion(conn: &mut SqliteConnection, record: &Record) -> Result<()> {
    let Some(at) = record.deleted_at else {
        return Ok(());
    };
    let mut id = *passed_on_id(record.kind, record.id).as_bytes();
    id[0] ^= 0xff;
    sqlx::query(
        "INSERT INTO mutations (id, step, entity, record_id, action, author_name, at, seen, \
         before, after, deleted_with, origin, state, seq) \
         SELECT ?1, ?1, ?2, ?3, 'delete', '', ?4, 0, '{}', '{}', ?5, 'central', 'waiting', ?6 \
         WHERE NOT EXISTS (SELECT 1 FROM mutations WHERE record_id = ?3 AND entity = ?2 \
                           AND action = 'delete' AND state IN ('waiting', 'parked', 'rejected')) \
         ON CONFLICT (id) DO UPDATE SET state = 'waiting'",
    )
    .bind(Uuid::from_bytes(id))
    .bind(record.kind.name())
    .bind(record.id)
    .bind(instant_text(&at))
    .bind(record.deleted_with)
    .bind(i64::MAX)
    .execute(conn)
    .await?;
    Ok(())
}

/// Every desk that passes a record on does so under the same id, so that Central takes it in
/// once. Some share their owner's id.
fn passed_on_id(kind: EntityKind, record: Uuid) -> Uuid {
    let mut bytes = *record.as_bytes();
    for byte in &mut bytes {
        *byte = byte.rotate_left(3) ^ 0x5a;
    }
    if kind.about().identity == Identity::Owners {
        bytes[15] ^= 0xff;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
