//! The world of a scenario: machines, the network between them, and what people did.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use super::arena::{Arena, start};
use super::central_log::Logged;
use super::disks::{Cabinet, CentralFiles};
use super::edits::{self, Known};
use super::machine::{CentralPc, Confirmed, DeskPc, Edits};
use super::network::Network;
use super::{Options, Tally};

/// Between the seed of a scenario and that of its outsiders.
const OUTSIDERS: u64 = 1 << 40;

/// Between the seed of a scenario and that of its papers.
const PAPERS: u64 = 1 << 42;

pub struct World<'a> {
    pub arena: &'a Arena,
    pub random: StdRng,
    /// Of the outsiders, so that the desks do the same without them.
    pub outsiders: Option<StdRng>,
    pub network: Network,
    pub central: CentralPc,
    pub desks: Vec<DeskPc>,
    pub edits: Edits,
    /// Lines of Central's log that it was made to forget.
    pub forgotten: Vec<Logged>,
    /// Mutations that Central took in without a change, before it was restored: nobody can
    /// notice that it has forgotten them, and nothing is lost with them.
    pub without_effect: HashSet<Uuid>,
    pub now: DateTime<Utc>,
    pub tally: Tally,
    pub papers: Option<Papers>,
}

/// What people and their machines do with papers in a scenario.
pub struct Papers {
    pub random: StdRng,
    /// Contents that somebody took in, by their hash.
    pub taken_in: BTreeMap<String, Vec<u8>>,
    /// Hashes of files that only a dead disk had.
    pub lost: BTreeSet<String>,
    pub count: u32,
}

impl Papers {
    pub fn new(seed: u64) -> Papers {
        Papers {
            random: StdRng::seed_from_u64(seed.wrapping_add(PAPERS)),
            taken_in: BTreeMap::new(),
            lost: BTreeSet::new(),
            count: 0,
        }
    }
}

impl<'a> World<'a> {
    pub async fn new(arena: &'a Arena, seed: u64, options: Options) -> World<'a> {
        let mut random = StdRng::seed_from_u64(seed);
        arena.reset_central().await;
        let mut desks = Vec::new();
        for number in 0..options.desks {
            arena.reset_desk(number).await;
            arena.desks[number].reseed(random.random());
            desks.push(DeskPc {
                store: arena.desks[number].clone(),
                offset: TimeDelta::zero(),
                backup: None,
                noted: 0,
                original: number,
                files: Cabinet::default(),
            });
        }
        // Some days are quiet, others are not.
        let per_mille = *[0, 100, 300, 500]
            .get(random.random_range(0..4_usize))
            .unwrap_or(&100);
        World {
            arena,
            network: Network::new(random.random(), per_mille, options),
            random,
            outsiders: options
                .has_outsiders
                .then(|| StdRng::seed_from_u64(seed.wrapping_add(OUTSIDERS))),
            central: CentralPc {
                pool: arena.central.clone(),
                db: arena.db(),
                epoch: "epoch-0".to_owned(),
                backup: None,
                files: match options.has_papers {
                    true => Some(CentralFiles::new().await),
                    false => None,
                },
            },
            desks,
            edits: Edits::new(),
            forgotten: Vec::new(),
            without_effect: HashSet::new(),
            now: start(),
            tally: Tally::default(),
            papers: options.has_papers.then(|| Papers::new(seed)),
        }
    }

    pub fn tell(&self, line: impl FnOnce() -> String) {
        self.network.tell(line);
    }

    pub async fn note(&mut self, at: usize) {
        let (known, newest) = edits::read_log(&self.desks[at].store, self.desks[at].noted).await;
        self.desks[at].noted = newest;
        self.tally.add("mutations", known.len() as u64);
        for edit in known {
            self.tell(|| {
                let Known {
                    id,
                    kind,
                    record,
                    action,
                    before,
                    after,
                    ..
                } = &edit;
                let (before, after) = (serde_json::json!(before), serde_json::json!(after));
                format!("desk {at} {action} {kind:?} {record}: {before} -> {after} as {id}")
            });
            let confirmed = Confirmed {
                desk: at,
                edit,
                is_forgiven: false,
            };
            self.edits.entry(confirmed.edit.id).or_insert(confirmed);
        }
    }
}
