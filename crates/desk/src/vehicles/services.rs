//! What follows from a service: the vehicle's last service, its next due, its odometer, and
//! the customer's last visit.

use servease_domain::due::{NextService, ServiceInterval, after_service};
use servease_domain::odometer::{self, Assessment};
use servease_domain::{Code, EntityKind, Problem, Record, ServiceRecord, Value, Values, Vehicle};
use servease_store::rows;

use crate::Result;
use crate::garage::context::Work;
use crate::vehicles::mileage::{self, Source};

/// Judges the mileage of a new service record. One entered late may lie below the odometer;
/// one of now may not.
pub(crate) async fn judge(
    work: &mut Work<'_>,
    record: &Record,
    problems: &mut Vec<Problem>,
    doubts: &mut Vec<Problem>,
) -> Result<()> {
    let service: ServiceRecord = record.to();
    let (Some(vehicle_id), Some(value)) = (service.vehicle_id, service.mileage) else {
        return Ok(());
    };
    let Some(vehicle) = rows::find(work.conn(), EntityKind::Vehicle, vehicle_id).await? else {
        return Ok(());
    };
    let shown = vehicle.get("current_mileage").as_integer().unwrap_or(0);
    let is_of_today = service
        .performed_at
        .is_none_or(|at| work.garage.day(at) >= work.garage.today);
    if is_of_today {
        mileage::judge(work, &vehicle, "mileage", value, false, problems, doubts).await?;
    } else if shown > 0
        && value > shown
        && let Assessment::Improbable { last, above, .. } = odometer::assess(
            Some((shown, vehicle.created_at)),
            value,
            vehicle.created_at,
            false,
        )
    {
        doubts.push(
            Problem::new("mileage", Code::MileageImprobable)
                .with("last", last)
                .with("above", above)
                .with("found", value),
        );
    }
    Ok(())
}

/// Brings vehicle and customer up to date with a service that was just written.
pub(crate) async fn write_consequences(work: &mut Work<'_>, record: &mut Record) -> Result<()> {
    let service: ServiceRecord = record.to();
    let Some(vehicle_id) = service.vehicle_id else {
        return Ok(());
    };
    let Some(mut vehicle) = rows::find(work.conn(), EntityKind::Vehicle, vehicle_id).await? else {
        return Ok(());
    };
    let before: Vehicle = vehicle.to();
    if let Some(value) = service
        .mileage
        .filter(|value| *value > before.current_mileage)
    {
        mileage::write(work, &mut vehicle, value, Source::Service).await?;
    }
    let performed_at = service.performed_at.unwrap_or(work.garage.now);
    if before
        .last_service_date
        .is_none_or(|last| performed_at >= last)
    {
        let next = after_service(
            NextService {
                date: before.next_service_due_date,
                mileage: before.next_service_due_mileage,
            },
            interval_of(&before),
            work.garage.day(performed_at),
            // Nobody wrote the odometer on the job: what the vehicle shows is the best known.
            service
                .mileage
                .or(Some(before.current_mileage).filter(|shown| *shown > 0)),
            work.garage.limits,
        );
        let mut changes = last_service(Some(&service));
        changes.extend(next_values(next));
        work.step.update(&mut vehicle, &changes, false).await?;
    }
    if let Some(customer_id) = service.customer_id
        && let Some(mut customer) =
            rows::find(work.conn(), EntityKind::Customer, customer_id).await?
        && customer
            .get("last_service_date")
            .as_instant()
            .is_none_or(|last| performed_at > last)
    {
        let visit = Values::from([("last_service_date", Value::Instant(performed_at))]);
        work.step.update(&mut customer, &visit, false).await?;
    }
    Ok(())
}

/// Brings the vehicle's last service in line after a service record was edited or deleted.
/// The next due follows where the vehicle has an interval; a due point that somebody typed
/// stays as it is.
pub(crate) async fn settle_after_change(work: &mut Work<'_>, record: &Record) -> Result<()> {
    let Some(vehicle_id) = record.get("vehicle_id").as_id() else {
        return Ok(());
    };
    let Some(mut vehicle) = rows::find(work.conn(), EntityKind::Vehicle, vehicle_id).await? else {
        return Ok(());
    };
    let newest = rows::list_by(
        work.conn(),
        EntityKind::ServiceRecord,
        "vehicle_id",
        vehicle_id,
    )
    .await?
    .iter()
    .map(Record::to::<ServiceRecord>)
    .max_by_key(|service| service.performed_at);
    let mut changes = last_service(newest.as_ref());
    let now: Vehicle = vehicle.to();
    let interval = interval_of(&now);
    if let Some(service) = &newest
        && let Some(performed_at) = service.performed_at
    {
        let counted = servease_domain::due::next_service(
            work.garage.day(performed_at),
            service.mileage,
            interval,
        );
        changes.extend(next_values(NextService {
            date: counted.date.or(now.next_service_due_date),
            mileage: counted.mileage.or(now.next_service_due_mileage),
        }));
    }
    work.step.update(&mut vehicle, &changes, false).await?;
    Ok(())
}

fn interval_of(vehicle: &Vehicle) -> ServiceInterval {
    ServiceInterval {
        months: vehicle.service_interval_months,
        distance: vehicle.service_interval_distance,
    }
}

fn last_service(service: Option<&ServiceRecord>) -> Values {
    Values::from([
        (
            "last_service_date",
            service
                .and_then(|service| service.performed_at)
                .map_or(Value::Null, Value::Instant),
        ),
        (
            "last_service_mileage",
            service
                .and_then(|service| service.mileage)
                .map_or(Value::Null, Value::Integer),
        ),
    ])
}

fn next_values(next: NextService) -> Values {
    Values::from([
        (
            "next_service_due_date",
            next.date.map_or(Value::Null, Value::Date),
        ),
        (
            "next_service_due_mileage",
            next.mileage.map_or(Value::Null, Value::Integer),
        ),
    ])
}
