//! Ready files: a whole database in this program's schema with everything that Central holds
//! at one place of its sequence, and nothing else: no mutations, no drafts, no settings but
//! that place.
//!
//! [`build`] makes one, on Central for the desks or on a desk from rows; [`check`] tells
//! whether one can be trusted; [`take_in`] makes its content that of a desk. Where a file
//! comes from is no concern here.

pub mod build;
pub mod check;
mod interrupt;
pub mod take_in;

pub use build::Builder;
pub use check::check;
pub use take_in::TakenIn;

use servease_wire::sync::Checkpoint;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};

use crate::Result;

/// Where in Central's sequence a file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub epoch: String,
    pub seq: i64,
    pub stamp: i64,
    /// The newest place of which a row may know: later where rows were read one page after the
    /// other.
    pub newest: Checkpoint,
}

/// Pages kept in memory while a whole database passes through: 64 MiB.
const CACHE_KIB: &str = "-65536";

async fn connect(options: SqliteConnectOptions) -> Result<SqliteConnection> {
    Ok(SqliteConnection::connect_with(&options).await?)
}
