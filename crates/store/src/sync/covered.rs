//! Rows of a snapshot that own open changes cover. While a change is open, its record shows what
//! the desk wrote; what Central holds below it is kept here, since no line of the log tells it.

use servease_domain::EntityKind;
use servease_wire::sync::Row as WireRow;
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::{Result, StoreError, stored};

/// What Central held.
#[derive(Debug, Clone, PartialEq)]
pub struct Covered {
    /// The number of Central's last change when the row was read.
    pub seq: i64,
    pub row: WireRow,
}

pub async fn keep(conn: &mut SqliteConnection, row: &WireRow, seq: i64) -> Result<()> {
    sqlx::query("INSERT OR REPLACE INTO covered_rows (entity, id, seq, row) VALUES (?, ?, ?, ?)")
        .bind(&row.entity)
        .bind(row.record)
        .bind(seq)
        .bind(stored::text_of(row)?)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn find(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<Covered>> {
    let found: Option<(i64, String)> =
        sqlx::query_as("SELECT seq, row FROM covered_rows WHERE entity = ? AND id = ?")
            .bind(kind.name())
            .bind(id)
            .fetch_optional(conn)
            .await?;
    let Some((seq, text)) = found else {
        return Ok(None);
    };
    let row = serde_json::from_str(&text)
        .map_err(|_| StoreError::Damaged(format!("covered_rows.row of {} {id}", kind.name())))?;
    Ok(Some(Covered { seq, row }))
}

/// Forgets what belongs to a past that Central does not have any more.
pub async fn forget_after(conn: &mut SqliteConnection, base: i64) -> Result<()> {
    sqlx::query("DELETE FROM covered_rows WHERE seq > ?")
        .bind(base)
        .execute(conn)
        .await?;
    Ok(())
}
