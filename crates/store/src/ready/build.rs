//! Making a ready file: rows first, then the search index and the indexes of the tables, each
//! built once over everything instead of kept up row by row.
//!
//! What is added is there after a crash of this program, so that a desk that takes rows from
//! Central goes on where it was. A power cut may damage the file; [`super::check`] sees it.

use std::path::Path;

use servease_domain::value::instant_text;
use servease_domain::{EntityKind, Record};
use sqlx::sqlite::{SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::interrupt::Interrupt;
use super::{CACHE_KIB, Place, connect};
use crate::open::{migrate, options};
use crate::search::load;
use crate::search::text;
use crate::settings;
use crate::sync::state;
use crate::{Result, StoreError, bulk, forms};

pub(super) const EPOCH: &str = "sync.epoch";

/// How far whoever adds the rows has come, as they said it.
const ADDED: &str = "ready.added";

/// Entries of the search index whose words are cut up at once.
const TEXTS_PER_CHUNK: i64 = 512;

/// What the search index will hold, until all rows are there and it can be made in its order.
/// A customer's words as an owner are kept apart, since its vehicles come later.
const TEXTS: &str = "CREATE TABLE ready_texts (
    id BLOB PRIMARY KEY NOT NULL,
    updated_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Null: a tombstone, which is not found.
    text TEXT,
    as_owner TEXT,
    owner BLOB
) STRICT, WITHOUT ROWID";

/// A file that is being made.
#[derive(Debug)]
pub struct Builder {
    conn: SqliteConnection,
    _interrupt: Interrupt,
}

/// What a finished file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Built {
    pub rows: u64,
}

impl Builder {
    /// Begins a file, or goes on with one that was not finished.
    ///
    /// Errors: NewerSchema, Damaged (also when it is finished), ReadOnly, DiskFull, CannotOpen. A file that cannot be gone
    /// on with is the caller's to remove.
    pub async fn open(path: &Path) -> Result<Builder> {
        let file = options()
            .filename(path)
            .create_if_missing(true)
            // A transaction touches few pages that were there before: a journal of those is
            // small, where a WAL would write everything twice.
            .journal_mode(SqliteJournalMode::Persist)
            .locking_mode(SqliteLockingMode::Exclusive)
            .synchronous(SqliteSynchronous::Off)
            // Parents may come after their children; the last word is the check of the whole.
            .foreign_keys(false)
            .pragma("cache_size", CACHE_KIB);
        let mut conn = connect(file).await?;
        let is_new = crate::open::schema_version(&mut conn).await? == 0;
        // No backup: what is in an unfinished file of an older program is worth nothing.
        migrate(&mut conn, None, chrono::DateTime::UNIX_EPOCH).await?;
        let _interrupt = Interrupt::over(&mut conn).await?;
        let mut builder = Builder { conn, _interrupt };
        if is_new {
            builder.begin().await?;
        } else if !builder.is_unfinished().await? {
            return Err(StoreError::Damaged("it is finished".to_owned()));
        }
        Ok(builder)
    }

    async fn begin(&mut self) -> Result<()> {
        let mut tx = self.conn.begin().await?;
        for (name, _) in indexes(&mut tx).await? {
            sqlx::raw_sql(AssertSqlSafe(format!("DROP INDEX \"{name}\"")))
                .execute(&mut *tx)
                .await?;
        }
        sqlx::raw_sql(TEXTS).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn is_unfinished(&mut self) -> Result<bool> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'ready_texts')",
        )
        .fetch_one(&mut self.conn)
        .await?)
    }

    /// How far it had come, in the words of [`Builder::add`]; None for a new file.
    pub async fn added(&mut self) -> Result<Option<String>> {
        settings::find(&mut self.conn, ADDED).await
    }

    /// Adds records, or replaces those that came before; `added` is kept with them.
    pub async fn add(&mut self, records: &[Record], added: &str) -> Result<()> {
        let mut tx = self.conn.begin().await?;
        let all: Vec<&Record> = records.iter().collect();
        for kind in EntityKind::ALL {
            bulk::replace(&mut tx, kind, &all).await?;
        }
        add_texts(&mut tx, records).await?;
        settings::set(&mut tx, ADDED, added).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether every record that another one refers to is there. Reads the whole file.
    pub async fn is_whole(&mut self) -> Result<bool> {
        Ok(
            sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM pragma_foreign_key_check)")
                .fetch_one(&mut self.conn)
                .await?,
        )
    }

    /// Makes the indexes and says at which place of Central's sequence the rows stand.
    /// `progress` is told how many search entries of how many are made.
    pub async fn finish(
        mut self,
        place: &Place,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Built> {
        let mut tx = self.conn.begin().await?;
        sqlx::raw_sql(AssertSqlSafe(entries()))
            .execute(&mut *tx)
            .await?;
        // Its pages are used again by what follows.
        sqlx::raw_sql("DROP TABLE ready_texts")
            .execute(&mut *tx)
            .await?;
        make_grams(&mut tx, progress).await?;
        for (_, sql) in missing_indexes(&mut tx).await? {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        }
        sqlx::query("DELETE FROM settings")
            .execute(&mut *tx)
            .await?;
        settings::set(&mut tx, forms::FORMS, &forms::rules()).await?;
        state::save_cursor(&mut tx, &place.epoch, place.seq).await?;
        state::save_place(
            &mut tx,
            servease_wire::sync::Checkpoint {
                seq: place.seq,
                stamp: place.stamp,
            },
        )
        .await?;
        state::save_place(&mut tx, place.newest).await?;
        let mut rows = 0;
        for kind in EntityKind::ALL {
            let sql = format!("SELECT count(*) FROM {}", kind.table());
            let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_one(&mut *tx)
                .await?;
            rows += u64::try_from(count).unwrap_or(0);
        }
        tx.commit().await?;
        // Without this the journal stays beside the file, empty.
        sqlx::query("PRAGMA journal_mode = DELETE")
            .execute(&mut self.conn)
            .await?;
        self.conn.close().await?;
        Ok(Built { rows })
    }
}

/// In the order in which records were changed: the most recent are found first.
fn entries() -> String {
    let texts = "ready_texts";
    format!(
        "INSERT INTO search_entries (kind, record_id, text) \
         SELECT t.kind, t.id, t.text || coalesce(o.as_owner, '') \
         FROM {texts} AS t LEFT JOIN {texts} AS o ON o.id = t.owner \
         WHERE t.text IS NOT NULL ORDER BY t.updated_at, t.kind, t.id"
    )
}

/// Name and SQL of every index that is not a part of its table.
async fn indexes(conn: &mut SqliteConnection) -> Result<Vec<(String, String)>> {
    Ok(sqlx::query_as(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
         ORDER BY tbl_name, name",
    )
    .fetch_all(conn)
    .await?)
}

/// The indexes that a whole database has and this one does not.
async fn missing_indexes(conn: &mut SqliteConnection) -> Result<Vec<(String, String)>> {
    let mut whole = connect(options().in_memory(true)).await?;
    migrate(&mut whole, None, chrono::DateTime::UNIX_EPOCH).await?;
    let mut wanted = indexes(&mut whole).await?;
    whole.close().await?;
    let there = indexes(conn).await?;
    wanted.retain(|index| !there.contains(index));
    Ok(wanted)
}

async fn add_texts(conn: &mut SqliteConnection, records: &[Record]) -> Result<()> {
    let findable: Vec<&Record> = records
        .iter()
        .filter(|record| text::is_findable(record.kind))
        .collect();
    for chunk in findable.chunks(load::ROWS_PER_STATEMENT) {
        let sql = load::rows_sql(
            "INSERT OR REPLACE INTO ready_texts (id, updated_at, kind, text, as_owner, owner) \
             VALUES ",
            "(?, ?, ?, ?, ?, ?)",
            chunk.len(),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for record in chunk {
            let is_owner = record.kind == EntityKind::Customer;
            query = query
                .bind(record.id)
                .bind(instant_text(&record.updated_at))
                .bind(record.kind.name())
                .bind((!record.is_deleted()).then(|| text::own_part(record)))
                .bind(is_owner.then(|| text::owner_part(record)))
                .bind(record.get("customer_id").as_id().filter(|_| !is_owner));
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// Fills the index of grams from the texts, chunk by chunk: while the database takes one in,
/// the next is cut up.
async fn make_grams(
    conn: &mut SqliteConnection,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<()> {
    load::begin_loading(conn).await?;
    let total: i64 = sqlx::query_scalar("SELECT count(*) FROM search_entries")
        .fetch_one(&mut *conn)
        .await?;
    let total = u64::try_from(total).unwrap_or(0);
    let mut done = 0;
    let mut texts = read_texts(conn, 0).await?;
    let mut grams = cut(&texts);
    while let Some((last, _)) = texts.last() {
        let next = read_texts(conn, *last).await?;
        let (written, cut_next) = tokio::join!(load::add_grams(conn, &grams), async { cut(&next) });
        written?;
        done += grams.len() as u64;
        progress(done, total);
        (texts, grams) = (next, cut_next);
    }
    load::end_loading(conn).await
}

async fn read_texts(conn: &mut SqliteConnection, after: i64) -> Result<Vec<(i64, String)>> {
    Ok(sqlx::query_as(
        "SELECT number, text FROM search_entries WHERE number > ? ORDER BY number LIMIT ?",
    )
    .bind(after)
    .bind(TEXTS_PER_CHUNK)
    .fetch_all(conn)
    .await?)
}

fn cut(texts: &[(i64, String)]) -> Vec<(i64, String)> {
    texts
        .iter()
        .map(|(number, text)| (*number, text::grams(text)))
        .collect()
}
