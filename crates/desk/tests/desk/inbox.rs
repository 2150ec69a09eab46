//! The inbox and the calendar of the window: what they show, and what people do there.

use chrono::{Duration, NaiveDate};
use serde_json::json;
use servease_desk::views::{AlertAnswer, AlertDay, AlertPage, AlertQuery, Snooze};
use servease_domain::alerts::{AlertKind, AlertState, Deed};
use servease_domain::{Code, EntityKind, Note};
use uuid::Uuid;

use crate::shop::{Shop, invalid};

const OPEN: &[AlertState] = &[AlertState::Raised, AlertState::Seen, AlertState::Snoozed];

async fn page(shop: &Shop, states: &[AlertState], kinds: &[AlertKind], limit: u32) -> AlertPage {
    let query = AlertQuery {
        states: states.to_vec(),
        kinds: kinds.to_vec(),
        within_days: 90,
        limit,
    };
    shop.desk.alert_page(&query).await.unwrap()
}

/// Ann with a car whose papers expire and whose service is due so many days from now.
async fn car(shop: &Shop, name: &str, registration: i64, insurance: i64) -> (Uuid, Uuid) {
    let owner = shop.customer(name).await;
    let day = |days| (shop.now() + Duration::days(days)).date_naive();
    let fields = json!({
        "registration_expiry_date": day(registration),
        "insurance_expiry_date": day(insurance),
        "license_plate": name,
    });
    (owner, shop.vehicle(owner, fields).await)
}

fn answer(deed: Deed, snooze: Option<Snooze>) -> AlertAnswer {
    AlertAnswer { deed, snooze }
}

#[tokio::test]
async fn the_inbox_shows_the_most_urgent_and_counts_the_rest() {
    let shop = Shop::new().await;
    car(&shop, "Ann", 3, 20).await;
    car(&shop, "Bob", -2, 80).await;
    let all = page(&shop, OPEN, &[], 10).await;
    assert_eq!((all.total, all.raised, all.seen, all.snoozed), (3, 3, 0, 0));
    let who: Vec<&str> = all
        .lines
        .iter()
        .map(|line| line.customer.as_str())
        .collect();
    assert_eq!(who, ["Bob Ng", "Ann Ng", "Ann Ng"]);
    assert_eq!(all.lines[0].vehicle, "Bob Ford Focus");
    let few = page(&shop, OPEN, &[], 1).await;
    assert_eq!((few.lines.len(), few.total), (1, 3));
    assert_eq!(few.lines[0], all.lines[0]);
    let insured = page(&shop, OPEN, &[AlertKind::Insurance], 10).await;
    assert_eq!((insured.total, insured.raised), (1, 3));
    let scheduled = page(&shop, &[AlertState::Scheduled], &[], 10).await;
    assert_eq!(scheduled.total, 1);
    // What speaks is there, however few days ahead are asked for; what does not is not.
    let with_scheduled = [OPEN, &[AlertState::Scheduled]].concat();
    let near = shop.desk.alerts(&with_scheduled, 0).await.unwrap();
    assert_eq!(near.len(), 3);
    assert_eq!(shop.desk.alert_count().await.unwrap(), 3);
}

#[tokio::test]
async fn many_are_answered_in_one_step_and_undone_in_one() {
    let shop = Shop::new().await;
    car(&shop, "Ann", 3, 20).await;
    car(&shop, "Bob", -2, 10).await;
    let ids: Vec<Uuid> = page(&shop, OPEN, &[], 10)
        .await
        .lines
        .iter()
        .map(|it| it.id)
        .collect();
    let done = answer(Deed::Done, None);
    shop.desk.answer_alerts(&ids, &done).await.unwrap();
    assert_eq!(page(&shop, OPEN, &[], 10).await.total, 0);
    shop.desk.undo().await.unwrap();
    assert_eq!(page(&shop, OPEN, &[], 10).await.raised, 4);
    shop.desk
        .answer_alerts(&ids[..2], &answer(Deed::Seen, None))
        .await
        .unwrap();
    let now = page(&shop, OPEN, &[], 10).await;
    assert_eq!((now.raised, now.seen), (2, 2));
    // Taken up again.
    shop.desk
        .answer_alerts(&ids[..2], &answer(Deed::Open, None))
        .await
        .unwrap();
    assert_eq!(page(&shop, OPEN, &[], 10).await.raised, 4);
    let nothing = shop.desk.answer_alerts(&[], &done).await;
    assert_eq!(invalid(nothing), [("ids".to_owned(), Code::Required)]);
    let unknown = shop
        .desk
        .answer_alerts(&[ids[0], Uuid::now_v7()], &done)
        .await;
    assert_eq!(unknown.unwrap_err().code().name(), "not_found");
    assert_eq!(page(&shop, OPEN, &[], 10).await.raised, 4);
}

#[tokio::test]
async fn one_is_put_off_for_as_long_as_people_say() {
    let shop = Shop::new().await;
    car(&shop, "Ann", 3, 100).await;
    let id = page(&shop, OPEN, &[], 10).await.lines[0].id;
    let date = NaiveDate::from_ymd_opt(2025, 3, 20).unwrap();
    // Noon of 10 March in New York.
    for (snooze, until) in [
        (Snooze::Hour, (shop.now() + Duration::hours(1)).to_rfc3339()),
        (Snooze::Tomorrow, "2025-03-11T04:00:00+00:00".to_owned()),
        (Snooze::Week, "2025-03-17T04:00:00+00:00".to_owned()),
        (
            Snooze::Until { date },
            "2025-03-20T04:00:00+00:00".to_owned(),
        ),
    ] {
        let put_off = answer(Deed::Snoozed, Some(snooze));
        shop.desk.answer_alerts(&[id], &put_off).await.unwrap();
        let line = page(&shop, OPEN, &[], 10).await.lines.remove(0);
        assert_eq!(line.state, AlertState::Snoozed);
        assert_eq!(line.until.unwrap().to_rfc3339(), until, "{snooze:?}");
    }
    for (wrong, code) in [
        (None, Code::Required),
        (
            Some(Snooze::Until {
                date: NaiveDate::from_ymd_opt(2025, 3, 10).unwrap(),
            }),
            Code::InPast,
        ),
    ] {
        let refused = shop
            .desk
            .answer_alerts(&[id], &answer(Deed::Snoozed, wrong))
            .await;
        assert_eq!(invalid(refused), [("until".to_owned(), code)]);
    }
}

#[tokio::test]
async fn a_call_leaves_a_note_and_an_answer_in_one_step() {
    let shop = Shop::new().await;
    let (owner, _) = car(&shop, "Ann", 3, 100).await;
    let id = page(&shop, OPEN, &[], 10).await.lines[0].id;
    let called = answer(Deed::Snoozed, Some(Snooze::Week));
    let text = "Called, wants Thursday\nbrings the spare key";
    shop.desk.note_call(id, text, &called).await.unwrap();
    let notes: Vec<Note> = shop.list("customer_id", owner).await;
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].title, "Called, wants Thursday");
    assert_eq!(notes[0].content, text);
    assert_eq!(page(&shop, OPEN, &[], 10).await.snoozed, 1);
    shop.desk.undo().await.unwrap();
    let notes: Vec<Note> = shop.list("customer_id", owner).await;
    assert!(notes.is_empty());
    assert_eq!(page(&shop, OPEN, &[], 10).await.raised, 1);
    let silent = shop.desk.note_call(id, "  ", &called).await;
    let fields: Vec<String> = invalid(silent)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert!(fields.contains(&"title".to_owned()), "{fields:?}");
    assert_eq!(page(&shop, OPEN, &[], 10).await.raised, 1);
}

#[tokio::test]
async fn the_calendar_counts_what_is_coming_by_day_and_kind() {
    let shop = Shop::new().await;
    car(&shop, "Ann", 3, 40).await;
    car(&shop, "Bob", 3, 400).await;
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (first, last) = (day("2025-03-01"), day("2025-04-30"));
    let days = shop.desk.alert_days(first, last).await.unwrap();
    let of = |date, kind, count| AlertDay { date, kind, count };
    assert_eq!(
        days,
        [
            of(day("2025-03-13"), AlertKind::Registration, 2),
            of(day("2025-04-19"), AlertKind::Insurance, 1),
        ]
    );
    let lines = shop
        .desk
        .alerts_between(day("2025-04-19"), day("2025-04-19"))
        .await
        .unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].kind, AlertKind::Insurance);
    shop.desk.finish_alert(lines[0].id).await.unwrap();
    assert_eq!(shop.desk.alert_days(first, last).await.unwrap().len(), 1);
    assert!(shop.is_there(EntityKind::Alert, lines[0].id).await);
}

#[tokio::test]
async fn the_calendar_file_is_written_when_it_says_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::in_folder(folder.path()).await;
    let (_, vehicle) = car(&shop, "Ann", 3, 40).await;
    let words = |line: &servease_desk::views::AlertLine| line.title.clone();
    assert!(
        shop.desk
            .keep_calendar(folder.path(), &words)
            .await
            .unwrap()
    );
    shop.pass(Duration::hours(1));
    assert!(
        !shop
            .desk
            .keep_calendar(folder.path(), &words)
            .await
            .unwrap()
    );
    let inactive = json!({"is_active": false});
    shop.edit(EntityKind::Vehicle, vehicle, inactive)
        .await
        .unwrap();
    assert!(
        shop.desk
            .keep_calendar(folder.path(), &words)
            .await
            .unwrap()
    );
    let file = servease_desk::calendar_file(folder.path());
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.starts_with("BEGIN:VCALENDAR") && !text.contains("VEVENT"),
        "{text}"
    );
}
