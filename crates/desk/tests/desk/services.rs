//! What follows from a service.

use chrono::NaiveDate;
use serde_json::json;
use servease_domain::{Code, EntityKind, ServiceRecord};

use crate::shop::{Shop, asked, invalid, object, one};

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

#[tokio::test]
async fn a_service_sets_the_last_one_and_counts_the_interval_from_it() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop
        .vehicle(
            ann,
            json!({
                "current_mileage": 10_000, "service_interval_months": 6,
                "service_interval_distance": 8_000, "next_service_due_date": "2025-03-01",
                "next_service_due_mileage": 10_500,
            }),
        )
        .await;
    shop.service(
        focus,
        json!({"mileage": 10_400, "performed_at": "2025-03-10T14:00:00Z"}),
    )
    .await;
    let vehicle = shop.get_vehicle(focus).await;
    assert_eq!(
        vehicle.last_service_date,
        Some("2025-03-10T14:00:00Z".parse().unwrap())
    );
    assert_eq!(vehicle.last_service_mileage, Some(10_400));
    assert_eq!(vehicle.next_service_due_date, day("2025-09-10"));
    assert_eq!(vehicle.next_service_due_mileage, Some(18_400));
    assert_eq!(vehicle.current_mileage, 10_400);
    let customer = shop.get_customer(ann).await;
    assert_eq!(customer.last_service_date, vehicle.last_service_date);
}

#[tokio::test]
async fn without_an_interval_what_the_service_satisfied_is_cleared() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop
        .vehicle(
            ann,
            json!({
                "current_mileage": 10_000, "next_service_due_date": "2025-03-01",
                "next_service_due_mileage": 30_000,
            }),
        )
        .await;
    shop.service(focus, json!({"mileage": 10_100})).await;
    let vehicle = shop.get_vehicle(focus).await;
    assert_eq!(vehicle.next_service_due_date, None);
    // 20,000 ahead was not what this service was for.
    assert_eq!(vehicle.next_service_due_mileage, Some(30_000));
}

#[tokio::test]
async fn a_late_entry_does_not_move_what_a_newer_service_set() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop
        .vehicle(
            ann,
            json!({"current_mileage": 10_000, "service_interval_months": 12}),
        )
        .await;
    shop.service(focus, json!({})).await;
    let after_new = shop.get_vehicle(focus).await;
    shop.service(
        focus,
        json!({"performed_at": "2020-01-01", "mileage": 3_000}),
    )
    .await;
    let after_late = shop.get_vehicle(focus).await;
    assert_eq!(after_late.last_service_date, after_new.last_service_date);
    assert_eq!(
        after_late.next_service_due_date,
        after_new.next_service_due_date
    );
    assert_eq!(after_late.current_mileage, 10_000);
}

#[tokio::test]
async fn the_mileage_of_a_service_is_judged() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({"current_mileage": 10_000})).await;
    let kind = EntityKind::ServiceRecord;
    let fields =
        |mileage: i64| json!({"vehicle_id": focus, "service_type": "Oil", "mileage": mileage});
    let below = shop.create(kind, fields(9_000)).await;
    assert_eq!(invalid(below), one("mileage", Code::MileageBelowLast));
    let far = shop.create(kind, fields(99_000)).await;
    assert_eq!(asked(far), one("mileage", Code::MileageImprobable));
    shop.desk
        .create(kind, &object(fields(99_000)), true)
        .await
        .unwrap();
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 99_000);
    let future = json!({"vehicle_id": focus, "service_type": "Oil", "performed_at": "2031-01-01"});
    assert_eq!(
        invalid(shop.create(kind, future).await),
        one("performed_at", Code::InFuture)
    );
}

#[tokio::test]
async fn the_garage_fills_in_what_it_knows() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({})).await;
    let eve = shop.employee("Eve").await;
    let desk = shop.desk.clone().working_as(eve);
    let fields = object(json!({"vehicle_id": focus, "service_type": "Oil", "cost": "12.5"}));
    let saved = desk
        .create(EntityKind::ServiceRecord, &fields, false)
        .await
        .unwrap();
    let service: ServiceRecord = shop.get(saved.id).await;
    assert_eq!(service.customer_id, Some(ann));
    assert_eq!(service.employee_id, Some(eve));
    assert_eq!(service.performed_at, Some(shop.now()));
    assert_eq!(
        (service.cost, service.currency.as_str()),
        (Some(1_250), "USD")
    );
}

#[tokio::test]
async fn deleting_or_editing_a_service_settles_the_vehicle() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop
        .vehicle(
            ann,
            json!({"current_mileage": 10_000, "service_interval_months": 12}),
        )
        .await;
    shop.service(
        focus,
        json!({"performed_at": "2024-01-10T12:00:00Z", "mileage": 8_000}),
    )
    .await;
    let newest = shop
        .service(focus, json!({"performed_at": "2025-01-10T12:00:00Z"}))
        .await;
    assert_eq!(
        shop.get_vehicle(focus).await.next_service_due_date,
        day("2026-01-10")
    );

    let changes = json!({"performed_at": "2025-02-10T12:00:00Z"});
    shop.edit(EntityKind::ServiceRecord, newest, changes)
        .await
        .unwrap();
    assert_eq!(
        shop.get_vehicle(focus).await.next_service_due_date,
        day("2026-02-10")
    );

    shop.desk
        .delete(EntityKind::ServiceRecord, newest)
        .await
        .unwrap();
    let vehicle = shop.get_vehicle(focus).await;
    assert_eq!(
        vehicle.last_service_date,
        Some("2024-01-10T12:00:00Z".parse().unwrap())
    );
    assert_eq!(vehicle.last_service_mileage, Some(8_000));
    assert_eq!(vehicle.next_service_due_date, day("2025-01-10"));

    shop.desk.undo().await.unwrap();
    assert_eq!(
        shop.get_vehicle(focus).await.next_service_due_date,
        day("2026-02-10")
    );
}

#[tokio::test]
async fn totals_are_kept_by_currency() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop.vehicle(ann, json!({})).await;
    for (cost, currency) in [("10.10", "USD"), ("0.90", "USD"), ("700", "JPY")] {
        shop.service(focus, json!({"cost": cost, "currency": currency}))
            .await;
    }
    let totals = shop.desk.customer_card(ann).await.unwrap().totals;
    assert_eq!(totals.count, 3);
    assert_eq!(totals.spent["USD"], "11.00");
    assert_eq!(totals.spent["JPY"], "700");
}
