//! How far a state that is taken row by row has come, as it is kept between two pages.

use serde::{Deserialize, Serialize};
use servease_wire::sync::RowsAnswer;
use uuid::Uuid;

/// How far a snapshot has come, and to which change it belongs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct SnapshotPlace {
    pub epoch: String,
    pub seq: i64,
    pub stamp: i64,
    pub entity: Option<String>,
    pub after: Option<Uuid>,
    pub rows: u64,
    pub total: u64,
    /// Central was restored: what it does not have it has lost.
    #[serde(default)]
    pub is_after_rewind: bool,
    /// Rows of this pass that referred to one which had not come, or may.
    pub too_early: u64,
    pub passes: u32,
    /// Nothing is left to ask for.
    #[serde(default)]
    pub is_complete: bool,
}

impl SnapshotPlace {
    /// Before a first page.
    pub fn of(page: &RowsAnswer) -> SnapshotPlace {
        SnapshotPlace {
            epoch: page.epoch.clone(),
            seq: page.seq,
            stamp: page.stamp,
            total: page.total,
            ..SnapshotPlace::default()
        }
    }

    /// A page was read, in this pass or an earlier one.
    pub fn has_begun(&self) -> bool {
        !self.epoch.is_empty()
    }

    /// Whether a page goes on where this place is. Where it does not, Central was restored.
    pub fn precedes(&self, page: &RowsAnswer) -> bool {
        !self.has_begun() || (self.epoch == page.epoch && page.seq >= self.seq)
    }
}
