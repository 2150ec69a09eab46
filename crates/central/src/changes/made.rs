//! What a transaction has made itself. Of a vehicle or customer that is new in it nobody else can
//! have written anything: all its facts are here, and none is read back to see what follows.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use servease_domain::consequences::is_fact_of_vehicle;
use servease_domain::{EntityKind, Kind};
use uuid::Uuid;

use crate::store::records::Stored;

/// New records for which something follows or from which it follows, as they are now.
#[derive(Debug, Default)]
pub(super) struct Made {
    records: HashMap<(EntityKind, Uuid), Arc<Stored>>,
    /// New vehicles and customers all of whose facts are among the records.
    whole: HashSet<(EntityKind, Uuid)>,
}

impl Made {
    pub fn insert(&mut self, stored: &Arc<Stored>) {
        let key = (stored.record.kind, stored.record.id);
        let is_owner = matches!(key.0, EntityKind::Vehicle | EntityKind::Customer);
        if is_owner {
            self.whole.insert(key);
        }
        if is_owner || is_fact_of_vehicle(key.0) {
            self.records.insert(key, Arc::clone(stored));
        }
    }

    /// Columns of a record have changed. Whoever changed it may have read it before something else
    /// of it did: only these count.
    pub fn update(&mut self, stored: &Arc<Stored>, columns: &[&'static str]) {
        let record = &stored.record;
        let Some(known) = self.records.get_mut(&(record.kind, record.id)) else {
            self.note_older(stored);
            return;
        };
        let known = Arc::make_mut(known);
        for column in columns {
            match *column {
                "extra" => known.record.extra.clone_from(&record.extra),
                "deleted_at" => known.record.deleted_at = record.deleted_at,
                "deleted_with" => known.record.deleted_with = record.deleted_with,
                "duplicate_of" => known.record.duplicate_of = record.duplicate_of,
                "field_versions" => known.field_versions.clone_from(&stored.field_versions),
                field => {
                    if record.kind.field(field).is_some() {
                        known.record.values.insert(field, record.get(field).clone());
                    }
                }
            }
        }
        known.record.updated_at = record.updated_at;
        known.seq = stored.seq;
    }

    /// A record that was there before belongs to these now: their facts are not all here.
    fn note_older(&mut self, stored: &Stored) {
        if self.whole.is_empty() || !is_fact_of_vehicle(stored.record.kind) {
            return;
        }
        for field in stored.record.kind.fields() {
            if let Kind::Reference(to) = field.kind
                && let Some(id) = stored.record.get(field.name).as_id()
            {
                self.whole.remove(&(to, id));
            }
        }
    }

    /// Whether every fact of a vehicle or customer is among the records.
    pub fn is_whole(&self, kind: EntityKind, id: Uuid) -> bool {
        self.whole.contains(&(kind, id))
    }

    pub fn get(&self, kind: EntityKind, id: Uuid) -> Option<&Arc<Stored>> {
        self.records.get(&(kind, id))
    }

    /// The live records of a kind that name these in a field, by the record that they name.
    pub fn members(
        &self,
        kind: EntityKind,
        field: &str,
        owners: &HashSet<Uuid>,
    ) -> HashMap<Uuid, Vec<Arc<Stored>>> {
        let mut found = HashMap::<Uuid, Vec<Arc<Stored>>>::new();
        for ((_, _), stored) in self.records.iter().filter(|((of, _), _)| *of == kind) {
            if let Some(owner) = stored.record.get(field).as_id()
                && !stored.record.is_deleted()
                && owners.contains(&owner)
            {
                found.entry(owner).or_default().push(Arc::clone(stored));
            }
        }
        found
    }
}
