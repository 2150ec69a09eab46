//! Edits of one field that somebody made one after the other before any of them was sent: Central
//! judges them by what they came to.
//!
//! Inside one push Central sees that by itself. What it cannot see is told to it: fields that a
//! later mutation writes again, which may travel with a later push, and what such a later mutation
//! is to be compared with, where Central has left the earlier one out, together with what that one
//! wrote beside and the later one leaves as it is. So it does not matter where a batch ends.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value as Json};
use servease_domain::EntityKind;
use servease_wire::sync::{DELETED, Logged, Mutation, WireAction};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use uuid::Uuid;

use super::hex_ids;
use super::outgoing::Outgoing;
use crate::{Result, StoreError};

/// Preferences share the id of their customer: an id alone names no record.
type Name = (String, Uuid);

fn name_of(mutation: &Mutation) -> Name {
    (mutation.entity.clone(), mutation.record)
}

/// Completes what is about to be sent.
pub(super) async fn judge_as_one(
    conn: &mut SqliteConnection,
    outgoing: &mut [Outgoing],
) -> Result<()> {
    let of_chains = |out: &&Outgoing| {
        matches!(out.mutation.action, WireAction::Update | WireAction::Delete)
            && !out.mutation.is_relayed
    };
    let records: BTreeSet<Uuid> = outgoing
        .iter()
        .filter(of_chains)
        .map(|out| out.mutation.record)
        .collect();
    if records.is_empty() {
        return Ok(());
    }
    let ids = hex_ids(records);
    let last = last_writings(conn, &ids).await?;
    let unwritten = unwritten(conn, &ids).await?;
    for out in outgoing.iter_mut() {
        if out.mutation.is_relayed {
            continue;
        }
        let name = name_of(&out.mutation);
        if let Some(last) = last.get(&name) {
            let is_replaced = |field: &str| last.get(field).is_some_and(|last| *last > out.number);
            match out.mutation.action {
                WireAction::Update => {
                    let fields = out.mutation.after.keys();
                    out.mutation.replaced =
                        fields.filter(|field| is_replaced(field)).cloned().collect();
                }
                WireAction::Delete if is_replaced(DELETED) => {
                    out.mutation.replaced = vec![DELETED.to_owned()];
                }
                _ => {}
            }
        }
        if out.mutation.action == WireAction::Update
            && let Some(earlier) = unwritten.get(&name)
        {
            compare_with_what_stood_below(out, earlier);
        }
    }
    Ok(())
}

/// Of each field of the records, the number of the last mutation that waits and writes it. A
/// restoration writes [`DELETED`].
async fn last_writings(
    conn: &mut SqliteConnection,
    ids: &str,
) -> Result<HashMap<Name, BTreeMap<String, i64>>> {
    let rows = sqlx::query(
        "SELECT m.entity, m.record_id, f.key, max(m.number) FROM mutations AS m, \
         json_each(CASE m.action WHEN 'restore' THEN json_object(?2, 1) ELSE m.after END) AS f \
         WHERE m.record_id IN (SELECT unhex(value) FROM json_each(?1)) AND m.origin = 'here' \
         AND m.state IN ('waiting', 'parked') AND m.action IN ('update', 'restore') \
         GROUP BY m.entity, m.record_id, f.key",
    )
    .bind(ids)
    .bind(DELETED)
    .fetch_all(conn)
    .await?;
    let mut last = HashMap::<Name, BTreeMap<String, i64>>::new();
    for row in rows {
        let of = last.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
        of.insert(row.try_get(2)?, row.try_get(3)?);
    }
    Ok(last)
}

/// An edit that Central has taken in.
struct Accepted {
    number: i64,
    /// Central's last change when it said so.
    seq: i64,
    before: Map<String, Json>,
    after: Map<String, Json>,
    wrote: HashSet<String>,
}

/// Edits of the records that Central has taken in, newest first, where one of them did not come
/// to what it said.
async fn unwritten(conn: &mut SqliteConnection, ids: &str) -> Result<HashMap<Name, Vec<Accepted>>> {
    // Looked for before anything is read: there is hardly ever one.
    let accepted = "record_id IN (SELECT unhex(value) FROM json_each(?1)) AND origin = 'here' \
                    AND action = 'update' AND state IN ('applied', 'merged', 'conflict', 'duplicate')";
    let any: bool = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT EXISTS (SELECT 1 FROM mutations \
         WHERE {accepted} AND (line = 0 OR logged IS NOT NULL))"
    )))
    .bind(ids)
    .fetch_one(&mut *conn)
    .await?;
    let mut found = HashMap::<Name, Vec<Accepted>>::new();
    if !any {
        return Ok(found);
    }
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT entity, record_id, number, seq, before, after, line, logged FROM mutations \
         WHERE {accepted} AND seq IS NOT NULL ORDER BY number DESC"
    )))
    .bind(ids)
    .fetch_all(conn)
    .await?;
    for row in rows {
        let object = |column: &str| -> Result<Map<String, Json>> {
            serde_json::from_str(row.try_get(column)?).map_err(|_| damaged(column))
        };
        let after = object("after")?;
        let logged: Option<Logged> = row
            .try_get::<Option<&str>, _>("logged")?
            .map(|text| serde_json::from_str(text).map_err(|_| damaged("logged")))
            .transpose()?;
        let wrote = match (logged, row.try_get::<Option<i64>, _>("line")?) {
            (Some(logged), _) => logged.after.keys().cloned().collect(),
            (None, Some(0)) => HashSet::new(),
            _ => after.keys().cloned().collect(),
        };
        found
            .entry((row.try_get(0)?, row.try_get(1)?))
            .or_default()
            .push(Accepted {
                number: row.try_get("number")?,
                seq: row.try_get("seq")?,
                before: object("before")?,
                after,
                wrote,
            });
    }
    Ok(found)
}

fn damaged(column: &str) -> StoreError {
    StoreError::Damaged(format!("mutations.{column}"))
}

/// As Central does inside one push. An edit whose author had seen what came of the earlier one
/// stands on that. Of fields that the edit leaves as the earlier one wrote them, beside others of
/// the same group that it writes again, the decision was left to it as well.
fn compare_with_what_stood_below(out: &mut Outgoing, earlier: &[Accepted]) {
    let seen = out.mutation.seen;
    let kind = EntityKind::from_name(&out.mutation.entity);
    let group = |name: &str| kind?.field(name)?.together;
    let mut written = HashSet::<&str>::new();
    for edit in earlier
        .iter()
        .filter(|edit| edit.number < out.number && edit.seq > seen)
    {
        let is_written = |name: &str| edit.wrote.contains(name) || written.contains(name);
        let left: HashSet<&str> = edit
            .after
            .keys()
            .filter(|name| out.mutation.after.contains_key(*name) && !is_written(name))
            .filter_map(|name| group(name))
            .collect();
        for (name, wrote) in &edit.after {
            if is_written(name) {
                continue;
            }
            let stood = edit.before.get(name).cloned().unwrap_or(Json::Null);
            let mutation = &mut out.mutation;
            if mutation.after.contains_key(name) {
                if let Some(saw) = mutation.before.get_mut(name).filter(|saw| *saw == wrote) {
                    *saw = stood;
                }
            } else if group(name).is_some_and(|group| left.contains(group)) {
                let below = mutation.below.get(name);
                if below.or_else(|| mutation.before.get(name)) == Some(wrote) {
                    mutation.below.insert(name.clone(), stood);
                }
            }
        }
        written.extend(edit.wrote.iter().map(String::as_str));
    }
}
