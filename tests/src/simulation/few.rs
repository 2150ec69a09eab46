//! A few desks and a Central on a line that never fails: for what must come of what two people do
//! without knowing of each other.

use chrono::{DateTime, TimeDelta, Utc};
use servease_central::sync::feed;
use servease_desk::{Clock, Desk};
use servease_store::Store;
use servease_store::sync::outbox::{self, Place};
use servease_store::sync::{answers, state};
use servease_sync::{Limits, Remote as _, Report, sync};
use servease_wire::sync::{Checkpoint, PROTOCOL, Push};
use tokio_util::sync::CancellationToken;

use super::arena::{Arena, start};
use super::disks::FilesImage;
use super::image::Image;
use super::machine::{CentralBackup, CentralPc};
use super::network::{Line, Network};
use super::{Options, check};

/// More rounds than desks need that have nothing left to tell each other.
const ROUNDS_MAX: usize = 8;

#[derive(Debug)]
pub struct Few<'a> {
    arena: &'a Arena,
    network: Network,
    central: CentralPc,
    now: DateTime<Utc>,
    desks: usize,
    /// How many mutations go over the line at once.
    pub batch: usize,
}

impl Arena {
    /// Two desks that know nothing yet, and an empty Central.
    pub async fn pair(&self) -> Few<'_> {
        self.few(2).await
    }

    /// So many desks that know nothing yet, and an empty Central. The arena must have as many.
    pub async fn few(&self, desks: usize) -> Few<'_> {
        self.reset_central().await;
        for desk in 0..desks {
            self.reset_desk(desk).await;
            self.desks[desk].reseed(desk as u64 + 1);
        }
        Few {
            arena: self,
            network: Network::new(0, 0, Options::default()),
            central: CentralPc {
                pool: self.central.clone(),
                db: self.db(),
                epoch: "epoch".to_owned(),
                backup: None,
                files: None,
            },
            now: start(),
            desks,
            batch: Limits::default().mutations,
        }
    }
}

impl Few<'_> {
    /// A third desk that never syncs, to do the same things alone: the arena must have one more.
    pub async fn lone_desk(&self) -> Store {
        self.arena.reset_desk(2).await;
        self.arena.desks[2].reseed(3);
        self.store(2)
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Lets time pass.
    pub fn pass(&mut self, time: TimeDelta) {
        self.now += time;
    }

    /// A desk as somebody finds it now whose clock is so far off.
    pub fn desk_with_clock_off(&self, at: usize, off: TimeDelta) -> Desk {
        Desk::over(self.store(at), Clock::fixed(self.now + off))
    }

    /// A desk as somebody finds it a minute later.
    pub fn desk(&mut self, at: usize) -> Desk {
        self.now += TimeDelta::minutes(1);
        Desk::over(self.store(at), Clock::fixed(self.now))
    }

    pub fn store(&self, at: usize) -> Store {
        self.arena.desks[at].clone()
    }

    /// Sends what waits on a desk and reads what is new.
    pub async fn sync(&mut self, at: usize) -> Report {
        let line = self.line();
        let now = self.now;
        let clock = move || now;
        let limits = Limits {
            mutations: self.batch,
            ..Limits::default()
        };
        let store = self.store(at);
        let cancel = CancellationToken::new();
        let (report, result) = sync(&store, &line, &clock, limits, &cancel, &|_| {}).await;
        result.expect("a run on a line that works");
        report
    }

    /// Sends the first change that waits on a desk; then the line is cut.
    pub async fn send_one(&mut self, at: usize) {
        let store = self.store(at);
        let (state, sent) = {
            let mut conn = store.read().await.expect("a connection");
            let sent = outbox::list_next(&mut conn, Place::FIRST, 1, usize::MAX).await;
            let state = state::load(&mut conn).await.expect("a state");
            (state, sent.expect("what waits"))
        };
        let push = Push {
            protocol: PROTOCOL,
            desk: state.desk.expect("a desk that has synced"),
            epoch: state.epoch,
            known: state.known,
            mutations: sent.iter().map(|out| out.mutation.clone()).collect(),
        };
        let answer = self.line().push(&push).await.expect("an answer");
        let mut tx = store.begin_plain().await.expect("a transaction");
        let applied = answers::apply(&mut tx, &sent, &answer.answers).await;
        let changed = applied.expect("answers").changed;
        let reached = Checkpoint {
            seq: answer.seq,
            stamp: answer.stamp,
        };
        state::save_place(&mut tx, reached).await.expect("a place");
        store.commit(tx, changed).await.expect("a commit");
    }

    /// From now on Central fails on every note of this title, which its database does not take.
    pub async fn fail_on_notes(&self, title: &str) {
        let trigger = format!(
            "CREATE TRIGGER poison BEFORE INSERT ON notes WHEN NEW.title = '{title}' \
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(trigger))
            .execute(&self.central.pool)
            .await
            .expect("a trigger");
    }

    /// Central forgets its changes so far: who has not read them takes the present rows.
    pub async fn forget_changes(&self) {
        feed::forget(&self.central.db, i64::MAX)
            .await
            .expect("forgotten");
    }

    pub async fn back_up_central(&mut self) {
        let mut conn = self.central.pool.acquire().await.expect("a connection");
        let image = Image::of(&mut conn).await;
        self.central.backup = Some(CentralBackup {
            image,
            epoch: self.central.epoch.clone(),
            files: FilesImage::new(),
        });
    }

    /// Puts the backup in the place of what Central holds, and says nothing of it.
    pub async fn restore_central(&self) {
        let backup = self.central.backup.as_ref().expect("a backup");
        self.arena.restore_central(&backup.image).await;
    }

    fn line(&self) -> Line<'_> {
        Line {
            network: &self.network,
            central: &self.central,
            store: None,
            now: self.now,
        }
    }

    /// The first desk syncs, then the second, and so on until nobody has anything new; then all
    /// sides hold the same.
    pub async fn settle(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let mut moved = 0;
            for at in 0..self.desks {
                let report = self.sync(at).await;
                moved += report.pushed + report.pulled + report.waiting;
            }
            if moved == 0 {
                break;
            }
        }
        for at in 0..self.desks {
            let equal = check::desk_equals(&self.central, at, &self.arena.desks[at]).await;
            equal.expect("the desk holds what Central holds");
        }
    }
}
