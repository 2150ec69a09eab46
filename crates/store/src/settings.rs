//! What this PC knows by itself: settings by key, and drafts of forms.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use servease_domain::value::instant_text;
use sqlx::SqliteConnection;

use crate::{Result, StoreError};

/// Central's sequence number up to which this desk has seen everything.
pub const SEEN_SEQ: &str = "sync.seen_seq";

/// Every setting whose key begins with `prefix`.
pub async fn list(conn: &mut SqliteConnection, prefix: &str) -> Result<BTreeMap<String, String>> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT key, value FROM settings WHERE substr(key, 1, length(?1)) = ?1")
            .bind(prefix)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().collect())
}

pub async fn find(conn: &mut SqliteConnection, key: &str) -> Result<Option<String>> {
    Ok(
        sqlx::query_scalar("SELECT value FROM settings WHERE key = ?")
            .bind(key)
            .fetch_optional(conn)
            .await?,
    )
}

/// A setting that is a number; 0 when it was never set.
pub async fn get_number(conn: &mut SqliteConnection, key: &str) -> Result<i64> {
    match find(conn, key).await? {
        Some(value) => value
            .parse()
            .map_err(|_| StoreError::Damaged(format!("settings: {key}"))),
        None => Ok(0),
    }
}

pub async fn set(conn: &mut SqliteConnection, key: &str, value: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO settings (key, value) VALUES (?, ?) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(key)
    .bind(value)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps what a form holds. The newest content of a key replaces the one before.
pub async fn save_draft(
    conn: &mut SqliteConnection,
    key: &str,
    content: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO drafts (key, content, saved_at) VALUES (?, ?, ?) \
         ON CONFLICT (key) DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at",
    )
    .bind(key)
    .bind(content)
    .bind(instant_text(&now))
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn find_draft(conn: &mut SqliteConnection, key: &str) -> Result<Option<String>> {
    Ok(
        sqlx::query_scalar("SELECT content FROM drafts WHERE key = ?")
            .bind(key)
            .fetch_optional(conn)
            .await?,
    )
}

pub async fn remove_draft(conn: &mut SqliteConnection, key: &str) -> Result<()> {
    sqlx::query("DELETE FROM drafts WHERE key = ?")
        .bind(key)
        .execute(conn)
        .await?;
    Ok(())
}
