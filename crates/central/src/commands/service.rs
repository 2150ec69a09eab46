//! What a recorded service brings along: the vehicle's last and next service, its odometer,
//! and the day on which the customer was last there.

use servease_domain::due::{DueLimits, NextService, ServiceInterval, after_service};
use servease_domain::{EntityKind, Problem, Record, Value, Values};

use super::{Request, employee};
use crate::changes::Work;
use crate::failure::Failure;

/// Fills in what the service knows better than the client: whose car it was, who did it, and
/// in which currency.
pub async fn prepare(
    work: &mut Work,
    request: &Request,
    record: &mut Record,
    problems: &mut [Problem],
) -> Result<(), Failure> {
    if let Some(id) = record.get("vehicle_id").as_id()
        && let Some(vehicle) = work.find(EntityKind::Vehicle, id).await?
    {
        let owner = vehicle.record.get("customer_id").clone();
        record.values.insert("customer_id", owner);
    }
    if record.get("cost").as_integer().is_some() && record.get("currency").is_blank() {
        let currency = Value::Text(request.context.currency.clone());
        record.values.insert("currency", currency);
    }
    if record.get("employee_id").as_id().is_none() && problems.is_empty() {
        let employee = employee::ensure(work, request).await?;
        record.values.insert("employee_id", Value::Id(employee));
    }
    Ok(())
}

/// Moves vehicle and customer on.
pub async fn follow_up(
    work: &mut Work,
    service: &Record,
    request: &Request,
) -> Result<(), Failure> {
    let performed_at = service.get("performed_at").as_instant();
    let (Some(performed_at), Some(vehicle)) = (performed_at, service.get("vehicle_id").as_id())
    else {
        return Ok(());
    };
    let Some(vehicle) = work.find(EntityKind::Vehicle, vehicle).await? else {
        return Ok(());
    };
    let mut changes = Values::new();
    let mileage = service.get("mileage").as_integer();
    let current = vehicle.record.get("current_mileage").as_integer();
    if let Some(mileage) = mileage.filter(|mileage| *mileage > current.unwrap_or(0)) {
        changes.insert("current_mileage", Value::Integer(mileage));
    }
    let last = vehicle.record.get("last_service_date").as_instant();
    // A service that is entered late says nothing about what comes next.
    if last.is_none_or(|last| last <= performed_at) {
        changes.insert("last_service_date", Value::Instant(performed_at));
        if let Some(mileage) = mileage {
            changes.insert("last_service_mileage", Value::Integer(mileage));
        }
        let next = after_service(
            NextService {
                date: vehicle.record.get("next_service_due_date").as_date(),
                mileage: vehicle.record.get("next_service_due_mileage").as_integer(),
            },
            ServiceInterval {
                months: vehicle.record.get("service_interval_months").as_integer(),
                distance: vehicle.record.get("service_interval_distance").as_integer(),
            },
            request.world.day_of(performed_at),
            mileage,
            DueLimits::default(),
        );
        changes.insert(
            "next_service_due_date",
            next.date.map_or(Value::Null, Value::Date),
        );
        changes.insert(
            "next_service_due_mileage",
            next.mileage.map_or(Value::Null, Value::Integer),
        );
    }
    let edited = work.update(&vehicle, &changes).await?;
    super::vehicle::follow_up(work, &vehicle.record, &edited.record).await?;
    if let Some(id) = service.get("customer_id").as_id()
        && let Some(customer) = work.find(EntityKind::Customer, id).await?
        && customer
            .record
            .get("last_service_date")
            .as_instant()
            .is_none_or(|last| last < performed_at)
    {
        let date = Values::from([("last_service_date", Value::Instant(performed_at))]);
        work.update(&customer, &date).await?;
    }
    Ok(())
}
