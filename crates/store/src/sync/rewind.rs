//! Going back: Central was restored from a backup, or its past is not this desk's. What the
//! desk knows of later changes it sends again, its own and those of others.

use servease_wire::sync::Checkpoint;
use sqlx::SqliteConnection;

use super::{covered, state};
use crate::{Result, files};

/// Places of Central's sequence that the desk knows, newest first.
pub async fn list_known(conn: &mut SqliteConnection) -> Result<Vec<Checkpoint>> {
    let places: Vec<(i64, i64)> =
        sqlx::query_as("SELECT seq, stamp FROM checkpoints ORDER BY seq DESC")
            .fetch_all(conn)
            .await?;
    Ok(places
        .into_iter()
        .map(|(seq, stamp)| Checkpoint { seq, stamp })
        .collect())
}

/// Makes every change after `base` wait again, under its old id, and lowers the cursor. The
/// ledger makes repetitions harmless. Answers how many wait again.
pub async fn rewind(conn: &mut SqliteConnection, epoch: &str, base: i64) -> Result<u64> {
    // The old number stays as the order in which they go out.
    let again = sqlx::query(
        "UPDATE mutations SET state = 'waiting', answer = NULL, line = NULL, logged = NULL \
         WHERE seq > ?1 AND state IN ('applied', 'merged', 'conflict', 'duplicate')",
    )
    .bind(base)
    .execute(&mut *conn)
    .await?
    .rows_affected();
    // What Central said of refused and parked ones spoke of the lost numbers.
    sqlx::query(
        "UPDATE mutations SET state = 'waiting', answer = NULL \
         WHERE state IN ('rejected', 'parked')",
    )
    .execute(&mut *conn)
    .await?;
    // Whoever had seen a lost change has not seen what takes its number now.
    sqlx::query(
        "UPDATE mutations SET seen = ?1 WHERE seen > ?1 \
         AND state IN ('waiting', 'parked', 'rejected')",
    )
    .bind(base)
    .execute(&mut *conn)
    .await?;
    let cursor = state::load(conn).await?.cursor.min(base);
    sqlx::query("DELETE FROM checkpoints WHERE seq > ?")
        .bind(base)
        .execute(&mut *conn)
        .await?;
    covered::forget_after(conn, base).await?;
    // Files that it had may be lost with them.
    files::forget_central(conn).await?;
    state::save_cursor(conn, epoch, cursor).await?;
    Ok(again)
}
