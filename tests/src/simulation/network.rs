//! The line between a desk and Central, and what goes wrong on it and at its ends.
//!
//! A crash shows at the next call: every step of a desk and every push at Central is one
//! transaction, so that a program that dies in the middle of one is as if it had died before.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Serialize;
use serde::de::DeserializeOwned;
use servease_central::sync::screening::Sender;
use servease_central::sync::{SyncError, feed, push, rows};
use servease_domain::rights::Account;
use servease_store::Store;
use servease_sync::remote::FilePart;
use servease_sync::{Remote, RemoteError};
use servease_wire::sync::{
    BeginAnswer, BeginQuery, ChangesAnswer, ChangesQuery, CommonAnswer, CommonQuery, Push,
    PushAnswer, RefusalCode, RowsAnswer, RowsQuery,
};
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use uuid::Uuid;

use super::machine::{CentralPc, Pages, limit_pages};
use super::{Options, Sabotage, Tally};

/// Fails calls; shared by all desks of a scenario.
#[derive(Debug)]
pub struct Network {
    random: Mutex<StdRng>,
    /// Of a thousand calls, how many go wrong.
    pub per_mille: u32,
    pub sabotage: Option<Sabotage>,
    /// Pushes that are still on their way, to arrive once more later.
    delayed: Mutex<Vec<Push>>,
    pub tally: Mutex<Tally>,
    /// Fields of mutations of which a desk said that their author has replaced them since. A desk
    /// and its clone may send the same mutation, and only one of them replaced it.
    pub replaced: Mutex<HashSet<(Uuid, String)>>,
    /// Told when the program that is syncing dies.
    death: Notify,
    /// What happened, line by line, where it was asked for.
    course: Option<Mutex<Vec<String>>>,
}

pub(super) enum Fault {
    None,
    LostOnTheWay,
    AnswerLost,
    Twice,
    OnceMoreLater,
    Html,
    Busy,
    SignedOut,
    TooOld,
    /// The desk's program dies before the call, or with the answer in its hands.
    DeskDies,
    DeskDiesAnswered,
    /// The same, and what it was writing beside is not written.
    DeskDiesWriting,
    /// Central's disk is full.
    CentralFull,
}

impl Network {
    pub fn new(seed: u64, per_mille: u32, options: Options) -> Network {
        Network {
            random: Mutex::new(StdRng::seed_from_u64(seed)),
            per_mille,
            sabotage: options.sabotage,
            delayed: Mutex::default(),
            tally: Mutex::default(),
            replaced: Mutex::default(),
            death: Notify::new(),
            course: options.is_traced.then(Mutex::default),
        }
    }

    pub fn tell(&self, line: impl FnOnce() -> String) {
        if let Some(course) = &self.course {
            course.lock().expect("course").push(line());
        }
    }

    pub fn take_course(self) -> Vec<String> {
        self.course
            .map(|course| course.into_inner().expect("course"))
            .unwrap_or_default()
    }

    fn count(&self, what: &'static str) {
        self.tally.lock().expect("tally").count(what);
    }

    fn roll(&self, below: u32) -> u32 {
        self.random.lock().expect("random").random_range(0..below)
    }

    pub(super) fn fault(&self) -> Fault {
        if self.roll(1_000) >= self.per_mille {
            return Fault::None;
        }
        let (fault, name) = match self.roll(20) {
            0..=2 => (Fault::LostOnTheWay, "request lost"),
            3..=6 => (Fault::AnswerLost, "answer lost"),
            7..=8 => (Fault::Twice, "delivered twice"),
            9..=11 => (Fault::OnceMoreLater, "delivered again later"),
            12 => (Fault::Html, "proxy page"),
            13 => (Fault::Busy, "busy"),
            14 => (Fault::SignedOut, "token revoked"),
            15 => (Fault::TooOld, "version refused"),
            16 => (Fault::DeskDies, "desk died before a call"),
            17 => (Fault::DeskDiesAnswered, "desk died with an answer"),
            18 => (Fault::DeskDiesWriting, "desk died with two answers"),
            _ => (Fault::CentralFull, "Central's disk full"),
        };
        self.count(name);
        fault
    }

    /// The program dies here: whoever runs it hears of it and drops it.
    async fn die<T>(&self) -> T {
        self.death.notify_one();
        std::future::pending().await
    }

    /// Waits until the program that is syncing has died.
    pub async fn death(&self) {
        self.death.notified().await;
    }

    /// Takes out a push that arrives late.
    pub fn take_delayed(&self) -> Option<Push> {
        let mut delayed = self.delayed.lock().expect("delayed");
        if delayed.is_empty() {
            return None;
        }
        let at = self
            .random
            .lock()
            .expect("random")
            .random_range(0..delayed.len());
        Some(delayed.swap_remove(at))
    }
}

/// A desk's end of the line, for one run.
#[derive(Debug)]
pub struct Line<'w> {
    pub network: &'w Network,
    pub central: &'w CentralPc,
    /// The desk's; none where nobody waits for the answer.
    pub store: Option<&'w Store>,
    pub now: DateTime<Utc>,
}

pub(super) fn refused(error: SyncError) -> RemoteError {
    match error {
        SyncError::Refused(refusal) => RemoteError::Refused {
            code: refusal.code,
            detail: refusal.detail,
        },
        SyncError::Database(error) if error.is_transient() => RemoteError::Busy {
            status: 503,
            retry_after: None,
        },
        SyncError::Database(error) => panic!("Central's database failed: {error:?}"),
    }
}

pub(super) fn cut() -> RemoteError {
    RemoteError::Unreachable("the line was cut".to_owned())
}

impl Line<'_> {
    /// Now and then a message really becomes JSON and back.
    fn through_json<T: Serialize + DeserializeOwned>(&self, message: T) -> T {
        if self.network.roll(8) > 0 {
            return message;
        }
        let text = serde_json::to_string(&message).expect("JSON");
        serde_json::from_str(&text).expect("the same message")
    }

    fn tell<A: Serialize>(
        &self,
        what: &str,
        question: &impl Serialize,
        answer: &Result<A, RemoteError>,
    ) {
        self.network.tell(|| {
            let question = serde_json::to_string(question).expect("JSON");
            let answer = match answer {
                Ok(answer) => serde_json::to_string(answer).expect("JSON"),
                Err(error) => error.to_string(),
            };
            format!("  {what} {question}\n    -> {answer}")
        });
    }

    /// Keeps the desk from writing, or waits until it has written: where a program dies that
    /// does both at once follows from the seed alone.
    async fn hold(&self) -> Option<PoolConnection<Sqlite>> {
        Some(self.store?.write().await.expect("connection"))
    }

    pub(super) async fn before(&self, fault: Fault) -> Result<Fault, RemoteError> {
        match fault {
            Fault::LostOnTheWay => Err(cut()),
            Fault::Html => Err(RemoteError::NotCentral("text/html".to_owned())),
            Fault::Busy => Err(RemoteError::Busy {
                status: 503,
                retry_after: Some(Duration::from_secs(1)),
            }),
            Fault::SignedOut => Err(RemoteError::SignedOut),
            Fault::TooOld => Err(RemoteError::Refused {
                code: RefusalCode::DeskTooOld,
                detail: String::new(),
            }),
            Fault::DeskDies => self.network.die().await,
            other => Ok(other),
        }
    }

    /// What reaches the desk of an answer.
    pub(super) async fn after<A: Serialize + DeserializeOwned>(
        &self,
        fault: Fault,
        answer: A,
    ) -> Result<A, RemoteError> {
        match fault {
            Fault::AnswerLost => Err(cut()),
            Fault::DeskDiesAnswered => {
                // What it was writing meanwhile is written.
                drop(self.hold().await);
                self.network.die().await
            }
            Fault::DeskDiesWriting => self.network.die().await,
            _ => Ok(self.through_json(answer)),
        }
    }

    async fn limit_central(&self, pages: Pages) {
        let mut conn = self.central.pool.acquire().await.expect("connection");
        limit_pages(&mut conn, pages).await;
    }

    pub async fn deliver(&self, message: &Push) -> Result<PushAnswer, RemoteError> {
        if self.network.sabotage == Some(Sabotage::Ledger) {
            sqlx::query("DELETE FROM ledger")
                .execute(&self.central.pool)
                .await
                .expect("sabotage");
        }
        let mut message = message.clone();
        if self.network.sabotage == Some(Sabotage::FieldMerge) {
            pretend_nothing_changed(self.central, &mut message).await;
        }
        let answer = push::push(
            &self.central.db,
            &self.central.epoch,
            self.now,
            &Sender::trusted(),
            &message,
        )
        .await
        .map_err(refused);
        if self.network.sabotage == Some(Sabotage::Consequences) {
            let by_arrival = "UPDATE vehicles SET last_service_date = coalesce((SELECT performed_at \
                 FROM service_records AS s WHERE s.vehicle_id = vehicles.id \
                 AND s.deleted_at IS NULL ORDER BY s.seq DESC LIMIT 1), last_service_date)";
            let settled = sqlx::query(by_arrival).execute(&self.central.pool).await;
            settled.expect("sabotage");
        }
        self.tell("push", &message, &answer);
        if answer.is_ok() {
            let mut replaced = self.network.replaced.lock().expect("replaced");
            for mutation in &message.mutations {
                replaced.extend(
                    mutation
                        .replaced
                        .iter()
                        .map(|name| (mutation.id, name.clone())),
                );
            }
        }
        answer
    }
}

/// Sabotage: the base version of every field is what Central holds by now.
async fn pretend_nothing_changed(central: &CentralPc, message: &mut Push) {
    for mutation in &mut message.mutations {
        let Some(kind) = servease_domain::EntityKind::from_name(&mutation.entity) else {
            continue;
        };
        let mut link = central.db.read().await.expect("link");
        let found = servease_central::store::records::find(&mut link, kind, mutation.record)
            .await
            .expect("record");
        if let Some(stored) = found {
            for (name, seen) in &mut mutation.before {
                *seen = stored.record.get(name).to_json();
            }
        }
    }
}

impl Remote for Line<'_> {
    async fn push(&self, message: &Push) -> Result<PushAnswer, RemoteError> {
        let fault = self.network.fault();
        let _held = match fault {
            Fault::DeskDies | Fault::DeskDiesWriting => self.hold().await,
            _ => None,
        };
        let fault = self.before(fault).await?;
        let message = self.through_json(message.clone());
        if matches!(fault, Fault::OnceMoreLater) {
            let copy = message.clone();
            self.network.delayed.lock().expect("delayed").push(copy);
        }
        if matches!(fault, Fault::Twice) {
            let _ = self.deliver(&message).await;
        }
        let answer = match fault {
            Fault::CentralFull => {
                self.limit_central(Pages::AsMany).await;
                let answer = self.deliver(&message).await;
                self.limit_central(Pages::Any).await;
                answer?
            }
            _ => self.deliver(&message).await?,
        };
        self.after(fault, answer).await
    }

    async fn changes(&self, query: &ChangesQuery) -> Result<ChangesAnswer, RemoteError> {
        let fault = self.before(self.network.fault()).await?;
        let answer = feed::changes(&self.central.db, &self.central.epoch, Account::ADMIN, query)
            .await
            .map_err(refused);
        self.tell("changes", query, &answer);
        let mut answer = answer?;
        if self.network.sabotage == Some(Sabotage::CursorOrder)
            && answer.entries.len() > 1
            && self.network.roll(4) == 0
        {
            let at = answer.entries.len() - 2;
            answer.entries.remove(at);
        }
        self.after(fault, answer).await
    }

    async fn common(&self, query: &CommonQuery) -> Result<CommonAnswer, RemoteError> {
        let fault = self.before(self.network.fault()).await?;
        let answer = feed::common(&self.central.db, &self.central.epoch, query)
            .await
            .map_err(refused);
        self.tell("common", query, &answer);
        let answer = answer?;
        self.after(fault, answer).await
    }

    async fn rows(&self, query: &RowsQuery) -> Result<RowsAnswer, RemoteError> {
        let fault = self.before(self.network.fault()).await?;
        let answer = rows::rows(&self.central.db, &self.central.epoch, Account::ADMIN, query)
            .await
            .map_err(refused);
        self.tell("rows", query, &answer);
        let answer = answer?;
        self.after(fault, answer).await
    }

    /// The simulated desks have no files to put one into, and never ask.
    async fn begin(&self, _: &BeginQuery) -> Result<Option<BeginAnswer>, RemoteError> {
        Ok(None)
    }

    async fn file(&self, _: &str, _: u64) -> Result<Option<FilePart>, RemoteError> {
        Ok(None)
    }
}
