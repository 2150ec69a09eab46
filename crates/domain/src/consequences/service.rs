//! A vehicle's last service, and when the next one is due.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::counts;
use super::odometer::Chain;
use crate::calendar::Calendar;
use crate::due::{DueLimits, ServiceInterval, next_service};
use crate::record::{Record, Values};
use crate::value::Value;

/// A service, wherever it was done.
#[derive(Debug, Clone, Copy)]
struct Done {
    at: DateTime<Utc>,
    mileage: Option<i64>,
}

/// What somebody said is due next, and which service they knew when they said so.
#[derive(Debug, Clone, Copy)]
struct Statement<T> {
    /// None: they said that nothing is.
    due: Option<T>,
    after: DateTime<Utc>,
}

pub(super) fn of_vehicle(
    vehicle: &Record,
    services: &[Record],
    chain: &Chain,
    calendar: Calendar,
) -> Values {
    let services = list_done(vehicle, services, chain);
    let last = services.last().copied();
    let interval = ServiceInterval {
        months: vehicle.get("service_interval_months").as_integer(),
        distance: vehicle.get("service_interval_distance").as_integer(),
    };
    // Nobody wrote the odometer on the job: what the car showed then is the best known.
    let mileage_at = |done: &Done| done.mileage.or_else(|| chain.shown_at(done.at));
    let counted = last
        .map(|done| next_service(calendar.day(done.at), mileage_at(&done), interval))
        .unwrap_or_default();

    let soon = DueLimits::default();
    let date = due(
        statement(vehicle, "next_service_due_date", Value::as_date),
        counted.date,
        &services,
        |done, due| due <= later(calendar.day(done.at), soon.soon_days),
    );
    let mileage = due(
        statement(vehicle, "next_service_due_mileage", Value::as_integer),
        counted.mileage,
        &services,
        |done, due| mileage_at(done).is_some_and(|at| due <= at.saturating_add(soon.soon_distance)),
    );
    Values::from([
        (
            "last_service_date",
            last.map_or(Value::Null, |done| Value::Instant(done.at)),
        ),
        (
            "last_service_mileage",
            last.and_then(|done| done.mileage)
                .or_else(|| {
                    let stated = vehicle.get("stated_last_service_mileage").as_integer();
                    stated.filter(|_| last.is_none())
                })
                .map_or(Value::Null, Value::Integer),
        ),
        (
            "next_service_due_date",
            date.map_or(Value::Null, Value::Date),
        ),
        (
            "next_service_due_mileage",
            mileage.map_or(Value::Null, Value::Integer),
        ),
    ])
}

/// The services of a vehicle in the order in which they were done, with the one at another
/// garage of which somebody told. A mileage that is not believed is left out.
fn list_done(vehicle: &Record, services: &[Record], chain: &Chain) -> Vec<Done> {
    let mut recorded: Vec<&Record> = services.iter().filter(|service| counts(service)).collect();
    recorded.sort_by_key(|service| (service.get("performed_at").as_instant(), service.id));
    let mut done: Vec<Done> = recorded
        .into_iter()
        .map(|service| Done {
            at: service
                .get("performed_at")
                .as_instant()
                .unwrap_or(service.created_at),
            mileage: service
                .get("mileage")
                .as_integer()
                .filter(|_| !chain.is_improbable(service.id)),
        })
        .collect();
    if let Some(at) = vehicle.get("stated_last_service_date").as_instant() {
        // Of the same moment, the garage's own record counts.
        let place = done.partition_point(|one| one.at < at);
        let stated = Done {
            at,
            mileage: vehicle.get("stated_last_service_mileage").as_integer(),
        };
        done.insert(place, stated);
    }
    done
}

/// What is due next: what somebody said, until a service that they did not know ends it. That
/// one counts the next from itself where there is an interval; without one it ends only what it
/// satisfied: what was due soon when it was done.
fn due<T: Copy>(
    stated: Option<Statement<T>>,
    counted: Option<T>,
    services: &[Done],
    is_satisfied: impl Fn(&Done, T) -> bool,
) -> Option<T> {
    let Some(stated) = stated else {
        return counted;
    };
    let mut newer = services
        .iter()
        .filter(|done| done.at > stated.after)
        .peekable();
    if newer.peek().is_none() {
        return stated.due;
    }
    counted.or_else(|| {
        stated
            .due
            .filter(|due| !newer.any(|done| is_satisfied(done, *due)))
    })
}

fn statement<T>(
    vehicle: &Record,
    consequence: &'static str,
    read: impl Fn(&Value) -> Option<T>,
) -> Option<Statement<T>> {
    let (value, after) = super::stated::names(consequence)?;
    let after = vehicle.get(after).as_instant()?;
    Some(Statement {
        due: read(vehicle.get(value)),
        after,
    })
}

fn later(day: NaiveDate, days: i64) -> NaiveDate {
    TimeDelta::try_days(days)
        .and_then(|days| day.checked_add_signed(days))
        .unwrap_or(day)
}
