//! What people of this PC are told about syncing: that it waits for them, or has been away for long.
//! Once, until it is well again.

use chrono::TimeDelta;
use servease_store::settings;
use strum::{EnumString, IntoStaticStr};

use crate::alerts::notices::{are_wanted, end_of_quiet};
use crate::garage::context::Garage;
use crate::sync::views::{SyncState, SyncStatus};
use crate::{Desk, Result};

/// This PC's alone, and no setting that somebody looks at.
const TOLD: &str = "desk.sync_told";

/// A line that drops is nothing new; a day without one is.
const LONG: TimeDelta = TimeDelta::days(1);

/// What is wrong with syncing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SyncTrouble {
    /// Somebody has to decide or to sign in.
    Attention,
    /// Nothing was heard of Central for a day or longer.
    Away,
}

/// What to do about a notification on syncing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncNotice {
    Leave,
    /// Shown now, in place of what was shown before.
    Show(SyncTrouble),
    /// It is well again.
    Close,
}

impl Desk {
    /// What a PC shows about how syncing stands. What is given out counts as shown; nothing is while
    /// people want quiet.
    pub async fn take_sync_notice(&self, status: &SyncStatus) -> Result<SyncNotice> {
        let now = self.clock.now();
        let is_away = status.last_success.is_some_and(|at| now - at >= LONG);
        let trouble = match status.state {
            SyncState::NeedsAttention => Some(SyncTrouble::Attention),
            SyncState::Offline if is_away => Some(SyncTrouble::Away),
            SyncState::Alone | SyncState::Synced => None,
            // What was told may still be so.
            SyncState::Offline | SyncState::Working | SyncState::Paused => {
                return Ok(SyncNotice::Leave);
            }
        };
        let mut tx = self.store.begin_plain().await?;
        let told = settings::find(&mut tx, TOLD).await?.unwrap_or_default();
        let told: Option<SyncTrouble> = told.parse().ok();
        if told == trouble {
            return Ok(SyncNotice::Leave);
        }
        if trouble.is_some() {
            let garage = Garage::load(&mut tx, now).await?;
            if !are_wanted(&garage) || end_of_quiet(&mut tx, &garage).await?.is_some() {
                return Ok(SyncNotice::Leave);
            }
        }
        settings::set(&mut tx, TOLD, trouble.map_or("", Into::into)).await?;
        self.store.commit(tx, Vec::new()).await?;
        Ok(trouble.map_or(SyncNotice::Close, SyncNotice::Show))
    }
}
