//! The real program in a real window, driven like a person drives it.
//!
//! Run by `cargo xtask test`, which builds the programs first; alone:
//! `cargo nextest run -p servease-tests --features window --test e2e`.

mod alerts;
mod by_hand;
mod check_in;
mod composition;
mod documents;
mod find;
mod first_run;
mod garage;
mod keyboard;
mod lists;
mod news;
mod opening;
mod records;
mod scanner;
mod screens;
mod settings;
mod sync;
mod trouble;
