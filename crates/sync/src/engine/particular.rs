//! What shows to this account and not to everybody: private notes. It is in no ready file, and another
//! account that signs in on this PC sees other ones.

use serde::{Deserialize, Serialize};
use servease_store::sync::{snapshot, state};
use servease_wire::sync::{PROTOCOL, RefusalCode, RowsQuery};
use uuid::Uuid;

use super::Run;
use crate::failure::SyncFailure;
use crate::remote::Remote;

/// How far it has come, as it is kept between two pages.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    entity: Option<String>,
    after: Option<Uuid>,
}

impl<R: Remote> Run<'_, R> {
    /// Takes one page. After the last one what this account may not see goes from sight.
    ///
    /// A row may refer to something that is newer than the cursor: then the row itself was changed
    /// since, and the feed brings it after what it refers to.
    pub(super) async fn take_particular(
        &mut self,
        state: &state::SyncState,
    ) -> Result<(), SyncFailure> {
        let stored = state.particular.as_deref().unwrap_or_default();
        // A place that does not read is the beginning.
        let place: Place = serde_json::from_str(stored).unwrap_or_default();
        let query = RowsQuery {
            protocol: PROTOCOL,
            entity: place.entity.clone(),
            after: place.after,
            limit: self.limits.rows,
            particular: true,
        };
        let page = self.remote.rows(&query).await?;
        if state
            .epoch
            .as_ref()
            .is_some_and(|known| *known != page.epoch)
        {
            self.known.refusal = Some(RefusalCode::EpochChanged);
            return Ok(());
        }
        let mut tx = self.store.begin_plain().await?;
        if state::load(&mut tx).await?.particular != state.particular {
            // Another program was quicker, or somebody else has signed in.
            return Ok(());
        }
        if place.entity.is_none() {
            snapshot::begin(&mut tx).await?;
        }
        let mut changed = snapshot::apply(&mut tx, &page.rows, page.seq)
            .await?
            .changed;
        let next = match page.rows.last().filter(|_| !page.is_last) {
            Some(row) => {
                let next = Place {
                    entity: Some(row.entity.clone()),
                    after: Some(row.record),
                };
                serde_json::to_string(&next).unwrap_or_default()
            }
            None if page.is_last => {
                changed.extend(snapshot::finish_particular(&mut tx).await?);
                String::new()
            }
            None => return Err(SyncFailure::Stuck("the private notes stand still")),
        };
        state::save_particular(&mut tx, &next).await?;
        self.store.commit(tx, changed).await?;
        Ok(())
    }
}
