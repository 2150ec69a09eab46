//! Syncing with Central: the account, the background task, and what needs somebody.

pub(crate) mod account;
mod conflicts;
mod duplicates;
mod file_task;
mod merging;
pub(crate) mod notice;
pub(crate) mod pace;
pub(crate) mod run;
mod secrets;
pub(crate) mod task;
pub mod views;
mod waiting;
