//! Entries of the index in and out, one record at a time, in the transaction of the change.

use servease_domain::{EntityKind, Record, Values};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::text::{OWNER, entry, is_findable, owner_part};
use crate::{Result, rows};

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

/// Live vehicles of a customer whose entry calls the owner something else. Bound: the
/// customer, the mark of the owner's words, those words.
const STALE_VEHICLES: &str = "
    SELECT v.id FROM vehicles AS v JOIN search_entries AS e ON e.record_id = v.id
    WHERE v.customer_id = ?1 AND v.deleted_at IS NULL
      AND substr(e.text, coalesce(nullif(instr(e.text, ?2), 0), length(e.text) + 1)) <> ?3";

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
            replace(conn, record, None).await?;
            for id in stale_vehicles(conn, record).await? {
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

async fn stale_vehicles(conn: &mut SqliteConnection, owner: &Record) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar(STALE_VEHICLES)
        .bind(owner.id)
        .bind(String::from(OWNER))
        .bind(owner_part(owner))
        .fetch_all(conn)
        .await?)
}
