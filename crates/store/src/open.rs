//! Opening the database file: the one writer, the readers, and the care taken before a
//! schema is changed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use servease_platform::files;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection, Sqlite, SqliteConnection, Transaction};
use sqlx_core::transaction::TransactionManager as _;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::adopt::adopt;
use crate::step::{Changed, Committed, Moment, Step};
use crate::{Result, StoreError, damage, forms, garage};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/desk");

/// SQLite before 3.51.3 can lose committed writes when a WAL is reset while another
/// connection reads (https://www.sqlite.org/wal.html#walresetbug).
const OLDEST_SAFE_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How long a write waits for another program before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// More readers than a window asks at once: search, card, list, history. Whoever watches for changes
/// (the window, its syncing, its alerts) keeps one each.
const READERS: u32 = 8;

/// The desk's database. Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    changes: broadcast::Sender<Arc<Committed>>,
    ids: Arc<Mutex<Ids>>,
    path: Option<PathBuf>,
    /// Upkeep that nobody waits for, until the database is closed.
    tidying: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// A connection for reading.
pub type Reads = PoolConnection<Sqlite>;

/// What `doctor` reports of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    pub schema: i64,
    pub known_schema: i64,
    pub sqlite: String,
}

impl Store {
    /// Opens the database in a file, or makes it. An older schema is first copied beside the
    /// file (`<name>-schema-<n>-<time>.db`), then brought forward.
    ///
    /// Errors: NewerSchema, Damaged, ReadOnly, DiskFull, Busy, CannotOpen, UnsafeSqlite.
    pub async fn open(path: &Path, now: DateTime<Utc>) -> Result<Store> {
        let options = options().filename(path).create_if_missing(true);
        // Two programs that start together must not both migrate.
        let _lock = lock(path.with_extension("lock")).await?;
        let mut conn = SqliteConnection::connect_with(&options).await?;
        check_sqlite(&mut conn).await?;
        migrate(&mut conn, Some(path), now).await?;
        // First of all, since what is adopted is settled by the garage's days.
        let mut ids = Ids {
            random: StdRng::from_os_rng(),
            last: (0, 0),
        };
        garage::take_over_settings(&mut conn, now, || ids.next(now)).await?;
        adopt(&mut conn).await?;
        forms::renew(&mut conn).await?;
        conn.close().await?;

        // A connection to a file does not break while it lies in the pool.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .connect_lazy_with(options.read_only(true).create_if_missing(false));
        Ok(Store::over(
            writer,
            readers,
            Some(path.to_owned()),
            StdRng::from_os_rng(),
        ))
    }

    /// A database in memory, with ids from a seed: for simulations, which must be repeatable.
    pub async fn in_memory(seed: u64, now: DateTime<Utc>) -> Result<Store> {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options().in_memory(true))
            .await?;
        {
            let mut conn = pool.acquire().await?;
            migrate(&mut conn, None, now).await?;
            forms::renew(&mut conn).await?;
        }
        Ok(Store::over(
            pool.clone(),
            pool,
            None,
            StdRng::seed_from_u64(seed),
        ))
    }

    fn over(
        writer: SqlitePool,
        readers: SqlitePool,
        path: Option<PathBuf>,
        random: StdRng,
    ) -> Store {
        Store {
            writer,
            readers,
            // A listener that is a thousand steps behind reloads everything anyway.
            changes: broadcast::channel(1024).0,
            ids: Arc::new(Mutex::new(Ids {
                random,
                last: (0, 0),
            })),
            path,
            tidying: Arc::default(),
        }
    }

    /// The file; None in memory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// A connection for reading; never waits for a write. Errors: Busy.
    pub async fn read(&self) -> Result<Reads> {
        Ok(self.readers.acquire().await?)
    }

    /// The writing connection, for what is no record: settings, drafts, upkeep. Errors: Busy.
    pub async fn write(&self) -> Result<PoolConnection<Sqlite>> {
        Ok(self.writer.acquire().await?)
    }

    /// Begins a step. Errors: Busy when another program writes for over five seconds.
    pub async fn begin(&self, moment: Moment) -> Result<Step<'_>> {
        let tx = self.begin_plain().await?;
        Ok(Step::new(self, tx, moment))
    }

    /// Begins a plain transaction, for what is no record: settings. Errors: Busy.
    pub async fn begin_plain(&self) -> Result<Transaction<'static, Sqlite>> {
        match self.writer.begin_with("BEGIN IMMEDIATE").await {
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.mend_writer().await?;
                Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            begun => Ok(begun?),
        }
    }

    /// When the disk is full SQLite takes a transaction back by itself
    /// (https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction).
    /// sqlx then counts one that is not there, and would never begin another.
    async fn mend_writer(&self) -> Result<()> {
        let mut conn = self.writer.acquire().await?;
        sqlx::query("BEGIN").execute(&mut *conn).await?;
        <Sqlite as sqlx::Database>::TransactionManager::rollback(&mut conn).await?;
        Ok(())
    }

    /// What is committed from now on through this store, step by step.
    pub fn listen(&self) -> broadcast::Receiver<Arc<Committed>> {
        self.changes.subscribe()
    }

    /// Commits a plain transaction in which records arrived from Central, and tells who listens.
    pub async fn commit(
        &self,
        tx: Transaction<'static, Sqlite>,
        changed: Vec<Changed>,
    ) -> Result<()> {
        tx.commit().await?;
        self.announce(changed, false);
        Ok(())
    }

    /// Commits a plain transaction in which somebody changed records with this program, and
    /// tells who listens.
    pub async fn commit_own(
        &self,
        tx: Transaction<'static, Sqlite>,
        changed: Vec<Changed>,
    ) -> Result<()> {
        tx.commit().await?;
        self.announce(changed, true);
        Ok(())
    }

    pub(crate) fn announce(&self, changed: Vec<Changed>, is_own: bool) {
        if !changed.is_empty() {
            // Nobody may be listening, which is no failure.
            let _ = self.changes.send(Arc::new(Committed { changed, is_own }));
        }
    }

    /// A new id: UUIDv7, rising within this store.
    pub fn new_id(&self, now: DateTime<Utc>) -> Uuid {
        match self.ids.lock() {
            Ok(mut ids) => ids.next(now),
            Err(poisoned) => poisoned.into_inner().next(now),
        }
    }

    /// Makes ids from another seed: for simulations that use a database again.
    pub fn reseed(&self, seed: u64) {
        let fresh = Ids {
            random: StdRng::seed_from_u64(seed),
            last: (0, 0),
        };
        match self.ids.lock() {
            Ok(mut ids) => *ids = fresh,
            Err(poisoned) => *poisoned.into_inner() = fresh,
        }
    }

    /// A number that rises when another connection or program has committed something. Ask
    /// it of the same connection each time.
    pub async fn data_version(conn: &mut SqliteConnection) -> Result<i64> {
        Ok(sqlx::query_scalar("PRAGMA data_version")
            .fetch_one(conn)
            .await?)
    }

    pub async fn versions(&self) -> Result<Versions> {
        let mut conn = self.read().await?;
        Ok(Versions {
            schema: schema_version(&mut conn).await?,
            known_schema: known_schema(),
            sqlite: sqlx::query_scalar("SELECT sqlite_version()")
                .fetch_one(&mut *conn)
                .await?,
        })
    }

    /// What SQLite finds wrong with the file, and what does not read in it, line by line; empty
    /// when all is well. Reads the whole file twice: some ten seconds for a million rows.
    pub async fn integrity_problems(&self) -> Result<Vec<String>> {
        let mut conn = self.read().await?;
        let mut found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(20)")
            .fetch_all(&mut *conn)
            .await?;
        found.retain(|line| line != "ok");
        let dangling: Vec<String> = sqlx::query_scalar(
            "SELECT \"table\" || ' row ' || coalesce(rowid, 0) || ' refers to a missing row in ' \
             || parent FROM pragma_foreign_key_check LIMIT 20",
        )
        .fetch_all(&mut *conn)
        .await?;
        found.extend(dangling);
        found.extend(damage::list(&mut conn).await?);
        Ok(found)
    }

    /// Does upkeep beside everything else; [`Store::close`] waits for it.
    pub(crate) fn tidy(&self, upkeep: impl Future<Output = ()> + Send + 'static) {
        let task = tokio::spawn(upkeep);
        if let Ok(mut tidying) = self.tidying.lock() {
            *tidying = Some(task);
        }
    }

    /// Writes what is in the WAL into the file and closes all connections.
    pub async fn close(&self) {
        let tidying = self.tidying.lock().ok().and_then(|mut task| task.take());
        if let Some(tidying) = tidying {
            let _ = tidying.await;
        }
        self.readers.close().await;
        self.writer.close().await;
    }
}

pub(crate) fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: a confirmed edit survives a power cut, not only a crash.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(200)
}

/// Waits until no other program is opening the database; released when dropped.
async fn lock(path: PathBuf) -> Result<File> {
    tokio::task::spawn_blocking(move || {
        let file = files::open_lock(&path)?;
        file.lock()?;
        Ok(file)
    })
    .await
    .map_err(std::io::Error::other)
    .flatten()
    .map_err(cannot_open)
}

fn cannot_open(error: std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly
        }
        std::io::ErrorKind::StorageFull => StoreError::DiskFull,
        _ => StoreError::CannotOpen(error),
    }
}

async fn check_sqlite(conn: &mut SqliteConnection) -> Result<()> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(conn)
        .await?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST_SAFE_SQLITE {
        return Err(StoreError::UnsafeSqlite(version));
    }
    Ok(())
}

/// The newest schema that this program knows.
pub fn known_schema() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// The schema of the database; 0 for an empty one.
pub(crate) async fn schema_version(conn: &mut SqliteConnection) -> Result<i64> {
    let has_table: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations')",
    )
    .fetch_one(&mut *conn)
    .await?;
    if !has_table {
        return Ok(0);
    }
    Ok(
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
            .fetch_one(conn)
            .await?,
    )
}

pub(crate) async fn migrate(
    conn: &mut SqliteConnection,
    path: Option<&Path>,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = schema_version(conn).await?;
    let known = known_schema();
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    if found == known {
        return Ok(());
    }
    if let Some(path) = path.filter(|_| found > 0) {
        back_up(conn, path, found, now).await?;
    }
    // `run` does the same through `Acquire`, which leaves the future without `Send`.
    let migrated = MIGRATIONS.run_direct(None, conn, false).await;
    migrated.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error) => StoreError::from(error),
        other => StoreError::Migration(other),
    })
}

async fn back_up(
    conn: &mut SqliteConnection,
    path: &Path,
    schema: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let copy = path.with_file_name(format!(
        "{stem}-schema-{schema}-{}.db",
        now.format("%Y%m%dT%H%M%SZ")
    ));
    let unfinished = copy.with_extension("part");
    files::remove(&unfinished).map_err(cannot_open)?;
    sqlx::query(AssertSqlSafe("VACUUM INTO ?"))
        .bind(unfinished.to_string_lossy().into_owned())
        .execute(conn)
        .await?;
    files::put_in_place(&unfinished, &copy).map_err(cannot_open)
}

/// UUIDv7 with a counter in the bits after the milliseconds, so that ids of one store rise
/// even within a millisecond and when the clock steps back.
#[derive(Debug)]
struct Ids {
    random: StdRng,
    last: (u64, u16),
}

impl Ids {
    fn next(&mut self, now: DateTime<Utc>) -> Uuid {
        let now_ms = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        let (last_ms, last_count) = self.last;
        self.last = if now_ms > last_ms {
            (now_ms, 0)
        } else if last_count < 0x0fff {
            (last_ms, last_count + 1)
        } else {
            (last_ms + 1, 0)
        };
        let (ms, count) = self.last;
        let mut tail = [0_u8; 10];
        self.random.fill_bytes(&mut tail);
        // The builder takes the twelve bits after the version from the first two bytes.
        tail[..2].copy_from_slice(&count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid()
    }
}
