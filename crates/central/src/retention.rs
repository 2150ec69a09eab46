//! What is kept for a time only: the change sequence with its tombstones, and the answers to
//! requests and mutations. A desk that was away longer takes a snapshot.
//!
//! Changes carry the clock of whoever made them, and this machine's own clock may have been
//! wrong for a while. So age is counted in days on which the service ran: each leaves a mark
//! with the last number of the sequence, and what lies before the oldest of the marks that
//! count may go. A day with a wrong date moves that by one day, not by years.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::db::{Db, DbError};
use crate::sync::feed::{self, Ends};
use crate::{changes, ledger};

/// A desk may be away for half a year.
pub const KEEP_DAYS_MIN: u32 = 180;

/// Five years: the history of a car is told from these changes, and people ask for it.
pub const KEEP_DAYS_DEFAULT: u32 = 5 * 365;

/// How many of the days may have had a wrong date.
const WRONG_DAYS: u64 = 7;

/// How many changes are forgotten in one transaction: some 20 ms, for which writers wait.
const AT_ONCE: i64 = 2_000;

/// A day is noticed within the hour.
const LOOK_EVERY: Duration = Duration::from_secs(3_600);

/// Marks are kept in `meta`, one a day: this and the date.
const MARK: &str = "day ";

/// The task that forgets. It ends when it is told to.
#[derive(Debug)]
pub struct Retention {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Retention {
    /// Looks at once, and then every hour.
    pub fn start(db: Db, keep_days: u32) -> Retention {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            loop {
                let now = clock::now();
                tokio::select! {
                    () = stopped.cancelled() => return,
                    looked = forget_old(&db, now, keep_days) => tell(looked),
                }
                tokio::select! {
                    () = stopped.cancelled() => return,
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        });
        Retention { stop, task }
    }

    /// Ends the task; a transaction that it was in is taken back.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "forgetting old changes ended with an error");
        }
    }
}

fn tell(looked: Result<Forgotten, DbError>) {
    match looked {
        Ok(Forgotten {
            changes: 0,
            answers: 0,
        }) => {}
        Ok(forgotten) => tracing::info!(
            changes = forgotten.changes,
            answers = forgotten.answers,
            "forgot what is older than is kept"
        ),
        // The next look finds the same again. Another instance may have been quicker.
        Err(error) => tracing::warn!(%error, "old changes could not be forgotten now"),
    }
}

/// How much was forgotten.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    pub changes: u64,
    pub answers: u64,
}

/// Leaves today's mark, and forgets what was there before the last `keep_days` days on which
/// there was one. `now` is this machine's clock.
pub async fn forget_old(db: &Db, now: DateTime<Utc>, keep_days: u32) -> Result<Forgotten, DbError> {
    leave_mark(db, now.date_naive()).await?;
    let Some(mark) = last_to_go(db, keep_days).await? else {
        return Ok(Forgotten::default());
    };
    let mut forgotten = Forgotten::default();
    loop {
        let oldest = Ends::read(&mut db.read().await?, None).await?.oldest;
        if oldest > mark.seq {
            break;
        }
        let up_to = Ord::min(mark.seq, oldest.saturating_add(AT_ONCE - 1));
        forgotten.changes += feed::forget(db, up_to).await?;
    }
    let mut link = db.write().await?;
    let before = mark.day.and_time(NaiveTime::MIN).and_utc();
    forgotten.answers = ledger::forget_before(&mut link, before).await?;
    let mut delete = Query::delete();
    delete
        .from_table("meta")
        .and_where(Expr::col("name").like(format!("{MARK}%")))
        .and_where(Expr::col("name").lt(mark.name()));
    link.run(&delete).await?;
    link.commit().await?;
    Ok(forgotten)
}

/// Everything up to `seq` was there on this day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    day: NaiveDate,
    seq: i64,
}

impl Mark {
    /// Sorted as the days are.
    fn name(&self) -> String {
        format!("{MARK}{}", self.day)
    }
}

/// The first look of a day leaves its mark; of several instances, the first one's.
async fn leave_mark(db: &Db, day: NaiveDate) -> Result<(), DbError> {
    let mut link = db.write().await?;
    let seq = changes::last_seq(&mut link).await?;
    let mark = Mark { day, seq };
    let mut insert = Query::insert();
    insert
        .into_table("meta")
        .columns(["name", "value"])
        .values_panic([Expr::val(mark.name()), Expr::val(seq.to_string())])
        .on_conflict(OnConflict::column("name").do_nothing().to_owned());
    link.run(&insert).await?;
    link.commit().await
}

/// The newest mark behind those of the days that count. Today, which is not over yet, does not.
async fn last_to_go(db: &Db, keep_days: u32) -> Result<Option<Mark>, DbError> {
    let mut select = Query::select();
    select
        .columns(["name", "value"])
        .from("meta")
        .and_where(Expr::col("name").like(format!("{MARK}%")))
        .order_by("name", Order::Desc)
        .offset(u64::from(Ord::max(keep_days, KEEP_DAYS_MIN)) + WRONG_DAYS + 1)
        .limit(1);
    let Some(row) = db.read().await?.row(&select).await? else {
        return Ok(None);
    };
    let name = row.text(0)?.unwrap_or_default();
    let day = name.strip_prefix(MARK).and_then(|day| day.parse().ok());
    let seq = row.text(1)?.and_then(|seq| seq.parse().ok());
    Ok(day.zip(seq).map(|(day, seq)| Mark { day, seq }))
}
