//! Giving up edits that Central has not accepted, and taking that back.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};
use servease_domain::garage::unstated;
use servease_domain::{EntityKind, Value, Values};
use servease_wire::sync::{Answer, DUPLICATE_OF, Logged, Obstacle};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use super::batch::Batch;
use super::{contents, covered};
use crate::Action;
use crate::log::{self, Origin, State};
use crate::{Changed, Result, rows, stored};

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
        // Everybody has the record; only what was said of it goes.
        Action::Create if mutation.kind.only_id().is_some() => {
            let unstated = unstated();
            let mut before = mutation.after.clone();
            for (name, value) in &mut before {
                *value = unstated.get(name).clone();
            }
            let said = log::Mutation {
                action: Action::Update,
                before,
                ..mutation
            };
            discard_one(conn, &said, &mut done).await?;
        }
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
        see_instead(conn, mutation, &mutation.after, &mutation.before).await?;
        let open = log::list_open(conn, mutation.kind, mutation.record_id).await?;
        let mut back = Values::new();
        for (name, seen) in &mutation.before {
            let mut others = open.iter().filter(|other| other.after.contains_key(name));
            // A later edit that still waits keeps its value.
            if others.clone().any(|other| follows(other, mutation)) {
                continue;
            }
            let value = match others.next_back() {
                Some(earlier) => earlier.after.get(name).cloned(),
                None => central_value(conn, mutation, name).await?,
            };
            back.insert(*name, value.unwrap_or_else(|| seen.clone()));
        }
        let mut batch = Batch::of(conn, mutation.kind, mutation.record_id).await?;
        set(conn, &mut batch, mutation, &back).await?;
        batch.write(conn).await?;
        return Ok(());
    }
    let dead = (mutation.action == Action::Restore).then_some((mutation.at, None));
    set_alive(conn, mutation.kind, mutation.record_id, dead).await?;
    settle_standing(conn, mutation).await
}

/// Edits that wait on top of one that is given up, or comes back: what they saw there is what they
/// would have seen without it, or with it.
async fn see_instead(
    conn: &mut SqliteConnection,
    mutation: &log::Mutation,
    seen: &Values,
    instead: &Values,
) -> Result<()> {
    let mut names: Vec<&'static str> = mutation.after.keys().copied().collect();
    for mut later in log::list_open(conn, mutation.kind, mutation.record_id).await? {
        if !follows(&later, mutation) || later.action != Action::Update {
            continue;
        }
        let mut is_changed = false;
        for name in &names {
            if later.before.contains_key(name) && later.before.get(name) == seen.get(name) {
                let value = instead.get(name).cloned().unwrap_or(Value::Null);
                later.before.insert(name, value);
                is_changed = true;
            }
        }
        if is_changed {
            sqlx::query("UPDATE mutations SET before = ? WHERE number = ?")
                .bind(rows::json_text(&later.before))
                .bind(later.number)
                .execute(&mut *conn)
                .await?;
        }
        // What comes after saw this one's value.
        names.retain(|name| !later.after.contains_key(name));
    }
    Ok(())
}

/// Whether one mutation of a record was made on top of another. What is passed on to Central
/// stood there before anything that was made here.
fn follows(other: &log::Mutation, mutation: &log::Mutation) -> bool {
    other.origin == Origin::Here && other.number > mutation.number
}

async fn set(
    conn: &mut SqliteConnection,
    batch: &mut Batch,
    mutation: &log::Mutation,
    values: &Values,
) -> Result<()> {
    batch.want_references(mutation.kind, values);
    batch.read(conn).await?;
    let key = (mutation.kind, mutation.record_id);
    batch.set(key, values, None)?;
    Ok(())
}

async fn set_alive(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    id: Uuid,
    dead: Option<(DateTime<Utc>, Option<Uuid>)>,
) -> Result<()> {
    let mut batch = Batch::of(conn, kind, id).await?;
    batch.set_alive((kind, id), dead, None);
    batch.write(conn).await?;
    Ok(())
}

async fn discard_record(
    conn: &mut SqliteConnection,
    create: &log::Mutation,
    done: &mut Discarded,
) -> Result<()> {
    let mut stack = vec![(create.kind, create.record_id)];
    while let Some((kind, id)) = stack.pop() {
        let mut open = log::list_open(conn, kind, id).await?;
        for begun in open.iter_mut().filter(|it| it.action == Action::Create) {
            if is_begun_elsewhere(conn, begun).await? {
                // What Central holds instead, it has answered.
                begun.action = Action::Update;
                begun.before = begun.after.clone();
            }
        }
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
        if rows::find(conn, kind, id).await?.is_some() {
            set_alive(conn, kind, id, Some((create.at, None))).await?;
            done.changed.push(Changed { kind, id });
        }
    }
    Ok(())
}

/// Whether Central has a record although it refused this beginning of it: a copy of this desk (a
/// disk image, a restored folder) has sent the same one with other content, or mended. The answer
/// said so, or a snapshot has told since.
async fn is_begun_elsewhere(conn: &mut SqliteConnection, begun: &log::Mutation) -> Result<bool> {
    let told = covered::find(conn, begun.kind, begun.record_id).await?;
    if told.is_some() {
        return Ok(true);
    }
    let row = sqlx::query("SELECT answer, entity, record_id FROM mutations WHERE id = ?")
        .bind(begun.id)
        .fetch_optional(conn)
        .await?;
    let answer: Option<Answer> = match row {
        Some(row) => stored::optional_json(&row, "answer")?,
        None => None,
    };
    Ok(answer
        .is_some_and(|answer| answer.problem == Some(Obstacle::IdReused) && !answer.is_deleted))
}

/// An edit that Central refused here, and that it tells of now: a clone of this desk mended and sent
/// it. What it came to counts, as for one that somebody had given up; and what Central has said
/// since of its record counts, to which this desk did not listen while the edit was open.
pub(super) async fn accept_refused(conn: &mut SqliteConnection, id: Uuid) -> Result<()> {
    let Some(mutation) = log::find(conn, id).await? else {
        return Ok(());
    };
    // Its number is one of before a restore, if it has any.
    sqlx::query("UPDATE mutations SET state = 'discarded', answer = NULL, seq = NULL WHERE id = ?")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    settle_standing(conn, &mutation).await?;
    let open = log::list_open(conn, mutation.kind, mutation.record_id).await?;
    let mut batch = Batch::of(conn, mutation.kind, mutation.record_id).await?;
    for name in mutation.after.keys().chain(mutation.before.keys()) {
        if open.iter().any(|other| other.after.contains_key(name)) {
            continue;
        }
        if let Some(value) = central_value(conn, &mutation, name).await? {
            let told = Values::from([(*name, value)]);
            batch.want_references(mutation.kind, &told);
            batch.read(conn).await?;
            // What this desk has not heard of yet comes with the change that brought it.
            let _ = batch.set((mutation.kind, mutation.record_id), &told, None);
        }
    }
    batch.write(conn).await?;
    Ok(())
}

/// What Central said about a record at some point of its sequence, as far as it said anything.
#[derive(Debug, Default)]
struct Told {
    seq: i64,
    /// Dead since when and with whom, or alive.
    dead: Option<Option<(DateTime<Utc>, Option<Uuid>)>>,
    duplicate_of: Option<Option<Uuid>>,
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
    if is_open {
        return Ok(());
    }
    let mut told = told_in_log(conn, mutation.kind, mutation.record_id).await?;
    if let Some(covered) = covered::find(conn, mutation.kind, mutation.record_id).await? {
        let row = covered.row;
        told.push(Told {
            seq: covered.seq,
            dead: Some(row.deleted_at.map(|at| (at, row.deleted_with))),
            duplicate_of: Some(row.duplicate_of),
        });
    }
    // Stable: of what was said at one point, the log's newest line comes first.
    told.sort_by_key(|told| std::cmp::Reverse(told.seq));
    let key = (mutation.kind, mutation.record_id);
    let mut batch = Batch::of(conn, key.0, key.1).await?;
    if let Some(dead) = told.iter().find_map(|told| told.dead) {
        batch.set_alive(key, dead, None);
    }
    if let Some(of) = told.iter().find_map(|told| told.duplicate_of) {
        batch.set_duplicate(key, of);
    }
    batch.write(conn).await?;
    Ok(())
}

/// What a line of the log says of Central.
struct Line {
    /// Up to which of Central's numbers it speaks; 0 where Central has not spoken.
    seq: i64,
    state: State,
    after: Map<String, Json>,
    /// What came of it at Central, where that is something else.
    logged: Option<Logged>,
    answer: Option<Answer>,
}

impl Line {
    fn read(row: &SqliteRow) -> Result<Line> {
        let answer: Option<Answer> = stored::optional_json(row, "answer")?;
        let own: Option<i64> = row.try_get("seq")?;
        let told = answer.as_ref().map(|answer| answer.seq);
        Ok(Line {
            seq: told.or(own).unwrap_or(0),
            state: stored::word(row, "state", State::from_word)?,
            after: stored::json(row, "after")?,
            logged: stored::optional_json(row, "logged")?,
            answer,
        })
    }

    /// What it wrote into a field. With a field of a group Central may have written the others as
    /// their author saw them.
    fn wrote(&self, name: &str) -> Option<&Json> {
        let logged = self.logged.as_ref();
        let written = logged.and_then(|logged| logged.after.get(name));
        written.or_else(|| self.after.get(name))
    }
}

/// What answers and entries said, newest line first.
async fn told_in_log(conn: &mut SqliteConnection, kind: EntityKind, id: Uuid) -> Result<Vec<Told>> {
    let rows = sqlx::query(
        "SELECT action, origin, at, deleted_with, after, logged, answer, seq, state, entity, \
         record_id \
         FROM mutations WHERE record_id = ? AND entity = ? ORDER BY number DESC",
    )
    .bind(id)
    .bind(kind.name())
    .fetch_all(conn)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let at = stored::instant(&row, "at")?;
        let line = Line::read(&row)?;
        let mut told = Told {
            seq: line.seq,
            ..Told::default()
        };
        if let Some(answer) = line.answer {
            told.dead = Some(answer.is_deleted.then_some((at, answer.deleted_with)));
            told.duplicate_of = Some(answer.duplicate_of);
        } else if told.seq > 0 {
            let is_own = row.try_get::<&str, _>("origin")? == Origin::Here.word();
            told.dead = match stored::word(&row, "action", Action::from_word)? {
                Action::Delete => Some(Some((at, row.try_get("deleted_with")?))),
                Action::Create | Action::Restore => Some(None),
                // A plain answer to an own edit says that its record is alive.
                Action::Update if is_own => Some(None),
                Action::Update => None,
            };
            told.duplicate_of = match line.after.get(DUPLICATE_OF) {
                Some(Json::Null) => Some(None),
                Some(of) => {
                    let of = of.as_str().and_then(|text| text.parse().ok());
                    Some(Some(of.ok_or_else(|| stored::damaged(&row, "after"))?))
                }
                None if is_own => Some(None),
                None => None,
            };
        }
        found.push(told);
    }
    Ok(found)
}

/// What Central last said that the field holds: in an answer, in the feed, or in a snapshot.
async fn central_value(
    conn: &mut SqliteConnection,
    mutation: &log::Mutation,
    name: &'static str,
) -> Result<Option<Value>> {
    let Some(field) = mutation.kind.field(name) else {
        return Ok(None);
    };
    let covered = covered::find(conn, mutation.kind, mutation.record_id).await?;
    // The newest word counts; an answer that names no value confirms the mutation's own.
    let rows = sqlx::query(
        "SELECT after, logged, answer, seq, state, entity, record_id FROM mutations \
         WHERE record_id = ? AND entity = ? AND state <> 'waiting' ORDER BY number DESC",
    )
    .bind(mutation.record_id)
    .bind(mutation.kind.name())
    .fetch_all(conn)
    .await?;
    let mut lines = rows.iter().map(Line::read).collect::<Result<Vec<_>>>()?;
    // Stable: of what was said at one point, the log's newest line comes first.
    lines.sort_by_key(|line| std::cmp::Reverse(line.seq));
    for line in lines {
        if covered
            .as_ref()
            .is_some_and(|covered| covered.seq > line.seq)
        {
            break;
        }
        let told = line.answer.as_ref();
        if let Some(json) = told.and_then(|answer| answer.values.get(name)) {
            return Ok(Value::from_json(&field.kind, json));
        }
        let is_open = matches!(
            line.state,
            State::Parked | State::Rejected | State::Discarded
        );
        if !is_open && let Some(json) = line.wrote(name) {
            return Ok(Value::from_json(&field.kind, json));
        }
    }
    Ok(covered.map(|covered| {
        let whole = contents::record_of(mutation.kind, &covered.row);
        whole.get(name).clone()
    }))
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
        let newer: Vec<String> = log::list_open(conn, mutation.kind, mutation.record_id)
            .await?
            .iter()
            .filter(|it| it.number > mutation.number)
            .flat_map(|it| it.after.keys().map(|name| (*name).to_owned()))
            .collect();
        set_state(conn, mutation.id, State::Waiting).await?;
        if mutation.action == Action::Update {
            see_instead(conn, &mutation, &mutation.before, &mutation.after).await?;
        }
        let key = (mutation.kind, mutation.record_id);
        let mut batch = Batch::of(conn, key.0, key.1).await?;
        match mutation.action {
            Action::Create | Action::Restore => _ = batch.set_alive(key, None, None),
            Action::Delete => {
                let dead = Some((mutation.at, mutation.deleted_with));
                batch.set_alive(key, dead, None);
            }
            Action::Update => {}
        }
        // What belongs together with the fields is wanted as the author saw it.
        let mut values = mutation.before.clone();
        values.extend(mutation.after.clone());
        values.retain(|name, _| !newer.iter().any(|field| field == name));
        set(conn, &mut batch, &mutation, &values).await?;
        batch.write(conn).await?;
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
