//! Two desks and a Central on a line that never fails: for what must come of what two people do
//! without knowing of each other.

use chrono::{DateTime, TimeDelta, Utc};
use servease_desk::{Clock, Desk};
use servease_store::Store;
use servease_sync::{Limits, Report, sync};
use tokio_util::sync::CancellationToken;

use super::arena::{Arena, start};
use super::machine::CentralPc;
use super::network::{Line, Network};
use super::{Options, check};

/// More rounds than two desks need that have nothing left to tell each other.
const ROUNDS_MAX: usize = 8;

#[derive(Debug)]
pub struct Pair<'a> {
    arena: &'a Arena,
    network: Network,
    central: CentralPc,
    now: DateTime<Utc>,
    /// How many mutations go over the line at once.
    pub batch: usize,
}

impl Arena {
    /// Two desks that know nothing yet, and an empty Central.
    pub async fn pair(&self) -> Pair<'_> {
        self.reset_central().await;
        for desk in 0..2 {
            self.reset_desk(desk).await;
            self.desks[desk].reseed(desk as u64 + 1);
        }
        Pair {
            arena: self,
            network: Network::new(0, 0, Options::default()),
            central: CentralPc {
                pool: self.central.clone(),
                db: self.db(),
                epoch: "epoch".to_owned(),
                backup: None,
            },
            now: start(),
            batch: Limits::default().mutations,
        }
    }
}

impl Pair<'_> {
    /// A third desk that never syncs, to do the same things alone: the arena must have one more.
    pub async fn lone_desk(&self) -> Store {
        self.arena.reset_desk(2).await;
        self.arena.desks[2].reseed(3);
        self.store(2)
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.now
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
        let line = Line {
            network: &self.network,
            central: &self.central,
            store: None,
            now: self.now,
        };
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

    /// The first desk syncs, then the second, and so on until nobody has anything new; then all
    /// sides hold the same.
    pub async fn settle(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let mut moved = 0;
            for at in 0..2 {
                let report = self.sync(at).await;
                moved += report.pushed + report.pulled + report.waiting;
            }
            if moved == 0 {
                break;
            }
        }
        for at in 0..2 {
            let equal = check::desk_equals(&self.central, at, &self.arena.desks[at]).await;
            equal.expect("the desk holds what Central holds");
        }
    }
}
