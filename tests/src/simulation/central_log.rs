//! What Central has written down: its changes, and the mutations that it took in.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};
use sqlx::Row;
use uuid::Uuid;

use super::machine::CentralPc;

/// A line of Central's change sequence.
#[derive(Debug, Clone)]
pub struct Logged {
    pub seq: i64,
    pub entity: String,
    pub record: Uuid,
    pub kind: String,
    pub mutation: Option<Uuid>,
    pub before: Map<String, Json>,
    pub after: Map<String, Json>,
}

/// Its changes, by number.
pub async fn read_log(central: &CentralPc) -> Vec<Logged> {
    let rows = sqlx::query(
        "SELECT seq, entity, record_id, kind, mutation_id, before, after \
         FROM changes ORDER BY seq",
    )
    .fetch_all(&central.pool)
    .await
    .expect("changes");
    rows.iter()
        .map(|row| Logged {
            seq: row.get(0),
            entity: row.get(1),
            record: row.get(2),
            kind: row.get(3),
            mutation: row
                .get::<Option<&str>, _>(4)
                .and_then(|text| text.parse().ok()),
            before: serde_json::from_str(row.get(5)).expect("before"),
            after: serde_json::from_str(row.get(6)).expect("after"),
        })
        .collect()
}

/// The mutations that Central remembers to have taken in.
pub async fn read_ledger(central: &CentralPc) -> HashSet<Uuid> {
    sqlx::query_scalar::<_, String>("SELECT mutation_id FROM ledger")
        .fetch_all(&central.pool)
        .await
        .expect("ledger")
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect()
}
