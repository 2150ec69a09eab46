//! ServEase Central: the `/api/v1` service.
//!
//! `db` (two databases behind one face) ← `store` (records and lists) ← `changes` (the one
//! place that writes) ← `commands` and `views` (what clients have done, what they are shown)
//! ← `http`. Files of documents are `files`, in a folder or a bucket. Rules and JSON forms live
//! in the `domain` and `wire` crates.

pub mod adopt;
pub mod alerts;
pub mod auth;
pub mod backup;
pub mod caller;
pub mod changes;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod db;
pub mod door;
pub mod failure;
pub mod files;
pub mod garage;
pub mod handover;
pub mod http;
pub mod ledger;
pub mod meta;
pub mod retention;
pub mod running;
pub mod serve;
pub mod store;
pub mod sync;
pub mod views;

pub use config::Config;
pub use serve::{Running, start};
