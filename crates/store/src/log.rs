//! The mutation log: outbox, history and undo in one table.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};
use servease_domain::kind::Card;
use servease_domain::value::instant_text;
use servease_domain::{Action, EntityKind, Kind, Values, record};
use servease_wire::sync::Logged;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::rows::json_text;
use crate::{Changed, Result, stored};

/// Where a mutation was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Origin {
    Here,
    Central,
}

impl Origin {
    pub fn word(self) -> &'static str {
        self.into()
    }

    pub fn from_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// How far a mutation has come on its way to Central.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    Waiting,
    Applied,
    Merged,
    Conflict,
    Duplicate,
    Parked,
    Rejected,
    Discarded,
}

impl State {
    pub fn word(self) -> &'static str {
        self.into()
    }

    pub fn from_word(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// One change of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutation {
    /// The order on this desk; 0 until it is written.
    pub number: i64,
    pub id: Uuid,
    /// What one action of a person changed together has one step.
    pub step: Uuid,
    pub kind: EntityKind,
    pub record_id: Uuid,
    pub action: Action,
    pub author_id: Option<Uuid>,
    pub author_name: String,
    pub at: DateTime<Utc>,
    /// Central's sequence number that the author had seen.
    pub seen: i64,
    /// What the author saw of the changed fields, and of those that belong together with them.
    pub before: Values,
    /// The changed fields.
    pub after: Values,
    pub is_correction: bool,
    /// The step that this one takes back.
    pub undoes: Option<Uuid>,
    /// Of a deletion that took this record along: the record at which it began.
    pub deleted_with: Option<Uuid>,
    pub origin: Origin,
    pub state: State,
}

pub(crate) const COLUMNS: &str = "number, id, step, entity, record_id, action, author_id, author_name, at, \
                       seen, before, after, logged, is_correction, undoes, deleted_with, origin, \
                       state";

/// What Central has taken in, and what that came to nothing there: no part of any history.
const IS_TOLD: &str = "state <> 'discarded' \
     AND (state IN ('waiting', 'parked', 'rejected') OR line IS NULL OR line > 0)";

/// Newest first: what Central has not taken in on top, the rest in Central's order.
const NEWEST_FIRST: &str = "state IN ('waiting', 'parked', 'rejected') DESC, \
     CASE WHEN state IN ('waiting', 'parked', 'rejected') THEN number \
          ELSE coalesce(line, seq, number) END DESC, number DESC";

/// Adds a mutation. Its number is the next one, and what its author had seen is what the desk
/// has taken in of Central's changes, whatever it says.
pub async fn append(conn: &mut SqliteConnection, mutation: &Mutation) -> Result<()> {
    sqlx::query(
        "INSERT INTO mutations (id, step, entity, record_id, action, author_id, author_name, at, \
         seen, before, after, is_correction, undoes, deleted_with, origin, state) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, \
                 coalesce((SELECT CAST(value AS INTEGER) FROM settings \
                           WHERE key = 'sync.seen_seq'), 0), \
                 ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(mutation.id)
    .bind(mutation.step)
    .bind(mutation.kind.name())
    .bind(mutation.record_id)
    .bind(mutation.action.word())
    .bind(mutation.author_id)
    .bind(&mutation.author_name)
    .bind(instant_text(&mutation.at))
    .bind(json_text(&mutation.before))
    .bind(json_text(&mutation.after))
    .bind(mutation.is_correction)
    .bind(mutation.undoes)
    .bind(mutation.deleted_with)
    .bind(mutation.origin.word())
    .bind(mutation.state.word())
    .execute(conn)
    .await?;
    Ok(())
}

/// A mutation by its id.
pub async fn find(conn: &mut SqliteConnection, id: Uuid) -> Result<Option<Mutation>> {
    Ok(list(
        conn,
        &format!("SELECT {COLUMNS} FROM mutations WHERE id = ?"),
        id,
    )
    .await?
    .pop())
}

/// A mutation that Central has not accepted.
pub async fn find_open(conn: &mut SqliteConnection, id: Uuid) -> Result<Option<Mutation>> {
    Ok(find(conn, id).await?.filter(|mutation| {
        matches!(
            mutation.state,
            State::Waiting | State::Parked | State::Rejected
        )
    }))
}

/// The mutations of a record that Central has not accepted, in their order.
pub async fn list_open(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    record_id: Uuid,
) -> Result<Vec<Mutation>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM mutations WHERE record_id = ? AND entity = '{}' \
         AND state IN ('waiting', 'parked', 'rejected') ORDER BY number",
        kind.name()
    );
    list(conn, &sql, record_id).await
}

/// The fields of a record that mutations which Central has not accepted name.
pub async fn open_fields(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    record_id: Uuid,
) -> Result<std::collections::BTreeSet<String>> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT f.key FROM mutations AS m, json_each(m.after) AS f \
         WHERE m.record_id = ? AND m.entity = ? AND m.state IN ('waiting', 'parked', 'rejected')",
    )
    .bind(record_id)
    .bind(kind.name())
    .fetch_all(conn)
    .await?;
    Ok(names.into_iter().collect())
}

/// The records that mutations change which Central has not accepted, and those that they left: a
/// service that was given to another customer concerns both.
pub async fn list_open_concerns(conn: &mut SqliteConnection) -> Result<Vec<Changed>> {
    let rows = sqlx::query(
        "SELECT DISTINCT entity, record_id, before FROM mutations \
         WHERE state IN ('waiting', 'parked', 'rejected')",
    )
    .fetch_all(conn)
    .await?;
    let mut concerned = Vec::new();
    for row in &rows {
        let Some(kind) = EntityKind::from_name(row.try_get("entity")?) else {
            continue;
        };
        let id = row.try_get("record_id")?;
        concerned.push(Changed { kind, id });
        let before: Map<String, Json> = stored::json(row, "before")?;
        concerned.extend(kind.fields().iter().filter_map(|field| {
            let Kind::Reference(kind) = field.kind else {
                return None;
            };
            let id = before.get(field.name)?.as_str()?.parse().ok()?;
            Some(Changed { kind, id })
        }));
    }
    Ok(concerned)
}

/// The mutations of one step, in their order.
pub async fn list_step(conn: &mut SqliteConnection, step: Uuid) -> Result<Vec<Mutation>> {
    list(
        conn,
        &format!("SELECT {COLUMNS} FROM mutations WHERE step = ? ORDER BY number"),
        step,
    )
    .await
}

/// What happened to a record and to what belongs to it, newest first, at most 500. That
/// something went along when its owner was deleted is told by the owner's deletion.
pub async fn list_history(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    record_id: Uuid,
) -> Result<Vec<Mutation>> {
    let members: String = kind
        .children()
        .iter()
        .filter(|(child, _)| child.about().card != Card::Own)
        .map(|(child, field)| format!(" UNION SELECT id FROM {} WHERE {field} = ?1", child.table()))
        .collect();
    list(
        conn,
        &format!(
            "SELECT {COLUMNS} FROM mutations WHERE record_id IN (SELECT ?1{members}) \
             AND (deleted_with IS NULL OR record_id = ?1) AND {IS_TOLD} \
             ORDER BY {NEWEST_FIRST} LIMIT 500"
        ),
        record_id,
    )
    .await
}

async fn list(conn: &mut SqliteConnection, sql: &str, id: Uuid) -> Result<Vec<Mutation>> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .bind(id)
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// Who wrote one of these fields of a record last, and when.
pub async fn find_writer(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    record_id: Uuid,
    fields: &[&str],
) -> Result<Option<(String, DateTime<Utc>)>> {
    let sql = format!(
        "SELECT author_name, at, entity, record_id FROM mutations AS m \
         WHERE record_id = ?1 AND entity = ?2 AND {IS_TOLD} AND EXISTS (SELECT 1 FROM json_each(?3) AS f \
           WHERE json_type(coalesce(m.logged -> '$.after', m.after), '$.' || f.value) IS NOT NULL) \
         ORDER BY {NEWEST_FIRST} LIMIT 1"
    );
    let found = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(record_id)
        .bind(kind.name())
        .bind(serde_json::json!(fields).to_string())
        .fetch_optional(conn)
        .await?;
    found
        .map(|row| Ok((row.try_get("author_name")?, stored::instant(&row, "at")?)))
        .transpose()
}

/// How many mutations wait to be sent.
pub async fn count_waiting(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM mutations WHERE state IN ('waiting', 'parked', 'rejected')",
    )
    .fetch_one(conn)
    .await?)
}

/// The number of the newest mutation; 0 in an empty log.
pub async fn last_number(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(
        sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM mutations")
            .fetch_one(conn)
            .await?,
    )
}

/// The records that mutations after `number` are about, each once for each origin.
pub async fn list_changed(
    conn: &mut SqliteConnection,
    number: i64,
) -> Result<Vec<(Changed, Origin)>> {
    let rows: Vec<(String, Uuid, String)> =
        sqlx::query_as("SELECT DISTINCT entity, record_id, origin FROM mutations WHERE number > ?")
            .bind(number)
            .fetch_all(conn)
            .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(entity, id, origin)| {
            let kind = EntityKind::from_name(&entity)?;
            Some((Changed { kind, id }, Origin::from_word(&origin)?))
        })
        .collect())
}

/// What was done to a record after a number and was not given up, oldest first.
pub async fn list_since(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    record_id: Uuid,
    number: i64,
) -> Result<Vec<Mutation>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM mutations WHERE record_id = ?1 AND number > ?2 AND entity = ?3 \
         AND state <> 'discarded' ORDER BY number"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(record_id)
        .bind(number)
        .bind(kind.name())
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

pub(crate) fn read(row: &SqliteRow) -> Result<Mutation> {
    let kind = stored::word(row, "entity", EntityKind::from_name)?;
    // What came of it at Central, where that is something else.
    let (before, after) = match stored::optional_json::<Logged>(row, "logged")? {
        Some(logged) => {
            let read = |json| record::values_from_json(kind, json).0;
            (read(&logged.before), read(&logged.after))
        }
        None => (values(kind, row, "before")?, values(kind, row, "after")?),
    };
    Ok(Mutation {
        number: row.try_get("number")?,
        id: row.try_get("id")?,
        step: row.try_get("step")?,
        kind,
        record_id: row.try_get("record_id")?,
        action: stored::word(row, "action", Action::from_word)?,
        author_id: row.try_get("author_id")?,
        author_name: row.try_get("author_name")?,
        at: stored::instant(row, "at")?,
        seen: row.try_get("seen")?,
        before,
        after,
        is_correction: row.try_get("is_correction")?,
        undoes: row.try_get("undoes")?,
        deleted_with: row.try_get("deleted_with")?,
        origin: stored::word(row, "origin", Origin::from_word)?,
        state: stored::word(row, "state", State::from_word)?,
    })
}

fn values(kind: EntityKind, row: &SqliteRow, column: &str) -> Result<Values> {
    let json: Map<String, Json> = stored::json(row, column)?;
    Ok(record::values_from_json(kind, &json).0)
}
