//! What follows from facts, whatever the order in which they became known.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use proptest::prelude::*;
use servease_domain::calendar::Calendar;
use servease_domain::consequences::{self, VehicleFacts, judge, of_customer, of_vehicle};
use servease_domain::due::{DueLimits, service_due};
use servease_domain::odometer::Assessment;
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

/// A moment of the year 2026, in minutes since its beginning.
fn minute(number: i64) -> DateTime<Utc> {
    let start = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0);
    start.single().expect("exists once") + TimeDelta::minutes(number)
}

fn on(year: i32, month: u32, day: u32) -> DateTime<Utc> {
    let noon = Utc.with_ymd_and_hms(year, month, day, 12, 0, 0);
    noon.single().expect("exists once")
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

const CAR: u128 = 1;

fn record(
    kind: EntityKind,
    number: u128,
    written: DateTime<Utc>,
    said: &[(&'static str, Value)],
) -> Record {
    let mut values: Values = said.iter().cloned().collect();
    if kind != EntityKind::Vehicle {
        values.insert("vehicle_id", Value::Id(id(CAR)));
    }
    Record::new(kind, id(number), values, written)
}

fn reading(number: u128, at: DateTime<Utc>, value: i64) -> Record {
    let said = [
        ("value", Value::Integer(value)),
        ("read_at", Value::Instant(at)),
    ];
    record(EntityKind::MileageReading, number, at, &said)
}

fn correction(number: u128, at: DateTime<Utc>, value: i64) -> Record {
    with(
        reading(number, at, value),
        "is_correction",
        Value::Flag(true),
    )
}

fn service(number: u128, at: DateTime<Utc>, mileage: Option<i64>) -> Record {
    let said = [
        ("performed_at", Value::Instant(at)),
        ("mileage", mileage.map_or(Value::Null, Value::Integer)),
    ];
    record(EntityKind::ServiceRecord, number, at, &said)
}

fn with(mut record: Record, field: &'static str, value: Value) -> Record {
    record.values.insert(field, value);
    record
}

fn confirmed(record: Record) -> Record {
    with(record, "is_confirmed", Value::Flag(true))
}

fn car(said: &[(&'static str, Value)]) -> Record {
    record(EntityKind::Vehicle, CAR, minute(0), said)
}

fn follows(car: &Record, readings: &[Record], services: &[Record]) -> Values {
    let facts = VehicleFacts {
        vehicle: car,
        readings,
        services,
        ownerships: &[],
    };
    let found = of_vehicle(&facts, Calendar::named("UTC"));
    found[&(EntityKind::Vehicle, car.id)].clone()
}

fn shown(readings: &[Record], services: &[Record]) -> i64 {
    let values = follows(&car(&[]), readings, services);
    values["current_mileage"].as_integer().expect("a mileage")
}

#[test]
fn undone_reading_gives_way_to_the_one_that_lives() {
    let first = reading(10, minute(0), 25_000);
    let wrong = confirmed(reading(11, minute(10), 250_000));
    let other_desk = reading(12, minute(20), 25_100);
    let before = [first.clone(), wrong, other_desk.clone()];
    assert_eq!(shown(&before, &[]), 250_000);
    assert_eq!(shown(&[first, other_desk], &[]), 25_100);
}

#[test]
fn service_by_somebody_who_had_not_heard_of_the_new_odometer_is_doubtful() {
    let first = reading(10, minute(0), 25_000);
    let replaced = correction(11, minute(10), 100);
    let unaware = service(12, minute(20), Some(25_500));
    let readings = [first, replaced];
    let services = [unaware];
    assert_eq!(shown(&readings, &services), 100);
    let true_next = reading(13, minute(60), 250);
    assert_eq!(
        judge(&readings, &services, &true_next),
        Assessment::Accepted
    );
    let readings = [readings[0].clone(), readings[1].clone(), true_next];
    assert_eq!(shown(&readings, &services), 250);
    let believed = [confirmed(services[0].clone())];
    assert_eq!(shown(&readings[..2], &believed), 25_500);
}

#[test]
fn doubtful_mileage_moves_nothing_until_it_is_confirmed() {
    let first = reading(10, on(2026, 1, 10), 25_000);
    let doubtful = service(11, on(2026, 3, 1), Some(900_000));
    let interval = [("service_interval_distance", Value::Integer(10_000))];
    let values = follows(
        &car(&interval),
        std::slice::from_ref(&first),
        std::slice::from_ref(&doubtful),
    );
    assert_eq!(values["current_mileage"], Value::Integer(25_000));
    assert_eq!(values["last_service_mileage"], Value::Null);
    assert_eq!(values["next_service_due_mileage"], Value::Integer(35_000));
    let values = follows(&car(&interval), &[first], &[confirmed(doubtful)]);
    assert_eq!(values["current_mileage"], Value::Integer(900_000));
    assert_eq!(values["next_service_due_mileage"], Value::Integer(910_000));
}

#[test]
fn reading_entered_late_is_judged_among_its_neighbours_in_time() {
    let now = reading(10, on(2026, 1, 1), 50_000);
    let readings = [now];
    let late = |value| {
        with(
            reading(11, on(2026, 2, 1), value),
            "read_at",
            Value::Instant(on(2024, 5, 1)),
        )
    };
    assert_eq!(judge(&readings, &[], &late(40_000)), Assessment::Accepted);
    assert_eq!(
        judge(&readings, &[], &late(60_000)),
        Assessment::AboveNext { next: 50_000 }
    );
    let today = reading(12, on(2026, 2, 1), 40_000);
    assert_eq!(
        judge(&readings, &[], &today),
        Assessment::BelowLast { last: 50_000 }
    );
}

#[test]
fn old_service_entered_late_makes_no_later_reading_doubtful() {
    let now = reading(10, on(2026, 1, 1), 120_000);
    let old = with(
        service(11, on(2026, 1, 2), Some(20_000)),
        "performed_at",
        Value::Instant(on(2015, 1, 1)),
    );
    let facts = VehicleFacts {
        vehicle: &car(&[]),
        readings: &[now],
        services: &[old],
        ownerships: &[],
    };
    let found = of_vehicle(&facts, Calendar::default());
    assert_eq!(
        found[&(EntityKind::MileageReading, id(10))]["is_improbable"],
        Value::Flag(false)
    );
    assert_eq!(
        found[&(EntityKind::Vehicle, id(CAR))]["current_mileage"],
        Value::Integer(120_000)
    );
}

#[test]
fn later_service_counts_and_not_the_later_arrival() {
    let interval = [
        ("service_interval_months", Value::Integer(6)),
        ("service_interval_distance", Value::Integer(5_000)),
    ];
    let march = service(10, on(2026, 3, 1), Some(30_000));
    let may = with(
        service(11, minute(0), Some(33_000)),
        "performed_at",
        Value::Instant(on(2026, 5, 1)),
    );
    for services in [[march.clone(), may.clone()], [may.clone(), march.clone()]] {
        let values = follows(&car(&interval), &[], &services);
        assert_eq!(values["last_service_date"], Value::Instant(on(2026, 5, 1)));
        assert_eq!(values["last_service_mileage"], Value::Integer(33_000));
        assert_eq!(
            values["next_service_due_date"],
            Value::Date(date(2026, 11, 1))
        );
        assert_eq!(values["next_service_due_mileage"], Value::Integer(38_000));
    }
    let values = follows(&car(&interval), &[], &[march]);
    assert_eq!(
        values["next_service_due_date"],
        Value::Date(date(2026, 9, 1))
    );
}

#[test]
fn changed_interval_counts_a_counted_date_anew() {
    let done = [service(10, on(2026, 3, 1), None)];
    let due = |months| {
        let interval = [("service_interval_months", Value::Integer(months))];
        follows(&car(&interval), &[], &done)["next_service_due_date"].clone()
    };
    assert_eq!(due(6), Value::Date(date(2026, 9, 1)));
    assert_eq!(due(12), Value::Date(date(2027, 3, 1)));
}

/// What somebody says of the next service of a car that shows `seen`.
fn stating(car: &Record, seen: &Values, field: &'static str, value: Value) -> Record {
    let mut shown = car.clone();
    shown.values.extend(seen.clone());
    let mut said = Values::from([(field, value)]);
    consequences::state(&shown, &mut said);
    let mut stated = car.clone();
    stated.values.extend(said);
    stated
}

#[test]
fn stated_due_date_holds_until_a_later_service_satisfies_it() {
    let first = service(10, on(2026, 1, 1), None);
    let blank = car(&[]);
    let seen = follows(&blank, &[], std::slice::from_ref(&first));
    let agreed = stating(
        &blank,
        &seen,
        "next_service_due_date",
        Value::Date(date(2026, 1, 20)),
    );
    let due =
        |services: &[Record]| follows(&agreed, &[], services)["next_service_due_date"].clone();
    let stated = Value::Date(date(2026, 1, 20));
    assert_eq!(due(std::slice::from_ref(&first)), stated);
    let entered_late = service(11, on(2025, 12, 24), None);
    assert_eq!(due(&[first.clone(), entered_late]), stated);
    let done = service(12, on(2026, 1, 19), None);
    assert_eq!(due(&[first.clone(), done.clone()]), Value::Null);
    assert_eq!(
        due(std::slice::from_ref(&first)),
        stated,
        "the service was taken back"
    );
    let far = stating(
        &blank,
        &seen,
        "next_service_due_date",
        Value::Date(date(2026, 9, 1)),
    );
    let kept = follows(&far, &[], &[first, done])["next_service_due_date"].clone();
    assert_eq!(kept, Value::Date(date(2026, 9, 1)));
}

#[test]
fn service_satisfies_what_was_due_within_a_month_or_a_thousand() {
    let due = |name: &'static str, stated: Value, mileage: Option<i64>| {
        let agreed = stating(&car(&[]), &Values::new(), name, stated);
        let done = [service(10, on(2024, 6, 15), mileage)];
        follows(&agreed, &[], &done)[name].clone()
    };
    let date_of = |day| Value::Date(date(2024, 7, day));
    assert_eq!(due("next_service_due_date", date_of(15), None), Value::Null);
    assert_eq!(due("next_service_due_date", date_of(16), None), date_of(16));
    let at = Value::Integer(60_000);
    let name = "next_service_due_mileage";
    assert_eq!(due(name, at.clone(), Some(59_000)), Value::Null);
    assert_eq!(due(name, at.clone(), Some(58_999)), at);
    assert_eq!(due(name, at.clone(), None), at);
}

#[test]
fn with_an_interval_a_later_service_counts_from_itself() {
    let interval = [("service_interval_months", Value::Integer(6))];
    let blank = car(&interval);
    let first = service(10, on(2026, 1, 1), None);
    let seen = follows(&blank, &[], std::slice::from_ref(&first));
    let agreed = stating(
        &blank,
        &seen,
        "next_service_due_date",
        Value::Date(date(2026, 2, 1)),
    );
    let due =
        |services: &[Record]| follows(&agreed, &[], services)["next_service_due_date"].clone();
    assert_eq!(
        due(std::slice::from_ref(&first)),
        Value::Date(date(2026, 2, 1))
    );
    let next = service(11, on(2026, 1, 30), None);
    assert_eq!(due(&[first, next]), Value::Date(date(2026, 7, 30)));
}

#[test]
fn nothing_is_due_where_somebody_said_so() {
    let interval = [("service_interval_months", Value::Integer(6))];
    let blank = car(&interval);
    let first = [service(10, on(2026, 1, 1), None)];
    let seen = follows(&blank, &[], &first);
    let never = stating(&blank, &seen, "next_service_due_date", Value::Null);
    assert_eq!(
        follows(&never, &[], &first)["next_service_due_date"],
        Value::Null
    );
}

#[test]
fn form_that_is_sent_back_states_nothing() {
    let interval = [("service_interval_months", Value::Integer(6))];
    let blank = car(&interval);
    let done = [service(10, on(2026, 1, 1), Some(10))];
    let mut shown = blank.clone();
    shown.values.extend(follows(&blank, &[], &done));
    let names = [
        "last_service_date",
        "last_service_mileage",
        "next_service_due_date",
    ];
    let mut said: Values = names
        .iter()
        .map(|name| (*name, shown.get(name).clone()))
        .collect();
    consequences::state(&shown, &mut said);
    assert_eq!(said, Values::new());
}

#[test]
fn service_at_another_garage_counts_like_any_other() {
    let interval = ("service_interval_months", Value::Integer(12));
    let stated = ("stated_last_service_date", Value::Instant(on(2026, 2, 1)));
    let elsewhere = car(&[interval, stated]);
    let before = [service(10, on(2026, 1, 1), None)];
    let values = follows(&elsewhere, &[], &before);
    assert_eq!(values["last_service_date"], Value::Instant(on(2026, 2, 1)));
    assert_eq!(
        values["next_service_due_date"],
        Value::Date(date(2027, 2, 1))
    );
    let after = [service(10, on(2026, 3, 1), None)];
    let values = follows(&elsewhere, &[], &after);
    assert_eq!(values["last_service_date"], Value::Instant(on(2026, 3, 1)));
}

#[test]
fn service_from_a_future_that_central_does_not_know_counts_for_nothing() {
    let wild = with(
        service(10, on(2046, 1, 1), Some(50_000)),
        "is_from_future",
        Value::Flag(true),
    );
    let real = service(11, on(2026, 3, 1), Some(30_000));
    let services = [wild.clone(), real.clone()];
    let values = follows(&car(&[]), &[], &services);
    assert_eq!(values["last_service_date"], Value::Instant(on(2026, 3, 1)));
    assert_eq!(values["current_mileage"], Value::Integer(30_000));
    let customer = Record::new(EntityKind::Customer, id(2), Values::new(), minute(0));
    assert_eq!(
        of_customer(&customer, &services)["last_service_date"],
        Value::Instant(on(2026, 3, 1))
    );
    assert_eq!(
        follows(&car(&[]), &[], std::slice::from_ref(&real)),
        follows(&car(&[]), &[], &[wild, real])
    );
}

#[test]
fn evening_service_counts_on_the_garages_day() {
    let interval = [("service_interval_months", Value::Integer(1))];
    let evening = Utc
        .with_ymd_and_hms(2026, 3, 2, 2, 0, 0)
        .single()
        .expect("exists once");
    let car = car(&interval);
    let services = [service(10, evening, None)];
    let facts = VehicleFacts {
        vehicle: &car,
        readings: &[],
        services: &services,
        ownerships: &[],
    };
    let due = |zone| {
        let found = of_vehicle(&facts, Calendar::named(zone));
        found[&(EntityKind::Vehicle, id(CAR))]["next_service_due_date"].clone()
    };
    assert_eq!(due("America/New_York"), Value::Date(date(2026, 4, 1)));
    assert_eq!(due("Europe/Berlin"), Value::Date(date(2026, 4, 2)));
}

fn ownership(number: u128, owner: u128, from: DateTime<Utc>) -> Record {
    let said = [
        ("customer_id", Value::Id(id(owner))),
        ("from", Value::Instant(from)),
    ];
    record(EntityKind::Ownership, number, from, &said)
}

fn ends(owner: u128, ownerships: &[Record]) -> Vec<Option<DateTime<Utc>>> {
    let car = car(&[("customer_id", Value::Id(id(owner)))]);
    consequences::list_ends(&car, ownerships)
        .into_iter()
        .map(|(_, until)| until)
        .collect()
}

#[test]
fn transfers_on_two_desks_leave_one_current_owner() {
    let first = ownership(10, 100, minute(0));
    let to_x = ownership(11, 101, minute(10));
    let to_y = ownership(12, 102, minute(20));
    let all = [first.clone(), to_x, to_y];
    assert_eq!(ends(102, &all), [Some(minute(10)), Some(minute(20)), None]);
    assert_eq!(ends(101, &all), [Some(minute(10)), None, Some(minute(20))]);
    let to_the_same = [
        first,
        ownership(11, 101, minute(10)),
        ownership(12, 101, minute(20)),
    ];
    assert_eq!(
        ends(101, &to_the_same),
        [Some(minute(10)), None, Some(minute(20))]
    );
}

#[test]
fn owner_who_gets_a_car_back_has_two_ownerships() {
    let all = [
        ownership(10, 100, minute(0)),
        ownership(11, 101, minute(10)),
        ownership(12, 100, minute(20)),
    ];
    assert_eq!(ends(100, &all), [Some(minute(10)), Some(minute(20)), None]);
}

prop_compose! {
    fn mileages()(
        facts in prop::collection::vec(
            (0..200_i64, 0..200_i64, 0..300_000_i64, any::<bool>(), any::<bool>(), any::<bool>()),
            0..12,
        )
    ) -> Vec<Record> {
        facts
            .into_iter()
            .enumerate()
            .map(|(number, (written, at, value, is_service, is_correction, is_confirmed))| {
                let number = 100 + number as u128;
                let mut record = match is_service {
                    true => service(number, minute(at), Some(value)),
                    false => reading(number, minute(at), value),
                };
                record.created_at = minute(written);
                if !is_service {
                    record.values.insert("is_correction", Value::Flag(is_correction));
                }
                record.values.insert("is_confirmed", Value::Flag(is_confirmed));
                record
            })
            .collect()
    }
}

fn divided(records: &[Record]) -> (Vec<Record>, Vec<Record>) {
    records
        .iter()
        .cloned()
        .partition(|record| record.kind == EntityKind::MileageReading)
}

proptest! {
    #[test]
    fn order_of_arrival_decides_nothing(records in mileages(), seed in any::<u64>()) {
        let mut shuffled = records.clone();
        let mut state = seed;
        for index in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(index, (state >> 33) as usize % (index + 1));
        }
        let (readings, services) = divided(&records);
        let (other_readings, other_services) = divided(&shuffled);
        let car = car(&[("service_interval_distance", Value::Integer(5_000))]);
        prop_assert_eq!(
            follows(&car, &readings, &services),
            follows(&car, &other_readings, &other_services)
        );
    }

    #[test]
    fn odometer_shows_a_mileage_that_somebody_read(records in mileages()) {
        let (readings, services) = divided(&records);
        let shown = shown(&readings, &services);
        let is_known = shown == 0
            || records.iter().any(|record| {
                ["value", "mileage"].iter().any(|name| record.get(name).as_integer() == Some(shown))
            });
        prop_assert!(is_known, "{shown}");
    }

    #[test]
    fn service_just_recorded_leaves_nothing_overdue(
        in_days in prop::option::of(-900..900_i64),
        due_mileage in prop::option::of(0..500_000_i64),
        months in prop::option::of(1..60_i64),
        distance in prop::option::of(1..50_000_i64),
        mileage in 0..500_000_i64,
    ) {
        let performed = on(2026, 6, 15);
        let mut said = Vec::new();
        said.extend(months.map(|months| ("service_interval_months", Value::Integer(months))));
        said.extend(distance.map(|distance| ("service_interval_distance", Value::Integer(distance))));
        let mut agreed = car(&said);
        if let Some(days) = in_days {
            let day = Value::Date((performed + TimeDelta::days(days)).date_naive());
            agreed = stating(&agreed, &Values::new(), "next_service_due_date", day);
        }
        if let Some(due) = due_mileage {
            let due = Value::Integer(due);
            agreed = stating(&agreed, &Values::new(), "next_service_due_mileage", due);
        }
        let values = follows(&agreed, &[], &[service(10, performed, Some(mileage))]);
        let due = service_due(
            values["next_service_due_date"].as_date(),
            values["next_service_due_mileage"].as_integer(),
            mileage,
            performed.date_naive(),
            DueLimits::default(),
        );
        prop_assert!(due.is_none_or(|due| !due.is_due()));
    }

    #[test]
    fn accepted_mileage_is_never_doubted_at_once(records in mileages(), value in 0..300_000_i64) {
        let (mut readings, services) = divided(&records);
        let new = reading(1, minute(500), value);
        if judge(&readings, &services, &new) == Assessment::Accepted {
            let mut new = new;
            new.created_at = minute(500);
            readings.push(new);
            prop_assert_eq!(shown(&readings, &services), value);
        }
    }
}
