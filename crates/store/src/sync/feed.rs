//! Entries of Central's feed, applied to the rows and written into the log.

use std::collections::HashMap;

use serde_json::json;
use servease_domain::EntityKind;
use servease_domain::value::instant_text;
use servease_wire::sync::{Action, Change, ChangesAnswer, Checkpoint, Entry};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use super::guards::{self, Guard};
use super::{Touched, hex_ids, row, state};
use crate::{Changed, Result, StoreError, rows};

/// What a page of the feed came to.
#[derive(Debug)]
pub enum Taken {
    Applied {
        changed: Vec<Changed>,
        /// Changes that others made.
        pulled: u64,
        /// Changes that this program could not take in.
        set_aside: u64,
    },
    /// Central says that this desk made changes of which it knows nothing: ask for the page
    /// in full. Nothing was applied.
    NeedsFull {
        /// Another installation uses this desk's id, or used it before this one was restored
        /// from a backup: take a new one.
        is_stranger: bool,
    },
}

/// How a change in the log stands.
struct Known {
    is_discarded: bool,
}

/// Applies a page that follows `cursor`, and moves the cursor. `epoch` is the one that the
/// desk knows. Errors leave the transaction
/// to be rolled back: the page is asked for again.
pub async fn apply(
    conn: &mut SqliteConnection,
    cursor: i64,
    page: &ChangesAnswer,
    epoch: Option<&str>,
) -> Result<Taken> {
    let known = known(conn, &page.entries).await?;
    let own = page.entries.iter().filter(|entry| entry.change.is_none());
    let mut needs_full = false;
    let mut is_stranger = false;
    for entry in own {
        match known.get(&entry.id) {
            Some(known) => needs_full |= known.is_discarded,
            None => is_stranger = true,
        }
    }
    if needs_full || is_stranger {
        return Ok(Taken::NeedsFull { is_stranger });
    }

    let guards = guards::load(conn, cursor).await?;
    let mut touched = Touched::default();
    let mut fresh = Vec::new();
    let mut known_again = Vec::new();
    let mut set_aside = 0;
    for entry in &page.entries {
        let Some(change) = &entry.change else {
            continue;
        };
        match take(
            conn,
            entry.seq,
            change,
            guards.of(&change.entity, change.record),
            &mut touched,
        )
        .await?
        {
            Took::Done => {}
            Took::Cannot(reason) => {
                put_aside(conn, entry, reason).await?;
                set_aside += 1;
                continue;
            }
        }
        match known.get(&entry.id) {
            None => fresh.push((entry, change)),
            Some(_) => known_again.push(entry),
        }
    }
    append(conn, &fresh).await?;
    revive(conn, &known_again).await?;
    if page.cursor != cursor || epoch != Some(page.epoch.as_str()) {
        state::save_cursor(conn, &page.epoch, page.cursor).await?;
        let place = Checkpoint {
            seq: page.cursor,
            stamp: page.stamp,
        };
        state::save_place(conn, place).await?;
    }
    Ok(Taken::Applied {
        changed: touched.into_inner(),
        pulled: fresh.len() as u64,
        set_aside,
    })
}

async fn known(conn: &mut SqliteConnection, entries: &[Entry]) -> Result<HashMap<Uuid, Known>> {
    let rows = sqlx::query(
        "SELECT id, state = 'discarded' FROM mutations \
         WHERE id IN (SELECT unhex(value) FROM json_each(?))",
    )
    .bind(hex_ids(entries.iter().map(|entry| entry.id)))
    .fetch_all(conn)
    .await?;
    let mut known = HashMap::new();
    for row in rows {
        let is_discarded = row.try_get(1)?;
        known.insert(row.try_get(0)?, Known { is_discarded });
    }
    Ok(known)
}

enum Took {
    Done,
    Cannot(&'static str),
}

async fn take(
    conn: &mut SqliteConnection,
    seq: i64,
    change: &Change,
    guard: Option<&Guard>,
    touched: &mut Touched,
) -> Result<Took> {
    let Some(kind) = EntityKind::from_name(&change.entity) else {
        return Ok(Took::Cannot("entity"));
    };
    if change.action == Action::Unknown {
        return Ok(Took::Cannot("action"));
    }
    let Some(mut record) = rows::find_any(conn, kind, change.record).await? else {
        return insert(conn, kind, change, touched).await;
    };
    let mut contents = row::take_apart(kind, &change.after);
    let covers_standing = guard.is_some_and(|guard| guard.covers_standing(seq));
    let mut did = false;
    if change.action == Action::Create {
        // A field that is not named holds its default: the record may hold something else.
        let whole = row::new_record(kind, change.record, contents, change.at);
        contents = row::Contents {
            values: whole.values,
            extra: whole.extra,
            duplicate_of: Some(whole.duplicate_of),
            deleted_with: None,
        };
    }
    if matches!(change.action, Action::Create | Action::Update) {
        record.updated_at = change.at;
        contents
            .values
            .retain(|name, _| guard.is_none_or(|guard| !guard.covers(name, seq)));
        contents
            .extra
            .retain(|name, _| guard.is_none_or(|guard| !guard.covers(name, seq)));
        match row::set(conn, &mut record, &contents.values).await {
            Err(StoreError::DanglingReference) => return Ok(Took::Cannot("reference")),
            set => did |= set?,
        }
        if !contents.extra.is_empty() {
            row::keep_extra(conn, &mut record, contents.extra).await?;
            did = true;
        }
        if let Some(of) = contents.duplicate_of.filter(|_| !covers_standing) {
            did |= row::set_duplicate(conn, &mut record, of).await?;
        }
    }
    let dead = match change.action {
        Action::Delete => Some(Some((change.at, contents.deleted_with))),
        Action::Create | Action::Restore => Some(None),
        _ => None,
    };
    if let Some(dead) = dead.filter(|_| !covers_standing) {
        did |= row::set_alive(conn, &mut record, dead).await?;
    }
    if did {
        touched.add(kind, change.record);
    }
    Ok(Took::Done)
}

/// A record that the desk does not have: it begins with a `create`, or, where that was long
/// ago, with the whole record that deletions and restorations carry.
async fn insert(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    change: &Change,
    touched: &mut Touched,
) -> Result<Took> {
    let json = match change.action {
        Action::Create | Action::Restore => &change.after,
        Action::Delete => &change.before,
        _ => return Ok(Took::Cannot("record")),
    };
    let mut record = row::new_record(kind, change.record, row::take_apart(kind, json), change.at);
    if change.action == Action::Delete {
        record.deleted_at = Some(change.at);
        record.deleted_with = row::take_apart(kind, &change.after).deleted_with;
    }
    match row::insert(conn, &record).await {
        Ok(()) => {}
        Err(StoreError::DanglingReference) => return Ok(Took::Cannot("reference")),
        Err(error) => return Err(error),
    }
    touched.add(kind, change.record);
    Ok(Took::Done)
}

async fn put_aside(conn: &mut SqliteConnection, entry: &Entry, reason: &str) -> Result<()> {
    sqlx::query("INSERT OR REPLACE INTO set_aside (seq, entry, reason) VALUES (?, ?, ?)")
        .bind(entry.seq)
        .bind(serde_json::to_string(entry).unwrap_or_default())
        .bind(reason)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes entries into the log that are not in it, and leaves the rows as they are.
pub(crate) async fn remember(conn: &mut SqliteConnection, entries: &[Entry]) -> Result<()> {
    let known = known(conn, entries).await?;
    let fresh: Vec<(&Entry, &Change)> = entries
        .iter()
        .filter(|entry| !known.contains_key(&entry.id))
        .filter_map(|entry| Some((entry, entry.change.as_ref()?)))
        .collect();
    append(conn, &fresh).await
}

/// Writes entries into the log with one statement.
async fn append(conn: &mut SqliteConnection, fresh: &[(&Entry, &Change)]) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = fresh
        .iter()
        .map(|(entry, change)| {
            let action = match change.action {
                Action::Create => "create",
                Action::Delete => "delete",
                Action::Restore => "restore",
                _ => "update",
            };
            let author: Option<Uuid> = change.author.id.as_ref().and_then(|id| id.parse().ok());
            let with = change
                .after
                .get(servease_wire::sync::DELETED_WITH)
                .and_then(|json| json.as_str()?.parse::<Uuid>().ok());
            // A restored record's log line needs no copy of the whole record.
            let (before, after) = match change.action {
                Action::Delete | Action::Restore => (json!({}), json!({})),
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
         seen, before, after, is_correction, undoes, deleted_with, origin, state, seq) \
         SELECT unhex(value->>0), unhex(value->>1), value->>2, unhex(value->>3), value->>4, \
         unhex(value->>5), value->>6, value->>7, value->>8, value->>9, value->>10, value->>11, \
         unhex(value->>12), unhex(value->>13), 'central', 'applied', value->>8 \
         FROM json_each(?)",
    )
    .bind(json!(lines).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// What somebody had given up has taken effect after all.
async fn revive(conn: &mut SqliteConnection, entries: &[&Entry]) -> Result<()> {
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
