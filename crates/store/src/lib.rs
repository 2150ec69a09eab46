//! The desk's SQLite database: one file that holds the records, the mutation log, the search
//! index and this PC's settings.
//!
//! Reads and writes take a connection, so that a use case decides what one transaction
//! holds. Nothing here knows rules, words or the network, and nothing reads a clock.

mod adopt;
pub mod alerts;
pub mod bulk;
mod columns;
pub mod consequences;
mod damage;
pub mod documents;
mod error;
pub mod files;
mod forms;
pub mod garage;
mod gathered;
pub mod lists;
pub mod log;
mod open;
pub mod papers;
pub mod ready;
pub mod rows;
pub mod search;
pub mod settings;
mod step;
pub mod steps;
mod stored;
pub mod sync;

pub use error::StoreError;
pub use log::{Mutation, Origin, State};
pub use open::{Reads, Store, Versions, known_schema};
pub use servease_domain::Action;
/// What reads and writes are asked of.
pub use sqlx::SqliteConnection as Connection;
pub use step::{Author, Changed, Committed, Moment, Step};

/// The result of everything here.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
