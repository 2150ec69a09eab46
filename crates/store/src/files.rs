//! How the files of documents stand: whether they are on this PC, and what Central has said of them.
//! The content itself lies elsewhere; here a file is its hash.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use servease_domain::EntityKind;
use servease_domain::value::instant_text;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::{Result, rows};

/// A file that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    pub sha256: String,
    pub size_bytes: u64,
    /// When the newest document that names it was made.
    pub taken_in_at: DateTime<Utc>,
}

/// What is known of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    pub is_here: bool,
    /// It was brought only to be looked at.
    pub is_fetched: bool,
    pub is_at_central: bool,
    /// Why Central does not take it: a word and a sentence. Blank where it has not refused.
    pub refusal: String,
    pub detail: String,
    pub is_given_up: bool,
}

/// How many files wait to be sent, their bytes, and how many were refused and not given up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub waiting: u64,
    pub waiting_bytes: u64,
    pub refused: u64,
}

/// Notes that somebody has taken a file in here: it stays, and Central is to have it.
pub async fn note_taken_in(conn: &mut SqliteConnection, sha256: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO file_standings (sha256, is_here) VALUES (?, 1) \
         ON CONFLICT (sha256) DO UPDATE SET is_here = 1, is_fetched = 0",
    )
    .bind(sha256)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a file was brought from Central, to be looked at.
pub async fn note_fetched(
    conn: &mut SqliteConnection,
    sha256: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let now = instant_text(&now);
    sqlx::query(
        "INSERT INTO file_standings (sha256, is_here, is_fetched, used_at, is_at_central, asked_at) \
         VALUES (?1, 1, 1, ?2, 1, ?2) \
         ON CONFLICT (sha256) DO UPDATE SET is_fetched = iif(is_here, is_fetched, 1), is_here = 1, used_at = ?2, \
         is_at_central = 1, asked_at = ?2",
    )
    .bind(sha256)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes whether a file of which nothing was known is on this PC.
pub async fn note_found(conn: &mut SqliteConnection, sha256: &str, is_here: bool) -> Result<()> {
    sqlx::query(
        "INSERT INTO file_standings (sha256, is_here) VALUES (?1, ?2) \
         ON CONFLICT (sha256) DO UPDATE SET is_here = ?2",
    )
    .bind(sha256)
    .bind(is_here)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a fetched file was looked at.
pub async fn note_used(
    conn: &mut SqliteConnection,
    sha256: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("UPDATE file_standings SET used_at = ? WHERE sha256 = ? AND is_fetched")
        .bind(instant_text(&now))
        .bind(sha256)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes whether Central keeps a file.
pub async fn note_central(
    conn: &mut SqliteConnection,
    sha256: &str,
    is_kept: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "UPDATE file_standings SET is_at_central = ?2, asked_at = ?3, \
         refusal = iif(?2, '', refusal), detail = iif(?2, '', detail) WHERE sha256 = ?1",
    )
    .bind(sha256)
    .bind(is_kept)
    .bind(instant_text(&now))
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that Central does not take a file.
pub async fn note_refused(
    conn: &mut SqliteConnection,
    sha256: &str,
    refusal: &str,
    detail: &str,
) -> Result<()> {
    sqlx::query("UPDATE file_standings SET refusal = ?, detail = ? WHERE sha256 = ?")
        .bind(refusal)
        .bind(detail)
        .bind(sha256)
        .execute(conn)
        .await?;
    Ok(())
}

/// Lets a refused file be sent once more. False: none of this hash was refused.
pub async fn retry(conn: &mut SqliteConnection, sha256: &str) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE file_standings SET refusal = '', detail = '', is_given_up = 0 \
         WHERE sha256 = ? AND refusal <> ''",
    )
    .bind(sha256)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Gives a refused file up, or takes that back. False: there is nothing of the kind to do.
pub async fn give_up(conn: &mut SqliteConnection, sha256: &str, is_given_up: bool) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE file_standings SET is_given_up = ?1 \
         WHERE sha256 = ?2 AND refusal <> '' AND is_given_up <> ?1",
    )
    .bind(is_given_up)
    .bind(sha256)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Central is another one, or an older one of itself: what it has said of files counts no longer.
pub async fn forget_central(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::query("UPDATE file_standings SET is_at_central = 0, asked_at = ''")
        .execute(conn)
        .await?;
    Ok(())
}

/// What is known of a file; none where nobody has looked yet.
pub async fn find(conn: &mut SqliteConnection, sha256: &str) -> Result<Option<Standing>> {
    let row = sqlx::query(
        "SELECT is_here, is_fetched, is_at_central, refusal, detail, is_given_up \
         FROM file_standings WHERE sha256 = ?",
    )
    .bind(sha256)
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Standing {
            is_here: row.try_get(0)?,
            is_fetched: row.try_get(1)?,
            is_at_central: row.try_get(2)?,
            refusal: row.try_get(3)?,
            detail: row.try_get(4)?,
            is_given_up: row.try_get(5)?,
        })
    })
    .transpose()
}

/// Hashes of live documents of which nobody has looked yet whether their file is here.
pub async fn unlooked(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT d.sha256 FROM documents AS d WHERE d.sha256 <> '' \
         AND d.deleted_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM file_standings AS f WHERE f.sha256 = d.sha256) ORDER BY d.sha256";
    Ok(sqlx::query_scalar(sql).fetch_all(conn).await?)
}

/// A file that is to be sent: it is here, Central has not said that it keeps it, nothing stands
/// against it. `d` is a live document that names it and that Central knows.
const UNSENT: &str = "FROM file_standings AS f JOIN documents AS d ON d.sha256 = f.sha256 \
     WHERE f.is_here AND NOT f.is_at_central AND f.refusal = '' AND d.deleted_at IS NULL \
     AND d.file_size > 0";

/// Files that are to be sent, whose documents Central knows.
pub async fn unsent(conn: &mut SqliteConnection) -> Result<Vec<Unsent>> {
    let sql = format!(
        "SELECT f.sha256, d.file_size, max(d.created_at) {UNSENT} AND {} \
         GROUP BY f.sha256, d.file_size ORDER BY f.sha256, d.file_size",
        rows::known_to_central(EntityKind::Document, "d.id")
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// Files of which Central has not been asked within a time whether it still keeps them, the oldest
/// first. An answer from a moment that has not come was written by a clock that was ahead, and
/// counts as none.
pub async fn unasked_within(
    conn: &mut SqliteConnection,
    within: RangeInclusive<DateTime<Utc>>,
    limit: usize,
) -> Result<Vec<Unsent>> {
    let rows = sqlx::query(
        "SELECT f.sha256, d.file_size, max(d.created_at) FROM file_standings AS f \
         JOIN documents AS d ON d.sha256 = f.sha256 WHERE f.is_here AND f.is_at_central \
         AND d.deleted_at IS NULL AND d.file_size > 0 AND f.asked_at NOT BETWEEN ?1 AND ?2 \
         GROUP BY f.sha256 ORDER BY f.asked_at, f.sha256 LIMIT ?3",
    )
    .bind(instant_text(within.start()))
    .bind(instant_text(within.end()))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<Unsent> {
    let size_bytes: i64 = row.try_get(1)?;
    let taken_in_at: &str = row.try_get(2)?;
    let damaged = |_| crate::StoreError::Damaged("documents.created_at".to_owned());
    Ok(Unsent {
        sha256: row.try_get(0)?,
        size_bytes: u64::try_from(size_bytes).unwrap_or(0),
        taken_in_at: DateTime::parse_from_rfc3339(taken_in_at)
            .map_err(damaged)?
            .to_utc(),
    })
}

/// How many files wait, those too whose documents wait themselves.
pub async fn count(conn: &mut SqliteConnection) -> Result<Counts> {
    let sql = format!(
        "SELECT count(*), coalesce(sum(size), 0), (SELECT count(DISTINCT f.sha256) \
         FROM file_standings AS f JOIN documents AS d ON d.sha256 = f.sha256 \
         WHERE f.refusal <> '' AND NOT f.is_given_up AND d.deleted_at IS NULL) \
         FROM (SELECT max(d.file_size) AS size {UNSENT} GROUP BY f.sha256)"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .fetch_one(conn)
        .await?;
    let number = |column| {
        let found: i64 = row.try_get(column)?;
        Ok::<_, crate::StoreError>(u64::try_from(found).unwrap_or(0))
    };
    Ok(Counts {
        waiting: number(0)?,
        waiting_bytes: number(1)?,
        refused: number(2)?,
    })
}

/// Hashes of refused files that nobody has given up, of live documents.
pub async fn refused(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT f.sha256 FROM file_standings AS f \
         JOIN documents AS d ON d.sha256 = f.sha256 \
         WHERE f.refusal <> '' AND NOT f.is_given_up AND d.deleted_at IS NULL ORDER BY f.sha256";
    Ok(sqlx::query_scalar(sql).fetch_all(conn).await?)
}

/// What may go so that those which were brought to be looked at take no more than `budget` bytes:
/// the ones that nobody has looked at for the longest time. None that Central has not got.
pub async fn surplus(conn: &mut SqliteConnection, budget: u64) -> Result<Vec<String>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT f.sha256, coalesce((SELECT max(d.file_size) FROM documents AS d \
         WHERE d.sha256 = f.sha256), 0) FROM file_standings AS f \
         WHERE f.is_here AND f.is_fetched AND f.is_at_central ORDER BY f.used_at DESC, f.sha256",
    )
    .fetch_all(conn)
    .await?;
    // What is being looked at stays, however big it is.
    let last = rows.first().map_or(0, |(_, size)| *size);
    let mut kept = u64::try_from(last).unwrap_or(0);
    Ok(rows
        .into_iter()
        .skip(1)
        .filter(|(_, size)| {
            kept = kept.saturating_add(u64::try_from(*size).unwrap_or(0));
            kept > budget
        })
        .map(|(sha256, _)| sha256)
        .collect())
}
