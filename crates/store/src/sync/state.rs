//! Where this desk stands with Central.

use std::collections::BTreeMap;
use std::str::FromStr;

use servease_wire::sync::Checkpoint;
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::outbox::{self, Counts};
use crate::{Result, StoreError, settings};

const PREFIX: &str = "sync.";
/// The first text that follows everything that begins with the prefix.
const AFTER_PREFIX: &str = "sync/";
const EPOCH: &str = "sync.epoch";
const DESK: &str = "sync.desk_id";
const SNAPSHOT: &str = "sync.snapshot";
const PARTICULAR: &str = "sync.particular";
const SNAPSHOT_SEQ: &str = "sync.snapshot_seq";

/// The desk's place in Central's sequence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncState {
    /// This installation; none before its first sync.
    pub desk: Option<Uuid>,
    pub epoch: Option<String>,
    /// Everything up to this number has been taken in.
    pub cursor: i64,
    /// The newest place that it has seen.
    pub known: Option<Checkpoint>,
    /// How far a snapshot row by row has come, where one is being taken.
    pub snapshot: Option<String>,
    /// How far what shows to this account alone has come, where it is asked for.
    pub particular: Option<String>,
    /// The number of Central's last change when the last snapshot was taken: up to there the
    /// log does not tell everything that the rows hold. 0 without a snapshot.
    pub snapshot_seq: i64,
}

const LOAD: &str = "SELECT key, value FROM settings WHERE key >= ?1 AND key < ?2 \
     UNION ALL \
     SELECT 'known', known FROM (SELECT seq || ' ' || stamp AS known FROM checkpoints \
                                 ORDER BY seq DESC LIMIT 1)";

/// Reads the state.
pub async fn load(conn: &mut SqliteConnection) -> Result<SyncState> {
    let rows: Vec<(String, String)> = sqlx::query_as(LOAD)
        .bind(PREFIX)
        .bind(AFTER_PREFIX)
        .fetch_all(conn)
        .await?;
    read(&mut rows.into_iter().collect())
}

/// Reads the state, and what waits, with one statement: every step of a run begins with it.
pub async fn load_and_count(conn: &mut SqliteConnection) -> Result<(SyncState, Counts)> {
    let sql = format!(
        "{LOAD} UNION ALL SELECT 'waits', waits FROM ({})",
        outbox::COUNT
    );
    let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(PREFIX)
        .bind(AFTER_PREFIX)
        .fetch_all(conn)
        .await?;
    let mut rows: BTreeMap<String, String> = rows.into_iter().collect();
    let counts = Counts::read(&rows.remove("waits").unwrap_or_default())?;
    Ok((read(&mut rows)?, counts))
}

/// A place that does not read is damage: counted as the beginning it would have everything
/// asked for and judged once more.
fn read(stored: &mut BTreeMap<String, String>) -> Result<SyncState> {
    let mut take = |key: &str| stored.remove(key).filter(|text| !text.is_empty());
    let desk = take(DESK).map(|text| parse(DESK, &text)).transpose()?;
    let cursor = take(settings::SEEN_SEQ).map_or(Ok(0), |text| parse(settings::SEEN_SEQ, &text))?;
    let snapshot_seq = take(SNAPSHOT_SEQ).map_or(Ok(0), |text| parse(SNAPSHOT_SEQ, &text))?;
    let known = match take("known") {
        Some(text) => {
            let (seq, stamp) = text.split_once(' ').ok_or_else(|| damaged("checkpoints"))?;
            Some(Checkpoint {
                seq: parse("checkpoints", seq)?,
                stamp: parse("checkpoints", stamp)?,
            })
        }
        None => None,
    };
    Ok(SyncState {
        desk,
        epoch: take(EPOCH),
        cursor,
        known,
        snapshot: take(SNAPSHOT),
        particular: take(PARTICULAR),
        snapshot_seq,
    })
}

fn parse<T: FromStr>(key: &str, text: &str) -> Result<T> {
    text.parse().map_err(|_| damaged(key))
}

fn damaged(key: &str) -> StoreError {
    StoreError::Damaged(format!("settings: {key}"))
}

/// Writes epoch and cursor.
pub async fn save_cursor(conn: &mut SqliteConnection, epoch: &str, cursor: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO settings (key, value) \
         VALUES ('sync.epoch', ?), ('sync.seen_seq', ?) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(epoch)
    .bind(cursor.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Older places are kept ever more sparsely: enough to find the last common one over any
/// history, and few enough to send.
const PLACES_MAX: i64 = 120;

/// Notes a place of Central's sequence. Of the older half of too many every second one goes:
/// what is twice as old is half as dense.
pub async fn save_place(conn: &mut SqliteConnection, place: Checkpoint) -> Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO checkpoints (seq, stamp) VALUES (?1, ?2); \
         DELETE FROM checkpoints WHERE (SELECT count(*) FROM checkpoints) > ?3 AND seq IN \
         (SELECT seq FROM \
          (SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM checkpoints) \
          WHERE place <= ?3 / 2 AND place % 2 = 0)",
    )
    .bind(place.seq)
    .bind(place.stamp)
    .bind(PLACES_MAX)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn save_desk(conn: &mut SqliteConnection, desk: Uuid) -> Result<()> {
    settings::set(conn, DESK, &desk.to_string()).await
}

/// Keeps how far a snapshot has come; blank when there is none.
pub async fn save_snapshot(conn: &mut SqliteConnection, progress: &str) -> Result<()> {
    settings::set(conn, SNAPSHOT, progress).await
}

/// Lets the next run take the present rows, whatever the log says.
pub async fn ask_for_snapshot(conn: &mut SqliteConnection) -> Result<()> {
    // No place of any snapshot: it begins with the first row.
    save_snapshot(conn, "{}").await
}

/// Keeps how far what shows to this account alone has come; blank when all of it is here.
pub async fn save_particular(conn: &mut SqliteConnection, progress: &str) -> Result<()> {
    settings::set(conn, PARTICULAR, progress).await
}

/// Lets the next run ask for what shows to this account alone.
pub async fn ask_for_particular(conn: &mut SqliteConnection) -> Result<()> {
    save_particular(conn, "{}").await
}

/// Notes up to which number the rows know more than the log.
pub async fn save_snapshot_seq(conn: &mut SqliteConnection, seq: i64) -> Result<()> {
    settings::set(conn, SNAPSHOT_SEQ, &seq.to_string()).await
}
