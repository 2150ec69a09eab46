//! Who owns a vehicle, and who owned it when.

use servease_domain::consequences;
use servease_domain::papers::{StillHolds, ended_by_transfer};
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values};
use servease_store::rows;
use uuid::Uuid;

use crate::garage::context::Work;
use crate::records::views::Saved;
use crate::{Desk, Failure, Result};

impl Desk {
    /// Gives a vehicle to another customer. Its history stays with it; the ownerships say
    /// who had it when. What its fields tell of the former owner's papers is cleared with it unless
    /// it still holds.
    ///
    /// Errors: NotFound (vehicle), Invalid (`customer_id` is not there).
    pub async fn transfer(&self, vehicle_id: Uuid, to: Uuid, still: StillHolds) -> Result<Saved> {
        let mut work = self.begin().await?;
        let mut vehicle = rows::find_heir(work.conn(), EntityKind::Vehicle, vehicle_id)
            .await?
            .ok_or(Failure::not_found(EntityKind::Vehicle, vehicle_id))?;
        let vehicle_id = vehicle.id;
        let Some(owner) = rows::find_heir(work.conn(), EntityKind::Customer, to).await? else {
            return Err(Failure::Invalid(vec![
                Problem::new("customer_id", Code::NotFound).with("found", to),
            ]));
        };
        write(&mut work, &mut vehicle, owner.id, still).await?;
        work.save(vehicle_id).await
    }
}

/// Gives a vehicle to its next owner, whose ownership begins. The present owner again: nothing
/// changes.
pub(crate) async fn write(
    work: &mut Work<'_>,
    vehicle: &mut Record,
    to: Uuid,
    still: StillHolds,
) -> Result<()> {
    let mut changes = Values::from([("customer_id", Value::Id(to))]);
    if vehicle.difference(&changes).is_empty() {
        return Ok(());
    }
    changes.extend(ended_by_transfer(vehicle, still));
    work.step.update(vehicle, &changes, false).await?;
    let begun = consequences::beginning(vehicle.id, to, work.garage.now);
    create(work, begun).await
}

/// The ownership of a vehicle that is new to the garage.
pub(crate) async fn write_first_owner(work: &mut Work<'_>, vehicle: &Record) -> Result<()> {
    let calendar = work.garage.calendar;
    match consequences::first_ownership(vehicle, work.garage.now, calendar) {
        Some(begun) => create(work, begun).await,
        None => Ok(()),
    }
}

async fn create(work: &mut Work<'_>, begun: Values) -> Result<()> {
    let id = work.step.new_id();
    let ownership = Record::new(EntityKind::Ownership, id, begun, work.garage.now);
    Ok(work.step.create(&ownership).await?)
}
