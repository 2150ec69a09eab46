//! Consequences of what a transaction has changed, worked out anew before it ends.
//!
//! What follows is decided in [`servease_domain::consequences`]; here its facts are read and its
//! answers written. No line of the sequence tells of them; a record that holds something else
//! now takes the number of the change from which that follows, so that its ETag tells.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Order, Query};
use servease_domain::calendar::Calendar;
use servease_domain::consequences::{self, Consequences, VehicleFacts};
use servease_domain::garage::moves_days;
use servease_domain::{EntityKind, Garage, Kind, Record, Values};
use uuid::Uuid;

use super::Changeset;
use crate::db::DbError;
use crate::garage;
use crate::store::records::{self, Stored};

/// Vehicles or customers whose facts are held in memory at once; far below the number of
/// parameters that a statement takes.
const AT_ONCE: usize = 500;

/// Vehicles and customers for which something may follow from what was changed.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    vehicles: BTreeSet<Uuid>,
    customers: BTreeSet<Uuid>,
    /// The garage's days are others: something may follow for every vehicle.
    moves_days: bool,
}

impl Unsettled {
    /// A record was made, died or came back.
    pub fn note(&mut self, record: &Record) {
        self.note_values(record.kind, record.id, &record.values);
    }

    /// Fields of a record were changed: it and what it belonged to before.
    pub fn note_changes(&mut self, record: &Record, before: &Values) {
        self.moves_days |= moves_days(record.kind, before);
        if consequences::is_touched(record.kind, before.keys().copied()) {
            self.note(record);
            self.note_values(record.kind, record.id, before);
        }
    }

    fn note_values(&mut self, kind: EntityKind, id: Uuid, values: &Values) {
        match kind {
            EntityKind::Vehicle => _ = self.vehicles.insert(id),
            EntityKind::Customer => _ = self.customers.insert(id),
            kind if consequences::is_fact_of_vehicle(kind) => {
                for (name, value) in values {
                    let to = kind.field(name).map(|field| field.kind);
                    match (to, value.as_id()) {
                        (Some(Kind::Reference(EntityKind::Vehicle)), Some(id)) => {
                            self.vehicles.insert(id);
                        }
                        (Some(Kind::Reference(EntityKind::Customer)), Some(id))
                            if kind == EntityKind::ServiceRecord =>
                        {
                            self.customers.insert(id);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

/// Vehicles or customers whose facts are wanted.
struct Asked {
    /// Nobody else knows them yet.
    made: HashSet<Uuid>,
    stored: Vec<Uuid>,
}

impl Changeset {
    /// The garage as this transaction leaves it.
    pub async fn garage(&mut self) -> Result<Garage, DbError> {
        garage::load(self.link().await?).await
    }
}

impl Changeset {
    /// Works out what follows from everything that was changed until here. Records that were
    /// read before may show something else now.
    pub async fn settle(&mut self) -> Result<(), DbError> {
        let unsettled = std::mem::take(&mut self.unsettled);
        let vehicles: Vec<Uuid> = unsettled.vehicles.into_iter().collect();
        let customers: Vec<Uuid> = unsettled.customers.into_iter().collect();
        // First what needs nothing of the database: reading writes down what waits, and new
        // records are to go in with what follows for them.
        let (new_vehicles, vehicles) = self.by_newness(EntityKind::Vehicle, vehicles);
        let (new_customers, customers) = self.by_newness(EntityKind::Customer, customers);
        self.settle_vehicles(&new_vehicles).await?;
        self.settle_customers(&new_customers).await?;
        if unsettled.moves_days {
            self.settle_every_vehicle().await?;
        } else {
            for ids in vehicles.chunks(AT_ONCE) {
                self.settle_vehicles(ids).await?;
            }
        }
        for ids in customers.chunks(AT_ONCE) {
            self.settle_customers(ids).await?;
        }
        // What is written later from a record that was read before must not write this over.
        self.link().await?;
        Ok(())
    }

    async fn settle_every_vehicle(&mut self) -> Result<(), DbError> {
        let mut last = Uuid::nil();
        loop {
            let mut select = Query::select();
            select
                .column("id")
                .from(EntityKind::Vehicle.table())
                .and_where(Expr::col("id").gt(last))
                .order_by("id", Order::Asc)
                .limit(AT_ONCE as u64);
            let mut ids = Vec::new();
            for row in self.link().await?.rows(&select).await? {
                ids.extend(row.id(0)?);
            }
            let Some(newest) = ids.last() else {
                return Ok(());
            };
            last = *newest;
            self.settle_vehicles(&ids).await?;
        }
    }

    async fn settle_vehicles(&mut self, ids: &[Uuid]) -> Result<(), DbError> {
        if ids.is_empty() {
            return Ok(());
        }
        let calendar = self.calendar().await?;
        let asked = self.asked(EntityKind::Vehicle, ids);
        let vehicles = self.owners(EntityKind::Vehicle, &asked).await?;
        let mut readings = self
            .members(EntityKind::MileageReading, "vehicle_id", &asked)
            .await?;
        let mut services = self
            .members(EntityKind::ServiceRecord, "vehicle_id", &asked)
            .await?;
        let mut ownerships = self
            .members(EntityKind::Ownership, "vehicle_id", &asked)
            .await?;
        let mut follows = Consequences::new();
        let mut all = Vec::new();
        for vehicle in vehicles {
            let id = vehicle.record.id;
            let of =
                |found: &mut HashMap<Uuid, Vec<Arc<Stored>>>| found.remove(&id).unwrap_or_default();
            let stored = [of(&mut readings), of(&mut services), of(&mut ownerships)];
            let records = stored.each_ref().map(|some| {
                some.iter()
                    .map(|one| one.record.clone())
                    .collect::<Vec<_>>()
            });
            let facts = VehicleFacts {
                vehicle: &vehicle.record,
                readings: &records[0],
                services: &records[1],
                ownerships: &records[2],
            };
            follows.extend(consequences::of_vehicle(&facts, calendar));
            all.extend(stored.into_iter().flatten());
            all.push(vehicle);
        }
        self.write_consequences(all, follows);
        Ok(())
    }

    async fn settle_customers(&mut self, ids: &[Uuid]) -> Result<(), DbError> {
        let asked = self.asked(EntityKind::Customer, ids);
        let customers = self.owners(EntityKind::Customer, &asked).await?;
        let mut services = self
            .members(EntityKind::ServiceRecord, "customer_id", &asked)
            .await?;
        let mut follows = Consequences::new();
        for customer in &customers {
            let visits: Vec<Record> = services
                .remove(&customer.record.id)
                .unwrap_or_default()
                .into_iter()
                .map(|stored| stored.record.clone())
                .collect();
            let key = (EntityKind::Customer, customer.record.id);
            follows.insert(key, consequences::of_customer(&customer.record, &visits));
        }
        self.write_consequences(customers, follows);
        Ok(())
    }

    fn write_consequences(&mut self, records: Vec<Arc<Stored>>, mut follows: Consequences) {
        for stored in records {
            let key = (stored.record.kind, stored.record.id);
            let Some(values) = follows.remove(&key) else {
                continue;
            };
            let differs = stored.record.difference(&values);
            if differs.is_empty() {
                continue;
            }
            let columns: Vec<&'static str> = differs.keys().copied().collect();
            let mut stored = Stored::clone(&stored);
            stored.record.values.extend(differs);
            stored.seq = self
                .last_seq
                .map_or(stored.seq, |last| Ord::max(last, stored.seq));
            self.pending.update(&Arc::new(stored), &columns);
        }
    }

    /// The garage's calendar, as this transaction leaves it.
    async fn calendar(&mut self) -> Result<Calendar, DbError> {
        garage::calendar(self.link_to_older(EntityKind::Garage).await?).await
    }

    /// Those all of whose facts were made in this transaction, and the others.
    fn by_newness(&self, kind: EntityKind, ids: Vec<Uuid>) -> (Vec<Uuid>, Vec<Uuid>) {
        let made = &self.pending.made;
        ids.into_iter().partition(|id| made.is_whole(kind, *id))
    }

    fn asked(&self, kind: EntityKind, ids: &[Uuid]) -> Asked {
        let (made, stored) = self.by_newness(kind, ids.to_vec());
        Asked {
            made: made.into_iter().collect(),
            stored,
        }
    }

    async fn owners(
        &mut self,
        kind: EntityKind,
        asked: &Asked,
    ) -> Result<Vec<Arc<Stored>>, DbError> {
        let made = asked.made.iter();
        let mut found: Vec<Arc<Stored>> = made
            .filter_map(|id| self.pending.made.get(kind, *id).cloned())
            .collect();
        found.extend(self.fetch_in(kind, "id", &asked.stored).await?);
        Ok(found)
    }

    /// The live records that name these in a field, by the record that they name.
    async fn members(
        &mut self,
        kind: EntityKind,
        field: &'static str,
        asked: &Asked,
    ) -> Result<HashMap<Uuid, Vec<Arc<Stored>>>, DbError> {
        let mut found = self.pending.made.members(kind, field, &asked.made);
        for stored in self.fetch_in(kind, field, &asked.stored).await? {
            if let Some(owner) = stored.record.get(field).as_id()
                && !stored.record.is_deleted()
            {
                found.entry(owner).or_default().push(stored);
            }
        }
        Ok(found)
    }

    async fn fetch_in(
        &mut self,
        kind: EntityKind,
        column: &'static str,
        ids: &[Uuid],
    ) -> Result<Vec<Arc<Stored>>, DbError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = records::select(kind);
        select.and_where(Expr::col(column).is_in(ids.iter().copied()));
        let found = records::fetch(self.link().await?, kind, &select).await?;
        Ok(found.into_iter().map(Arc::new).collect())
    }
}
