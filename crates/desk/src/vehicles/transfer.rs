//! Who owns a vehicle, and who owned it when.

use servease_domain::{Code, EntityKind, Problem, Record, Value, Values};
use servease_store::rows;
use uuid::Uuid;

use crate::garage::context::Work;
use crate::records::views::Saved;
use crate::{Desk, Failure, Result};

impl Desk {
    /// Gives a vehicle to another customer. Its history stays with it; the ownerships say
    /// who had it when.
    ///
    /// Errors: NotFound (vehicle), Invalid (`customer_id` is not there).
    pub async fn transfer(&self, vehicle_id: Uuid, to: Uuid) -> Result<Saved> {
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
        write(&mut work, &mut vehicle, owner.id).await?;
        work.save(vehicle_id).await
    }
}

/// Ends the present ownership and begins the next. The present owner again: nothing changes.
pub(crate) async fn write(work: &mut Work<'_>, vehicle: &mut Record, to: Uuid) -> Result<()> {
    let owner = Values::from([("customer_id", Value::Id(to))]);
    if vehicle.difference(&owner).is_empty() {
        return Ok(());
    }
    let now = Value::Instant(work.garage.now);
    let ownerships =
        rows::list_by(work.conn(), EntityKind::Ownership, "vehicle_id", vehicle.id).await?;
    for mut ownership in ownerships {
        if ownership.get("until").is_blank() {
            let ended = Values::from([("until", now.clone())]);
            work.step.update(&mut ownership, &ended, false).await?;
        }
    }
    work.step.update(vehicle, &owner, false).await?;
    begin_ownership(work, vehicle.id, to, now).await
}

/// The ownership of a vehicle that is new to the garage. Since when the owner has it is the
/// purchase date, where that is known.
pub(crate) async fn write_first_owner(work: &mut Work<'_>, vehicle: &Record) -> Result<()> {
    let Some(owner) = vehicle.get("customer_id").as_id() else {
        return Ok(());
    };
    let bought = vehicle
        .get("purchase_date")
        .as_date()
        .and_then(|date| date.and_hms_opt(0, 0, 0))
        .map(|midnight| midnight.and_utc());
    let from = Value::Instant(bought.unwrap_or(work.garage.now));
    begin_ownership(work, vehicle.id, owner, from).await
}

async fn begin_ownership(
    work: &mut Work<'_>,
    vehicle_id: Uuid,
    customer_id: Uuid,
    from: Value,
) -> Result<()> {
    let ownership = Record::new(
        EntityKind::Ownership,
        work.step.new_id(),
        Values::from([
            ("vehicle_id", Value::Id(vehicle_id)),
            ("customer_id", Value::Id(customer_id)),
            ("from", from),
        ]),
        work.garage.now,
    );
    work.step.create(&ownership).await?;
    Ok(())
}
