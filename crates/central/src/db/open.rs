//! Opening a database and bringing its schema up to date.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use servease_platform::private;

use super::{Db, DbError};

static SQLITE: Migrator = sqlx::migrate!("../../migrations/central/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/central/postgres");

/// How long a request waits for a connection before it is told to come back.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// No statement of ours needs a second; ten leave room for a loaded machine and still end a
/// statement that somebody crafted to be slow.
const STATEMENT_TIMEOUT_MS: &str = "10000";

/// Each reader may keep 64 MiB of pages in memory; the operating system caches the rest.
const CACHE_KIB: &str = "-65536";

/// The log that is written ahead grows to 32 MiB before its pages move into the database. A page
/// that many commits change moves once.
const CHECKPOINT_PAGES: &str = "8000";

/// Where the data lives.
#[derive(Debug, Clone)]
pub enum Target {
    /// `central.db` in this folder.
    Folder(PathBuf),
    /// A PostgreSQL connection URL.
    Url(String),
}

/// Opens the database, creates it where it is SQLite and not there, and migrates it forward.
///
/// Errors: [`DbError::NewerSchema`] when a newer program has migrated it already.
pub async fn open(target: &Target, connections: u32) -> Result<Db, DbError> {
    match target {
        Target::Folder(folder) => open_sqlite(folder.join("central.db"), connections).await,
        Target::Url(url) => open_postgres(url, connections).await,
    }
}

async fn open_sqlite(file: PathBuf, readers: u32) -> Result<Db, DbError> {
    if let Some(folder) = file.parent() {
        private::make_folder(folder).map_err(DbError::Folder)?;
    }
    private::make_file(&file).map_err(DbError::Folder)?;
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(500)
        .pragma("cache_size", CACHE_KIB)
        .pragma("temp_store", "memory")
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        // Reads through the page cache of the operating system without copying.
        .pragma("mmap_size", "1073741824");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.clone())
        .await?;
    let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()")
        .fetch_one(&writer)
        .await?;
    if version_number(&version) < (3, 51, 3) {
        return Err(DbError::OldSqlite { found: version });
    }
    SQLITE.run(&writer).await.map_err(migration)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(readers.max(1))
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    Ok(Db::Sqlite { writer, readers })
}

async fn open_postgres(url: &str, connections: u32) -> Result<Db, DbError> {
    let options: PgConnectOptions = url.parse::<PgConnectOptions>()?;
    // On a connection of its own: building an index over a big table takes longer than any
    // request may.
    let migrating = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options.clone())
        .await?;
    POSTGRES.run(&migrating).await.map_err(migration)?;
    migrating.close().await;
    let options = options
        .application_name("servease-central")
        .statement_cache_capacity(500)
        .options([
            ("statement_timeout", STATEMENT_TIMEOUT_MS),
            ("timezone", "UTC"),
        ]);
    let pool = PgPoolOptions::new()
        .max_connections(connections.max(2))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    Ok(Db::Postgres(pool))
}

fn migration(error: MigrateError) -> DbError {
    match error {
        MigrateError::VersionMissing(found) => DbError::NewerSchema { found },
        other => DbError::Migration(Box::new(other)),
    }
}

fn version_number(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

#[cfg(test)]
mod tests {
    use super::version_number;

    #[test]
    fn versions_compare_by_number() {
        assert!(version_number("3.51.10") > version_number("3.51.3"));
        assert!(version_number("3.46.0") < version_number("3.51.3"));
    }
}
