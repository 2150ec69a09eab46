//! Making a ready file's content that of this desk.
//!
//! The content is copied inside one transaction on the desk's own database, under its write
//! lock, instead of putting the file in its place: other connections and programs that have the
//! database open go on reading what was there, and see everything at once when it is
//! committed; a crash at any point leaves the old state or the new one; settings, drafts and
//! the log of mutations are not touched. Where both databases have the same schema and the
//! table is empty SQLite copies whole entries of tables and indexes
//! (https://www.sqlite.org/src/file/src/insert.c, the transfer optimization), some 200 MB a
//! second.
//!
//! A desk may have made records of its own before its first sync. What they say that Central
//! has not yet confirmed at the file's place stays.

use std::path::Path;

use servease_domain::garage::statements;
use servease_domain::{EntityKind, Record};
use servease_wire::sync::Checkpoint;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteSynchronous;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::interrupt::Interrupt;
use super::{CACHE_KIB, Place, check, connect};
use crate::open::{options, schema_version};
use crate::sync::batch::{Batch, Dangling};
use crate::sync::guards::{self, Guard};
use crate::sync::{passing_on, snapshot, state};
use crate::{Result, Store, StoreError, columns, forms};

/// The name under which the file is attached.
const READY: &str = "ready";

/// More records of its own than this and a desk takes rows instead: each is compared one by
/// one, in some 0.2 ms, while nobody else can write.
pub const OWN_MAX: i64 = 5_000;

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenIn {
    /// Its content is the desk's now.
    Done,
    /// The desk is not one that begins any more (another program was quicker), or it knows
    /// another Central: nothing was changed.
    NotNow,
}

/// Whether this desk has taken nothing from Central yet, and holds few enough records of its
/// own that a whole database can be put under them.
pub async fn can_begin(conn: &mut SqliteConnection) -> Result<bool> {
    let state = state::load(conn).await?;
    if state.cursor > 0 || state.snapshot_seq > 0 || state.snapshot.is_some() {
        return Ok(false);
    }
    Ok(count_own(conn).await? <= OWN_MAX)
}

/// How many records there are; counting stops beyond [`OWN_MAX`].
async fn count_own(conn: &mut SqliteConnection) -> Result<i64> {
    let tables: Vec<String> = EntityKind::ALL
        .into_iter()
        .map(|kind| format!("SELECT 1 FROM {}", kind.table()))
        .collect();
    let sql = format!(
        "SELECT count(*) FROM ({} LIMIT {})",
        tables.join(" UNION ALL "),
        OWN_MAX + 1
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(conn)
        .await?)
}

impl Store {
    /// Makes the content of a ready file that of this desk, if it still has none. The file is
    /// checked while it is copied; nothing is committed before it has been found sound.
    ///
    /// While it is copied (seconds for a million rows) others read what was there before, and
    /// whoever wants to write waits or is told that the database is busy. Dropping the future
    /// leaves everything as it was.
    ///
    /// Errors: Damaged, NewerSchema, Busy, DiskFull.
    pub async fn take_in(&self, file: &Path) -> Result<TakenIn> {
        let Some(path) = self.path() else {
            return Ok(TakenIn::NotNow);
        };
        // Writers of this program queue behind this connection instead of asking for the lock.
        let _turn = self.write().await?;
        let own = options()
            .filename(path)
            .create_if_missing(false)
            // Whole tables are replaced; what refers to what was checked where it was made.
            .foreign_keys(false)
            // A power cut before the checkpoint takes the desk back to where it was, whole
            // (https://www.sqlite.org/pragma.html#pragma_synchronous), and Central has it all.
            // Whatever anybody confirms afterwards takes this along to the disk.
            .synchronous(SqliteSynchronous::Normal)
            .pragma("cache_size", CACHE_KIB)
            // The checkpoint comes once, at the end.
            .pragma("wal_autocheckpoint", "0");
        let mut conn = connect(own).await?;
        let interrupt = Interrupt::over(&mut conn).await?;
        sqlx::query(AssertSqlSafe(format!("ATTACH ? AS {READY}")))
            .bind(file.to_string_lossy().into_owned())
            .execute(&mut conn)
            .await?;
        let mapped = format!("PRAGMA {READY}.mmap_size = 1073741824");
        sqlx::raw_sql(AssertSqlSafe(mapped))
            .execute(&mut conn)
            .await?;
        check_plain(&mut conn).await?;
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        if !can_begin(&mut tx).await? {
            return Ok(TakenIn::NotNow);
        }
        let known = state::load(&mut tx).await?;
        check_schema(&mut tx).await?;
        let (checked, copied) = tokio::join!(check(file), copy(&mut tx));
        let place = checked?;
        let own = copied?;
        if known.epoch.is_some_and(|epoch| epoch != place.epoch) {
            return Ok(TakenIn::NotNow);
        }
        if !has_own_forms(&mut tx).await? {
            forms::remake(&mut tx).await?;
        }
        settle(&mut tx, own, place.seq).await?;
        note_place(&mut tx, &place).await?;
        tx.commit().await?;
        drop(interrupt);
        // From the WAL into the file, which takes as long again and keeps nobody waiting: the first
        // one copies beside writers, and the second one, which keeps them out, waits for no reader.
        self.tidy(async move {
            let checkpoint = sqlx::raw_sql(
                "PRAGMA wal_checkpoint(PASSIVE); PRAGMA busy_timeout = 0; \
                 PRAGMA wal_checkpoint(TRUNCATE)",
            );
            if let Err(error) = checkpoint.execute(&mut conn).await {
                tracing::info!(%error, "a later checkpoint will do it");
            }
            let _ = conn.close().await;
        });
        Ok(TakenIn::Done)
    }
}

/// Whether the file is made of our own tables and indexes and of nothing else: a view in the
/// place of a table is computed while it is read and may have no end, and a trigger or a virtual
/// table acts. The schema is text; nothing of the file is run by reading it.
async fn check_plain(conn: &mut SqliteConnection) -> Result<()> {
    let sql = format!(
        "SELECT name FROM (SELECT type, name, tbl_name, sql FROM {READY}.sqlite_schema \
                           EXCEPT SELECT type, name, tbl_name, sql FROM main.sqlite_schema) \
         LIMIT 1"
    );
    let foreign: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_optional(conn)
        .await?;
    match foreign {
        None => Ok(()),
        Some(name) => Err(StoreError::Damaged(format!("{name} is not ours"))),
    }
}

async fn check_schema(conn: &mut SqliteConnection) -> Result<()> {
    let sql = format!("SELECT coalesce(max(version), 0) FROM {READY}._sqlx_migrations");
    let found: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&mut *conn)
        .await?;
    let known = schema_version(conn).await?;
    if found == known {
        Ok(())
    } else {
        Err(StoreError::NewerSchema { found, known })
    }
}

/// Whether the file's keys and search index were made by this program's rules.
async fn has_own_forms(conn: &mut SqliteConnection) -> Result<bool> {
    let sql = format!("SELECT value FROM {READY}.settings WHERE key = ?");
    let found: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(forms::FORMS)
        .fetch_optional(conn)
        .await?;
    Ok(found.as_deref() == Some(forms::rules().as_str()))
}

/// Replaces every record and the search index. Answers the records that were there.
async fn copy(conn: &mut SqliteConnection) -> Result<Vec<Record>> {
    let mut own = Vec::new();
    for kind in EntityKind::ALL {
        let sql = &columns::statements_of(kind).select;
        let found = sqlx::query(AssertSqlSafe(sql.clone()))
            .fetch_all(&mut *conn)
            .await?;
        for row in &found {
            own.push(columns::read(kind, row)?);
        }
    }
    // The index of grams is copied as the tables behind it: nothing on this connection has
    // looked into it yet, and other connections notice that the database has changed.
    let behind: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' \
         AND (name = 'search_entries' OR name GLOB 'search_grams_*') ORDER BY name",
    )
    .fetch_all(&mut *conn)
    .await?;
    let records = EntityKind::ALL
        .into_iter()
        .map(|kind| kind.table().to_owned());
    for table in records.chain(behind) {
        for sql in [
            format!("DELETE FROM main.{table}"),
            format!("INSERT INTO main.{table} SELECT * FROM {READY}.{table}"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut *conn)
                .await?;
        }
    }
    Ok(own)
}

/// Puts back what the desk's own mutations say beyond the file.
async fn settle(conn: &mut SqliteConnection, own: Vec<Record>, seq: i64) -> Result<()> {
    if own.is_empty() {
        return Ok(());
    }
    let guards = guards::load(conn, seq, own.iter().map(|record| record.id)).await?;
    let mut batch = Batch::default();
    for record in &own {
        batch.want(record.kind, record.id);
        batch.want_references(record.kind, &record.values);
    }
    batch.read(conn).await?;
    for record in own {
        let guard = guards.of(record.kind.name(), record.id);
        if batch.get(record.kind, record.id).is_some() {
            if let Some(guard) = guard {
                settle_one(&mut batch, record, guard, seq + 1)?;
            } else if record.kind.only_id().is_some() {
                state_again(conn, &mut batch, &record).await?;
            }
            continue;
        }
        if guard.is_none() && !record.is_deleted() {
            // Central does not have it and nothing says that it will: it is told.
            passing_on::record(conn, &record).await?;
        }
        batch.insert(record)?;
    }
    batch.write(conn).await?;
    Ok(())
}

/// What this desk has stated in a record that everybody has, where the file holds defaults: it
/// came from another Central, or by a snapshot, and Central is told.
async fn state_again(
    conn: &mut SqliteConnection,
    batch: &mut Batch,
    record: &Record,
) -> Result<()> {
    let key = (record.kind, record.id);
    let Some(theirs) = batch.get(record.kind, record.id) else {
        return Ok(());
    };
    let settled = statements(theirs);
    let mut own = statements(record);
    own.retain(|name, _| !settled.contains_key(name));
    if !own.is_empty() {
        passing_on::record(conn, record).await?;
        batch.set(key, &own, None)?;
    }
    Ok(())
}

fn settle_one(batch: &mut Batch, record: Record, guard: &Guard, seq: i64) -> Result<(), Dangling> {
    let key = (record.kind, record.id);
    let mut values = record.values;
    values.retain(|name, _| guard.covers(name, seq));
    batch.set(key, &values, None)?;
    let mut extra = record.extra;
    extra.retain(|name, _| guard.covers(name, seq));
    batch.keep_extra(key, extra);
    if guard.covers_standing(seq) {
        let dead = record.deleted_at.map(|at| (at, record.deleted_with));
        batch.set_alive(key, dead, None);
        batch.set_duplicate(key, record.duplicate_of);
    }
    Ok(())
}

async fn note_place(conn: &mut SqliteConnection, place: &Place) -> Result<()> {
    snapshot::begin(conn).await?;
    // What shows to this account alone is not in a file for everybody.
    state::ask_for_particular(conn).await?;
    state::save_snapshot_seq(conn, place.newest.seq).await?;
    state::save_cursor(conn, &place.epoch, place.seq).await?;
    state::save_place(conn, place.newest).await?;
    state::save_place(
        conn,
        Checkpoint {
            seq: place.seq,
            stamp: place.stamp,
        },
    )
    .await
}
