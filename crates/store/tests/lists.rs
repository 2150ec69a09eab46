//! Windows onto the lists, against sorting and filtering in memory.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

mod garage;

use chrono::NaiveDate;
use garage::{Garage, now, values};
use servease_domain::{EntityKind, Record, Value, Values, consequences, name_order};
use servease_store::lists::{self, CustomerRow, Filter, VehicleRow, customers, vehicles};
use uuid::Uuid;

const CUSTOMER: EntityKind = EntityKind::Customer;
const VEHICLE: EntityKind = EntityKind::Vehicle;
const EVERYTHING: u32 = 10_000;

/// Two hundred people with few different names, so that ties are many.
async fn people(garage: &Garage) {
    for number in 0..200_i64 {
        let first = ["Ada", "ądam", "Éva", "bob", "Zoë"][number as usize % 5];
        let last = ["Öz", "ollie", "Ander", "van Dyke"][number as usize % 4];
        let mut said = values(&[("first_name", first), ("last_name", last)]);
        said.extend([
            ("is_active", Value::Flag(number % 7 != 0)),
            ("is_verified", Value::Flag(number % 3 == 0)),
            ("is_business_customer", Value::Flag(number % 10 == 0)),
            (
                "state",
                Value::Text(["Ohio", "Texas", ""][number as usize % 3].to_owned()),
            ),
            (
                "customer_since",
                Value::Instant(now() - chrono::Duration::days(number % 20)),
            ),
        ]);
        garage.add(CUSTOMER, said).await;
    }
}

async fn all_customers(garage: &Garage, filter: &Filter<'_>) -> Vec<CustomerRow> {
    let mut conn = garage.store.read().await.unwrap();
    let page = customers(&mut conn, filter, 0, EVERYTHING).await.unwrap();
    assert_eq!(page.total as usize, page.rows.len());
    page.rows
}

async fn all_vehicles(garage: &Garage, filter: &Filter<'_>) -> Vec<VehicleRow> {
    let mut conn = garage.store.read().await.unwrap();
    let page = vehicles(&mut conn, filter, 0, EVERYTHING).await.unwrap();
    assert_eq!(page.total as usize, page.rows.len());
    page.rows
}

fn ids(rows: &[CustomerRow]) -> Vec<Uuid> {
    rows.iter().map(|row| row.customer.id).collect()
}

#[tokio::test]
async fn customers_stand_in_the_order_asked_for() {
    let garage = Garage::open().await;
    people(&garage).await;
    let by_name = |row: &CustomerRow| {
        (
            name_order::last_name_sort(&row.record),
            name_order::first_name_sort(&row.record),
            row.customer.id,
        )
    };
    let mut expected = all_customers(&garage, &Filter::default()).await;
    assert_eq!(expected.len(), 200);
    expected.sort_by_key(by_name);
    for (ordering, is_reversed) in [
        ("", false),
        ("last_name", false),
        ("-last_name", true),
        ("nonsense", false),
        ("nonsense,-last_name", true),
    ] {
        let filter = Filter {
            ordering,
            ..Filter::default()
        };
        let mut found = ids(&all_customers(&garage, &filter).await);
        if is_reversed {
            found.reverse();
        }
        assert_eq!(found, ids(&expected), "{ordering}");
    }
    expected.sort_by_key(|row| (row.customer.customer_since, row.customer.id));
    let filter = Filter {
        ordering: "customer_since",
        ..Filter::default()
    };
    assert_eq!(ids(&all_customers(&garage, &filter).await), ids(&expected));
    let filter = Filter {
        ordering: "-customer_since,first_name",
        ..Filter::default()
    };
    expected.sort_by_key(|row| {
        (
            std::cmp::Reverse(row.customer.customer_since),
            name_order::first_name_sort(&row.record),
            name_order::last_name_sort(&row.record),
            std::cmp::Reverse(row.customer.id),
        )
    });
    assert_eq!(ids(&all_customers(&garage, &filter).await), ids(&expected));
}

#[tokio::test]
async fn any_window_is_a_piece_of_the_whole() {
    let garage = Garage::open().await;
    people(&garage).await;
    for ordering in ["", "-first_name", "created_at", "-customer_since"] {
        let filter = Filter {
            ordering,
            fields: &[("is_active", "true")],
            ..Filter::default()
        };
        let all = ids(&all_customers(&garage, &filter).await);
        let mut conn = garage.store.read().await.unwrap();
        for offset in [0, 1, 50, 84, 85, 86, 100, 150, 165, 170, 171, 172, 500] {
            for limit in [0, 1, 7, 50, 400] {
                let page = customers(&mut conn, &filter, offset, limit).await.unwrap();
                assert_eq!(page.total, all.len() as i64);
                let start = all.len().min(offset as usize);
                let end = all.len().min((offset + limit) as usize);
                assert_eq!(
                    ids(&page.rows),
                    all[start..end],
                    "{ordering} {offset} {limit}"
                );
            }
        }
    }
}

#[tokio::test]
async fn filters_and_search_restrict_together() {
    let garage = Garage::open().await;
    people(&garage).await;
    let everybody = all_customers(&garage, &Filter::default()).await;
    let filter = Filter {
        fields: &[
            ("is_active", "true"),
            ("is_verified", "false"),
            ("is_business_customer", "false"),
            ("state", "texas"),
        ],
        search: "ande",
        ..Filter::default()
    };
    let expected: Vec<Uuid> = everybody
        .iter()
        .map(|row| &row.customer)
        .filter(|customer| {
            customer.is_active
                && !customer.is_verified
                && !customer.is_business_customer
                && customer.state == "Texas"
                && customer.last_name == "Ander"
        })
        .map(|customer| customer.id)
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(ids(&all_customers(&garage, &filter).await), expected);
    for (search, count) in [
        ("", 200),
        ("  ", 200),
        ("--", 0),
        ("OZ eva", 10),
        ("nobody", 0),
    ] {
        let filter = Filter {
            search,
            ..Filter::default()
        };
        assert_eq!(
            all_customers(&garage, &filter).await.len(),
            count,
            "{search:?}"
        );
    }
}

#[tokio::test]
async fn deleted_records_are_in_no_list() {
    let garage = Garage::open().await;
    let owner = garage.customer(&[("last_name", "Owner")]).await;
    let kept = garage.vehicle(owner, &[("make", "Kia")]).await;
    let gone = garage.vehicle(owner, &[("make", "Kia")]).await;
    garage.delete(VEHICLE, gone).await;
    let rows = all_vehicles(&garage, &Filter::default()).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].vehicle.id, kept);
    assert_eq!(
        all_customers(&garage, &Filter::default()).await[0].active_vehicles,
        1
    );
    garage.delete(CUSTOMER, owner).await;
    assert!(all_customers(&garage, &Filter::default()).await.is_empty());
    assert!(all_vehicles(&garage, &Filter::default()).await.is_empty());
}

#[tokio::test]
async fn vehicles_are_ordered_filtered_and_carry_their_owner() {
    let garage = Garage::open().await;
    let ada = garage
        .customer(&[
            ("first_name", "Ada"),
            ("last_name", "Li"),
            ("phone", "+16145550100"),
        ])
        .await;
    let bob = garage
        .customer(&[("first_name", "Bob"), ("last_name", "")])
        .await;
    let mut cars = Vec::new();
    for (owner, make, model, plate, fuel, year) in [
        (ada, "toyota", "Yaris", "b 1", "hybrid", Some(2010)),
        (bob, "Toyota", "Aygo", "A-9", "gasoline", None),
        (ada, "Audi", "A3", "a 10", "diesel", Some(2020)),
    ] {
        let mut said = values(&[
            ("make", make),
            ("model", model),
            ("license_plate", plate),
            ("fuel_type", fuel),
        ]);
        said.insert("customer_id", Value::Id(owner));
        said.insert("year", year.map_or(Value::Null, Value::Integer));
        cars.push(garage.add(VEHICLE, said).await);
    }
    let [yaris, aygo, a3] = cars[..] else {
        unreachable!("three were made")
    };
    let listed = async |filter: Filter<'_>| {
        all_vehicles(&garage, &filter)
            .await
            .iter()
            .map(|row| row.vehicle.id)
            .collect::<Vec<_>>()
    };
    let ordered = |ordering| Filter {
        ordering,
        ..Filter::default()
    };
    assert_eq!(listed(ordered("")).await, [a3, aygo, yaris]);
    assert_eq!(listed(ordered("make")).await, [a3, aygo, yaris]);
    assert_eq!(listed(ordered("-model")).await, [yaris, aygo, a3]);
    assert_eq!(listed(ordered("year")).await, [aygo, yaris, a3]);
    assert_eq!(listed(ordered("license_plate")).await, [a3, aygo, yaris]);
    for (filter, expected) in [
        (
            Filter {
                fields: &[("make", "TOYOTA")],
                ..Filter::default()
            },
            vec![aygo, yaris],
        ),
        (
            Filter {
                fields: &[("customer_id", &ada.to_string()), ("fuel_type", "diesel")],
                ..Filter::default()
            },
            vec![a3],
        ),
        (
            Filter {
                search: "ada toy",
                fields: &[("is_active", "true"), ("is_under_warranty", "false")],
                ..Filter::default()
            },
            vec![yaris],
        ),
        // No filter is offered for a colour, and no car is active to the degree of "perhaps".
        (
            Filter {
                fields: &[("color", "red")],
                ..Filter::default()
            },
            vec![a3, aygo, yaris],
        ),
        (
            Filter {
                fields: &[("is_active", "perhaps")],
                ..Filter::default()
            },
            vec![],
        ),
    ] {
        assert_eq!(listed(filter).await, expected);
    }
    let rows = all_vehicles(&garage, &Filter::default()).await;
    assert_eq!(
        (rows[0].owner.as_str(), rows[0].owner_phone.as_str()),
        ("Ada Li", "+16145550100")
    );
    assert_eq!(rows[1].owner, "Bob");
}

#[tokio::test]
async fn what_is_due_is_found_by_each_date_and_by_mileage() {
    let garage = Garage::open().await;
    let owner = garage.customer(&[("last_name", "Owner")]).await;
    let day = |text: &str| Value::Date(text.parse::<NaiveDate>().unwrap());
    let with = async |fields: Values| {
        let mut said = values(&[("make", "Kia")]);
        said.insert("customer_id", Value::Id(owner));
        said.extend(fields);
        let mileage = said.remove("current_mileage");
        let blank = Record::new(VEHICLE, Uuid::nil(), Values::new(), now());
        consequences::state(&blank, &mut said);
        let id = garage.add(VEHICLE, said).await;
        if let Some(mileage) = mileage {
            let read = Values::from([("vehicle_id", Value::Id(id)), ("value", mileage)]);
            garage.add(EntityKind::MileageReading, read).await;
        }
        id
    };
    let mut due = Vec::new();
    for field in [
        "next_service_due_date",
        "registration_expiry_date",
        "insurance_expiry_date",
    ] {
        due.push(with(Values::from([(field, day("2026-03-10"))])).await);
        with(Values::from([(field, day("2026-03-11"))])).await;
    }
    let driven = |due: i64| {
        Values::from([
            ("current_mileage", Value::Integer(10_000)),
            ("next_service_due_mileage", Value::Integer(due)),
        ])
    };
    due.push(with(driven(10_500)).await);
    with(driven(10_501)).await;
    with(Values::from([
        ("next_service_due_date", day("2026-03-10")),
        ("is_active", Value::Flag(false)),
    ]))
    .await;
    let mut conn = garage.store.read().await.unwrap();
    let until = "2026-03-10".parse().unwrap();
    let mut found: Vec<Uuid> = lists::due_points(&mut conn, until, 500)
        .await
        .unwrap()
        .iter()
        .map(|points| points.id)
        .collect();
    found.sort_unstable();
    due.sort_unstable();
    assert_eq!(found, due);
}

#[tokio::test]
async fn figures_count_live_customers() {
    let garage = Garage::open().await;
    let mut conn = garage.store.read().await.unwrap();
    let none = lists::customer_figures(&mut conn, now()).await.unwrap();
    assert_eq!(none, lists::CustomerFigures::default());
    drop(conn);
    people(&garage).await;
    let gone = garage.customer(&[("last_name", "Gone")]).await;
    garage.delete(CUSTOMER, gone).await;
    let mut conn = garage.store.read().await.unwrap();
    let figures = lists::customer_figures(&mut conn, now() - chrono::Duration::days(4))
        .await
        .unwrap();
    assert_eq!(
        (
            figures.total,
            figures.active,
            figures.verified,
            figures.business,
            figures.new
        ),
        (200, 171, 67, 20, 50)
    );
}

#[tokio::test]
async fn service_types_come_most_used_first() {
    let garage = Garage::open().await;
    let owner = garage.customer(&[("last_name", "Owner")]).await;
    let car = garage.vehicle(owner, &[("make", "Kia")]).await;
    for service_type in [
        "Brakes",
        "Oil change",
        "Oil change",
        "Brakes",
        "Oil change",
        "Tires",
    ] {
        let mut said = values(&[("service_type", service_type), ("currency", "USD")]);
        said.insert("vehicle_id", Value::Id(car));
        garage.add(EntityKind::ServiceRecord, said).await;
    }
    let mut conn = garage.store.read().await.unwrap();
    assert_eq!(
        lists::service_types(&mut conn, 2).await.unwrap(),
        ["Oil change", "Brakes"]
    );
}
