//! The real `servease` on real data folders.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod alerts;
mod documents;
mod faults;
mod input;
mod isolated;
mod kill;
mod kinds;
mod licence;
mod lists;
mod program;
mod records;
mod support;
mod versions;
