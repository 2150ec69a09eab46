//! Why a run ended early.

use servease_store::StoreError;

use crate::files::ShelfError;
use crate::remote::RemoteError;

/// Why a run ended early. What was done until then stands.
#[derive(Debug, thiserror::Error)]
pub enum SyncFailure {
    #[error(transparent)]
    Remote(#[from] RemoteError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Central answers, but not by the rules: it confirms nothing, or stands still.
    #[error("the server's answers lead nowhere: {0}")]
    Stuck(&'static str),
    #[error("cancelled")]
    Cancelled,
    /// A file of this PC cannot be used.
    #[error(transparent)]
    Shelf(ShelfError),
}
