//! What can go wrong with the database, as far as somebody can act on it.

use servease_domain::EntityKind;
use uuid::Uuid;

/// A failure of the storage.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another program held the database for longer than five seconds.
    #[error("the database is in use by another program")]
    Busy,
    #[error("the disk is full")]
    DiskFull,
    #[error("the data folder cannot be written")]
    ReadOnly,
    /// The file is no database, or its pages contradict each other.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A newer program wrote it.
    #[error("the database has schema {found}, this program knows up to {known}")]
    NewerSchema { found: i64, known: i64 },
    /// Another live record holds the value.
    #[error("{} {field} is taken", kind.name())]
    Taken {
        kind: EntityKind,
        field: &'static str,
    },
    /// A record names another one that is not there.
    #[error("a record refers to one that is not there")]
    DanglingReference,
    #[error("{} {id} is not there", kind.name())]
    NotFound { kind: EntityKind, id: Uuid },
    /// The SQLite library is one that is known to lose committed writes.
    #[error("SQLite {0} is too old to be trusted with data")]
    UnsafeSqlite(String),
    #[error("the database could not be opened")]
    CannotOpen(#[source] std::io::Error),
    #[error("migration failed")]
    Migration(#[source] sqlx::migrate::MigrateError),
    #[error("database error")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return StoreError::Busy;
        }
        let Some(database) = error.as_database_error() else {
            return StoreError::Database(error);
        };
        let code = database
            .code()
            .and_then(|code| code.parse::<i32>().ok())
            .unwrap_or_default();
        // Result codes: https://www.sqlite.org/rescode.html; the low byte is the family.
        match code & 0xff {
            5 | 6 => StoreError::Busy,
            8 => StoreError::ReadOnly,
            11 | 26 => StoreError::Damaged(database.message().to_owned()),
            13 => StoreError::DiskFull,
            // The shared memory file beside the WAL could not be made large enough.
            10 if code == 4874 => StoreError::DiskFull,
            14 => StoreError::CannotOpen(std::io::Error::other(database.message().to_owned())),
            19 if code == 787 => StoreError::DanglingReference,
            19 => taken(database.message()).unwrap_or(StoreError::Database(error)),
            // SQLite's own functions on JSON that is none.
            1 if database.message().contains("malformed JSON") => {
                StoreError::Damaged(database.message().to_owned())
            }
            _ => StoreError::Database(error),
        }
    }
}

/// Every unique index on an entity is named after its table and field.
fn taken(message: &str) -> Option<StoreError> {
    let index = message
        .split_once("index '")
        .map(|(_, rest)| rest.trim_end_matches('\''))?;
    EntityKind::ALL.into_iter().find_map(|kind| {
        let field = index.strip_prefix(kind.table())?.strip_prefix('_')?;
        Some(StoreError::Taken {
            kind,
            field: kind.field(field)?.name,
        })
    })
}
