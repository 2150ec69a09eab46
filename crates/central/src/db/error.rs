//! What can go wrong in the database, as far as callers act on it.

/// A failed statement or connection.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique index refused a row. `index` is `<table>_<field>_unique`.
    #[error("a unique index refused the row: {index}")]
    Unique { index: String },
    /// A row refers to one that is not there.
    #[error("a row refers to one that is not there")]
    MissingReference,
    /// Two transactions stood in each other's way: repeat this one.
    #[error("another transaction stood in the way")]
    Collision(#[source] sqlx::Error),
    /// The statement ran longer than it may.
    #[error("the statement took too long")]
    TimedOut(#[source] sqlx::Error),
    /// No connection became free in time, or the database went away.
    #[error("no database connection could be had")]
    Busy(#[source] sqlx::Error),
    /// The disk is full or fails, or the server is being stopped: it may go on later.
    #[error("the database cannot do this at present")]
    OutOfOrder(#[source] sqlx::Error),
    /// The schema was written by a newer program.
    #[error(
        "the database has a newer schema (version {found}) than this program knows: \
         install a newer servease-central"
    )]
    NewerSchema { found: i64 },
    #[error("the schema could not be brought up to date")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
    #[error("the bundled SQLite {found} is older than 3.51.3, which a known defect rules out")]
    OldSqlite { found: String },
    #[error("the data folder cannot be used")]
    Folder(#[source] std::io::Error),
    /// What is stored in this column does not read.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    #[error("the database failed")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> DbError {
        if matches!(
            error,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_)
        ) {
            return DbError::Busy(error);
        }
        let Some(database) = error.as_database_error() else {
            return DbError::Other(error);
        };
        if database.is_unique_violation() {
            let index = database.constraint().map_or_else(
                || sqlite_index(database.message()),
                std::borrow::ToOwned::to_owned,
            );
            return DbError::Unique { index };
        }
        if database.is_foreign_key_violation() {
            return DbError::MissingReference;
        }
        match database.code().as_deref() {
            // serialization_failure, deadlock_detected; SQLITE_BUSY and its extended forms.
            Some("40001" | "40P01" | "5" | "261" | "517") => DbError::Collision(error),
            // query_canceled, which is how statement_timeout shows.
            Some("57014") => DbError::TimedOut(error),
            Some(code) if is_out_of_order(code) => DbError::OutOfOrder(error),
            _ => DbError::Other(error),
        }
    }
}

impl DbError {
    /// Whether a column holds something else than it should: others can be read.
    pub fn is_of_content(&self) -> bool {
        matches!(
            self,
            DbError::Damaged(_) | DbError::Other(sqlx::Error::ColumnDecode { .. })
        )
    }

    /// Whether the same request may succeed later, without anything being changed about it.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            DbError::Collision(_)
                | DbError::Busy(_)
                | DbError::TimedOut(_)
                | DbError::OutOfOrder(_)
        )
    }
}

/// SQLITE_FULL, SQLITE_IOERR with its extended forms and SQLITE_READONLY
/// (<https://www.sqlite.org/rescode.html>); PostgreSQL's classes 53 (insufficient resources),
/// 57P (being stopped) and 58 (system error).
fn is_out_of_order(code: &str) -> bool {
    match code.parse::<u32>() {
        Ok(code) if code < 10_000 => matches!(code & 0xff, 8 | 10 | 13),
        _ => ["53", "57P", "58"]
            .iter()
            .any(|class| code.starts_with(class)),
    }
}

/// SQLite names the index only where it is one on an expression (`index 'name'`), otherwise
/// the columns (`table.column`).
fn sqlite_index(message: &str) -> String {
    let subject = message
        .rsplit_once("constraint failed: ")
        .map_or(message, |(_, subject)| subject);
    match subject.strip_prefix("index '") {
        Some(name) => name.trim_end_matches('\'').to_owned(),
        None => {
            let first = subject.split(',').next().unwrap_or(subject).trim();
            format!("{}_unique", first.replace('.', "_"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_out_of_order, sqlite_index};

    #[test]
    fn a_full_disk_and_a_stopping_server_are_told_from_a_wrong_statement() {
        // SQLITE_FULL, SQLITE_IOERR_WRITE, disk_full, admin_shutdown.
        for code in ["13", "778", "53100", "57P01"] {
            assert!(is_out_of_order(code), "{code}");
        }
        // SQLITE_ERROR, SQLITE_CONSTRAINT_CHECK, undefined_column, query_canceled.
        for code in ["1", "275", "42703", "57014"] {
            assert!(!is_out_of_order(code), "{code}");
        }
    }

    #[test]
    fn the_index_is_found_in_both_forms_of_the_message() {
        let named = "UNIQUE constraint failed: index 'customers_email_unique'";
        assert_eq!(sqlite_index(named), "customers_email_unique");
        let column = "UNIQUE constraint failed: customers.id";
        assert_eq!(sqlite_index(column), "customers_id_unique");
    }
}
