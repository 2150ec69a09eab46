//! Alerts handed over to the platform's notification service, where there is one.
//!
//! `plan` finds what the service does not know yet and writes it into the `outbox`, a table; `post`
//! sends what waits there. What is said once stays said under its key, however often a line breaks
//! or this program dies: the service is sent the same bytes under the same key until it answers.

mod config;
mod consent;
mod listed;
mod outbox;
mod plan;
mod post;

pub use config::{Notify, NotifyError, SECRET_VARIABLE};
pub use listed::{Notification, count_of_customers, of_customers};
pub use post::{SIGNATURE, signature};

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::outbox::Claimed;
use self::post::{Outcome, Poster};
use crate::alerts::standing::Company;
use crate::db::{Db, DbError};
use crate::{changes, clock};

/// What another instance wrote, and what waits for its next attempt, is noticed within this time.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Silences end at any moment: that is noticed within this time.
const PLAN_EVERY: TimeDelta = TimeDelta::minutes(5);

/// While changes come in one after the other, planning takes no more than this part of the time.
const PART_OF_TIME: u32 = 10;

/// A service that asks for more patience than this is asked again all the same.
const PAUSE_MAX: TimeDelta = TimeDelta::hours(24);

/// The task that hands over. It ends when it is told to.
#[derive(Debug)]
pub struct Handover {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Handover {
    pub fn start(mut work: Work) -> Handover {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let mut news = changes::news();
            loop {
                if let Err(error) = work.round(clock::now(), &stopped).await {
                    // The next round finds the same again.
                    tracing::warn!(%error, "alerts could not be handed over now");
                }
                tokio::select! {
                    () = stopped.cancelled() => return,
                    () = tokio::time::sleep(work.rest()) => {}
                }
                tokio::select! {
                    () = stopped.cancelled() => return,
                    _ = news.changed() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        });
        Handover { stop, task }
    }

    /// Ends the task, once what it is sending is answered.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "handing over ended with an error");
        }
    }
}

/// What was looked at last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Planned {
    seq: i64,
    today: NaiveDate,
    at: DateTime<Utc>,
}

/// What is needed to hand over.
#[derive(Debug)]
pub struct Work {
    db: Db,
    poster: Poster,
    /// This instance, among those that share a database.
    instance: Uuid,
    keep: TimeDelta,
    planned: Option<Planned>,
    planning_took: Duration,
    /// The service has asked to be left alone until then.
    pause_until: Option<DateTime<Utc>>,
}

impl Work {
    /// `keep_days`: how long is kept what was handed over and is over.
    pub fn new(db: Db, notify: Notify, keep_days: u32) -> Result<Work, NotifyError> {
        Ok(Work {
            db,
            poster: Poster::new(notify)?,
            instance: Uuid::new_v4(),
            keep: TimeDelta::days(i64::from(keep_days)),
            planned: None,
            planning_took: Duration::ZERO,
            pause_until: None,
        })
    }

    /// How long to rest before the next round, whatever comes in.
    fn rest(&self) -> Duration {
        Ord::min(self.planning_took * PART_OF_TIME, Duration::from_secs(60))
    }

    /// Plans where anything may have changed, and sends all that waits.
    async fn round(&mut self, now: DateTime<Utc>, stop: &CancellationToken) -> Result<(), DbError> {
        self.plan(now).await?;
        while !stop.is_cancelled() && self.send(clock::now()).await? {}
        Ok(())
    }

    async fn plan(&mut self, now: DateTime<Utc>) -> Result<(), DbError> {
        let mut link = self.db.read().await?;
        let seq = changes::last_seq(&mut link).await?;
        let company = Company::load(&mut link, now).await?;
        drop(link);
        let today = company.moment.today;
        let is_known = self.planned.is_some_and(|last| {
            let is_lately = (now - last.at).abs() < PLAN_EVERY;
            (last.seq, last.today) == (seq, today) && is_lately
        });
        self.planning_took = Duration::ZERO;
        if is_known {
            return Ok(());
        }
        let begun = Instant::now();
        if self.planned.is_none_or(|last| last.today != today) {
            listed::forget_before(&self.db, now - self.keep).await?;
        }
        plan::plan(&self.db, &company).await?;
        self.planned = Some(Planned {
            seq,
            today,
            at: now,
        });
        self.planning_took = begun.elapsed();
        Ok(())
    }

    /// Sends some of what waits. Whether there may be more.
    async fn send(&mut self, now: DateTime<Utc>) -> Result<bool, DbError> {
        // A clock that was set back does not make the pause longer than it may be.
        let is_paused = |until: DateTime<Utc>| now < until && until - now <= PAUSE_MAX;
        if self.pause_until.is_some_and(is_paused) {
            return Ok(false);
        }
        let claimed = outbox::claim(&self.db, self.instance, now).await?;
        let posts = claimed.iter().map(|it| self.post(it, now));
        let outcomes = future::join_all(posts).await;
        for (it, outcome) in claimed.iter().zip(&outcomes) {
            outbox::settle(&self.db, self.instance, it, outcome, clock::now()).await?;
            if let Outcome::Retry {
                wait: Some(wait), ..
            } = outcome
            {
                let until = now + Ord::min(*wait, PAUSE_MAX);
                self.pause_until = Some(self.pause_until.map_or(until, |known| known.max(until)));
            }
        }
        Ok(!claimed.is_empty())
    }

    async fn post(&self, it: &Claimed, now: DateTime<Utc>) -> Outcome {
        let outcome = self.poster.post(&it.key, &it.body, now).await;
        match &outcome {
            Outcome::Delivered(status) => {
                tracing::info!(key = it.key, status, "an alert was handed over");
            }
            Outcome::Retry { answer, .. } => {
                tracing::warn!(
                    key = it.key,
                    answer,
                    "the notification service did not take it"
                );
            }
            Outcome::Refused(status) => {
                tracing::error!(key = it.key, status, "the notification service refused it");
            }
        }
        outcome
    }
}
