//! Several desks and a Central in one process: real SQLite in memory on every side, the real
//! engine and the real Central, a network and machines that fail in every way they can.
//!
//! A scenario follows from its seed alone. It makes random edits while everything fails, lets
//! it settle, and checks that nothing was lost and that all sides are equal.
#![expect(
    clippy::panic,
    reason = "a scenario that cannot go on stops by panicking"
)]

mod arena;
mod attacks;
mod central_log;
mod check;
mod disks;
mod edits;
mod few;
mod file_line;
mod image;
mod machine;
mod network;
mod papers;
mod rest;
mod scenario;
mod world;

pub use arena::Arena;
pub use few::Few;
pub use scenario::Violation;

use std::collections::BTreeMap;

/// A part that is broken on purpose: the checks must notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Sabotage {
    /// Central forgets which mutations it has taken in.
    Ledger,
    /// Changes show up behind cursors that have passed them, as with numbers that are taken
    /// before the commit.
    CursorOrder,
    /// Whole rows are written over, as by a client that sends back what it read.
    FieldMerge,
    /// On Central the service that arrived last is the last service of its vehicle.
    Consequences,
    /// Central believes a colleague every word.
    Rights,
}

/// What a scenario is made of.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub desks: usize,
    pub edits: usize,
    /// Others than desks write to Central: a client of REST, and a colleague who forges messages.
    pub has_outsiders: bool,
    /// People take papers in and open them.
    pub has_papers: bool,
    pub sabotage: Option<Sabotage>,
    /// Tell the whole course of events with a violation.
    pub is_traced: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            desks: 3,
            edits: 40,
            has_outsiders: false,
            has_papers: false,
            sabotage: None,
            is_traced: false,
        }
    }
}

/// What happened in scenarios, by name.
#[derive(Debug, Default, Clone)]
pub struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    pub fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    pub fn add(&mut self, what: &'static str, by: u64) {
        *self.0.entry(what).or_default() += by;
    }

    pub fn join(&mut self, other: &Tally) {
        for (what, count) in &other.0 {
            self.add(what, *count);
        }
    }

    pub fn lines(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.0.iter().map(|(what, count)| (*what, *count))
    }
}
