//! The table of what is handed over: what waits, what was taken, and what the service may know.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;
use sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Order, Query};
use serde_json::{Value as Json, json};
use servease_domain::alerts::{AlertKind, Stage};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use super::post::Outcome;
use crate::db::{self, Db, DbError, Link, Row};

pub const TABLE: &str = "notifications";

/// Its numbers: whoever takes some keeps others from writing until the transaction ends, so that
/// several instances plan one after the other.
const COUNTER: &str = "notifications";

/// A request takes ten seconds at most: whoever has not said what came of it by then is gone.
const LEASE: TimeDelta = TimeDelta::seconds(30);

/// How many are sent at once.
const AT_ONCE: u64 = 8;

/// The longest wait between two attempts.
const WAIT_MAX: TimeDelta = TimeDelta::hours(1);

/// What nobody took for so long is old news.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(7);

const IDS_AT_ONCE: usize = 5_000;

/// What is said of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    Raised,
    Withdrawn,
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It is to be sent, or sent again.
    Waiting,
    Delivered,
    /// The service said that it will never take it.
    Refused,
    /// A later message says more; whether this one has arrived is not known.
    Superseded,
    /// Nobody took it for a week.
    Expired,
}

fn name(word: impl Into<&'static str>) -> &'static str {
    word.into()
}

/// An alert of which the service may know, and which was not withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    pub kind: AlertKind,
    pub record: Uuid,
    /// Whose alert it was said to be last.
    pub customer: Uuid,
    /// The most urgent that was said.
    pub stage: Stage,
    /// Something of it has left, or may have.
    pub has_left: bool,
}

/// Those of some alerts, or all.
pub async fn open(link: &mut Link, only: Option<&[Uuid]>) -> Result<HashMap<Uuid, Open>, DbError> {
    let mut all = HashMap::new();
    let Some(only) = only else {
        read_open(link, None, &mut all).await?;
        return Ok(all);
    };
    for ids in only.chunks(IDS_AT_ONCE) {
        read_open(link, Some(ids), &mut all).await?;
    }
    Ok(all)
}

async fn read_open(
    link: &mut Link,
    only: Option<&[Uuid]>,
    all: &mut HashMap<Uuid, Open>,
) -> Result<(), DbError> {
    let mut select = Query::select();
    select
        .columns([
            "alert_id",
            "alert_kind",
            "record_id",
            "customer_id",
            "stage",
            "state",
            "attempts",
        ])
        .from(TABLE)
        .and_where(db::is_set(link.backend(), "is_open"))
        .order_by("position", Order::Asc);
    if let Some(ids) = only {
        select.and_where(Expr::col("alert_id").is_in(ids.iter().copied()));
    }
    for row in link.rows(&select).await? {
        let kind = row.text(1)?.and_then(|word| AlertKind::from_name(&word));
        let customer = row.id(3)?.ok_or_else(damaged)?;
        let stage = Stage(row.integer(4)?.ok_or_else(damaged)?);
        let is_refused = row.text(5)?.as_deref() == Some(name(State::Refused));
        let has_left = row.integer(6)?.unwrap_or(0) > 0 && !is_refused;
        let open = all.entry(row.id(0)?.ok_or_else(damaged)?).or_insert(Open {
            kind: kind.ok_or_else(damaged)?,
            record: row.id(2)?.ok_or_else(damaged)?,
            customer,
            stage,
            has_left,
        });
        open.customer = customer;
        open.stage = open.stage.min(stage);
        open.has_left |= has_left;
    }
    Ok(())
}

fn damaged() -> DbError {
    DbError::Damaged(TABLE.to_owned())
}

/// Takes so many numbers, and keeps other instances from writing until the transaction ends.
/// Answers the first.
pub async fn take_numbers(link: &mut Link, count: i64) -> Result<i64, DbError> {
    let mut upsert = Query::insert();
    upsert
        .into_table("counters")
        .columns(["name", "value"])
        .values_panic([Expr::val(COUNTER), Expr::val(count)])
        .on_conflict(
            OnConflict::column("name")
                .value("value", Expr::col(("counters", "value")).add(count))
                .to_owned(),
        );
    link.run(&upsert).await?;
    let mut select = Query::select();
    select
        .column("value")
        .from("counters")
        .and_where(Expr::col("name").eq(COUNTER));
    let row = link.row(&select).await?.ok_or_else(damaged)?;
    Ok(row.integer(0)?.ok_or_else(damaged)? - count + 1)
}

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub event: Event,
    pub alert: Uuid,
    pub kind: AlertKind,
    pub record: Uuid,
    pub customer: Uuid,
    pub stage: Option<Stage>,
    /// What is said beside event, key and stage.
    pub body: Json,
}

impl Message {
    /// The alert and its stage: what makes it the same thing said.
    fn base_key(&self) -> String {
        match self.stage {
            Some(stage) => format!("{}:{}", self.alert, stage.0),
            None => format!("{}:withdrawn", self.alert),
        }
    }
}

/// Writes a message down. What is said a second time, after it was withdrawn, has a key of its own:
/// the alert, its stage, and which time it is.
pub async fn add(
    link: &mut Link,
    position: i64,
    message: Message,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut earlier = Query::select();
    earlier
        .expr(Expr::col("id").count())
        .from(TABLE)
        .and_where(Expr::col("alert_id").eq(message.alert))
        .and_where(Expr::col("event").eq(name(message.event)));
    if let Some(stage) = message.stage {
        earlier.and_where(Expr::col("stage").eq(stage.0));
    }
    let row = link.row(&earlier).await?;
    let times = row.map_or(Ok(None), |row| row.integer(0))?.unwrap_or(0);
    let base = message.base_key();
    let key = match times {
        0 => base,
        times => format!("{base}:{}", times + 1),
    };
    let mut body = json!({"event": name(message.event), "idempotency_key": key});
    if let Some(stage) = message.stage {
        body["stage"] = stage.0.into();
    }
    if let (Json::Object(body), Json::Object(more)) = (&mut body, message.body) {
        body.extend(more);
    }
    let mut insert = Query::insert();
    insert
        .into_table(TABLE)
        .columns([
            "id",
            "position",
            "idempotency_key",
            "event",
            "alert_id",
            "alert_kind",
            "record_id",
            "customer_id",
            "stage",
            "state",
            "body",
            "is_open",
            "answer",
            "attempts",
            "next_at",
            "created_at",
        ])
        .values_panic([
            Expr::val(Uuid::now_v7()),
            Expr::val(position),
            Expr::val(key),
            Expr::val(name(message.event)),
            Expr::val(message.alert),
            Expr::val(message.kind.name()),
            Expr::val(message.record),
            Expr::val(message.customer),
            Expr::val(message.stage.map(|stage| stage.0)),
            Expr::val(name(State::Waiting)),
            Expr::val(body.to_string()),
            Expr::val(message.event == Event::Raised),
            Expr::val(""),
            Expr::val(0_i64),
            Expr::val(now),
            Expr::val(now),
        ]);
    link.run(&insert).await?;
    Ok(())
}

/// Takes back what has not left, of one alert.
pub async fn take_back(link: &mut Link, alert: Uuid) -> Result<(), DbError> {
    let mut delete = Query::delete();
    delete
        .from_table(TABLE)
        .and_where(Expr::col("alert_id").eq(alert))
        .and_where(Expr::col("event").eq(name(Event::Raised)))
        .and_where(db::is_word("state", name(State::Waiting)))
        .and_where(Expr::col("attempts").eq(0_i64));
    link.run(&delete).await?;
    Ok(())
}

/// An alert is over: what is said of it from now on is said anew.
pub async fn close(link: &mut Link, alert: Uuid) -> Result<(), DbError> {
    let mut update = Query::update();
    update
        .table(TABLE)
        .value("is_open", false)
        .and_where(Expr::col("alert_id").eq(alert))
        .and_where(db::is_set(link.backend(), "is_open"));
    link.run(&update).await?;
    Ok(())
}

/// A message that is this instance's to send, for as long as its lease lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub id: Uuid,
    pub key: String,
    pub body: String,
    pub attempts: i64,
    pub created_at: DateTime<Utc>,
}

/// A waiting message, as far as it matters to the others of its alert.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    id: Uuid,
    alert: Uuid,
    position: i64,
    is_raised: bool,
}

/// Claims some of what waits and may go now. Of one alert one message is on its way at a time, in
/// their order; one that raises is left out where there is a later one.
pub async fn claim(db: &Db, instance: Uuid, now: DateTime<Utc>) -> Result<Vec<Claimed>, DbError> {
    // One look without the lock that every writer needs.
    if due(&mut db.read().await?, now, false).await?.is_empty() {
        return Ok(Vec::new());
    }
    let mut link = db.write().await?;
    let due = due(&mut link, now, true).await?;
    let alerts: HashSet<Uuid> = due.iter().map(|it| it.alert).collect();
    let others = others(&mut link, alerts).await?;
    let mut mine = Vec::new();
    for it in due {
        let of_alert = || others.iter().filter(|other| other.alert == it.alert);
        let is_outdated = it.is_raised && of_alert().any(|other| other.position > it.position);
        if is_outdated {
            finish(&mut link, it.id, State::Superseded, None, now).await?;
        } else if !of_alert().any(|other| other.is_before(&it)) {
            mine.push(it.id);
        }
    }
    if mine.is_empty() {
        link.commit().await?;
        return Ok(Vec::new());
    }
    let mut update = Query::update();
    update
        .table(TABLE)
        .value("leased_until", now + LEASE)
        .value("leased_by", instance)
        .value("attempts", Expr::col("attempts").add(1))
        .and_where(Expr::col("id").is_in(mine.iter().copied()));
    link.run(&update).await?;
    let mut select = Query::select();
    select
        .columns(["id", "idempotency_key", "body", "attempts", "created_at"])
        .from(TABLE)
        .and_where(Expr::col("id").is_in(mine))
        .order_by("position", Order::Asc);
    let rows = link.rows(&select).await?;
    link.commit().await?;
    rows.iter().map(claimed_of).collect()
}

fn claimed_of(row: &Row) -> Result<Claimed, DbError> {
    Ok(Claimed {
        id: row.id(0)?.ok_or_else(damaged)?,
        key: row.text(1)?.ok_or_else(damaged)?,
        body: row.text(2)?.ok_or_else(damaged)?,
        attempts: row.integer(3)?.ok_or_else(damaged)?,
        created_at: row.instant(4)?.ok_or_else(damaged)?,
    })
}

/// What may go now. `is_locked`: nobody else claims it until the transaction ends.
async fn due(
    link: &mut Link,
    now: DateTime<Utc>,
    is_locked: bool,
) -> Result<Vec<Waiting>, DbError> {
    let is_free = Expr::col("leased_until")
        .is_null()
        .or(Expr::col("leased_until").lte(now));
    let mut select = Query::select();
    select
        .columns(["id", "alert_id", "position", "event"])
        .from(TABLE)
        .and_where(db::is_word("state", name(State::Waiting)))
        .and_where(Expr::col("next_at").lte(now))
        .and_where(is_free)
        .order_by("position", Order::Asc)
        .limit(AT_ONCE);
    if is_locked {
        select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let rows = link.rows(&select).await?;
    rows.iter().map(waiting_of).collect()
}

fn waiting_of(row: &Row) -> Result<Waiting, DbError> {
    Ok(Waiting {
        id: row.id(0)?.ok_or_else(damaged)?,
        alert: row.id(1)?.ok_or_else(damaged)?,
        position: row.integer(2)?.ok_or_else(damaged)?,
        is_raised: row.text(3)?.as_deref() == Some(name(Event::Raised)),
    })
}

/// All that waits of some alerts, and what was said after it.
async fn others(link: &mut Link, alerts: HashSet<Uuid>) -> Result<Vec<Other>, DbError> {
    let mut select = Query::select();
    select
        .columns(["alert_id", "position", "state"])
        .from(TABLE)
        .and_where(Expr::col("alert_id").is_in(alerts));
    let rows = link.rows(&select).await?;
    let others = rows.iter().map(|row| {
        Ok(Other {
            alert: row.id(0)?.ok_or_else(damaged)?,
            position: row.integer(1)?.ok_or_else(damaged)?,
            is_waiting: row.text(2)?.as_deref() == Some(name(State::Waiting)),
        })
    });
    others.collect()
}

/// Another message of the same alert.
#[derive(Debug, Clone, Copy)]
struct Other {
    alert: Uuid,
    position: i64,
    is_waiting: bool,
}

impl Other {
    fn is_before(&self, it: &Waiting) -> bool {
        self.is_waiting && self.position < it.position
    }
}

/// Notes what became of a message, unless its lease has ended and somebody else has it.
pub async fn settle(
    db: &Db,
    instance: Uuid,
    it: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut link = db.write().await?;
    let mut select = Query::select();
    select
        .column("id")
        .from(TABLE)
        .and_where(Expr::col("id").eq(it.id))
        .and_where(Expr::col("leased_by").eq(instance))
        .and_where(Expr::col("attempts").eq(it.attempts))
        .lock_exclusive();
    if link.row(&select).await?.is_none() {
        return Ok(());
    }
    let done = |status: &u16| Some(status.to_string());
    match outcome {
        Outcome::Delivered(status) => {
            finish(&mut link, it.id, State::Delivered, done(status), now).await?;
        }
        Outcome::Refused(status) => {
            finish(&mut link, it.id, State::Refused, done(status), now).await?;
        }
        Outcome::Retry { answer, .. } if now - it.created_at > GIVE_UP_AFTER => {
            finish(&mut link, it.id, State::Expired, Some(answer.clone()), now).await?;
        }
        Outcome::Retry { answer, wait } => {
            let wait = Ord::max(jitter(it.attempts), wait.unwrap_or_default());
            let mut update = Query::update();
            update
                .table(TABLE)
                .value("next_at", now + Ord::min(wait, TimeDelta::days(1)))
                .value("answer", answer.as_str())
                .value("leased_until", Option::<DateTime<Utc>>::None)
                .value("leased_by", Option::<Uuid>::None)
                .and_where(Expr::col("id").eq(it.id));
            link.run(&update).await?;
        }
    }
    link.commit().await
}

/// Any time up to 1 s, 2 s, 4 s … an hour: those that failed together do not come back together.
fn jitter(attempts: i64) -> TimeDelta {
    let doublings = Ord::min(u32::try_from(attempts - 1).unwrap_or(0), 12);
    let longest = Ord::min(TimeDelta::seconds(1 << doublings), WAIT_MAX);
    let longest = Ord::max(longest.num_milliseconds(), 1);
    TimeDelta::milliseconds(rand::rng().random_range(0..=longest))
}

async fn finish(
    link: &mut Link,
    id: Uuid,
    state: State,
    answer: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let mut update = Query::update();
    update
        .table(TABLE)
        .value("state", name(state))
        .value("finished_at", now)
        .value("leased_until", Option::<DateTime<Utc>>::None)
        .value("leased_by", Option::<Uuid>::None)
        .and_where(Expr::col("id").eq(id));
    if let Some(answer) = answer {
        update.value("answer", answer);
    }
    link.run(&update).await?;
    Ok(())
}
