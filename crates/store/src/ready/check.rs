//! Whether a ready file is sound.

use std::path::Path;

use servease_wire::sync::Checkpoint;
use sqlx::{Connection as _, SqliteConnection};

use super::interrupt::Interrupt;
use super::{Place, connect};
use crate::open::{known_schema, options, schema_version};
use crate::settings::SEEN_SEQ;
use crate::{Result, StoreError, settings};

/// Reads the whole file and answers at which place of Central's sequence it stands.
///
/// Errors: Damaged; NewerSchema when it has another schema than this program, newer or older.
pub async fn check(path: &Path) -> Result<Place> {
    let file = options()
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Delete)
        .filename(path)
        .read_only(true)
        .create_if_missing(false);
    // Pages are read once, each: the operating system's cache will do.
    let mut conn = connect(file.pragma("mmap_size", "1073741824")).await?;
    let _interrupt = Interrupt::over(&mut conn).await?;
    let found = schema_version(&mut conn).await?;
    let known = known_schema();
    if found != known {
        return Err(StoreError::NewerSchema { found, known });
    }
    let wrong: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(5)")
        .fetch_all(&mut conn)
        .await?;
    if let Some(line) = wrong.iter().find(|line| *line != "ok") {
        return Err(StoreError::Damaged(line.clone()));
    }
    let place = place(&mut conn).await?;
    conn.close().await?;
    Ok(place)
}

async fn place(conn: &mut SqliteConnection) -> Result<Place> {
    let unplaced = || StoreError::Damaged("a ready file without its place".to_owned());
    let epoch = settings::find(conn, super::build::EPOCH)
        .await?
        .ok_or_else(unplaced)?;
    let seq = settings::get_number(conn, SEEN_SEQ).await?;
    let stamp: Option<i64> = sqlx::query_scalar("SELECT stamp FROM checkpoints WHERE seq = ?")
        .bind(seq)
        .fetch_optional(&mut *conn)
        .await?;
    let (newest, newest_stamp) =
        sqlx::query_as("SELECT seq, stamp FROM checkpoints ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut *conn)
            .await?
            .ok_or_else(unplaced)?;
    Ok(Place {
        epoch,
        seq,
        stamp: stamp.ok_or_else(unplaced)?,
        newest: Checkpoint {
            seq: newest,
            stamp: newest_stamp,
        },
    })
}
