//! Alerts: raised once at each stage, silent when somebody has answered, withdrawn when their cause
//! goes.

use chrono::Duration;
use serde_json::json;
use servease_desk::AlertWatch;
use servease_desk::views::{AlertLine, Checked};
use servease_domain::alerts::{AlertKind, AlertState};
use servease_domain::{Code, EntityKind};
use tempfile::TempDir;
use uuid::Uuid;

use crate::garage::changes;
use crate::shop::{Shop, invalid};

/// A car whose registration expires so many days from the shop's first day, 2025-03-10.
async fn registered(shop: &Shop, in_days: i64) -> Uuid {
    let owner = shop.customer("Ann").await;
    let day = (shop.now() + Duration::days(in_days)).date_naive();
    let fields = json!({"registration_expiry_date": day});
    shop.vehicle(owner, fields).await
}

async fn raised(shop: &Shop) -> Vec<AlertLine> {
    shop.desk.check_alerts(None).await.unwrap().raised
}

async fn withdrawn(shop: &Shop) -> Vec<Uuid> {
    let checked = shop.desk.check_alerts(None).await.unwrap();
    assert_eq!(checked.raised, []);
    checked.withdrawn.iter().map(|line| line.id).collect()
}

async fn states(shop: &Shop) -> Vec<AlertState> {
    let all = [
        AlertState::Scheduled,
        AlertState::Raised,
        AlertState::Seen,
        AlertState::Snoozed,
        AlertState::Done,
    ];
    let lines = shop.desk.alerts(&all, 400).await.unwrap();
    lines.iter().map(|line| line.state).collect()
}

#[tokio::test]
async fn each_stage_is_raised_once_however_often_somebody_looks() {
    let shop = Shop::new().await;
    let car = registered(&shop, 31).await;
    assert_eq!(states(&shop).await, [AlertState::Scheduled]);
    let mut told = Vec::new();
    for day in 0..40 {
        for _ in 0..3 {
            for line in raised(&shop).await {
                assert_eq!((line.record, line.kind), (car, AlertKind::Registration));
                told.push(day);
            }
            shop.pass(Duration::hours(3));
        }
        shop.pass(Duration::hours(15));
    }
    // 30, 14, 7 and 1 day before, on the day, and the day after.
    assert_eq!(told, [1, 17, 24, 30, 31, 32]);
}

#[tokio::test]
async fn what_came_due_while_the_pc_was_off_is_raised_once() {
    let shop = Shop::new().await;
    registered(&shop, 90).await;
    shop.pass_days(200);
    assert_eq!(raised(&shop).await.len(), 1);
    assert_eq!(raised(&shop).await, []);
    // A clock that jumps back and forth raises nothing twice.
    shop.pass_days(-150);
    assert_eq!(raised(&shop).await, []);
    shop.pass_days(150);
    assert_eq!(raised(&shop).await, []);
}

#[tokio::test]
async fn whoever_has_seen_one_hears_of_it_again_when_it_is_more_urgent() {
    let shop = Shop::new().await;
    registered(&shop, 20).await;
    let alert = raised(&shop).await[0].id;
    shop.desk.see_alert(alert).await.unwrap();
    assert_eq!(states(&shop).await, [AlertState::Seen]);
    shop.pass_days(5);
    assert_eq!(raised(&shop).await, []);
    shop.pass_days(1);
    assert_eq!(raised(&shop).await[0].id, alert);
    assert_eq!(states(&shop).await, [AlertState::Raised]);
}

#[tokio::test]
async fn a_snoozed_one_is_silent_until_its_moment_and_speaks_once_then() {
    let shop = Shop::new().await;
    registered(&shop, 20).await;
    let alert = raised(&shop).await[0].id;
    let until = shop.now() + Duration::days(2);
    shop.desk.snooze_alert(alert, until).await.unwrap();
    assert_eq!(states(&shop).await, [AlertState::Snoozed]);
    shop.pass(Duration::days(2) - Duration::seconds(1));
    assert_eq!(raised(&shop).await, []);
    shop.pass(Duration::seconds(1));
    assert_eq!(raised(&shop).await.len(), 1);
    assert_eq!(raised(&shop).await, []);
    // Put off once more.
    let until = shop.now() + Duration::hours(1);
    shop.desk.snooze_alert(alert, until).await.unwrap();
    shop.pass(Duration::hours(1));
    assert_eq!(raised(&shop).await.len(), 1);
    let passed = shop.desk.snooze_alert(alert, shop.now()).await;
    assert_eq!(invalid(passed), [("until".to_owned(), Code::InPast)]);
}

#[tokio::test]
async fn what_is_done_is_silent_until_there_is_another_date() {
    let shop = Shop::new().await;
    let car = registered(&shop, 3).await;
    let alert = raised(&shop).await[0].id;
    shop.desk.finish_alert(alert).await.unwrap();
    assert_eq!(states(&shop).await, [AlertState::Done]);
    assert_eq!(withdrawn(&shop).await, [alert]);
    shop.pass_days(10);
    assert_eq!(raised(&shop).await, []);
    let next = (shop.now() + Duration::days(5)).date_naive();
    let fields = json!({"registration_expiry_date": next});
    shop.edit(EntityKind::Vehicle, car, fields).await.unwrap();
    let again = raised(&shop).await;
    assert_eq!(again.len(), 1);
    assert_ne!(again[0].id, alert);
}

#[tokio::test]
async fn an_answer_is_undone_and_given_again() {
    let shop = Shop::new().await;
    registered(&shop, 3).await;
    let alert = raised(&shop).await[0].id;
    for _ in 0..2 {
        shop.desk.finish_alert(alert).await.unwrap();
        assert_eq!(states(&shop).await, [AlertState::Done]);
        shop.desk.undo().await.unwrap();
        assert_eq!(states(&shop).await, [AlertState::Raised]);
    }
    shop.desk.redo().await.unwrap();
    assert_eq!(states(&shop).await, [AlertState::Done]);
}

#[tokio::test]
async fn an_alert_is_withdrawn_when_what_it_is_about_is_over() {
    for end in ["renewed", "inactive", "deleted", "gone"] {
        let shop = Shop::new().await;
        let car = registered(&shop, 3).await;
        let alert = raised(&shop).await[0].id;
        let owner = shop
            .desk
            .vehicle_card(car)
            .await
            .unwrap()
            .vehicle
            .customer_id;
        match end {
            "renewed" => {
                let fields = json!({"registration_expiry_date": "2027-03-10"});
                shop.edit(EntityKind::Vehicle, car, fields).await.unwrap();
            }
            "inactive" => {
                let fields = json!({"is_active": false});
                shop.edit(EntityKind::Vehicle, car, fields).await.unwrap();
            }
            "deleted" => _ = shop.desk.delete(EntityKind::Vehicle, car).await.unwrap(),
            _ => {
                let fields = json!({"is_active": false});
                let owner = owner.unwrap();
                shop.edit(EntityKind::Customer, owner, fields)
                    .await
                    .unwrap();
            }
        }
        assert_eq!(withdrawn(&shop).await, [alert], "{end}");
        assert!(withdrawn(&shop).await.is_empty(), "{end}");
        if end != "renewed" {
            // What comes back speaks again.
            shop.desk.undo().await.unwrap();
            assert_eq!(raised(&shop).await[0].id, alert, "{end}");
        }
    }
}

#[tokio::test]
async fn a_service_speaks_by_the_odometer_and_is_over_once_it_is_recorded() {
    let shop = Shop::new().await;
    let owner = shop.customer("Ann").await;
    let fields = json!({"current_mileage": 40_000, "next_service_due_mileage": 41_500});
    let car = shop.vehicle(owner, fields).await;
    assert_eq!(raised(&shop).await, []);
    shop.desk
        .update_mileage(car, 41_000, None, false)
        .await
        .unwrap();
    let line = raised(&shop).await.remove(0);
    assert_eq!(
        (line.kind, line.title.as_str()),
        (AlertKind::Service, "AB 1 Ford Focus")
    );
    assert_eq!(line.customer, "Ann Ng");
    shop.service(car, json!({"mileage": 41_200})).await;
    assert_eq!(withdrawn(&shop).await, [line.id]);
}

#[tokio::test]
async fn a_follow_up_speaks_on_its_day() {
    let shop = Shop::new().await;
    let owner = shop.customer("Ann").await;
    let fields = json!({"customer_id": owner, "title": "Call back", "content": "C",
        "follow_up_date": "2025-03-12"});
    let note = shop.create(EntityKind::Note, fields).await.unwrap().id;
    shop.pass_days(1);
    assert_eq!(raised(&shop).await, []);
    shop.pass_days(1);
    let line = raised(&shop).await.remove(0);
    assert_eq!((line.kind, line.record), (AlertKind::FollowUp, note));
    assert_eq!(line.title, "Call back");
}

#[tokio::test]
async fn the_garage_and_one_vehicle_say_how_early_alerts_speak() {
    let shop = Shop::new().await;
    let car = registered(&shop, 50).await;
    assert_eq!(raised(&shop).await, []);
    let wanted = changes(&[("registration_lead_days", "60 10")]);
    shop.desk.save_settings(&wanted).await.unwrap();
    let settings = shop.desk.settings().await.unwrap();
    assert_eq!(settings.registration_lead_days, "60, 10");
    assert_eq!(raised(&shop).await.len(), 1);
    let fields = json!({"lead_days": "5"});
    shop.edit(EntityKind::Vehicle, car, fields).await.unwrap();
    assert_eq!(withdrawn(&shop).await.len(), 1);
    assert!(withdrawn(&shop).await.is_empty());
    let wrong = changes(&[("registration_lead_days", "soon")]);
    let refused = shop.desk.save_settings(&wrong).await;
    assert_eq!(
        invalid(refused),
        [("registration_lead_days".to_owned(), Code::NotLeadDays)]
    );
}

#[tokio::test]
async fn the_calendar_holds_a_year_of_dates_with_ids_that_stay() {
    let shop = Shop::new().await;
    let car = registered(&shop, 300).await;
    let fields = json!({"insurance_expiry_date": "2027-01-01"});
    shop.edit(EntityKind::Vehicle, car, fields).await.unwrap();
    let words = |line: &AlertLine| format!("{}; Müller, \\ “x”\r\nBox", line.title);
    let text = shop.desk.calendar(&words).await.unwrap();
    let of = |name: &str, text: &str| -> Vec<String> {
        let text = text.replace("\r\n ", "");
        let lines = text.lines().filter(|line| line.starts_with(name));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(of("DTSTART", &text), ["DTSTART;VALUE=DATE:20260104"]);
    assert_eq!(of("DTEND", &text), ["DTEND;VALUE=DATE:20260105"]);
    assert_eq!(
        of("SUMMARY", &text),
        ["SUMMARY:AB 1 Ford Focus\\; Müller\\, \\\\ “x”\\nBox"]
    );
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    shop.pass_days(1);
    let later = shop.desk.calendar(&words).await.unwrap();
    assert_eq!(of("UID", &text), of("UID", &later));
    // What somebody has dealt with is not coming any more.
    let alert = shop
        .desk
        .alerts(&[AlertState::Scheduled], 400)
        .await
        .unwrap()[0]
        .id;
    shop.desk.finish_alert(alert).await.unwrap();
    let none = shop.desk.calendar(&words).await.unwrap();
    assert_eq!(of("UID", &none), Vec::<String>::new());
}

async fn next(watch: &mut AlertWatch) -> Checked {
    let patience = std::time::Duration::from_secs(20);
    let next = tokio::time::timeout(patience, watch.next()).await;
    next.expect("something to tell").unwrap()
}

/// Whoever watches hears of what changes and looks only there; time is the watch's own.
#[tokio::test]
async fn whoever_watches_hears_of_each_alert_that_a_change_raises_or_ends() {
    let folder = TempDir::new().unwrap();
    let shop = Shop::in_folder(folder.path()).await;
    let car = registered(&shop, 5).await;
    let mut watch = shop.desk.watch_alerts().await.unwrap();
    let first = next(&mut watch).await;
    assert_eq!(first.raised.len(), 1);
    let alert = first.raised[0].id;

    let owner = shop
        .desk
        .vehicle_card(car)
        .await
        .unwrap()
        .vehicle
        .customer_id;
    let note = json!({"customer_id": owner.unwrap(), "title": "Call", "content": "C",
        "follow_up_date": "2025-03-10"});
    shop.create(EntityKind::Note, note).await.unwrap();
    let now = next(&mut watch).await;
    assert_eq!(
        (now.raised[0].kind, now.withdrawn),
        (AlertKind::FollowUp, vec![])
    );

    shop.desk.finish_alert(alert).await.unwrap();
    let now = next(&mut watch).await;
    assert_eq!((now.withdrawn[0].id, now.raised), (alert, vec![]));

    let fields = json!({"is_active": false});
    shop.edit(EntityKind::Customer, owner.unwrap(), fields)
        .await
        .unwrap();
    let now = next(&mut watch).await;
    assert_eq!(now.withdrawn[0].kind, AlertKind::FollowUp);

    let fields = json!({"is_active": true});
    shop.edit(EntityKind::Customer, owner.unwrap(), fields)
        .await
        .unwrap();
    let now = next(&mut watch).await;
    let kinds: Vec<AlertKind> = now.raised.iter().map(|line| line.kind).collect();
    assert_eq!(kinds, [AlertKind::FollowUp], "what is done stays done");
}

#[tokio::test]
async fn whoever_watches_hears_of_what_comes_due_by_itself() {
    let folder = TempDir::new().unwrap();
    let shop = Shop::in_folder(folder.path()).await;
    registered(&shop, 31).await;
    let watch = shop.desk.watch_alerts().await.unwrap();
    let mut watch = watch.reading_the_clock_every(std::time::Duration::from_millis(5));
    // The PC has slept over midnight.
    shop.pass_days(1);
    let alert = next(&mut watch).await.raised.remove(0).id;
    let until = shop.now() + Duration::minutes(30);
    shop.desk.snooze_alert(alert, until).await.unwrap();
    shop.pass(Duration::minutes(31));
    let again = next(&mut watch).await;
    assert_eq!((again.raised[0].id, again.raised.len()), (alert, 1));
}
