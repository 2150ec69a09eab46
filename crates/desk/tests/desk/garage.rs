//! What is the garage's and what is this PC's; who signs, and who does not any more.

use std::collections::BTreeMap;

use serde_json::json;
use servease_desk::{Clock, Desk};
use servease_domain::kind::GARAGE_ID;
use servease_domain::{Code, Employee, EntityKind, Garage};
use servease_store::{Store, settings, sync};
use servease_wire::sync::WireAction;

use crate::shop::{Shop, invalid, start};

pub fn changes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn the_garages_settings_are_undone_and_told_like_any_edit_and_this_pcs_are_not() {
    let shop = Shop::new().await;
    let wanted = changes(&[
        ("distance_unit", "km"),
        ("soon_days", "14"),
        ("theme", "dark"),
    ]);
    let settings = shop.desk.save_settings(&wanted).await.unwrap();
    assert_eq!((settings.soon_days, settings.soon_distance), (14, 1_000));
    let history = shop
        .desk
        .history(EntityKind::Garage, GARAGE_ID)
        .await
        .unwrap();
    let fields: Vec<&str> = history[0]
        .changes
        .iter()
        .map(|it| it.field.as_str())
        .collect();
    assert_eq!(fields, ["distance_unit", "soon_days"]);
    let undone = shop.desk.undo().await.unwrap();
    assert_eq!(undone.kind, EntityKind::Garage);
    let settings = shop.desk.settings().await.unwrap();
    assert_eq!(
        (settings.distance_unit.as_str(), settings.soon_days),
        ("mi", 30)
    );
    assert_eq!(settings.theme, "dark");
    // What it is already is no edit.
    let same = changes(&[("distance_unit", "mi")]);
    shop.desk.save_settings(&same).await.unwrap();
    let again = shop
        .desk
        .history(EntityKind::Garage, GARAGE_ID)
        .await
        .unwrap();
    assert_eq!(again.len(), 2);
}

#[tokio::test]
async fn how_far_ahead_soon_is_decides_who_is_due() {
    let shop = Shop::new().await;
    let owner = shop.customer("Ann").await;
    let due = json!({"next_service_due_date": "2025-04-05"});
    let vehicle = shop.vehicle(owner, due).await;
    let state = async || {
        let card = shop.desk.vehicle_card(vehicle).await.unwrap();
        format!("{:?}", card.due)
    };
    assert!(state().await.contains("DueSoon"), "{}", state().await);
    let near = changes(&[("soon_days", "7")]);
    shop.desk.save_settings(&near).await.unwrap();
    assert!(!state().await.contains("DueSoon"), "{}", state().await);
}

#[tokio::test]
async fn the_garage_is_neither_made_nor_deleted() {
    let shop = Shop::new().await;
    let made = shop
        .create(EntityKind::Garage, json!({"garage_name": "X"}))
        .await;
    assert_eq!(invalid(made), [("id".to_owned(), Code::Fixed)]);
    let gone = shop.desk.delete(EntityKind::Garage, GARAGE_ID).await;
    assert_eq!(invalid(gone), [("id".to_owned(), Code::NeverDeleted)]);
    let edit = json!({"country": ""});
    let emptied = shop.edit(EntityKind::Garage, GARAGE_ID, edit).await;
    assert_eq!(invalid(emptied), [("country".to_owned(), Code::Required)]);
}

#[tokio::test]
async fn an_employee_who_has_left_signs_nothing_and_is_never_deleted() {
    let shop = Shop::new().await;
    let eve = shop.employee("Eve").await;
    let chosen = changes(&[("employee_id", &eve.to_string())]);
    shop.desk.save_settings(&chosen).await.unwrap();
    let gone = shop.desk.delete(EntityKind::Employee, eve).await;
    assert_eq!(invalid(gone), [("id".to_owned(), Code::NeverDeleted)]);
    let out = json!({"is_active": false});
    shop.edit(EntityKind::Employee, eve, out).await.unwrap();
    let customer = shop.customer("Ann").await;
    let history = shop
        .desk
        .history(EntityKind::Customer, customer)
        .await
        .unwrap();
    assert_eq!(history[0].author, "");
    let refused = shop.desk.save_settings(&chosen).await;
    assert_eq!(
        invalid(refused),
        [("employee_id".to_owned(), Code::Deactivated)]
    );
}

#[tokio::test]
async fn undoing_that_somebody_was_added_takes_them_out_of_use() {
    let shop = Shop::new().await;
    let eve = shop.employee("Eve").await;
    shop.desk.undo().await.unwrap();
    let employee: Employee = shop.get(eve).await;
    assert!(!employee.is_active);
    shop.desk.redo().await.unwrap();
    let employee: Employee = shop.get(eve).await;
    assert!(employee.is_active);
}

#[tokio::test]
async fn when_nobody_is_chosen_whoever_is_signed_in_signs() {
    let shop = Shop::new().await;
    let eve = shop.employee("Eve").await;
    let sign_in = async |employee: &str| {
        let mut tx = shop.desk.store().begin_plain().await.unwrap();
        for (key, value) in [
            ("account.server", "https://central.example/"),
            ("account.name", "Ed Itor"),
            ("account.secrets", "file"),
            ("account.employee_id", employee),
        ] {
            settings::set(&mut tx, key, value).await.unwrap();
        }
        shop.desk.store().commit(tx, Vec::new()).await.unwrap();
    };
    let signed_by = async |name: &str| {
        let customer = shop.customer(name).await;
        let history = shop.desk.history(EntityKind::Customer, customer).await;
        history.unwrap()[0].author.clone()
    };
    assert_eq!(signed_by("Ann").await, "");
    // Their own record has not arrived yet: the name is known.
    sign_in("00000000-0000-0000-0000-00000000000f").await;
    assert_eq!(signed_by("Bob").await, "Ed Itor");
    sign_in(&eve.to_string()).await;
    assert_eq!(signed_by("Cy").await, "Eve");
    let out = json!({"is_active": false});
    shop.edit(EntityKind::Employee, eve, out).await.unwrap();
    assert_eq!(signed_by("Di").await, "");
}

/// What an older program had in its settings.
async fn upgraded(former: &[(&str, &str)]) -> (Desk, tempfile::TempDir) {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("servease.db");
    let store = Store::open(&path, start()).await.unwrap();
    let mut tx = store.begin_plain().await.unwrap();
    for (key, value) in former {
        settings::set(&mut tx, key, value).await.unwrap();
    }
    // It had been in touch with its Central.
    settings::set(&mut tx, settings::SEEN_SEQ, "7")
        .await
        .unwrap();
    store.commit(tx, Vec::new()).await.unwrap();
    store.close().await;
    let store = Store::open(&path, start()).await.unwrap();
    (Desk::over(store, Clock::fixed(start())), folder)
}

#[tokio::test]
async fn what_was_typed_before_it_was_a_record_goes_out_as_an_edit_that_overrules_nobody() {
    let (desk, _folder) = upgraded(&[
        ("garage.timezone", "Europe/Berlin"),
        ("garage.distance_unit", "km"),
        ("garage.currency", "USD"),
        ("garage.country", ""),
    ])
    .await;
    let settings = desk.settings().await.unwrap();
    assert_eq!(
        (settings.timezone.as_str(), settings.country.as_str()),
        ("Europe/Berlin", "US")
    );
    let mut conn = desk.store().read().await.unwrap();
    let out = sync::outbox::list_waiting(&mut conn, 10).await.unwrap();
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].fields, ["distance_unit", "timezone"]);
    let seen: i64 = sqlx::query_scalar("SELECT seen FROM mutations")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(seen, 0);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM settings WHERE key GLOB 'garage.*'")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_zone_is_readable_inside_the_step_that_changes_it() {
    let shop = Shop::new().await;
    let moment = servease_store::Moment {
        now: start(),
        author: servease_store::Author::default(),
    };
    let mut step = shop.desk.store().begin(moment).await.unwrap();
    let mut record = servease_store::garage::get(step.conn()).await.unwrap();
    let tokyo = servease_domain::Value::Text("Asia/Tokyo".to_owned());
    let wanted = servease_domain::Values::from([("timezone", tokyo)]);
    step.update(&mut record, &wanted, false).await.unwrap();
    let zone = servease_store::garage::zone(step.conn()).await.unwrap();
    assert_eq!(zone, chrono_tz::Asia::Tokyo);
    step.commit().await.unwrap();
    let garage: Garage = shop.get(GARAGE_ID).await;
    assert_eq!(garage.timezone, "Asia/Tokyo");
}

#[tokio::test]
async fn another_zone_moves_the_days_that_follow_from_services_wherever_it_comes_from() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let focus = shop
        .vehicle(ann, json!({"service_interval_months": 1}))
        .await;
    // In New York it is still the evening before.
    let done = json!({"performed_at": "2025-03-02T02:00:00Z"});
    shop.service(focus, done).await;
    let due = async || {
        let day = shop.get_vehicle(focus).await.next_service_due_date;
        day.unwrap().to_string()
    };
    assert_eq!(due().await, "2025-04-01");
    let berlin = changes(&[("timezone", "Europe/Berlin")]);
    shop.desk.save_settings(&berlin).await.unwrap();
    assert_eq!(due().await, "2025-04-02");
    shop.desk.undo().await.unwrap();
    assert_eq!(due().await, "2025-04-01");
    let tokyo = json!({"timezone": "Asia/Tokyo"});
    shop.arrives(EntityKind::Garage, GARAGE_ID, WireAction::Update, tokyo)
        .await;
    assert_eq!(due().await, "2025-04-02");
    // Nobody typed it: no edit tells of it.
    let mut history = shop.desk.history(EntityKind::Vehicle, focus).await.unwrap();
    history.retain(|entry| entry.kind == EntityKind::Vehicle);
    assert_eq!(history.len(), 1, "{history:?}");
}
