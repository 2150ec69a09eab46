//! Many entries at once: a new database being filled, or the whole index made again.

use servease_domain::{EntityKind, Record};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::text::entry;
use crate::{Result, bulk};

/// Rows of one statement. Each saves most of the cost of asking; ever larger ones save no more.
pub(crate) const ROWS_PER_STATEMENT: usize = 256;

/// Records read at once when the index is made again.
const RECORDS_PER_READ: usize = 256;

/// The index stores what a transaction adds as a segment of its own and merges segments as it
/// goes, each entry several times over. While much is added, merging waits for the end.
const POSTPONE_MERGING: &str = "
    INSERT INTO search_grams (search_grams, rank) VALUES ('automerge', 0);
    INSERT INTO search_grams (search_grams, rank) VALUES ('crisismerge', 1000);
    INSERT INTO search_grams (search_grams, rank) VALUES ('hashsize', 4194304)";

/// One segment of all, and FTS5's own defaults from here on.
const MERGE: &str = "
    INSERT INTO search_grams (search_grams) VALUES ('optimize');
    INSERT INTO search_grams (search_grams, rank) VALUES ('automerge', 4);
    INSERT INTO search_grams (search_grams, rank) VALUES ('crisismerge', 16);
    INSERT INTO search_grams (search_grams, rank) VALUES ('hashsize', 1048576)";

const CLEAR: &str = "
    INSERT INTO search_grams (search_grams) VALUES ('delete-all');
    DELETE FROM search_entries";

/// Everything that can be found, in the order in which it was changed.
const BY_CHANGE: &str = "
    SELECT 'customer', id, updated_at FROM customers WHERE deleted_at IS NULL
    UNION ALL
    SELECT 'vehicle', id, updated_at FROM vehicles WHERE deleted_at IS NULL
    ORDER BY 3, 1, 2";

/// Prepares the index for many calls of [`add_all`], in as many transactions as there are.
pub async fn begin_loading(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(POSTPONE_MERGING).execute(conn).await?;
    Ok(())
}

/// Ends what [`begin_loading`] began; until then searching is slow. Takes about 5 µs an entry.
pub async fn end_loading(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(MERGE).execute(conn).await?;
    Ok(())
}

/// Adds live records that have no entry yet, least recently changed first. Vehicles come with
/// their owners.
pub async fn add_all(
    conn: &mut SqliteConnection,
    records: &[(&Record, Option<&Record>)],
) -> Result<()> {
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM search_entries")
        .fetch_one(&mut *conn)
        .await?;
    add_after(conn, last, records).await
}

/// Adds entries where the highest number is known.
pub(super) async fn add_after(
    conn: &mut SqliteConnection,
    last: i64,
    records: &[(&Record, Option<&Record>)],
) -> Result<()> {
    let mut number = last;
    for chunk in records.chunks(ROWS_PER_STATEMENT) {
        let entries: Vec<_> = chunk
            .iter()
            .map(|(record, owner)| {
                number += 1;
                (number, *record, entry(record, *owner))
            })
            .collect();
        let sql = rows_sql(
            "INSERT INTO search_entries (number, kind, record_id, text) VALUES ",
            "(?, ?, ?, ?)",
            entries.len(),
        );
        let mut query =
            sqlx::query(AssertSqlSafe(sql)).persistent(entries.len() == ROWS_PER_STATEMENT);
        for (number, record, entry) in &entries {
            query = query
                .bind(number)
                .bind(record.kind.name())
                .bind(record.id)
                .bind(entry.text.as_str());
        }
        query.execute(&mut *conn).await?;
        let grams: Vec<(i64, String)> = entries
            .into_iter()
            .map(|(number, _, entry)| (number, entry.grams))
            .collect();
        add_grams(conn, &grams).await?;
    }
    Ok(())
}

/// Adds the grams of entries, which rise in number.
pub(crate) async fn add_grams(conn: &mut SqliteConnection, grams: &[(i64, String)]) -> Result<()> {
    for chunk in grams.chunks(ROWS_PER_STATEMENT) {
        let sql = rows_sql(
            "INSERT INTO search_grams (rowid, grams) VALUES ",
            "(?, ?)",
            chunk.len(),
        );
        let mut query =
            sqlx::query(AssertSqlSafe(sql)).persistent(chunk.len() == ROWS_PER_STATEMENT);
        for (number, grams) in chunk {
            query = query.bind(number).bind(grams.as_str());
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

pub(crate) fn rows_sql(insert: &str, marks: &str, rows: usize) -> String {
    format!("{insert}{}", vec![marks; rows].join(", "))
}

/// Makes the whole index again from the records, in one transaction, so that it is never seen
/// half made. `progress` is told how many entries of how many are done.
pub async fn index_all(
    conn: &mut SqliteConnection,
    mut progress: impl FnMut(u64, u64),
) -> Result<()> {
    let mut tx = sqlx::Connection::begin(conn).await?;
    sqlx::raw_sql(CLEAR).execute(&mut *tx).await?;
    begin_loading(&mut tx).await?;
    let all: Vec<(String, Uuid, String)> = sqlx::query_as(BY_CHANGE).fetch_all(&mut *tx).await?;
    let all: Vec<(EntityKind, Uuid)> = all
        .into_iter()
        .filter_map(|(kind, id, _)| Some((EntityKind::from_name(&kind)?, id)))
        .collect();
    let total = all.len() as u64;
    let mut done = 0;
    for chunk in all.chunks(RECORDS_PER_READ) {
        add_chunk(&mut tx, chunk).await?;
        done += chunk.len() as u64;
        progress(done, total);
    }
    end_loading(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn add_chunk(conn: &mut SqliteConnection, chunk: &[(EntityKind, Uuid)]) -> Result<()> {
    let ids_of = |wanted: EntityKind| {
        chunk
            .iter()
            .filter(move |(kind, _)| *kind == wanted)
            .map(|(_, id)| *id)
            .collect::<Vec<_>>()
    };
    let vehicles = bulk::find(conn, EntityKind::Vehicle, &ids_of(EntityKind::Vehicle)).await?;
    let mut needed = ids_of(EntityKind::Customer);
    needed.extend(
        vehicles
            .values()
            .filter_map(|vehicle| vehicle.get("customer_id").as_id()),
    );
    needed.sort_unstable();
    needed.dedup();
    let customers = bulk::find(conn, EntityKind::Customer, &needed).await?;
    let records: Vec<_> = chunk
        .iter()
        .filter_map(|(kind, id)| match kind {
            EntityKind::Vehicle => {
                let vehicle = vehicles.get(id)?;
                let owner = vehicle.get("customer_id").as_id();
                Some((vehicle, owner.and_then(|id| customers.get(&id))))
            }
            _ => Some((customers.get(id)?, None)),
        })
        .collect();
    add_all(conn, &records).await
}
