//! What a batch of mutations has read, so that each record is read once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_query::{Expr, ExprTrait};
use servease_domain::EntityKind;
use uuid::Uuid;

use crate::changes::Changeset;
use crate::db::DbError;
use crate::store::records::{self, Stored};

/// Records that the batch has read, as they are now in its transaction.
#[derive(Debug, Default)]
pub struct Seen {
    records: HashMap<(EntityKind, Uuid), Option<Arc<Stored>>>,
    /// Unique values that nobody holds, small letters: entity, field, value.
    free: HashSet<(EntityKind, &'static str, String)>,
    /// Phones and plates that no record has which another desk made lately.
    unshared: HashSet<(EntityKind, String)>,
}

impl Seen {
    pub async fn find(
        &mut self,
        work: &mut Changeset,
        kind: EntityKind,
        id: Uuid,
    ) -> Result<Option<Arc<Stored>>, DbError> {
        if let Some(found) = self.records.get(&(kind, id)) {
            return Ok(found.clone());
        }
        let found = records::find_any_for_update(work.link().await?, kind, id).await?;
        let found = found.map(Arc::new);
        self.records.insert((kind, id), found.clone());
        Ok(found)
    }

    /// Reads many records of a kind at once. Those that are not there are remembered too.
    pub async fn load(
        &mut self,
        work: &mut Changeset,
        kind: EntityKind,
        ids: &[Uuid],
    ) -> Result<(), DbError> {
        let mut missing: Vec<Uuid> = ids
            .iter()
            .copied()
            .filter(|id| !self.records.contains_key(&(kind, *id)))
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
            self.records.insert((kind, id), None);
        }
        for stored in records::fetch(work.link().await?, kind, &select).await? {
            self.put(Arc::new(stored));
        }
        Ok(())
    }

    pub fn put(&mut self, stored: Arc<Stored>) {
        self.records
            .insert((stored.record.kind, stored.record.id), Some(stored));
    }

    /// Deletions and restorations take others along: what was read is not true any more.
    pub fn forget(&mut self) {
        self.records.clear();
        self.forget_free();
        self.forget_unshared();
    }

    /// Notes that nobody holds a unique value.
    pub fn note_free(&mut self, kind: EntityKind, field: &'static str, value: &str) {
        self.free.insert((kind, field, value.to_lowercase()));
    }

    /// Whether it is known that nobody holds a value.
    pub fn is_free(&self, kind: EntityKind, field: &'static str, value: &str) -> bool {
        self.free.contains(&(kind, field, value.to_lowercase()))
    }

    /// Somebody holds the value from now on.
    pub fn note_held(&mut self, kind: EntityKind, field: &'static str, value: &str) {
        self.free.remove(&(kind, field, value.to_lowercase()));
    }

    /// Values changed hands: who holds which is asked of the database again.
    pub fn forget_free(&mut self) {
        self.free.clear();
    }

    /// Notes that no record of others has this phone or plate.
    pub fn note_unshared(&mut self, kind: EntityKind, value: &str) {
        self.unshared.insert((kind, value.to_owned()));
    }

    pub fn is_unshared(&self, kind: EntityKind, value: &str) -> bool {
        self.unshared.contains(&(kind, value.to_owned()))
    }

    /// Phones or plates changed: the database is asked again.
    pub fn forget_unshared(&mut self) {
        self.unshared.clear();
    }
}
