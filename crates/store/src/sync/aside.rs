//! Changes and rows of Central that only a newer program can take in: kept as they came.

use serde::de::IgnoredAny;
use servease_wire::sync::Entry;
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::Result;

/// Keeps what could not be taken in: number, text and reason of each.
pub async fn put(conn: &mut SqliteConnection, aside: &[(i64, String, &str)]) -> Result<()> {
    for (seq, text, reason) in aside {
        sqlx::query("INSERT OR REPLACE INTO set_aside (seq, entry, reason) VALUES (?, ?, ?)")
            .bind(seq)
            .bind(text)
            .bind(*reason)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// How many there are.
pub async fn count(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM set_aside")
        .fetch_one(conn)
        .await?)
}

/// What was kept, as this program reads it.
#[derive(Debug)]
pub enum Kept {
    Change(Box<Entry>),
    /// A row: it comes again with a snapshot.
    Row,
    /// It waits for a program that is newer still.
    Unreadable,
    Damaged,
}

/// All of them, by the numbers of changes at Central.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<(i64, Kept)>> {
    let kept: Vec<(i64, String)> = sqlx::query_as("SELECT seq, entry FROM set_aside ORDER BY seq")
        .fetch_all(conn)
        .await?;
    let read = |(seq, text): (i64, String)| (seq, kept_of(&text));
    Ok(kept.into_iter().map(read).collect())
}

fn kept_of(text: &str) -> Kept {
    if let Ok(entry) = serde_json::from_str(text) {
        Kept::Change(Box::new(entry))
    } else if serde_json::from_str::<Vec<(String, Uuid)>>(text).is_ok() {
        Kept::Row
    } else if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        Kept::Unreadable
    } else {
        Kept::Damaged
    }
}

/// Lets go of those with these numbers.
pub async fn forget(conn: &mut SqliteConnection, numbers: &[i64]) -> Result<()> {
    sqlx::query("DELETE FROM set_aside WHERE seq IN (SELECT value FROM json_each(?))")
        .bind(serde_json::json!(numbers).to_string())
        .execute(conn)
        .await?;
    Ok(())
}
