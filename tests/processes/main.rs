//! Desks and a Central as real processes over TCP: what syncing does for a user, and what it
//! survives.
//!
//! Run by `cargo xtask test`, which builds the programs first; alone:
//! `cargo build --bins --features servease-tests/processes` and then
//! `cargo nextest run -p servease-tests --features processes -E 'binary(processes)'`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "in a test a panic is the message"
)]

/// A new customer comes with preferences: so many changes.
const A_CUSTOMER: u64 = 2;

mod ages;
mod background;
mod buckets;
mod chaos;
mod conflicts;
mod delivery;
mod disks;
mod duplicates;
mod files;
mod garage;
mod meeting_merges;
mod merging;
mod poison;
mod restores;
mod sealed;
mod secrets;
mod sessions;
mod sign_in;
mod sync_command;
mod undo;
