//! What is stored and does not read, for whoever examines a damaged database: every line of the
//! log, every record, and what is kept beside them.

use servease_domain::EntityKind;
use servease_wire::sync::{Answer, Row as WireRow};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use uuid::Uuid;

use crate::columns::{self, statements_of};
use crate::sync::aside::{self, Kept};
use crate::{Result, StoreError, log, stored};

/// More lines than these have one cause, and nobody reads them.
const LINES_MAX: usize = 20;

/// Rows that are held at once: some MiB.
const PAGE: i64 = 5_000;

/// One line for each place that does not read.
pub(crate) async fn list(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    let mut found = Found(Vec::new());
    of_log(conn, &mut found).await?;
    for kind in EntityKind::ALL {
        of_records(conn, kind, &mut found).await?;
    }
    of_what_waits(conn, &mut found).await?;
    found.0.truncate(LINES_MAX);
    Ok(found.0)
}

struct Found(Vec<String>);

impl Found {
    /// What was read; damage is noted, and any other failure is one of the examination.
    fn note<T>(&mut self, read: Result<T>) -> Result<Option<T>> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(StoreError::Damaged(place)) => {
                self.add(&place);
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    fn add(&mut self, place: &str) {
        self.0.push(format!("does not read: {place}"));
    }

    fn is_full(&self) -> bool {
        self.0.len() >= LINES_MAX
    }
}

async fn of_log(conn: &mut SqliteConnection, found: &mut Found) -> Result<()> {
    let sql = format!(
        "SELECT {}, answer FROM mutations WHERE number > ? ORDER BY number LIMIT {PAGE}",
        log::COLUMNS
    );
    let mut after = 0_i64;
    while !found.is_full() {
        let rows = sqlx::query(AssertSqlSafe(sql.clone()))
            .bind(after)
            .fetch_all(&mut *conn)
            .await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = last.try_get("number")?;
        for row in &rows {
            found.note(log::read(row))?;
            found.note(stored::optional_json::<Answer>(row, "answer"))?;
        }
    }
    Ok(())
}

async fn of_records(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    found: &mut Found,
) -> Result<()> {
    let sql = format!(
        "{} WHERE id > ? ORDER BY id LIMIT {PAGE}",
        statements_of(kind).select
    );
    let mut after = Uuid::nil();
    while !found.is_full() {
        let rows = sqlx::query(AssertSqlSafe(sql.clone()))
            .bind(after)
            .fetch_all(&mut *conn)
            .await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = last.try_get(0)?;
        for row in &rows {
            let Some(record) = found.note(columns::read(kind, row))? else {
                continue;
            };
            if kind != EntityKind::Conflict {
                continue;
            }
            for side in ["kept", "lost"] {
                let text = record.get(side).as_text();
                if serde_json::from_str::<serde_json::Value>(text).is_err() {
                    found.add(&format!("conflicts.{side} of conflict {}", record.id));
                }
            }
        }
    }
    Ok(())
}

/// Rows and changes of Central that are kept until they can be used.
async fn of_what_waits(conn: &mut SqliteConnection, found: &mut Found) -> Result<()> {
    let covered: Vec<(String, Uuid, String)> =
        sqlx::query_as("SELECT entity, id, row FROM covered_rows")
            .fetch_all(&mut *conn)
            .await?;
    for (entity, id, text) in covered {
        if serde_json::from_str::<WireRow>(&text).is_err() {
            found.add(&format!("covered_rows.row of {entity} {id}"));
        }
    }
    for (seq, kept) in aside::list(conn).await? {
        if let Kept::Damaged = kept {
            found.add(&format!("set_aside.entry of change {seq}"));
        }
    }
    Ok(())
}
