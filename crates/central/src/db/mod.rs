//! The two databases behind one face. Statements are built by sea-query and run here; what
//! differs between SQLite and PostgreSQL differs in this folder and in `migrations/`, with
//! the one exception of text search (`store::search`).
//!
//! Nothing here knows entities or HTTP.

mod error;
mod link;
mod open;
mod pulse;
mod row;
mod written;

pub use error::DbError;
pub use link::Link;
pub use open::{Target, open};
pub use pulse::Pulse;
pub use row::{ColumnType, Row, readable};
pub use written::{is_filled, is_set, is_word};

use sqlx::{PgPool, SqlitePool};
use sqlx_core::transaction::TransactionManager as _;

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// JSON as the database takes it: SQLite has no type for it.
    pub fn json(self, value: &impl serde::Serialize) -> sea_query::Value {
        match self {
            // What is kept as JSON has no keys but text.
            Backend::Sqlite => serde_json::to_string(value).ok().into(),
            Backend::Postgres => serde_json::to_value(value).ok().into(),
        }
    }
}

/// An open, migrated database.
#[derive(Debug, Clone)]
pub enum Db {
    /// SQLite has one writer at a time: a pool of one makes writers queue in this process
    /// instead of spinning on a lock, and readers never wait for them (WAL).
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    pub fn backend(&self) -> Backend {
        match self {
            Db::Sqlite { .. } => Backend::Sqlite,
            Db::Postgres(_) => Backend::Postgres,
        }
    }

    /// A connection for statements that only read.
    pub async fn read(&self) -> Result<Link, DbError> {
        Ok(match self {
            Db::Sqlite { readers, .. } => Link::Sqlite(readers.acquire().await?),
            Db::Postgres(pool) => Link::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction that may write. It is rolled back unless [`Link::commit`] is called.
    pub async fn write(&self) -> Result<Link, DbError> {
        Ok(match self {
            // IMMEDIATE: the lock is taken at once, so that a transaction that has read can
            // always go on to write.
            Db::Sqlite { writer, .. } => match writer.begin_with("BEGIN IMMEDIATE").await {
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    mend(writer).await?;
                    Link::SqliteWrite(writer.begin_with("BEGIN IMMEDIATE").await?)
                }
                begun => Link::SqliteWrite(begun?),
            },
            Db::Postgres(pool) => Link::PostgresWrite(pool.begin().await?),
        })
    }

    /// A transaction that sees one state of the whole database, for a backup.
    pub async fn snapshot(&self) -> Result<Link, DbError> {
        Ok(match self {
            Db::Sqlite { readers, .. } => Link::SqliteWrite(readers.begin().await?),
            Db::Postgres(pool) => Link::PostgresWrite(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })
    }

    /// Waits until every connection is given back and closes them.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// When the disk is full SQLite takes a transaction back by itself
/// (https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction).
/// sqlx then counts one that is not there, and would never begin another.
async fn mend(writer: &SqlitePool) -> Result<(), DbError> {
    let mut connection = writer.acquire().await?;
    sqlx::query("BEGIN").execute(&mut *connection).await?;
    <sqlx::Sqlite as sqlx::Database>::TransactionManager::rollback(&mut connection).await?;
    Ok(())
}
