//! Lines of the log that come from Central: which are here already, and those that are new.

use std::collections::HashMap;

use serde_json::json;
use servease_domain::value::instant_text;
use servease_wire::sync::{Change, Entry, WireAction};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use super::hex_ids;
use crate::Result;

/// How a change in the log stands.
pub struct Known {
    pub is_discarded: bool,
    pub is_rejected: bool,
    /// Nobody has said yet to which of Central's changes it came.
    pub has_no_line: bool,
}

/// Which of some entries the log has.
pub async fn known(conn: &mut SqliteConnection, entries: &[Entry]) -> Result<HashMap<Uuid, Known>> {
    let rows = sqlx::query(
        "SELECT id, state = 'discarded', state = 'rejected', line IS NULL FROM mutations \
         WHERE id IN (SELECT unhex(value) FROM json_each(?))",
    )
    .bind(hex_ids(entries.iter().map(|entry| entry.id)))
    .fetch_all(conn)
    .await?;
    let mut known = HashMap::new();
    for row in rows {
        let of = Known {
            is_discarded: row.try_get(1)?,
            is_rejected: row.try_get(2)?,
            has_no_line: row.try_get(3)?,
        };
        known.insert(row.try_get(0)?, of);
    }
    Ok(known)
}

/// Writes entries into the log that are not in it, and leaves the rows as they are.
pub async fn remember(conn: &mut SqliteConnection, entries: &[Entry]) -> Result<()> {
    let known = known(conn, entries).await?;
    let fresh: Vec<(&Entry, &Change)> = entries
        .iter()
        .filter(|entry| !known.contains_key(&entry.id))
        .filter_map(|entry| Some((entry, entry.change.as_ref()?)))
        .collect();
    append(conn, &fresh).await
}

/// Writes entries into the log with one statement.
pub async fn append(conn: &mut SqliteConnection, fresh: &[(&Entry, &Change)]) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = fresh
        .iter()
        .map(|(entry, change)| {
            let action = match change.action {
                WireAction::Create => "create",
                WireAction::Delete => "delete",
                WireAction::Restore => "restore",
                _ => "update",
            };
            let author: Option<Uuid> = change.author.id.as_ref().and_then(|id| id.parse().ok());
            let with = change
                .after
                .get(servease_wire::sync::DELETED_WITH)
                .and_then(|json| json.as_str()?.parse::<Uuid>().ok());
            // A restored record's log line needs no copy of the whole record.
            let (before, after) = match change.action {
                WireAction::Delete | WireAction::Restore => (json!({}), json!({})),
                _ => (json!(change.before), json!(change.after)),
            };
            json!([
                entry.id.simple().to_string(),
                change.step.unwrap_or(entry.id).simple().to_string(),
                change.entity,
                change.record.simple().to_string(),
                action,
                author.map(|id| id.simple().to_string()),
                change.author.name,
                instant_text(&change.at),
                entry.seq,
                before.to_string(),
                after.to_string(),
                i32::from(change.is_correction),
                change.undoes.map(|id| id.simple().to_string()),
                with.map(|id| id.simple().to_string()),
            ])
        })
        .collect();
    sqlx::query(
        "INSERT INTO mutations (id, step, entity, record_id, action, author_id, author_name, at, \
         seen, before, after, is_correction, undoes, deleted_with, origin, state, seq, line) \
         SELECT unhex(value->>0), unhex(value->>1), value->>2, unhex(value->>3), value->>4, \
         unhex(value->>5), value->>6, value->>7, value->>8, value->>9, value->>10, value->>11, \
         unhex(value->>12), unhex(value->>13), 'central', 'applied', value->>8, value->>8 \
         FROM json_each(?)",
    )
    .bind(json!(lines).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// What somebody had given up has taken effect after all.
pub async fn revive(conn: &mut SqliteConnection, entries: &[&Entry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let pairs: Vec<_> = entries
        .iter()
        .map(|entry| json!([entry.id.simple().to_string(), entry.seq]))
        .collect();
    sqlx::query(
        "UPDATE mutations SET seq = told.seq, state = 'applied' FROM (SELECT unhex(value->>0) AS id, value->>1 AS seq FROM json_each(?)) AS told \
         WHERE mutations.id = told.id AND mutations.state = 'discarded'",
    )
    .bind(json!(pairs).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes to which of Central's changes mutations came.
pub async fn number(
    conn: &mut SqliteConnection,
    entries: impl Iterator<Item = &Entry>,
) -> Result<()> {
    let pairs: Vec<_> = entries
        .map(|entry| json!([entry.id.simple().to_string(), entry.seq]))
        .collect();
    if pairs.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE mutations SET line = told.line FROM (SELECT unhex(value->>0) AS id, \
         value->>1 AS line FROM json_each(?)) AS told WHERE mutations.id = told.id",
    )
    .bind(json!(pairs).to_string())
    .execute(conn)
    .await?;
    Ok(())
}
