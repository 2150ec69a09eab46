//! Demo data: a garage that has been open for eight years. The same plan, moment and day give
//! the same rows, so that tests and measurements can be repeated.
//!
//! Rows are written in bulk, each with the mutation that made it, so that history and undo
//! work on them as on any other. Nothing here is reachable once a folder holds data.

mod cars;
mod chance;
mod garage;
mod household;
mod people;
mod words;

use chrono::{DateTime, Utc};
use servease_domain::calendar::Calendar;
use servease_domain::{EntityKind, Record, Value, Values};
use servease_store::{Action, Author, Moment, Mutation, Origin, State, Store, bulk, search};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::garage::views::Counts;
use crate::{Desk, Failure, Result};
use garage::Garage;
use household::Household;

/// How much, and which. The same seed gives the same garage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoPlan {
    pub customers: u32,
    pub seed: u64,
}

impl Default for DemoPlan {
    fn default() -> Self {
        DemoPlan {
            customers: 500,
            seed: 1,
        }
    }
}

/// Customers of one transaction: some 6,000 rows with their mutations, a few megabytes.
const CUSTOMERS_PER_BATCH: u32 = 250;

/// Batches made ahead of the one that is being written.
const BATCHES_AHEAD: usize = 2;

impl Desk {
    /// Fills the data folder, which must be empty. `progress` is told how many of how many
    /// customers are written. Errors: NotEmpty, and those of the storage.
    pub async fn fill_demo(
        &self,
        plan: DemoPlan,
        progress: impl FnMut(u64, u64),
    ) -> Result<Counts> {
        let calendar = {
            let mut conn = self.store.read().await?;
            self.garage(&mut conn).await?.calendar
        };
        fill(&self.store, plan, self.clock.now(), calendar, progress).await
    }
}

/// Fills an empty store. When it is cut short, what was written so far is whole customers.
pub async fn fill(
    store: &Store,
    plan: DemoPlan,
    now: DateTime<Utc>,
    calendar: Calendar,
    mut progress: impl FnMut(u64, u64),
) -> Result<Counts> {
    let mut conn = store.write().await?;
    if !bulk::is_empty(&mut conn).await? {
        return Err(Failure::NotEmpty);
    }
    crate::garage::settings::mark_demo(&mut conn).await?;
    drop(conn);
    name_garage(store, now).await?;
    let mut conn = store.write().await?;
    search::begin_loading(&mut conn).await?;

    let mut garage = Garage::new(plan, now, calendar);
    write(&mut conn, vec![garage.staff()]).await?;

    // Making rows and writing them take about as long: one thread does each.
    let (sender, mut batches) = mpsc::channel::<Vec<Household>>(BATCHES_AHEAD);
    let maker = tokio::task::spawn_blocking(move || {
        let mut left = plan.customers;
        while left > 0 {
            let size = left.min(CUSTOMERS_PER_BATCH);
            let batch = (0..size).map(|_| garage.household()).collect();
            if sender.blocking_send(batch).is_err() {
                // Writing failed, and says why.
                return;
            }
            left -= size;
        }
    });
    let mut counts = Counts::default();
    while let Some(batch) = batches.recv().await {
        counts.customers += batch.len() as i64;
        let vehicles = batch.iter().flat_map(|household| &household.records);
        counts.vehicles += vehicles
            .filter(|record| record.kind == EntityKind::Vehicle)
            .count() as i64;
        write(&mut conn, batch).await?;
        progress(counts.customers as u64, u64::from(plan.customers));
    }
    maker
        .await
        .map_err(|error| Failure::Folder(std::io::Error::other(error)))?;
    search::end_loading(&mut conn).await?;
    Ok(counts)
}

/// An edit like any other: of the garage's record, before there is anybody who could sign it.
async fn name_garage(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let moment = Moment {
        now,
        author: Author::default(),
    };
    let mut step = store.begin(moment).await?;
    let mut record = servease_store::garage::get(step.conn()).await?;
    let name = Value::Text("Maple Street Garage".to_owned());
    let said = Values::from([("garage_name", name)]);
    step.update(&mut record, &said, false).await?;
    step.commit().await?;
    Ok(())
}

async fn write(conn: &mut servease_store::Connection, batch: Vec<Household>) -> Result<()> {
    let mut tx = bulk::begin(conn).await?;
    let all: Vec<&Record> = batch
        .iter()
        .flat_map(|household| &household.records)
        .collect();
    for kind in EntityKind::ALL {
        bulk::insert(&mut tx, kind, &all).await?;
    }
    let mutations: Vec<Mutation> = batch.iter().flat_map(creations).collect();
    bulk::append(&mut tx, &mutations).await?;
    let findable: Vec<(&Record, Option<&Record>)> =
        batch.iter().flat_map(Household::findable).collect();
    search::add_all(&mut tx, &findable).await?;
    bulk::commit(tx).await?;
    Ok(())
}

/// What the log says of a household: one step of one employee.
fn creations(household: &Household) -> impl Iterator<Item = Mutation> {
    household
        .records
        .iter()
        .zip(&household.mutation_ids)
        .map(|(record, id)| Mutation {
            number: 0,
            id: *id,
            step: household.step,
            kind: record.kind,
            record_id: record.id,
            action: Action::Create,
            author_id: household.author.as_ref().map(|(id, _)| *id),
            author_name: household
                .author
                .as_ref()
                .map(|(_, name)| name.clone())
                .unwrap_or_default(),
            at: record.created_at,
            seen: 0,
            before: Values::new(),
            after: record.facts(),
            is_correction: false,
            undoes: None::<Uuid>,
            deleted_with: None,
            origin: Origin::Here,
            state: State::Waiting,
        })
}
