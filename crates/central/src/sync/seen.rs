//! What a batch of mutations has read, so that each record is read once.

use std::collections::HashMap;

use sea_query::{Expr, ExprTrait};
use servease_domain::EntityKind;
use uuid::Uuid;

use crate::changes::Work;
use crate::db::DbError;
use crate::store::records::{self, Stored};

/// Records that the batch has read, as they are now in its transaction.
#[derive(Debug, Default)]
pub struct Seen(HashMap<(EntityKind, Uuid), Option<Stored>>);

impl Seen {
    pub async fn find(
        &mut self,
        work: &mut Work,
        kind: EntityKind,
        id: Uuid,
    ) -> Result<Option<Stored>, DbError> {
        if let Some(found) = self.0.get(&(kind, id)) {
            return Ok(found.clone());
        }
        let found = records::find_any_for_update(work.link().await?, kind, id).await?;
        self.0.insert((kind, id), found.clone());
        Ok(found)
    }

    /// Reads many records of a kind at once. Those that are not there are remembered too.
    pub async fn load(
        &mut self,
        work: &mut Work,
        kind: EntityKind,
        ids: &[Uuid],
    ) -> Result<(), DbError> {
        let mut missing: Vec<Uuid> = ids
            .iter()
            .copied()
            .filter(|id| !self.0.contains_key(&(kind, *id)))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        let mut select = records::select(kind);
        select
            .and_where(Expr::col("id").is_in(missing.iter().copied()))
            .order_by("id", sea_query::Order::Asc)
            .lock_exclusive();
        for id in missing {
            self.0.insert((kind, id), None);
        }
        for stored in records::fetch(work.link().await?, kind, &select).await? {
            self.put(stored);
        }
        Ok(())
    }

    pub fn put(&mut self, stored: Stored) {
        self.0
            .insert((stored.record.kind, stored.record.id), Some(stored));
    }

    /// Deletions and restorations take others along: what was read is not true any more.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}
