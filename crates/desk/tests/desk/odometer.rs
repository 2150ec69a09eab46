//! Readings: what is believed, asked and refused.

use serde_json::json;
use servease_domain::{Code, EntityKind, MileageReading};
use uuid::Uuid;

use crate::shop::{Shop, asked, invalid, one};

async fn focus(shop: &Shop, mileage: i64) -> Uuid {
    let ann = shop.customer("Ann").await;
    shop.vehicle(ann, json!({"current_mileage": mileage})).await
}

#[tokio::test]
async fn a_new_vehicle_with_a_mileage_has_its_first_reading() {
    let shop = Shop::new().await;
    let focus = focus(&shop, 40_000).await;
    let readings: Vec<MileageReading> = shop.list("vehicle_id", focus).await;
    assert_eq!(readings.len(), 1);
    assert_eq!(readings[0].value, 40_000);
    assert_eq!(readings[0].read_at, Some(shop.now()));
    assert_eq!(readings[0].source, "desk");
}

#[tokio::test]
async fn a_reading_is_added_and_shown() {
    let shop = Shop::new().await;
    let focus = focus(&shop, 40_000).await;
    shop.pass_days(30);
    shop.desk
        .update_mileage(focus, 41_000, None, false)
        .await
        .unwrap();
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 41_000);
    // The same value again is a reading of its own.
    shop.pass_days(1);
    let same = shop
        .desk
        .update_mileage(focus, 41_000, None, false)
        .await
        .unwrap();
    assert!(same.step.is_some());
    let readings: Vec<MileageReading> = shop.list("vehicle_id", focus).await;
    assert_eq!(readings.len(), 3);
}

#[tokio::test]
async fn a_lower_reading_needs_a_correction_and_its_reason() {
    let shop = Shop::new().await;
    let focus = focus(&shop, 40_000).await;
    let below = one("mileage", Code::MileageBelowLast);
    assert_eq!(
        invalid(shop.desk.update_mileage(focus, 39_999, None, false).await),
        below
    );
    assert_eq!(
        invalid(shop.desk.update_mileage(focus, 39_999, None, true).await),
        below
    );
    let unexplained = shop
        .desk
        .update_mileage(focus, 39_999, Some(" ".to_owned()), false)
        .await;
    assert_eq!(invalid(unexplained), one("reason", Code::ReasonMissing));
    let reason = Some(" misread ".to_owned());
    shop.desk
        .update_mileage(focus, 39_999, reason, false)
        .await
        .unwrap();
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 39_999);
    let readings: Vec<MileageReading> = shop.list("vehicle_id", focus).await;
    let correction = readings
        .iter()
        .find(|reading| reading.is_correction)
        .unwrap();
    assert_eq!(
        (correction.value, correction.reason.as_str()),
        (39_999, "misread")
    );
}

#[tokio::test]
async fn an_improbable_reading_is_asked_for_once() {
    let shop = Shop::new().await;
    let focus = focus(&shop, 40_000).await;
    let doubt = one("mileage", Code::MileageImprobable);
    assert_eq!(
        asked(shop.desk.update_mileage(focus, 90_001, None, false).await),
        doubt
    );
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 40_000);
    shop.desk
        .update_mileage(focus, 90_000, None, false)
        .await
        .unwrap();
    // 2,000 a day count once the last reading is a week old.
    shop.pass_days(6);
    shop.desk
        .update_mileage(focus, 105_000, None, false)
        .await
        .unwrap();
    shop.pass_days(7);
    assert_eq!(
        asked(shop.desk.update_mileage(focus, 119_001, None, false).await),
        doubt
    );
    shop.desk
        .update_mileage(focus, 119_001, None, true)
        .await
        .unwrap();
    assert_eq!(shop.get_vehicle(focus).await.current_mileage, 119_001);
}

#[tokio::test]
async fn an_upward_correction_is_asked_about_like_any_reading() {
    let shop = Shop::new().await;
    let focus = focus(&shop, 40_000).await;
    let reason = || Some("digit forgotten".to_owned());
    let result = shop
        .desk
        .update_mileage(focus, 400_000, reason(), false)
        .await;
    assert_eq!(asked(result), one("mileage", Code::MileageImprobable));
    shop.desk
        .update_mileage(focus, 400_000, reason(), true)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_value_no_odometer_shows_is_refused() {
    let shop = Shop::new().await;
    let focus = focus(&shop, 40_000).await;
    for (value, code) in [
        (-1, Code::TooSmall),
        (10_000_000, Code::TooLarge),
        (i64::MAX, Code::TooLarge),
        (i64::MIN, Code::TooSmall),
    ] {
        let result = shop.desk.update_mileage(focus, value, None, true).await;
        assert_eq!(invalid(result), one("mileage", code), "{value}");
    }
}

#[tokio::test]
async fn editing_the_field_is_a_reading() {
    let shop = Shop::new().await;
    let focus = focus(&shop, 40_000).await;
    let kind = EntityKind::Vehicle;
    let lower = shop.edit(kind, focus, json!({"current_mileage": 1})).await;
    assert_eq!(
        invalid(lower),
        one("current_mileage", Code::MileageBelowLast)
    );
    let far = shop
        .edit(kind, focus, json!({"current_mileage": 400_000}))
        .await;
    assert_eq!(asked(far), one("current_mileage", Code::MileageImprobable));
    shop.edit(
        kind,
        focus,
        json!({"current_mileage": 41_000, "color": "red"}),
    )
    .await
    .unwrap();
    let vehicle = shop.get_vehicle(focus).await;
    assert_eq!(
        (vehicle.current_mileage, vehicle.color.as_str()),
        (41_000, "red")
    );
    let readings: Vec<MileageReading> = shop.list("vehicle_id", focus).await;
    assert_eq!(readings.len(), 2);
    // All of it is one step.
    shop.desk.undo().await.unwrap();
    let vehicle = shop.get_vehicle(focus).await;
    assert_eq!(
        (vehicle.current_mileage, vehicle.color.as_str()),
        (40_000, "")
    );
    assert_eq!(
        shop.list::<MileageReading>("vehicle_id", focus).await.len(),
        1
    );
}

#[tokio::test]
async fn a_first_reading_is_believed() {
    let shop = Shop::new().await;
    let focus = focus(&shop, 0).await;
    shop.pass_days(1);
    shop.desk
        .update_mileage(focus, 180_000, None, false)
        .await
        .unwrap();
}

#[tokio::test]
async fn readings_are_only_ever_added() {
    let shop = Shop::new().await;
    let focus = focus(&shop, 40_000).await;
    let reading = shop.list::<MileageReading>("vehicle_id", focus).await[0].id;
    let kind = EntityKind::MileageReading;
    assert_eq!(
        invalid(shop.desk.delete(kind, reading).await),
        one("id", Code::Fixed)
    );
    let edit = shop.edit(kind, reading, json!({"value": 1})).await;
    assert_eq!(invalid(edit), one("value", Code::Fixed));
}
