//! Demo data must be such as people could have entered, and the same each time.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use servease_desk::demo::{DemoPlan, fill};
use servease_desk::views::ListQuery;
use servease_desk::{Clock, Desk, Failure};
use servease_domain::calendar::Calendar;
use servease_domain::reading::{self, Context};
use servease_domain::{EntityKind, Record, rules};
use servease_store::{Store, log, rows};

const PLAN: DemoPlan = DemoPlan {
    customers: 300,
    seed: 5,
};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 15, 0, 0).unwrap()
}

fn today() -> NaiveDate {
    now().date_naive()
}

async fn filled(plan: DemoPlan) -> Store {
    let store = Store::in_memory(1, now()).await.unwrap();
    let counts = fill(&store, plan, now(), Calendar::default(), |_, _| {})
        .await
        .unwrap();
    assert_eq!(counts.customers, i64::from(plan.customers));
    store
}

async fn records(store: &Store) -> Vec<Record> {
    let mut conn = store.read().await.unwrap();
    let mut all = Vec::new();
    for kind in EntityKind::ALL {
        all.extend(rows::list_all(&mut conn, kind).await.unwrap());
    }
    all
}

#[tokio::test]
async fn the_same_plan_gives_the_same_garage_and_another_seed_another() {
    let one = records(&filled(PLAN).await).await;
    assert_eq!(one, records(&filled(PLAN).await).await);
    let other = DemoPlan { seed: 6, ..PLAN };
    assert_ne!(one, records(&filled(other).await).await);
}

#[tokio::test]
async fn every_record_is_one_that_could_have_been_entered() {
    let store = filled(PLAN).await;
    let context = Context {
        now: now(),
        today: today(),
        calendar: servease_domain::calendar::Calendar::of(chrono_tz::Tz::UTC),
        country: Some("US".to_owned()),
        currency: "USD".to_owned(),
    };
    let records = records(&store).await;
    assert!(records.len() > 2_500);
    for record in &records {
        let input = servease_wire::record::full(record);
        let input = input.as_object().unwrap();
        let read = reading::read(record.kind, input, &context);
        assert_eq!(read.problems, [], "{record:?}");
        let doubtful_vins: Vec<_> = read
            .warnings
            .iter()
            .filter(|warning| warning.field == "vin")
            .collect();
        assert!(doubtful_vins.is_empty(), "{doubtful_vins:?} {record:?}");
        for (name, value) in &read.values {
            assert_eq!(record.get(name), value, "{name} of {record:?}");
        }
        assert_eq!(rules::check_new(record, &context), [], "{record:?}");
    }
    assert_eq!(
        store.integrity_problems().await.unwrap(),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn demo_data_has_a_history_is_found_and_something_is_due() {
    let desk = Desk::over(filled(PLAN).await, Clock::fixed(now()));
    let page = desk
        .customer_page(&ListQuery::default(), 0, 300)
        .await
        .unwrap();
    for row in &page.rows {
        let name = format!("{} {}", row.customer.first_name, row.customer.last_name);
        let hits = desk.search(&name, 50).await.unwrap();
        assert!(hits.iter().any(|hit| hit.id == row.customer.id), "{name}");
    }
    let mut conn = desk.store().read().await.unwrap();
    let history = log::list_history(&mut conn, EntityKind::Customer, page.rows[0].customer.id)
        .await
        .unwrap();
    assert!(!history.is_empty());
    drop(conn);
    let due = desk.due_list(14, 10).await.unwrap();
    // The few that are shown are the first of all of them.
    let all = desk.due_vehicles(14).await.unwrap();
    let first: Vec<_> = all.iter().take(10).map(|row| row.vehicle.id).collect();
    let shown: Vec<_> = due.rows.iter().map(|row| row.vehicle.id).collect();
    assert_eq!(shown, first);
    assert_eq!(due.total, all.len() as i64);
    let vehicles = desk
        .vehicle_list(&ListQuery::default(), 0, 1)
        .await
        .unwrap()
        .total;
    let share = due.total as f64 / vehicles as f64;
    assert!((0.05..0.5).contains(&share), "{share}");
}

#[tokio::test]
async fn only_an_empty_folder_is_filled() {
    let store = filled(DemoPlan {
        customers: 1,
        ..PLAN
    })
    .await;
    let again = fill(&store, PLAN, now(), Calendar::default(), |_, _| {}).await;
    assert!(matches!(again, Err(Failure::NotEmpty)));
}

#[tokio::test]
async fn progress_ends_with_everything() {
    let store = Store::in_memory(1, now()).await.unwrap();
    let mut told = Vec::new();
    fill(&store, PLAN, now(), Calendar::default(), |done, of| {
        told.push((done, of))
    })
    .await
    .unwrap();
    assert_eq!(told, [(250, 300), (300, 300)]);
}
