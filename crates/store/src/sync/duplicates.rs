//! Records that repeat another one.

use servease_domain::{EntityKind, Record};
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

use super::batch::Batch;
use crate::{Result, rows};

/// Live records that repeat another one, oldest first.
pub async fn list(conn: &mut SqliteConnection, kind: EntityKind) -> Result<Vec<Record>> {
    let sql = format!(
        "SELECT id FROM {} WHERE duplicate_of IS NOT NULL AND deleted_at IS NULL \
         ORDER BY created_at, id",
        kind.table()
    );
    let ids: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(&mut *conn)
        .await?;
    let mut records = Vec::with_capacity(ids.len());
    for id in ids {
        records.extend(rows::find(conn, kind, id).await?);
    }
    Ok(records)
}

/// Flags a live record as repeating another one, until Central says how it stands.
pub async fn flag(conn: &mut SqliteConnection, kind: EntityKind, id: Uuid, of: Uuid) -> Result<()> {
    let mut batch = Batch::of(conn, kind, id).await?;
    if batch
        .get(kind, id)
        .is_some_and(|record| !record.is_deleted())
    {
        batch.set_duplicate((kind, id), Some(of));
        batch.write(conn).await?;
    }
    Ok(())
}
