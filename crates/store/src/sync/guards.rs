//! What must not be overwritten by the feed: fields on which the desk knows more.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use super::hex_ids;
use crate::{Result, stored};

/// Up to which of Central's numbers one record is known, beyond the cursor.
#[derive(Debug, Default)]
pub struct Guard {
    fields: HashMap<String, i64>,
    /// Whether it is alive, and whether it repeats another.
    standing: i64,
}

impl Guard {
    /// Whether the entry `seq` has nothing to say about the field any more.
    pub fn covers(&self, field: &str, seq: i64) -> bool {
        self.fields.get(field).is_some_and(|known| *known >= seq)
    }

    /// Whether the entry `seq` has nothing to say any more about being alive and for repeating
    /// another record.
    pub fn covers_standing(&self, seq: i64) -> bool {
        self.standing >= seq
    }
}

/// The guards that matter for entries after `cursor`, by record. Preferences share the id of
/// their customer: an id alone names no record.
#[derive(Debug, Default)]
pub struct Guards(HashMap<Uuid, HashMap<String, Guard>>);

impl Guards {
    pub fn of(&self, entity: &str, record: Uuid) -> Option<&Guard> {
        self.0.get(&record)?.get(entity)
    }
}

/// Guards of these records: open mutations, and answers that spoke for later numbers than
/// `cursor`. A page asks for the records that it names, so that what waits beside them costs
/// it nothing.
pub async fn load(
    conn: &mut SqliteConnection,
    cursor: i64,
    records: impl IntoIterator<Item = Uuid>,
) -> Result<Guards> {
    let mut guards = HashMap::<Uuid, HashMap<String, Guard>>::new();
    let ids = hex_ids(records);
    if ids == "[]" {
        return Ok(Guards(guards));
    }
    let rows = sqlx::query(
        "SELECT record_id, after, \
         CASE WHEN state IN ('waiting', 'parked', 'rejected') THEN NULL ELSE seq END, entity, before \
         FROM mutations WHERE record_id IN (SELECT unhex(value) FROM json_each(?1)) \
         AND (state IN ('waiting', 'parked', 'rejected') OR (seq > ?2 AND state <> 'discarded'))",
    )
    .bind(ids)
    .bind(cursor)
    .fetch_all(conn)
    .await?;
    for row in rows {
        let known = row.try_get::<Option<i64>, _>(2)?.unwrap_or(i64::MAX);
        let guard = guards
            .entry(row.try_get(0)?)
            .or_default()
            .entry(row.try_get(3)?)
            .or_default();
        guard.standing = guard.standing.max(known);
        // What belongs together with a changed field is known as far as that is.
        for column in ["after", "before"] {
            let fields: Map<String, Json> = stored::json(&row, column)?;
            for (name, _) in fields {
                let field = guard.fields.entry(name).or_default();
                *field = (*field).max(known);
            }
        }
    }
    Ok(Guards(guards))
}
