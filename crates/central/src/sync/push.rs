//! Taking in a batch of mutations, once each, with an answer for every one.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Map, Value as Json};
use servease_domain::{EntityKind, Kind, record};
use servease_wire::sync::{
    Answer, DUPLICATE_OF, MUTATIONS_MAX, Mutation, Obstacle, Outcome, Push, PushAnswer,
    RefusalCode, WireAction,
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::decide::{Decision, decide, tell_late};
use super::feed::Ends;
use super::lines::{differently, passed_on_again, read_lines};
use super::screening::{Screened, Sender, screen};
use super::seen::Seen;
use super::unwritten::{Unwritten, name_of};
use super::{SyncError, check_epoch, check_protocol, hidden, likeness, refuse, unique};
use crate::changes::{Author, Changeset};
use crate::db::{Db, DbError};

/// Transactions that stood in each other's way are repeated this often.
const ATTEMPTS: u32 = 5;

/// Takes a batch in. `now` is Central's clock: it dates the ledger, and decides nothing.
///
/// Errors: [`SyncError::Refused`] when the desk must do something first, and then nothing was
/// changed.
pub async fn push(
    db: &Db,
    epoch: &str,
    now: DateTime<Utc>,
    sender: &Sender,
    push: &Push,
) -> Result<PushAnswer, SyncError> {
    check_protocol(push.protocol)?;
    check_epoch(push.epoch.as_deref(), epoch)?;
    if push.mutations.len() > MUTATIONS_MAX {
        return Err(refuse(
            RefusalCode::TooMuch,
            format!("At most {MUTATIONS_MAX} mutations at once."),
        ));
    }
    let mut link = db.read().await?;
    Ends::read(&mut link, push.known.map(|known| known.seq))
        .await?
        .check(push.known)?;
    drop(link);
    let mut attempt = 1;
    loop {
        let mut before = Before::default();
        match batch(db, now, sender, push.desk, &push.mutations, &mut before).await {
            Ok(batch) => return Ok(batch.under(epoch)),
            Err(error) if is_collision(&error) && attempt < ATTEMPTS => attempt += 1,
            Err(error) if error.is_transient() => return Err(error.into()),
            // One of them is poison: the batch goes in piece by piece, without it.
            Err(error) => {
                tracing::warn!(%error, "a batch of mutations failed as a whole");
                return Ok(one_by_one(db, now, sender, push).await?.under(epoch));
            }
        }
    }
}

/// What a transaction of mutations came to.
#[derive(Debug, Default)]
struct Batch {
    seq: i64,
    stamp: i64,
    own_after: Option<i64>,
    answers: Vec<Answer>,
}

impl Batch {
    fn under(self, epoch: &str) -> PushAnswer {
        PushAnswer {
            epoch: epoch.to_owned(),
            seq: self.seq,
            stamp: self.stamp,
            own_after: self.own_after,
            answers: self.answers,
        }
    }
}

/// What mutations of the same push have come to before, which those that follow must know.
#[derive(Default)]
struct Before {
    /// Records of which one was parked.
    behind: HashSet<(String, Uuid)>,
    unwritten: Unwritten,
}

/// Whether another instance has put the same mutation into the ledger at the same moment.
fn is_collision(error: &DbError) -> bool {
    match error {
        DbError::Collision(_) => true,
        DbError::Unique { index } => index.starts_with("ledger"),
        _ => false,
    }
}

async fn one_by_one(
    db: &Db,
    now: DateTime<Utc>,
    sender: &Sender,
    push: &Push,
) -> Result<Batch, DbError> {
    let mut answers = Vec::with_capacity(push.mutations.len());
    let mut before = Before::default();
    let mut last = Batch::default();
    for mutation in &push.mutations {
        let single = std::slice::from_ref(mutation);
        match batch(db, now, sender, push.desk, single, &mut before).await {
            Ok(mut batch) => {
                answers.append(&mut batch.answers);
                last = batch;
            }
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                tracing::error!(%error, mutation = %mutation.id, "a mutation failed");
                answers.push(refusal(mutation, Outcome::Rejected, Some(Obstacle::Failed)));
            }
        }
    }
    Ok(Batch { answers, ..last })
}

fn refusal(mutation: &Mutation, outcome: Outcome, problem: Option<Obstacle>) -> Answer {
    Answer {
        id: mutation.id,
        outcome,
        seq: 0,
        values: Map::new(),
        line: None,
        logged: None,
        is_deleted: false,
        deleted_with: None,
        duplicate_of: None,
        errors: Map::new(),
        problem,
    }
}

async fn batch(
    db: &Db,
    now: DateTime<Utc>,
    sender: &Sender,
    desk: Uuid,
    mutations: &[Mutation],
    before: &mut Before,
) -> Result<Batch, DbError> {
    let mut work = Changeset::begin(db, Author::default(), now).await?;
    work.account = sender.signed_in.clone();
    work.employee = sender.account.employee;
    let mut ledger = read_ledger(&mut work, mutations).await?;
    let mut seen = Seen::default();
    load_records(&mut work, &mut seen, mutations).await?;
    unique::look_ahead(&mut work, &mut seen, mutations).await?;
    likeness::look_ahead(&mut work, &mut seen, mutations).await?;
    let Before { behind, unwritten } = before;
    let in_ledger: HashSet<Uuid> = ledger.keys().copied().collect();
    let mut lines = read_lines(&mut work, &in_ledger, mutations).await?;
    let mut fresh = Vec::new();
    for (id, line) in passed_on_again(&mut work, mutations).await? {
        lines.insert(id, Some(line));
        if !in_ledger.contains(&id) {
            // Its change may be forgotten by the time that the same is passed on once more.
            let (digest, outcome) = (String::new(), Outcome::Applied);
            fresh.push((id, digest.clone(), outcome));
            ledger.insert(id, Line { digest, outcome });
        }
    }
    let mut decisions = Vec::with_capacity(mutations.len());
    for mutation in mutations {
        let digest = digest(mutation);
        let decision = match ledger.get(&mutation.id) {
            Some(line) if line.fits(&digest) => {
                let decision = line.outcome.into();
                if line.digest.is_empty()
                    && !digest.is_empty()
                    && mutation.action == WireAction::Update
                {
                    tell_late(&mut work, &mut seen, mutation).await?;
                }
                unwritten.note(mutation, lines.get(&mutation.id), false);
                decision
            }
            Some(_) => Decision {
                problem: Some(Obstacle::IdReused),
                ..Outcome::Rejected.into()
            },
            // What waits for the record waits for its beginning, wherever in the batch that is.
            None if behind.contains(&name_of(mutation))
                && mutation.action != WireAction::Create =>
            {
                Decision {
                    problem: Some(Obstacle::Behind),
                    ..Outcome::Parked.into()
                }
            }
            None => {
                let rebased = unwritten.rebase(mutation);
                let mutation = rebased.as_ref().unwrap_or(mutation);
                let is_of_nothing = unwritten.is_of_nothing(mutation)
                    && is_there(&mut work, &mut seen, mutation).await?;
                let decision = match is_of_nothing {
                    true => Outcome::Merged.into(),
                    false => take(&mut work, &mut seen, sender, desk, mutation).await?,
                };
                let line = work.take_signed();
                if decision.outcome == Outcome::Rejected {
                    unwritten.note(mutation, None, true);
                }
                if is_accepted(decision.outcome) {
                    let outcome = decision.outcome;
                    unwritten.note(mutation, Some(&line), false);
                    lines.insert(mutation.id, line);
                    fresh.push((mutation.id, digest.clone(), outcome));
                    ledger.insert(mutation.id, Line { digest, outcome });
                }
                decision
            }
        };
        if decision.outcome == Outcome::Parked {
            behind.insert(name_of(mutation));
        }
        decisions.push(decision);
    }
    // Before anything is written: new records go in with what follows for them.
    work.settle().await?;
    keep(&mut work, now, &fresh).await?;
    let (seq, stamp) = match work.last_change() {
        Some(last) => last,
        None => {
            let ends = Ends::read(work.link().await?, None).await?;
            (ends.seq, ends.stamp)
        }
    };
    load_records(&mut work, &mut seen, mutations).await?;
    let mut answers = Vec::with_capacity(mutations.len());
    for (mutation, decision) in mutations.iter().zip(decisions) {
        let line = lines.get(&mutation.id);
        let is_shown = is_shown(&mut work, &mut seen, sender, mutation).await?;
        let mut answer = refusal(mutation, decision.outcome, decision.problem);
        answer.seq = seq;
        answer.errors = decision.errors;
        if !is_shown {
            answers.push(answer);
            continue;
        }
        answer = stand(&mut work, &mut seen, mutation, answer).await?;
        if let Some(line) = line.filter(|_| is_accepted(answer.outcome)) {
            answer.line = Some(line.as_ref().map_or(0, |line| line.seq));
            answer.logged = line.as_ref().and_then(|line| differently(mutation, line));
        }
        answers.push(answer);
    }
    let own_after = work.signed_after();
    work.commit().await?;
    Ok(Batch {
        seq,
        stamp,
        own_after,
        answers,
    })
}

/// Decides what of a mutation its sender may have done.
async fn take(
    work: &mut Changeset,
    seen: &mut Seen,
    sender: &Sender,
    desk: Uuid,
    mutation: &Mutation,
) -> Result<Decision, DbError> {
    match screen(work, seen, sender, mutation).await? {
        Screened::All => decide(work, seen, desk, mutation).await,
        Screened::Nothing(decision) => Ok(decision),
        Screened::Part(part) => {
            let mut decision = decide(work, seen, desk, &part).await?;
            if decision.outcome == Outcome::Applied {
                decision.outcome = Outcome::Merged;
            }
            Ok(decision)
        }
    }
}

async fn is_there(
    work: &mut Changeset,
    seen: &mut Seen,
    mutation: &Mutation,
) -> Result<bool, DbError> {
    let Some(kind) = EntityKind::from_name(&mutation.entity) else {
        return Ok(false);
    };
    Ok(seen.find(work, kind, mutation.record).await?.is_some())
}

fn is_accepted(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Parked | Outcome::Rejected)
}

async fn load_records(
    work: &mut Changeset,
    seen: &mut Seen,
    mutations: &[Mutation],
) -> Result<(), DbError> {
    let mut ids = BTreeMap::<EntityKind, Vec<Uuid>>::new();
    for mutation in mutations {
        let Some(kind) = EntityKind::from_name(&mutation.entity) else {
            continue;
        };
        ids.entry(kind).or_default().push(mutation.record);
        // Those to which they refer are looked at too.
        for field in kind.fields() {
            if let Kind::Reference(to) = field.kind
                && let Some(Json::String(id)) = mutation.after.get(field.name)
                && let Ok(id) = id.parse()
            {
                ids.entry(to).or_default().push(id);
            }
        }
    }
    for (kind, ids) in ids {
        seen.load(work, kind, &ids).await?;
    }
    Ok(())
}

/// Whether the sender may be told how the record of a mutation stands.
async fn is_shown(
    work: &mut Changeset,
    seen: &mut Seen,
    sender: &Sender,
    mutation: &Mutation,
) -> Result<bool, DbError> {
    let Some(kind) = EntityKind::from_name(&mutation.entity) else {
        return Ok(true);
    };
    match seen.find(work, kind, mutation.record).await? {
        Some(stored) => hidden::shows(work.link().await?, sender.account, &stored.record).await,
        None => Ok(true),
    }
}

/// An answer with how the record stands now in everything that the mutation named.
async fn stand(
    work: &mut Changeset,
    seen: &mut Seen,
    mutation: &Mutation,
    mut answer: Answer,
) -> Result<Answer, DbError> {
    let Some(kind) = EntityKind::from_name(&mutation.entity) else {
        return Ok(answer);
    };
    let Some(stored) = seen.find(work, kind, mutation.record).await? else {
        answer.is_deleted = is_accepted(answer.outcome);
        return Ok(answer);
    };
    let record = &stored.record;
    answer.is_deleted = record.is_deleted();
    answer.deleted_with = record.deleted_with;
    answer.duplicate_of = record.duplicate_of;
    let (said, unknown) = record::values_from_json(kind, &mutation.after);
    let (saw, _) = record::values_from_json(kind, &mutation.before);
    for field in kind.facts() {
        let there = record.get(field.name);
        let differs = match said.get(field.name).or_else(|| saw.get(field.name)) {
            Some(said) => said != there,
            // What a new record did not say holds its default.
            None if mutation.action == WireAction::Create => match field.default {
                servease_domain::field::Default::Now => !there.is_blank(),
                _ => field.default_value(mutation.at) != *there,
            },
            None => false,
        };
        if differs {
            answer.values.insert(field.name.to_owned(), there.to_json());
        }
    }
    for (name, json) in unknown {
        if name == DUPLICATE_OF || kind.field(&name).is_some() {
            continue;
        }
        let there = record.extra.get(&name).cloned().unwrap_or(Json::Null);
        if there != json {
            answer.values.insert(name, there);
        }
    }
    Ok(answer)
}

struct Line {
    digest: String,
    outcome: Outcome,
}

impl Line {
    /// What was passed on after a restore says what had come of a mutation, not what its
    /// author wrote: either may come first, and they are the same mutation.
    fn fits(&self, digest: &str) -> bool {
        self.digest.is_empty() || digest.is_empty() || self.digest == digest
    }
}

/// What a repetition of the mutation must repeat: everything that its author wrote. `seen` is
/// left out, since it is lowered when Central was restored.
fn digest(mutation: &Mutation) -> String {
    if mutation.is_relayed {
        return String::new();
    }
    let mut digest = Sha256::new();
    digest.update(mutation.entity.as_bytes());
    digest.update(mutation.record.as_bytes());
    digest.update([mutation.action as u8]);
    // Sorted, since a desk that was upgraded may name the fields in another order.
    let mut names: Vec<&String> = mutation.after.keys().collect();
    names.sort_unstable();
    for name in names {
        digest.update(name.as_bytes());
        digest.update([0]);
        // Into memory that does not fail.
        _ = serde_json::to_writer(&mut digest, &mutation.after[name]);
        digest.update([0]);
    }
    hex::encode(&digest.finalize()[..16])
}

async fn read_ledger(
    work: &mut Changeset,
    mutations: &[Mutation],
) -> Result<HashMap<Uuid, Line>, DbError> {
    let mut select = Query::select();
    select
        .columns(["mutation_id", "digest", "answer"])
        .from("ledger")
        .and_where(
            Expr::col("mutation_id")
                .is_in(mutations.iter().map(|mutation| mutation.id.to_string())),
        );
    let mut lines = HashMap::new();
    for row in work.link().await?.rows(&select).await? {
        let Some(id) = row.text(0)?.and_then(|text| text.parse().ok()) else {
            continue;
        };
        let place = || format!("ledger.answer of mutation {id}");
        let outcome = match row.object(2, place)?.remove("outcome") {
            Some(word) => serde_json::from_value(word).map_err(|_| DbError::Damaged(place()))?,
            // The answer to a request over HTTP under a key that looks like this id.
            None => Outcome::Applied,
        };
        let line = Line {
            digest: row.text(1)?.unwrap_or_default(),
            outcome,
        };
        lines.insert(id, line);
    }
    Ok(lines)
}

/// PostgreSQL and SQLite take some 32,000 parameters in one statement: 1,000 lines of four fit.
async fn keep(
    work: &mut Changeset,
    now: DateTime<Utc>,
    fresh: &[(Uuid, String, Outcome)],
) -> Result<(), DbError> {
    if fresh.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert
        .into_table("ledger")
        .columns(["mutation_id", "digest", "answer", "at"]);
    for (id, digest, outcome) in fresh {
        insert.values_panic([
            Expr::val(id.to_string()),
            Expr::val(digest.clone()),
            Expr::val(serde_json::json!({ "outcome": outcome })),
            Expr::val(now),
        ]);
    }
    work.link().await?.run(&insert).await?;
    Ok(())
}
