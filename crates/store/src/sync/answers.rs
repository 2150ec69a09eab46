//! Central's answers to what was sent, applied to the log and to the rows.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};
use servease_domain::EntityKind;
use servease_wire::sync::{Answer, Outcome, WireAction};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use uuid::Uuid;

use super::batch::{Batch, Dangling};
use super::contents::{self, Contents};
use super::hex_ids;
use super::outgoing::Outgoing;
use crate::log::State;
use crate::{Changed, Result, stored};

/// What a batch of answers came to.
#[derive(Debug, Default)]
pub struct Applied {
    pub changed: Vec<Changed>,
    pub accepted: u64,
    pub merged: u64,
    pub conflicts: u64,
    pub duplicates: u64,
    pub parked: u64,
    pub rejected: u64,
    /// Some of what was sent does not wait any more: another program has heard of it first, or
    /// somebody gave it up meanwhile.
    pub was_overtaken: bool,
}

/// Applies the answers to a batch. `sent` is the batch in the order in which it was sent;
/// answers to anything else are passed over, and a mutation without an answer goes on waiting.
pub async fn apply(
    conn: &mut SqliteConnection,
    sent: &[Outgoing],
    answers: &[Answer],
) -> Result<Applied> {
    let by_id: HashMap<Uuid, &Answer> = answers.iter().map(|answer| (answer.id, answer)).collect();
    let pairs: Vec<(&Outgoing, &Answer)> = sent
        .iter()
        .filter_map(|out| Some((out, *by_id.get(&out.mutation.id)?)))
        .collect();
    let mut applied = Applied::default();
    for (_, answer) in &pairs {
        applied.count(answer.outcome);
    }
    applied.was_overtaken = note(conn, &pairs).await? < pairs.len() as u64;
    let accepted: Vec<(&Outgoing, &Answer)> = pairs
        .into_iter()
        .filter(|(_, answer)| is_accepted(answer.outcome))
        .collect();
    supersede(conn, &accepted).await?;
    applied.changed = settle_rows(conn, &accepted).await?;
    Ok(applied)
}

/// Whether an answer says nothing but that the mutation stands: its record is alive, repeats no
/// other, and holds what the mutation wrote. Such an answer needs no keeping.
fn is_plain(out: &Outgoing, answer: &Answer) -> bool {
    // After a deletion that says something: it did not stand.
    out.mutation.action != WireAction::Delete
        && answer.outcome == Outcome::Applied
        && answer.values.is_empty()
        && !answer.is_deleted
        && answer.deleted_with.is_none()
        && answer.duplicate_of.is_none()
}

fn is_accepted(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Parked | Outcome::Rejected)
}

impl Applied {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Applied => {}
            Outcome::Merged => self.merged += 1,
            Outcome::Conflict => self.conflicts += 1,
            Outcome::Duplicate => self.duplicates += 1,
            Outcome::Parked => self.parked += 1,
            Outcome::Rejected => self.rejected += 1,
        }
        if is_accepted(outcome) {
            self.accepted += 1;
        }
    }
}

/// Writes the answers into the log, with one statement. How many of them waited for one.
async fn note(conn: &mut SqliteConnection, pairs: &[(&Outgoing, &Answer)]) -> Result<u64> {
    let lines: Vec<_> = pairs
        .iter()
        .map(|(out, answer)| {
            let state = match answer.outcome {
                Outcome::Applied => State::Applied,
                Outcome::Merged => State::Merged,
                Outcome::Conflict => State::Conflict,
                Outcome::Duplicate => State::Duplicate,
                Outcome::Parked => State::Parked,
                Outcome::Rejected => State::Rejected,
            };
            let kept = match is_plain(out, answer) {
                true => None,
                false => Some(stored::text_of(answer)?),
            };
            let seq = is_accepted(answer.outcome).then_some(answer.seq);
            let logged = answer.logged.as_ref().map(stored::text_of).transpose()?;
            Ok(json!([
                out.number,
                state.word(),
                kept,
                seq,
                answer.line,
                logged
            ]))
        })
        .collect::<Result<_>>()?;
    let noted = sqlx::query(
        "UPDATE mutations SET state = told.state, answer = told.answer, \
         seq = coalesce(told.seq, mutations.seq), line = told.line, logged = told.logged \
         FROM (SELECT value->>0 AS number, value->>1 AS state, value->>2 AS answer, \
               value->>3 AS seq, value->>4 AS line, value->>5 AS logged \
               FROM json_each(?)) AS told \
         WHERE mutations.number = told.number AND mutations.state = 'waiting'",
    )
    .bind(Json::Array(lines).to_string())
    .execute(conn)
    .await?;
    Ok(noted.rows_affected())
}

/// A rejected edit whose every field was accepted in a later one needs nobody any more. What is
/// passed on stood at Central before anything that was made here, whatever its number.
async fn supersede(conn: &mut SqliteConnection, accepted: &[(&Outgoing, &Answer)]) -> Result<()> {
    let rejected = sqlx::query(
        // Both conditions on the state: the index of what is open is found by the first.
        "SELECT number, record_id, after, entity FROM mutations \
         WHERE state IN ('waiting', 'parked', 'rejected') AND state = 'rejected' \
         AND action = 'update'",
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in rejected {
        let number: i64 = row.try_get("number")?;
        let record: Uuid = row.try_get("record_id")?;
        let entity: &str = row.try_get("entity")?;
        let fields: Map<String, Json> = stored::json(&row, "after")?;
        let is_replaced = fields.keys().all(|name| {
            accepted.iter().any(|(out, _)| {
                out.mutation.record == record
                    && out.mutation.entity == entity
                    && out.number > number
                    && !out.mutation.is_relayed
                    && out.mutation.after.contains_key(name)
            })
        });
        if is_replaced {
            sqlx::query("UPDATE mutations SET state = 'discarded' WHERE number = ?")
                .bind(number)
                .execute(&mut *conn)
                .await?;
        }
    }
    Ok(())
}

/// What still waits on a record, by which an answer must not be overruled.
#[derive(Debug, Default)]
struct Open {
    fields: HashSet<String>,
    any: bool,
}

/// What the newest answer on a record, and on each of its fields, speaks of. Answers of one push
/// usually speak of the same number; those of a batch that Central took in piece by piece do not.
#[derive(Debug, Default)]
struct Newest {
    seq: i64,
    fields: HashMap<String, i64>,
    /// Of a creation, which speaks of every field: those that it does not name hold their defaults.
    whole: Option<i64>,
}

impl Newest {
    fn of(&self, field: &str) -> Option<i64> {
        self.fields.get(field).copied().max(self.whole)
    }
}

fn newest(accepted: &[(&Outgoing, &Answer)]) -> HashMap<(String, Uuid), Newest> {
    let mut found: HashMap<(String, Uuid), Newest> = HashMap::new();
    for (out, answer) in accepted {
        let name = (out.mutation.entity.clone(), out.mutation.record);
        let newest = found.entry(name).or_default();
        newest.seq = newest.seq.max(answer.seq);
        if out.mutation.action == WireAction::Create {
            newest.whole = newest.whole.max(Some(answer.seq));
        }
        let said = out.mutation.after.keys().chain(out.mutation.before.keys());
        for field in said.chain(answer.values.keys()) {
            let seq = newest.fields.entry(field.clone()).or_default();
            *seq = (*seq).max(answer.seq);
        }
    }
    found
}

/// Which of the mutations wrote a field of a record last.
fn written(accepted: &[(&Outgoing, &Answer)]) -> HashMap<(String, Uuid), HashMap<String, Uuid>> {
    let mut found: HashMap<(String, Uuid), HashMap<String, Uuid>> = HashMap::new();
    for (out, answer) in accepted {
        let name = (out.mutation.entity.clone(), out.mutation.record);
        let fields = found.entry(name).or_default();
        let logged = answer.logged.iter().flat_map(|logged| logged.after.keys());
        for field in out.mutation.after.keys().chain(logged) {
            fields.insert(field.clone(), out.mutation.id);
        }
    }
    found
}

async fn settle_rows(
    conn: &mut SqliteConnection,
    accepted: &[(&Outgoing, &Answer)],
) -> Result<Vec<Changed>> {
    if accepted.is_empty() {
        return Ok(Vec::new());
    }
    let mut open: HashMap<(String, Uuid), Open> = HashMap::new();
    let ids = hex_ids(accepted.iter().map(|(out, _)| out.mutation.record));
    let rows = sqlx::query(
        // The plus keeps the index of what is open out of it: found by their records they are few.
        "SELECT entity, record_id, after, before FROM mutations \
         WHERE +state IN ('waiting', 'parked', 'rejected') AND record_id IN (SELECT unhex(value) FROM json_each(?))",
    )
    .bind(&ids)
    .fetch_all(&mut *conn)
    .await?;
    for row in rows {
        let entry = open.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
        entry.any = true;
        for column in ["after", "before"] {
            let fields: Map<String, Json> = stored::json(&row, column)?;
            entry
                .fields
                .extend(fields.into_iter().map(|(name, _)| name));
        }
    }

    let newest = newest(accepted);
    let written = written(accepted);
    let mut told = Vec::new();
    for kind in EntityKind::ALL {
        let of_kind: Vec<_> = accepted
            .iter()
            .filter(|(out, _)| out.mutation.entity == kind.name())
            .collect();
        if of_kind.is_empty() {
            continue;
        }
        let standing = standing(
            conn,
            kind,
            of_kind.iter().map(|(out, _)| out.mutation.record),
        )
        .await?;
        for (out, answer) in of_kind {
            let record = out.mutation.record;
            let name = (out.mutation.entity.clone(), record);
            let waits = open.get(&name);
            let newest = newest.get(&name);
            let stands_differently = waits.is_none_or(|open| !open.any)
                && newest.is_none_or(|newest| newest.seq == answer.seq)
                && standing
                    .get(&record)
                    .is_some_and(|standing| *standing != Standing::of(answer));
            let is_written_later = |field: &str| {
                let last = written.get(&name).and_then(|fields| fields.get(field));
                last.is_some_and(|last| *last != out.mutation.id)
            };
            let mut contents = holds(kind, out, answer, is_written_later);
            if contents.is_empty() && !stands_differently {
                continue;
            }
            let counts = |field: &str| {
                waits.is_none_or(|open| !open.fields.contains(field))
                    && newest.is_none_or(|newest| newest.of(field) == Some(answer.seq))
            };
            contents.values.retain(|field, _| counts(field));
            contents.extra.retain(|field, _| counts(field));
            told.push(Told {
                number: out.number,
                key: (kind, record),
                contents,
                standing: stands_differently.then(|| (out.mutation.at, Standing::of(answer))),
            });
        }
    }
    take(conn, told).await
}

/// What the fields hold that an answer speaks of: those that it names, and of a mutation that
/// Central had taken in before it was restored everything that its author wrote, or saw of what
/// belongs together with that. The row shows what came of it the first time, and what others wrote
/// then.
///
/// What belongs together went with a field that the mutation wrote, back to what its author saw:
/// somebody else's may stand in the row since. What a later mutation of the same batch wrote is the
/// later one's to say.
fn holds(
    kind: EntityKind,
    out: &Outgoing,
    answer: &Answer,
    is_written_later: impl Fn(&str) -> bool,
) -> Contents {
    let mutation = &out.mutation;
    let mut said = match (&answer.logged, mutation.action) {
        (Some(logged), WireAction::Update) => logged.after.clone(),
        _ => Map::new(),
    };
    said.retain(|name, _| !mutation.after.contains_key(name));
    if out.is_repeated() {
        if mutation.action == WireAction::Update {
            let saw = mutation.before.iter();
            let known = saw.filter(|(name, _)| kind.field(name).is_some());
            said.extend(known.map(|(name, json)| (name.clone(), json.clone())));
        }
        said.extend(mutation.after.clone());
    }
    let told = contents::take_apart(kind, &answer.values);
    let mut wrote = contents::take_apart(kind, &said);
    if out.is_repeated() && mutation.action == WireAction::Create {
        let whole = contents::new_record(kind, mutation.record, wrote, mutation.at);
        wrote = Contents {
            values: whole.values,
            extra: whole.extra,
            ..Contents::default()
        };
    }
    wrote.values.retain(|field, _| !is_written_later(field));
    wrote.extra.retain(|field, _| !is_written_later(field));
    wrote.values.extend(told.values);
    wrote.extra.extend(told.extra);
    wrote
}

/// What an answer says of a record that the desk does not know.
struct Told {
    /// The mutation's place in the log.
    number: i64,
    key: (EntityKind, Uuid),
    contents: Contents,
    /// How the record stands, and since when.
    standing: Option<(DateTime<Utc>, Standing)>,
}

async fn take(conn: &mut SqliteConnection, told: Vec<Told>) -> Result<Vec<Changed>> {
    let mut batch = Batch::default();
    for told in &told {
        batch.want(told.key.0, told.key.1);
        batch.want_references(told.key.0, &told.contents.values);
    }
    batch.read(conn).await?;
    let mut too_early = Vec::new();
    for told in told {
        if let Err(Dangling) = batch.set(told.key, &told.contents.values, None) {
            // It belongs to a record now that this desk has not heard of yet: asked again
            // after the next pull, Central says the same.
            too_early.push(told.number);
            continue;
        }
        batch.keep_extra(told.key, told.contents.extra);
        if let Some((at, standing)) = told.standing {
            let dead = standing.is_deleted.then_some((at, standing.deleted_with));
            batch.set_alive(told.key, dead, None);
            batch.set_duplicate(told.key, standing.duplicate_of);
        }
    }
    for number in too_early {
        park(conn, number).await?;
    }
    batch.write(conn).await
}

/// Central has taken it in: without an answer on record it is repeated as it was, not made anew
/// like a refused one.
async fn park(conn: &mut SqliteConnection, number: i64) -> Result<()> {
    sqlx::query("UPDATE mutations SET state = 'parked', answer = NULL WHERE number = ?")
        .bind(number)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Debug, PartialEq)]
struct Standing {
    is_deleted: bool,
    deleted_with: Option<Uuid>,
    duplicate_of: Option<Uuid>,
}

impl Standing {
    fn of(answer: &Answer) -> Standing {
        Standing {
            is_deleted: answer.is_deleted,
            deleted_with: answer.deleted_with,
            duplicate_of: answer.duplicate_of,
        }
    }
}

async fn standing(
    conn: &mut SqliteConnection,
    kind: EntityKind,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Standing>> {
    let sql = format!(
        "SELECT id, deleted_at IS NOT NULL, deleted_with, duplicate_of FROM {} \
         WHERE id IN (SELECT unhex(value) FROM json_each(?))",
        kind.table()
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(hex_ids(ids))
        .fetch_all(conn)
        .await?;
    let mut standing = HashMap::new();
    for row in rows {
        standing.insert(
            row.try_get(0)?,
            Standing {
                is_deleted: row.try_get(1)?,
                deleted_with: row.try_get(2)?,
                duplicate_of: row.try_get(3)?,
            },
        );
    }
    Ok(standing)
}
