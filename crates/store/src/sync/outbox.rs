//! What waits to be sent, in the form in which it is sent, and what people decide about it.

use chrono::DateTime;
use serde_json::{Map, Value as Json};
use servease_domain::{EntityKind, Value, field};
use servease_wire::sync::{Author, Mutation};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use uuid::Uuid;

use super::row;
use crate::log::{self, Action, Origin, State};
use crate::{Changed, Result, StoreError, rows};

/// A mutation on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its place in the log.
    pub number: i64,
    pub mutation: Mutation,
}

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
                       answer IS NOT NULL AS was_refused";

pub async fn count(conn: &mut SqliteConnection) -> Result<Counts> {
    let row = sqlx::query(
        "SELECT coalesce(sum(state = 'waiting'), 0), coalesce(sum(state = 'parked'), 0), \
         coalesce(sum(state = 'rejected'), 0), count(DISTINCT step) FROM mutations \
         WHERE state IN ('waiting', 'parked', 'rejected')",
    )
    .fetch_one(conn)
    .await?;
    Ok(Counts {
        waiting: row.try_get(0)?,
        parked: row.try_get(1)?,
        rejected: row.try_get(2)?,
        steps: row.try_get(3)?,
    })
}

/// The next mutations to send, at most `limit` and about `bytes` of values. Those of a record
/// of which an earlier one is parked wait behind it.
pub async fn list_next(
    conn: &mut SqliteConnection,
    limit: usize,
    bytes: usize,
) -> Result<Vec<Outgoing>> {
    // What Central had before it was restored goes first, in Central's order.
    let sql = format!(
        "SELECT {COLUMNS} FROM mutations AS m WHERE state = 'waiting' AND NOT EXISTS \
         (SELECT 1 FROM mutations AS p WHERE p.record_id = m.record_id AND p.entity = m.entity \
          AND p.state = 'parked' AND p.number < m.number) \
         ORDER BY seq IS NULL, seq, number LIMIT ?"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&mut *conn)
        .await?;
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
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM mutations WHERE state = 'rejected')")
            .fetch_one(&mut *conn)
            .await?;
    let mut outgoing = Vec::with_capacity(found.len());
    for (mut out, was_refused) in found {
        if was_refused && out.mutation.action == servease_wire::sync::Action::Create {
            renew(conn, &mut out.mutation).await?;
        }
        if any_rejected {
            rebase(conn, &mut out).await?;
        }
        trim(&mut out.mutation);
        outgoing.push(out);
    }
    Ok(outgoing)
}

/// A refused `create` is sent again with what the record holds now: whoever mended the field
/// has mended the create.
async fn renew(conn: &mut SqliteConnection, mutation: &mut Mutation) -> Result<()> {
    let Some(kind) = EntityKind::from_name(&mutation.entity) else {
        return Ok(());
    };
    if let Some(record) = rows::find_any(conn, kind, mutation.record).await? {
        mutation
            .after
            .extend(servease_domain::record::values_to_json(&record.values));
    }
    Ok(())
}

/// Central never saw what a rejected mutation wrote: an edit on top of it starts from what
/// stood there before.
async fn rebase(conn: &mut SqliteConnection, out: &mut Outgoing) -> Result<()> {
    let earlier: Vec<(String,)> = sqlx::query_as(
        "SELECT before FROM mutations WHERE record_id = ? AND entity = ? AND state = 'rejected' \
         AND action = 'update' AND number < ? ORDER BY number DESC",
    )
    .bind(out.mutation.record)
    .bind(&out.mutation.entity)
    .bind(out.number)
    .fetch_all(conn)
    .await?;
    for (before,) in earlier {
        let before: Map<String, Json> = serde_json::from_str(&before).unwrap_or_default();
        for (name, value) in before {
            if let Some(seen) = out.mutation.before.get_mut(&name) {
                *seen = value;
            }
        }
    }
    Ok(())
}

/// Leaves out of a `create` what holds its default anyway.
fn trim(mutation: &mut Mutation) {
    if mutation.action != servease_wire::sync::Action::Create {
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
    let object = |column: &str| -> Result<Map<String, Json>> {
        serde_json::from_str(row.try_get(column)?)
            .map_err(|_| StoreError::Damaged(format!("mutations.{column}")))
    };
    let action = match Action::from_word(&word("action")?) {
        Some(Action::Create) => servease_wire::sync::Action::Create,
        Some(Action::Delete) => servease_wire::sync::Action::Delete,
        Some(Action::Restore) => servease_wire::sync::Action::Restore,
        _ => servease_wire::sync::Action::Update,
    };
    Ok(Outgoing {
        number: row.try_get("number")?,
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
            at: DateTime::parse_from_rfc3339(&word("at")?)
                .map_err(|_| StoreError::Damaged("mutations.at".to_owned()))?
                .to_utc(),
            seen: row.try_get("seen")?,
            before: object("before")?,
            after: object("after")?,
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
        "UPDATE mutations SET state = 'waiting' WHERE state = 'parked' \
         OR (state = 'rejected' AND action = 'create' AND EXISTS \
             (SELECT 1 FROM mutations AS later WHERE later.record_id = mutations.record_id \
              AND later.entity = mutations.entity AND later.number > mutations.number AND later.action = 'update' \
              AND later.state IN ('waiting', 'parked')))",
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
        let after: Map<String, Json> =
            serde_json::from_str(row.try_get("after")?).unwrap_or_default();
        waiting.push(Waiting {
            id: row.try_get("id")?,
            step: row.try_get("step")?,
            kind,
            record_id: row.try_get("record_id")?,
            action: Action::from_word(row.try_get("action")?).unwrap_or(Action::Update),
            at: DateTime::parse_from_rfc3339(row.try_get("at")?)
                .map(|at| at.to_utc())
                .unwrap_or_default(),
            author: row.try_get("author_name")?,
            fields: after.keys().cloned().collect(),
            state: State::from_word(row.try_get("state")?).unwrap_or(State::Waiting),
            answer: row
                .try_get::<Option<&str>, _>("answer")?
                .and_then(|text| serde_json::from_str(text).ok()),
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

/// What giving up a mutation did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discarded {
    pub changed: Vec<Changed>,
    /// All mutations that were given up, as [`undiscard`] takes them.
    pub mutations: Vec<Uuid>,
}

/// Gives up a mutation that Central has not accepted: its record goes back to what Central
/// holds. Giving up a `create` gives up what was done to the record since, and what belongs to
/// it; a member that Central knows goes back to where it belonged. Giving up a deletion gives
/// up what went along with it.
///
/// Answers what was done; None where no such mutation is open.
pub async fn discard(conn: &mut SqliteConnection, id: Uuid) -> Result<Option<Discarded>> {
    let Some(mutation) = log::find_open(conn, id).await? else {
        return Ok(None);
    };
    let mut done = Discarded::default();
    match mutation.action {
        Action::Create => discard_record(conn, &mutation, &mut done).await?,
        Action::Delete => {
            for along in open_along(conn, &mutation).await? {
                discard_one(conn, &along, &mut done).await?;
            }
            discard_one(conn, &mutation, &mut done).await?;
        }
        Action::Update | Action::Restore => discard_one(conn, &mutation, &mut done).await?,
    }
    Ok(Some(done))
}

/// The deletions that are open and that came of this one.
async fn open_along(
    conn: &mut SqliteConnection,
    root: &log::Mutation,
) -> Result<Vec<log::Mutation>> {
    let step = log::list_step(conn, root.step).await?;
    Ok(step
        .into_iter()
        .filter(|it| it.deleted_with == Some(root.record_id) && it.id != root.id)
        .filter(|it| matches!(it.state, State::Waiting | State::Parked | State::Rejected))
        .collect())
}

/// Gives up one mutation that is no `create`.
async fn discard_one(
    conn: &mut SqliteConnection,
    mutation: &log::Mutation,
    done: &mut Discarded,
) -> Result<()> {
    set_state(conn, mutation.id, State::Discarded).await?;
    done.mutations.push(mutation.id);
    done.changed.push(Changed {
        kind: mutation.kind,
        id: mutation.record_id,
    });
    if mutation.action == Action::Update {
        settle_standing(conn, mutation).await?;
        let mut back = servease_domain::Values::new();
        for (name, seen) in &mutation.before {
            if let Some(value) = central_value(conn, mutation, name)
                .await?
                .or(Some(seen.clone()))
            {
                back.insert(name, value);
            }
        }
        if let Some(mut record) = rows::find_any(conn, mutation.kind, mutation.record_id).await? {
            // A later edit that still waits keeps its value.
            let open = log::open_fields(conn, mutation.kind, mutation.record_id).await?;
            back.retain(|name, _| !open.contains(*name));
            row::set(conn, &mut record, &back).await?;
        }
        return Ok(());
    }
    if let Some(mut record) = rows::find_any(conn, mutation.kind, mutation.record_id).await? {
        let dead = (mutation.action == Action::Restore).then_some((mutation.at, None));
        row::set_alive(conn, &mut record, dead).await?;
    }
    settle_standing(conn, mutation).await
}

async fn discard_record(
    conn: &mut SqliteConnection,
    create: &log::Mutation,
    done: &mut Discarded,
) -> Result<()> {
    let mut stack = vec![(create.kind, create.record_id)];
    while let Some((kind, id)) = stack.pop() {
        let open = open_of(conn, kind, id).await?;
        if !open.iter().any(|it| it.action == Action::Create) {
            // Central knows it: only what was done to it here goes, newest first.
            for mutation in open.iter().rev() {
                discard_one(conn, mutation, done).await?;
            }
            continue;
        }
        for mutation in &open {
            set_state(conn, mutation.id, State::Discarded).await?;
            done.mutations.push(mutation.id);
        }
        // Listed while they are there: of a dead record, members are dead too.
        for (child, field) in kind.children() {
            for record in rows::list_by(conn, *child, field, id).await? {
                stack.push((*child, record.id));
            }
        }
        if let Some(mut record) = rows::find(conn, kind, id).await? {
            row::set_alive(conn, &mut record, Some((create.at, None))).await?;
            done.changed.push(Changed { kind, id });
        }
    }
    Ok(())
}

/// The mutations of a record that Central has not accepted, in their order.
async fn open_of(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    id: Uuid,
) -> Result<Vec<log::Mutation>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id FROM mutations WHERE record_id = ? AND entity = ? \
         AND state IN ('waiting', 'parked', 'rejected') ORDER BY number",
    )
    .bind(id)
    .bind(kind.name())
    .fetch_all(&mut *conn)
    .await?;
    let mut open = Vec::with_capacity(ids.len());
    for id in ids {
        open.extend(log::find(conn, id).await?);
    }
    Ok(open)
}

/// While a mutation is open, the feed does not say whether its record is alive: what Central
/// last said about that counts now.
async fn settle_standing(conn: &mut SqliteConnection, mutation: &log::Mutation) -> Result<()> {
    let is_open: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM mutations WHERE record_id = ? AND entity = ? \
         AND state IN ('waiting', 'parked', 'rejected'))",
    )
    .bind(mutation.record_id)
    .bind(mutation.kind.name())
    .fetch_one(&mut *conn)
    .await?;
    let Some(mut record) = rows::find_any(conn, mutation.kind, mutation.record_id).await? else {
        return Ok(());
    };
    if is_open {
        return Ok(());
    }
    let told = sqlx::query(
        "SELECT action, origin, at, deleted_with, after ->> '$.duplicate_of', \
         json_type(after, '$.duplicate_of') IS NOT NULL, answer, \
         coalesce(json_extract(answer, '$.seq'), seq, 0) AS known \
         FROM mutations WHERE record_id = ? AND entity = ? \
         ORDER BY known DESC, number DESC",
    )
    .bind(mutation.record_id)
    .bind(mutation.kind.name())
    .fetch_all(&mut *conn)
    .await?;
    let mut alive = None;
    let mut repeats = None;
    for row in told {
        let at = DateTime::parse_from_rfc3339(row.try_get(2)?)
            .map(|at| at.to_utc())
            .unwrap_or_default();
        let answer: Option<servease_wire::sync::Answer> = row
            .try_get::<Option<&str>, _>(6)?
            .and_then(|text| serde_json::from_str(text).ok());
        if let Some(answer) = answer {
            alive = alive.or(Some(answer.is_deleted.then_some((at, answer.deleted_with))));
            repeats = repeats.or(Some(answer.duplicate_of));
        } else if row.try_get::<i64, _>("known")? > 0 {
            let is_own = row.try_get::<&str, _>(1)? == Origin::Here.word();
            alive = alive.or(match Action::from_word(row.try_get(0)?) {
                Some(Action::Delete) => Some(Some((at, row.try_get(3)?))),
                Some(Action::Create | Action::Restore) => Some(None),
                // A plain answer to an own edit says that its record is alive.
                Some(Action::Update) if is_own => Some(None),
                _ => None,
            });
            if row.try_get::<bool, _>(5)? {
                let of: Option<&str> = row.try_get(4)?;
                repeats = repeats.or(Some(of.and_then(|text| text.parse().ok())));
            } else if is_own {
                repeats = repeats.or(Some(None));
            }
        }
    }
    if let Some(dead) = alive {
        row::set_alive(conn, &mut record, dead).await?;
    }
    if let Some(of) = repeats {
        row::set_duplicate(conn, &mut record, of).await?;
    }
    Ok(())
}

/// What Central last said that the field holds: in an answer or in the feed.
async fn central_value(
    conn: &mut SqliteConnection,
    mutation: &log::Mutation,
    name: &'static str,
) -> Result<Option<Value>> {
    let Some(field) = mutation.kind.field(name) else {
        return Ok(None);
    };
    // The newest word counts, be it an answer's or an entry's; an answer that names no value
    // confirms the mutation's own.
    let rows = sqlx::query(
        "SELECT after, answer, state, coalesce(json_extract(answer, '$.seq'), seq, 0) AS known \
         FROM mutations WHERE record_id = ? AND entity = ? AND state <> 'waiting' ORDER BY known DESC, number DESC",
    )
    .bind(mutation.record_id)
    .bind(mutation.kind.name())
    .fetch_all(conn)
    .await?;
    for row in rows {
        let after: Map<String, Json> =
            serde_json::from_str(row.try_get("after")?).unwrap_or_default();
        let answer: Option<servease_wire::sync::Answer> = row
            .try_get::<Option<&str>, _>("answer")?
            .and_then(|text| serde_json::from_str(text).ok());
        if let Some(json) = answer.as_ref().and_then(|answer| answer.values.get(name)) {
            return Ok(Value::from_json(&field.kind, json));
        }
        let state: &str = row.try_get("state")?;
        let is_open = matches!(state, "parked" | "rejected" | "discarded");
        if !is_open && let Some(json) = after.get(name) {
            return Ok(Value::from_json(&field.kind, json));
        }
    }
    Ok(None)
}

/// Takes a discard back: the mutations wait again, and the records hold what they said. What
/// was written to a field since, and waits itself, stays.
///
/// Answers what changed; None where none of the mutations was given up.
pub async fn undiscard(
    conn: &mut SqliteConnection,
    mutations: &[Uuid],
) -> Result<Option<Vec<Changed>>> {
    let mut given_up = Vec::with_capacity(mutations.len());
    for id in mutations {
        given_up.extend(
            log::find(conn, *id)
                .await?
                .filter(|it| it.state == State::Discarded),
        );
    }
    if given_up.is_empty() {
        return Ok(None);
    }
    given_up.sort_by_key(|mutation| mutation.number);
    let mut changed = Vec::new();
    for mutation in given_up {
        let newer: Vec<String> = open_of(conn, mutation.kind, mutation.record_id)
            .await?
            .iter()
            .filter(|it| it.number > mutation.number)
            .flat_map(|it| it.after.keys().map(|name| (*name).to_owned()))
            .collect();
        set_state(conn, mutation.id, State::Waiting).await?;
        if let Some(mut record) = rows::find_any(conn, mutation.kind, mutation.record_id).await? {
            match mutation.action {
                Action::Create | Action::Restore => {
                    row::set_alive(conn, &mut record, None).await?;
                }
                Action::Delete => {
                    let dead = Some((mutation.at, mutation.deleted_with));
                    row::set_alive(conn, &mut record, dead).await?;
                }
                Action::Update => {}
            }
            let mut values = mutation.after.clone();
            values.retain(|name, _| !newer.iter().any(|field| field == name));
            row::set(conn, &mut record, &values).await?;
        }
        changed.push(Changed {
            kind: mutation.kind,
            id: mutation.record_id,
        });
    }
    Ok(Some(changed))
}

async fn set_state(conn: &mut SqliteConnection, id: Uuid, state: State) -> Result<()> {
    sqlx::query("UPDATE mutations SET state = ? WHERE id = ?")
        .bind(state.word())
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}
