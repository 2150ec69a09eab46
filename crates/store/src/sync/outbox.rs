//! What waits to be sent, in the form in which it is sent.

use chrono::DateTime;
use serde_json::{Map, Value as Json};
use servease_domain::{EntityKind, Value, field};
use servease_wire::sync::{Author, Mutation};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use uuid::Uuid;

use super::chains;
pub use super::outgoing::Outgoing;
use crate::Action;
use crate::log::{Origin, State};
use crate::{Result, StoreError, rows, stored};

/// How many mutations are in which state of waiting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub waiting: i64,
    pub parked: i64,
    pub rejected: i64,
    /// Actions of people behind all of these: what a status says.
    pub steps: i64,
}

const COLUMNS: &str = "number, id, step, entity, record_id, action, author_id, author_name, at, \
                       seen, before, after, is_correction, undoes, deleted_with, origin, \
                       answer IS NOT NULL AS was_refused, seq";

/// One row with the counts as a JSON array, in the order of [`Counts`].
pub(super) const COUNT: &str = "SELECT json_array(coalesce(sum(state = 'waiting'), 0), coalesce(sum(state = 'parked'), 0), \
     coalesce(sum(state = 'rejected'), 0), count(DISTINCT step)) AS waits FROM mutations \
     WHERE state IN ('waiting', 'parked', 'rejected')";

impl Counts {
    pub(super) fn read(text: &str) -> Result<Counts> {
        let [waiting, parked, rejected, steps] = serde_json::from_str(text)
            .map_err(|_| StoreError::Damaged("mutations.state".to_owned()))?;
        Ok(Counts {
            waiting,
            parked,
            rejected,
            steps,
        })
    }
}

pub async fn count(conn: &mut SqliteConnection) -> Result<Counts> {
    let text: String = sqlx::query_scalar(COUNT).fetch_one(conn).await?;
    Counts::read(&text)
}

/// A place in the order in which mutations are sent: what Central had before it was restored
/// goes first, in Central's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    seq: Option<i64>,
    number: i64,
}

impl Place {
    /// Before everything.
    pub const FIRST: Place = Place {
        seq: Some(0),
        number: 0,
    };
}

impl Outgoing {
    /// Central had taken it in before it was restored.
    pub fn is_repeated(&self) -> bool {
        self.seq.is_some()
    }

    pub fn place(&self) -> Place {
        Place {
            seq: self.seq,
            number: self.number,
        }
    }
}

/// Those of a record of which an earlier one is parked wait behind it.
const IS_NEXT: &str = "(action = 'create' OR NOT EXISTS \
     (SELECT 1 FROM mutations AS p WHERE p.record_id = m.record_id AND p.entity = m.entity \
      AND p.state = 'parked' AND p.number < m.number))";

/// The next mutations to send after a place, at most `limit` and about `bytes` of values.
pub async fn list_next(
    conn: &mut SqliteConnection,
    after: Place,
    limit: usize,
    bytes: usize,
) -> Result<Vec<Outgoing>> {
    let mut rows = Vec::new();
    if let Some(seq) = after.seq {
        let sql = format!(
            "SELECT {COLUMNS} FROM mutations AS m WHERE state = 'waiting' AND seq IS NOT NULL \
             AND (seq, number) > (?, ?) AND {IS_NEXT} ORDER BY seq, number LIMIT ?"
        );
        rows = list_rows(conn, sql, &[seq, after.number], limit).await?;
    }
    if rows.len() < limit {
        // Both conditions on the state: the index of what is open is found by the first.
        let sql = format!(
            "SELECT {COLUMNS} FROM mutations AS m \
             WHERE state IN ('waiting', 'parked', 'rejected') AND state = 'waiting' \
             AND seq IS NULL AND number > ? AND {IS_NEXT} ORDER BY number LIMIT ?"
        );
        let number = if after.seq.is_some() { 0 } else { after.number };
        rows.extend(list_rows(conn, sql, &[number], limit - rows.len()).await?);
    }
    let mut found = Vec::with_capacity(rows.len());
    let mut size = 0;
    for row in &rows {
        let text_bytes =
            row.try_get::<&str, _>("before")?.len() + row.try_get::<&str, _>("after")?.len();
        // Beside its values a mutation is some 300 bytes of JSON.
        size += text_bytes + 300;
        if size > bytes && !found.is_empty() {
            break;
        }
        found.push((read(row)?, row.try_get::<bool, _>("was_refused")?));
    }
    let any_rejected: bool =
        // Nothing is rejected at most times: asked of the index of what is open.
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM mutations \
             WHERE state IN ('waiting', 'parked', 'rejected') AND state = 'rejected')",
        )
        .fetch_one(&mut *conn)
        .await?;
    let mut outgoing = Vec::with_capacity(found.len());
    for (mut out, was_refused) in found {
        if was_refused && out.mutation.action == servease_wire::sync::WireAction::Create {
            renew(conn, &mut out.mutation).await?;
        }
        if any_rejected {
            rebase(conn, &mut out).await?;
        }
        trim(&mut out.mutation);
        outgoing.push(out);
    }
    chains::judge_as_one(conn, &mut outgoing).await?;
    Ok(outgoing)
}

async fn list_rows(
    conn: &mut SqliteConnection,
    sql: String,
    after: &[i64],
    limit: usize,
) -> Result<Vec<SqliteRow>> {
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for number in after {
        query = query.bind(number);
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(query.bind(limit).fetch_all(conn).await?)
}

/// A refused `create` is sent again with what people say of the record now: whoever mended the field
/// has mended the create. What follows from other facts is no part of it: a clone that has other
/// facts would send another create under the same id.
async fn renew(conn: &mut SqliteConnection, mutation: &mut Mutation) -> Result<()> {
    let Some(kind) = EntityKind::from_name(&mutation.entity) else {
        return Ok(());
    };
    if let Some(record) = rows::find_any(conn, kind, mutation.record).await? {
        mutation
            .after
            .extend(servease_domain::record::values_to_json(&record.facts()));
    }
    Ok(())
}

/// Central never saw what a rejected mutation wrote: an edit on top of it starts from what
/// stood there before.
async fn rebase(conn: &mut SqliteConnection, out: &mut Outgoing) -> Result<()> {
    let earlier = sqlx::query(
        "SELECT before, after, entity, record_id FROM mutations WHERE record_id = ? \
         AND entity = ? AND state = 'rejected' AND action = 'update' AND number < ? \
         ORDER BY number DESC",
    )
    .bind(out.mutation.record)
    .bind(&out.mutation.entity)
    .bind(out.number)
    .fetch_all(conn)
    .await?;
    for row in earlier {
        let before: Map<String, Json> = stored::json(&row, "before")?;
        let after: Map<String, Json> = stored::json(&row, "after")?;
        for (name, wrote) in after {
            if let Some(seen) = out
                .mutation
                .before
                .get_mut(&name)
                .filter(|it| **it == wrote)
            {
                *seen = before.get(&name).cloned().unwrap_or(Json::Null);
            }
        }
    }
    Ok(())
}

/// Leaves out of a `create` what holds its default anyway.
fn trim(mutation: &mut Mutation) {
    if mutation.action != servease_wire::sync::WireAction::Create {
        return;
    }
    let Some(kind) = EntityKind::from_name(&mutation.entity) else {
        return;
    };
    mutation.after.retain(|name, json| {
        let Some(field) = kind.field(name) else {
            return true;
        };
        let is_blank = Value::from_json(&field.kind, json).is_some_and(|value| value.is_blank());
        !(is_blank && field.default == field::Default::Blank)
    });
}

fn read(row: &SqliteRow) -> Result<Outgoing> {
    let word = |column: &str| row.try_get::<String, _>(column);
    let action = match stored::word(row, "action", Action::from_word)? {
        Action::Create => servease_wire::sync::WireAction::Create,
        Action::Delete => servease_wire::sync::WireAction::Delete,
        Action::Restore => servease_wire::sync::WireAction::Restore,
        Action::Update => servease_wire::sync::WireAction::Update,
    };
    Ok(Outgoing {
        number: row.try_get("number")?,
        seq: row.try_get("seq")?,
        mutation: Mutation {
            id: row.try_get("id")?,
            step: row.try_get("step")?,
            entity: word("entity")?,
            record: row.try_get("record_id")?,
            action,
            author: Author {
                id: row
                    .try_get::<Option<Uuid>, _>("author_id")?
                    .map(|id| id.to_string()),
                name: word("author_name")?,
            },
            at: stored::instant(row, "at")?,
            seen: row.try_get("seen")?,
            before: stored::json(row, "before")?,
            after: stored::json(row, "after")?,
            replaced: Vec::new(),
            below: Map::new(),
            is_correction: row.try_get("is_correction")?,
            undoes: row.try_get("undoes")?,
            deleted_with: row.try_get("deleted_with")?,
            is_relayed: word("origin")? == Origin::Central.word(),
        },
    })
}

/// At the beginning of a run: what was parked is tried again, and so is a refused `create`
/// whose record was edited since. Answers how many there are.
pub async fn wake(conn: &mut SqliteConnection) -> Result<u64> {
    Ok(sqlx::query(
        "UPDATE mutations SET state = 'waiting' \
         WHERE state IN ('waiting', 'parked', 'rejected') AND (state = 'parked' \
         OR (state = 'rejected' AND action = 'create' AND EXISTS \
             (SELECT 1 FROM mutations AS later WHERE later.record_id = mutations.record_id \
              AND later.entity = mutations.entity AND later.number > mutations.number AND later.action = 'update' \
              AND later.state IN ('waiting', 'parked'))))",
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Parks what waits behind something parked: nothing else is left to send.
pub async fn park_waiting(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::query("UPDATE mutations SET state = 'parked' WHERE state = 'waiting'")
        .execute(conn)
        .await?;
    Ok(())
}

/// One line of what waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    pub id: Uuid,
    pub step: Uuid,
    pub kind: EntityKind,
    pub record_id: Uuid,
    pub action: Action,
    pub at: DateTime<chrono::Utc>,
    pub author: String,
    pub fields: Vec<String>,
    pub state: State,
    /// What Central said, where it said anything.
    pub answer: Option<servease_wire::sync::Answer>,
}

/// What waits: first what needs somebody, then the oldest; at most `limit`.
pub async fn list_waiting(conn: &mut SqliteConnection, limit: i64) -> Result<Vec<Waiting>> {
    let rows = sqlx::query(
        "SELECT id, step, entity, record_id, action, at, author_name, after, state, answer \
         FROM mutations WHERE state IN ('waiting', 'parked', 'rejected') AND deleted_with IS NULL \
         ORDER BY state <> 'rejected', state <> 'parked', number LIMIT ?",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let mut waiting = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(kind) = EntityKind::from_name(row.try_get("entity")?) else {
            continue;
        };
        let after: Map<String, Json> = stored::json(&row, "after")?;
        waiting.push(Waiting {
            id: row.try_get("id")?,
            step: row.try_get("step")?,
            kind,
            record_id: row.try_get("record_id")?,
            action: stored::word(&row, "action", Action::from_word)?,
            at: stored::instant(&row, "at")?,
            author: row.try_get("author_name")?,
            fields: after.keys().cloned().collect(),
            state: stored::word(&row, "state", State::from_word)?,
            answer: stored::optional_json(&row, "answer")?,
        });
    }
    Ok(waiting)
}

/// Lets a rejected mutation be sent once more. Answers whether there was one.
pub async fn retry(conn: &mut SqliteConnection, id: Uuid) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE mutations SET state = 'waiting' WHERE id = ? AND state IN ('parked', 'rejected')",
    )
    .bind(id)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
