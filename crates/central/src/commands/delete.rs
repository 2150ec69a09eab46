//! Deleting a record, and with it what belongs to it.

use async_trait::async_trait;
use servease_domain::EntityKind;
use uuid::Uuid;

use super::{Command, Request};
use crate::changes::Changeset;
use crate::failure::ApiFailure;
use crate::ledger::Done;
use crate::sync::{conflicts, unique};
use crate::views;

#[derive(Debug)]
pub struct Delete {
    pub kind: EntityKind,
    pub id: Uuid,
}

#[async_trait]
impl Command for Delete {
    async fn run(&self, work: &mut Changeset, request: &Request) -> Result<Done, ApiFailure> {
        let stored = work.find(self.kind, self.id).await?;
        let stored = stored.ok_or_else(ApiFailure::no_record)?;
        if !views::may_see(work.link().await?, &request.caller, &stored.record).await? {
            return Err(ApiFailure::no_record());
        }
        if stored.record.id != self.id {
            // Whoever has the id of one record means to delete no other.
            return Err(ApiFailure::MergedAway {
                into: stored.record.id,
            });
        }
        request.check_version(stored.seq)?;
        work.delete(&stored).await?;
        unique::settle_orphans(work).await?;
        conflicts::end(work, self.kind, self.id, [conflicts::DELETED].into_iter()).await?;
        Ok(Done::deleted())
    }
}
