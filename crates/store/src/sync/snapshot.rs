//! Rows as Central holds them now, taken page by page: for a desk that was away so long that
//! Central has forgotten the changes in between, or whose schema is not Central's.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value as Json};
use servease_domain::garage::TIME_ZONE;
use servease_domain::kind::GARAGE_ID;
use servease_domain::{EntityKind, Record};
use servease_wire::sync::Row as WireRow;
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::batch::{Batch, Dangling, references};
use super::guards::{self, Guard};
use super::{aside, contents, covered, passing_on};
use crate::{Changed, Result, consequences, log, rows};

/// Forgets what an earlier attempt had brought.
pub async fn begin(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::query("DELETE FROM snapshot_rows")
        .execute(conn)
        .await?;
    Ok(())
}

/// What a page came to.
#[derive(Debug, Default)]
pub struct Taken {
    pub changed: Vec<Changed>,
    /// Rows that refer to one which was made after its own page had been read: they go in
    /// when all pages are read once more.
    pub too_early: u64,
}

/// Writes one page of rows. What the desk's own mutations say stays.
/// `seq` is Central's last change when the page was read: answers that speak of later ones
/// know more than the page.
pub async fn apply(conn: &mut SqliteConnection, page: &[WireRow], seq: i64) -> Result<Taken> {
    let guards = guards::load(conn, seq, page.iter().map(|wire| wire.record)).await?;
    sqlx::query(
        "INSERT OR IGNORE INTO snapshot_rows (entity, id) \
         SELECT value->>0, unhex(value->>1) FROM json_each(?)",
    )
    .bind(names(page))
    .execute(&mut *conn)
    .await?;
    // An entity of a newer Central: its rows come again with the newer program.
    let known: Vec<(&WireRow, Record)> = page
        .iter()
        .filter_map(|wire| {
            Some((
                wire,
                contents::record_of(EntityKind::from_name(&wire.entity)?, wire),
            ))
        })
        .collect();
    let (known, unfit): (Vec<_>, Vec<_>) = known
        .into_iter()
        .partition(|(wire, it)| !wire.is_unreadable && is_fit(it));
    let unfit: Vec<_> = unfit
        .iter()
        .map(|(wire, _)| (wire.seq, names(std::slice::from_ref(*wire)), "value"))
        .collect();
    aside::put(conn, &unfit).await?;
    let mut batch = Batch::default();
    for (_, record) in &known {
        batch.want(record.kind, record.id);
        batch.want_references(record.kind, &record.values);
    }
    batch.read(conn).await?;
    let mut too_early = 0;
    for (wire, whole) in known {
        let guard = guards.of(&wire.entity, wire.record);
        let is_there = batch.get(whole.kind, whole.id).is_some();
        if is_there && guard.is_some() {
            covered::keep(conn, wire, seq).await?;
        }
        let taken = match is_there {
            true => overwrite(&mut batch, whole, &wire.values, guard, seq + 1),
            false => batch.insert(whole),
        };
        if let Err(Dangling) = taken {
            too_early += 1;
        }
    }
    Ok(Taken {
        changed: batch.write_facts(conn).await?,
        too_early,
    })
}

fn overwrite(
    batch: &mut Batch,
    whole: Record,
    said: &Map<String, Json>,
    guard: Option<&Guard>,
    seq: i64,
) -> Result<(), Dangling> {
    let key = (whole.kind, whole.id);
    let is_open = |name: &str| guard.is_none_or(|guard| !guard.covers(name, seq));
    let mut values = whole.values;
    values.retain(|name, _| is_open(name));
    let mut at = None;
    if whole.kind.only_id().is_some() {
        // The defaults of a record that everybody has are no statements of Central's, and the
        // row is as new as what was stated.
        values.retain(|name, _| said.contains_key(*name));
        at = Some(whole.updated_at);
    }
    batch.set(key, &values, at)?;
    // What Central does not have any more goes, as for the fields that this program knows.
    batch.set_extra(key, whole.extra, is_open);
    if guard.is_none_or(|guard| !guard.covers_standing(seq)) {
        let dead = whole.deleted_at.map(|at| (at, whole.deleted_with));
        batch.set_alive(key, dead, None);
        batch.set_duplicate(key, whole.duplicate_of);
    }
    Ok(())
}

/// Whether a table has room for a row. One that could not be read has no values.
fn is_fit(record: &Record) -> bool {
    !contents::holds_nothing(record.kind, &record.values)
}

/// The records of a page; rows of entities that this program does not know are left out, and those
/// for which a table has no room.
pub fn records(page: &[WireRow]) -> Vec<Record> {
    page.iter()
        .filter(|wire| !wire.is_unreadable)
        .filter_map(|wire| {
            Some(contents::record_of(
                EntityKind::from_name(&wire.entity)?,
                wire,
            ))
        })
        .filter(is_fit)
        .collect()
}

fn names(page: &[WireRow]) -> String {
    let names: Vec<_> = page
        .iter()
        .map(|row| serde_json::json!([row.entity, row.record.simple().to_string()]))
        .collect();
    Json::Array(names).to_string()
}

/// What to do with records that Central does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// They were deleted so long ago that Central has forgotten them.
    Delete,
    /// Central was restored and has lost them: they are passed on to it.
    PassOn,
}

/// After the last page: deals with records that Central has no more, except what was made
/// here and still waits. Of dead ones it is told where something waits for them: a change of a
/// record that Central has never heard of could not be taken in there.
pub async fn finish(conn: &mut SqliteConnection, missing: Missing) -> Result<Vec<Changed>> {
    let mut batch = Batch::default();
    for (kind, id) in only_records() {
        // Central has one too: it is told what this one says, and nothing is missing.
        if missing == Missing::PassOn
            && let Some(record) = rows::find(conn, kind, id).await?
        {
            passing_on::record(conn, &record).await?;
        }
    }
    let mut passed_on = BTreeSet::new();
    let mut needed = HashSet::new();
    // What refers to others comes before these: a dead owner is needed for the sake of its members.
    for kind in EntityKind::ALL
        .into_iter()
        .rev()
        .filter(|kind| kind.only_id().is_none())
    {
        let mut left = list_gone(conn, kind).await?;
        for (id, _) in &left {
            batch.want(kind, *id);
        }
        batch.read(conn).await?;
        loop {
            let (found, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|(id, is_open)| {
                let is_dead = |record: &Record| record.is_deleted();
                let is_alive = !batch.get(kind, *id).is_some_and(is_dead);
                is_alive || *is_open || needed.contains(&(kind, *id))
            });
            if found.is_empty() {
                break;
            }
            for (id, is_open) in found {
                let Some(record) = batch.get(kind, id) else {
                    continue;
                };
                if missing == Missing::PassOn || is_open || record.is_deleted() {
                    needed.extend(references(kind, &record.values));
                    passed_on.insert((kind, id));
                } else {
                    let dead = Some((record.updated_at, None));
                    batch.set_alive((kind, id), dead, None);
                }
            }
            left = others;
        }
    }
    // Owners first.
    for key in passed_on {
        if let Some(record) = batch.get(key.0, key.1) {
            passing_on::record(conn, record).await?;
            passing_on::deletion(conn, record).await?;
        }
    }
    begin(conn).await?;
    let mut changed = batch.write(conn).await?;
    changed.extend(settle_open(conn).await?);
    Ok(changed)
}

/// The records of a kind that are not among Central's and whose beginning does not wait, with
/// whether something else waits of them.
async fn list_gone(conn: &mut SqliteConnection, kind: EntityKind) -> Result<Vec<(Uuid, bool)>> {
    let sql = format!(
        "SELECT id, EXISTS (SELECT 1 FROM mutations AS m WHERE m.record_id = {table}.id \
                            AND m.entity = ?1 AND m.state IN ('waiting', 'parked', 'rejected')) \
         FROM {table} \
         WHERE NOT EXISTS (SELECT 1 FROM snapshot_rows AS s \
                           WHERE s.entity = ?1 AND s.id = {table}.id) \
         AND NOT EXISTS (SELECT 1 FROM mutations AS m WHERE m.record_id = {table}.id \
                         AND m.entity = ?1 AND m.action = 'create' \
                         AND m.state IN ('waiting', 'parked', 'rejected')) ORDER BY id",
        table = kind.table()
    );
    let gone = sqlx::query_as(AssertSqlSafe(sql))
        .bind(kind.name())
        .fetch_all(conn)
        .await?;
    Ok(gone)
}

/// After the last page of what shows to this account alone: private notes that are not among it, and
/// what conflicts tell of them, were another account's, and go from sight. What was changed here and
/// waits stays until it is decided.
pub async fn finish_particular(conn: &mut SqliteConnection) -> Result<Vec<Changed>> {
    let notes: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id FROM notes WHERE is_private = 1 AND deleted_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM snapshot_rows AS s \
                         WHERE s.entity = 'note' AND s.id = notes.id) \
         AND NOT EXISTS (SELECT 1 FROM mutations AS m WHERE m.record_id = notes.id \
                         AND m.entity = 'note' \
                         AND m.state IN ('waiting', 'parked', 'rejected')) ORDER BY id",
    )
    .fetch_all(&mut *conn)
    .await?;
    let names: Vec<String> = notes.iter().map(Uuid::to_string).collect();
    let conflicts: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id FROM conflicts WHERE record_kind = 'note' AND deleted_at IS NULL \
         AND record_id IN (SELECT value FROM json_each(?)) ORDER BY id",
    )
    .bind(serde_json::json!(names).to_string())
    .fetch_all(&mut *conn)
    .await?;
    let of_kind = |kind| move |id| (kind, id);
    let gone: Vec<(EntityKind, Uuid)> = notes
        .into_iter()
        .map(of_kind(EntityKind::Note))
        .chain(conflicts.into_iter().map(of_kind(EntityKind::Conflict)))
        .collect();
    let mut batch = Batch::default();
    for (kind, id) in &gone {
        batch.want(*kind, *id);
    }
    batch.read(conn).await?;
    for key in gone {
        if let Some(at) = batch.get(key.0, key.1).map(|record| record.updated_at) {
            batch.set_alive(key, Some((at, None)), None);
        }
    }
    begin(conn).await?;
    batch.write(conn).await
}

/// The rows say what follows from Central's facts; where own edits wait, more does, and with a
/// time zone of which Central does not know yet for every vehicle. What was settled between two
/// pages is settled anew.
async fn settle_open(conn: &mut SqliteConnection) -> Result<Vec<Changed>> {
    let of_garage = log::open_fields(conn, EntityKind::Garage, GARAGE_ID).await?;
    if of_garage.contains(TIME_ZONE) {
        return consequences::settle_all(conn).await;
    }
    let mut unsettled = consequences::take_early(conn).await?;
    unsettled.extend(log::list_open_concerns(conn).await?);
    consequences::settle(conn, &unsettled).await
}

/// The records that every database has.
fn only_records() -> impl Iterator<Item = (EntityKind, Uuid)> {
    EntityKind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind, kind.only_id()?)))
}
