//! Entries of the index in and out, one record at a time, in the transaction of the change.

use std::collections::{BTreeSet, HashMap};

use servease_domain::{EntityKind, Record, Values};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::load;
use super::text::{OWNER, entry, is_findable, owner_part};
use crate::sync::hex_ids;
use crate::{Result, bulk, rows};

/// Gives a record a new entry with the highest number, in place of the one it had.
const REPLACE: &str = "
    DELETE FROM search_grams
        WHERE rowid = (SELECT number FROM search_entries WHERE record_id = ?1);
    INSERT INTO search_entries (number, kind, record_id, text)
        VALUES ((SELECT coalesce(max(number), 0) + 1 FROM search_entries), ?2, ?1, ?3)
        ON CONFLICT (record_id) DO UPDATE SET number = excluded.number, text = excluded.text;
    INSERT INTO search_grams (rowid, grams)
        SELECT number, ?4 FROM search_entries WHERE record_id = ?1";

const REMOVE: &str = "
    DELETE FROM search_grams
        WHERE rowid = (SELECT number FROM search_entries WHERE record_id = ?1);
    DELETE FROM search_entries WHERE record_id = ?1";

/// Removes many at once, and tells the highest number that is left.
const REMOVE_ALL: &str = "
    DELETE FROM search_grams WHERE rowid IN
        (SELECT number FROM search_entries
         WHERE record_id IN (SELECT unhex(value) FROM json_each(?1)));
    DELETE FROM search_entries WHERE record_id IN (SELECT unhex(value) FROM json_each(?1));
    SELECT coalesce(max(number), 0) FROM search_entries";

/// Live vehicles of customers, and how their entries call the owner. Bound: the customers, the
/// mark of the owner's words.
const VEHICLES_OF: &str = "
    SELECT v.id, v.customer_id,
           substr(e.text, coalesce(nullif(instr(e.text, ?2), 0), length(e.text) + 1))
    FROM vehicles AS v JOIN search_entries AS e ON e.record_id = v.id
    WHERE v.customer_id IN (SELECT unhex(value) FROM json_each(?1)) AND v.deleted_at IS NULL
    ORDER BY v.id";

/// Live vehicles of a customer whose entry calls the owner something else. Bound as for
/// [`REPLACE`], and then: the mark of the owner's words, those words.
const STALE_VEHICLES: &str = "
    SELECT v.id FROM vehicles AS v JOIN search_entries AS e ON e.record_id = v.id
    WHERE v.customer_id = ?1 AND v.deleted_at IS NULL
      AND substr(e.text, coalesce(nullif(instr(e.text, ?5), 0), length(e.text) + 1)) <> ?6";

/// Whether a change of these fields concerns the index. Every change of a customer or vehicle
/// does: the most recently changed come first.
pub fn is_touched(kind: EntityKind, changed: &Values) -> bool {
    is_findable(kind) && !changed.is_empty()
}

/// Makes a live record findable by what it holds now, and its vehicles by how it is called
/// now. Records that cannot be searched for are passed over.
pub async fn index(conn: &mut SqliteConnection, record: &Record) -> Result<()> {
    match record.kind {
        EntityKind::Customer => {
            for id in replace_owner(conn, record).await? {
                if let Some(vehicle) = rows::find(conn, EntityKind::Vehicle, id).await? {
                    replace(conn, &vehicle, Some(record)).await?;
                }
            }
            Ok(())
        }
        EntityKind::Vehicle => {
            let owner = match record.get("customer_id").as_id() {
                Some(id) => rows::find_any(conn, EntityKind::Customer, id).await?,
                None => None,
            };
            replace(conn, record, owner.as_ref()).await
        }
        _ => Ok(()),
    }
}

/// Makes a record unfindable.
pub async fn remove(conn: &mut SqliteConnection, kind: EntityKind, id: Uuid) -> Result<()> {
    if is_findable(kind) {
        sqlx::query(REMOVE).bind(id).execute(conn).await?;
    }
    Ok(())
}

/// Makes many records findable by what they hold now, the last of them first, and with their
/// owners the vehicles that are called after them; those that are deleted become unfindable.
pub async fn renew(conn: &mut SqliteConnection, records: &[&Record]) -> Result<()> {
    let findable = |record: &&&Record| is_findable(record.kind);
    let gone: Vec<Uuid> = records.iter().filter(findable).map(|it| it.id).collect();
    if gone.is_empty() {
        return Ok(());
    }
    let live: Vec<&Record> = records
        .iter()
        .filter(findable)
        .filter(|record| !record.is_deleted())
        .copied()
        .collect();
    let named: HashMap<Uuid, &Record> = live.iter().map(|record| (record.id, *record)).collect();
    let mut stale = called_otherwise(conn, &live).await?;
    stale.retain(|id| !named.contains_key(id));
    let found = bulk::find(conn, EntityKind::Vehicle, &stale).await?;
    let stale: Vec<&Record> = stale.iter().filter_map(|id| found.get(id)).collect();
    let vehicles = || {
        live.iter()
            .copied()
            .filter(|record| record.kind == EntityKind::Vehicle)
            .chain(stale.iter().copied())
    };
    let elsewhere: BTreeSet<Uuid> = vehicles()
        .filter_map(owner_of)
        .filter(|id| !named.contains_key(id))
        .collect();
    let elsewhere: Vec<Uuid> = elsewhere.into_iter().collect();
    let elsewhere = bulk::find(conn, EntityKind::Customer, &elsewhere).await?;
    let with_owner = |record| {
        let owner = owner_of(record);
        let owner = owner.and_then(|id| named.get(&id).copied().or_else(|| elsewhere.get(&id)));
        (record, owner)
    };
    let mut entries: Vec<(&Record, Option<&Record>)> =
        live.iter().map(|record| with_owner(*record)).collect();
    entries.extend(stale.iter().copied().map(with_owner));

    let gone = hex_ids(gone.into_iter().chain(stale.iter().map(|record| record.id)));
    let last: i64 = sqlx::query_scalar(AssertSqlSafe(REMOVE_ALL))
        .bind(gone)
        .fetch_one(&mut *conn)
        .await?;
    load::add_after(conn, last, &entries).await
}

fn owner_of(record: &Record) -> Option<Uuid> {
    (record.kind == EntityKind::Vehicle)
        .then(|| record.get("customer_id").as_id())
        .flatten()
}

/// Live vehicles of these customers whose entries call their owners something else.
async fn called_otherwise(conn: &mut SqliteConnection, records: &[&Record]) -> Result<Vec<Uuid>> {
    let words: HashMap<Uuid, String> = records
        .iter()
        .filter(|record| record.kind == EntityKind::Customer)
        .map(|record| (record.id, owner_part(record)))
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let vehicles: Vec<(Uuid, Uuid, String)> = sqlx::query_as(VEHICLES_OF)
        .bind(hex_ids(words.keys().copied()))
        .bind(String::from(OWNER))
        .fetch_all(conn)
        .await?;
    Ok(vehicles
        .into_iter()
        .filter(|(_, owner, called)| words.get(owner) != Some(called))
        .map(|(id, _, _)| id)
        .collect())
}

async fn replace(
    conn: &mut SqliteConnection,
    record: &Record,
    owner: Option<&Record>,
) -> Result<()> {
    let entry = entry(record, owner);
    sqlx::query(AssertSqlSafe(REPLACE))
        .bind(record.id)
        .bind(record.kind.name())
        .bind(entry.text)
        .bind(entry.grams)
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces the entry of a customer. Answers the vehicles that are called after them and have to
/// follow.
async fn replace_owner(conn: &mut SqliteConnection, owner: &Record) -> Result<Vec<Uuid>> {
    let entry = entry(owner, None);
    Ok(
        sqlx::query_scalar(AssertSqlSafe(format!("{REPLACE};{STALE_VEHICLES}")))
            .bind(owner.id)
            .bind(owner.kind.name())
            .bind(entry.text)
            .bind(entry.grams)
            .bind(String::from(OWNER))
            .bind(owner_part(owner))
            .fetch_all(conn)
            .await?,
    )
}
