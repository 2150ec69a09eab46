//! How far a state that is taken row by row has come, as it is kept between two pages.

use serde::{Deserialize, Serialize};
use servease_wire::sync::{Checkpoint, CommonQuery, RowsAnswer};
use uuid::Uuid;

use crate::remote::{Remote, RemoteError};

/// Reading all rows this often and still missing one that another refers to means that
/// Central does not have it.
pub(crate) const PASSES_MAX: u32 = 5;

/// How far a snapshot has come, and to which change it belongs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct SnapshotPlace {
    pub epoch: String,
    pub seq: i64,
    pub stamp: i64,
    /// Central's last change when the newest page was read: a row may tell of everything up to
    /// there, while the log is read from the place of the first page on.
    #[serde(default)]
    pub newest: Option<Checkpoint>,
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

    /// Whether a page goes on where this place is. Where it does not, Central was restored
    /// meanwhile, which Central is asked about if it has changed since the last page: numbers alone
    /// do not tell one past from another.
    pub async fn precedes(
        &self,
        page: &RowsAnswer,
        remote: &impl Remote,
    ) -> Result<bool, RemoteError> {
        if !self.has_begun() {
            return Ok(true);
        }
        let newest = self.newest();
        if self.epoch != page.epoch || page.seq < newest.seq {
            return Ok(false);
        }
        if page.seq == newest.seq {
            return Ok(page.stamp == newest.stamp);
        }
        // Nothing had ever happened: every past begins so.
        if newest.seq == 0 {
            return Ok(true);
        }
        let known = vec![newest];
        let answer = remote.common(&CommonQuery { known }).await?;
        Ok(answer.epoch == self.epoch && answer.base == newest.seq)
    }

    /// The newest place of which a row may know.
    pub fn newest(&self) -> Checkpoint {
        self.newest.unwrap_or(Checkpoint {
            seq: self.seq,
            stamp: self.stamp,
        })
    }

    /// A page of this past was read.
    pub fn note(&mut self, page: &RowsAnswer) {
        self.newest = Some(Checkpoint {
            seq: page.seq,
            stamp: page.stamp,
        });
    }
}
