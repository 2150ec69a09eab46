//! What the company must act on, and the calendar of it.

use chrono::{NaiveDate, TimeDelta};
use reqwest::Method;
use serde_json::{Value, json};
use servease_central::auth::users::{self, User};
use servease_central::caller::Role;
use servease_central::db;
use uuid::Uuid;

use servease_tests::central::{Answer, Service, id, now, token};

fn today() -> NaiveDate {
    now().date_naive()
}

fn in_days(days: i64) -> String {
    (today() + TimeDelta::days(days)).to_string()
}

/// A car of a new customer, with more fields.
async fn car(service: &Service, plate: &str, fields: Value) -> Value {
    let owner = service.customer("Ada", "L").await;
    let car = service.vehicle(&owner, plate).await;
    let path = format!("vehicles/{}/", id(&car));
    service.patch(&path, fields).await.expect(200)
}

async fn found(service: &Service, query: &str) -> Vec<Value> {
    let page = service.get(&format!("alerts/?{query}")).await.expect(200);
    page["results"].as_array().unwrap().clone()
}

pub async fn they_are_told_with_whom_to_call_most_urgent_first(service: &Service) {
    let one = car(
        service,
        "B 1",
        json!({"registration_expiry_date": in_days(5)}),
    )
    .await;
    let other = car(
        service,
        "B 2",
        json!({"next_service_due_date": in_days(-1)}),
    )
    .await;
    car(
        service,
        "B 3",
        json!({"insurance_expiry_date": in_days(200)}),
    )
    .await;
    let all = found(service, "").await;
    assert_eq!(all.len(), 2, "what does not speak yet is left out: {all:?}");
    assert_eq!(
        (&all[0]["record"], &all[0]["kind"]),
        (&other["id"], &json!("service"))
    );
    assert_eq!(all[0]["text"], "Service: Overdue 1 day, B 2 VW Golf");
    let due = json!({"state": "due_soon", "reason":
        {"kind": "date", "date": in_days(5), "days": 5}});
    assert_eq!(
        all[1],
        json!({"id": all[1]["id"], "kind": "registration", "record_kind": "vehicle",
            "record": one["id"], "state": "raised", "due": due, "until": null,
            "title": "B 1 VW Golf", "customer_id": one["customer_id"], "customer": "Ada L",
            "phone": "", "last_visit": null, "vehicle": "B 1 VW Golf", "license_plate": "B 1",
            "text": "Registration: Expires in 5 days, B 1 VW Golf"})
    );
    let request = service.request(Method::GET, "alerts/?kind=service");
    let german = request.header("Accept-Language", "de-DE,de;q=0.9,en;q=0.1");
    let german = Answer::of(german.send().await.unwrap()).await.expect(200);
    let text = german["results"][0]["text"].as_str().unwrap();
    assert!(text.contains("fällig"), "{text}");
}

pub async fn filters_and_pages_narrow_them_and_wrong_ones_are_named(service: &Service) {
    for number in 0..5 {
        let day = in_days(number * 20);
        let fields = json!({"registration_expiry_date": day, "warranty_expiry_date": day});
        car(service, &format!("B {number}"), fields).await;
    }
    for (query, expected) in [
        ("", 4),
        ("state=raised", 4),
        ("state=scheduled", 6),
        ("state=scheduled,raised", 10),
        ("state=scheduled&within=60", 4),
        ("state=scheduled,raised&within=0", 4),
        ("state=seen", 0),
        ("kind=warranty", 2),
        ("kind=warranty,registration", 4),
        ("kind=service", 0),
    ] {
        assert_eq!(found(service, query).await.len(), expected, "{query}");
    }
    let path = "alerts/?state=scheduled,raised&page_size=4&page=2";
    let page = service.get(path).await.expect(200);
    assert_eq!(
        (&page["count"], page["results"].as_array().unwrap().len()),
        (&json!(10), 4)
    );
    assert!(page["next"].as_str().unwrap().contains("page=3"));
    let mut walked = Vec::new();
    let mut next = Some("alerts/?state=scheduled,raised&page_size=3".to_owned());
    while let Some(path) = next {
        let page = service.get(&path).await.expect(200);
        walked.extend(page["results"].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(walked, found(service, "state=scheduled,raised").await);
    service.get("alerts/?page=2").await.expect(404);
    let wrong = service
        .get("alerts/?state=withdrawn&kind=x&within=-1")
        .await
        .expect(400);
    for field in ["state", "kind", "within"] {
        assert!(wrong[field].is_array(), "{wrong}");
    }
    service.get("alerts/?within=3651").await.expect(400);
}

pub async fn customers_do_not_see_them_nor_colleagues_private_notes(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    for (title, is_private) in [("Call", false), ("Secret", true)] {
        let body = json!({"customer_id": ada["id"], "title": title, "content": "x",
            "follow_up_date": in_days(0), "is_private": is_private});
        service.post("notes/", body).await.expect(201);
    }
    let titles = async |token: &str| {
        let page = service.get_as(token, "alerts/").await.expect(200);
        let all = page["results"].as_array().unwrap();
        let mut titles: Vec<String> = all
            .iter()
            .map(|it| it["title"].as_str().unwrap().to_owned())
            .collect();
        titles.sort();
        titles
    };
    assert_eq!(titles(&service.token).await, ["Call", "Secret"]);
    let colleague = token(Role::Employee, "bo@example.com", Uuid::from_u128(11));
    assert_eq!(titles(&colleague).await, ["Call"]);
    let boss = token(Role::Admin, "boss@example.com", Uuid::from_u128(12));
    assert_eq!(titles(&boss).await, ["Call", "Secret"]);
    let customer = token(Role::Customer, "c@example.com", Uuid::from_u128(13));
    for path in ["alerts/", "calendar-tokens/"] {
        service.get_as(&customer, path).await.expect(403);
    }
    let own = format!("customers/{}/notifications/", id(&ada));
    service.get_as(&customer, &own).await.expect(403);
    let none = service.get(&own).await.expect(200);
    assert_eq!(
        none["count"], 0,
        "nothing leaves without a notification service"
    );
    // Nobody knows who reads a calendar.
    let made = add_token(service, "Kitchen").await;
    let file = feed(service, made["token"].as_str().unwrap()).await;
    let text = file.text().await.unwrap();
    assert!(text.contains("Follow-up: Call"), "{text}");
    assert!(!text.contains("Secret"), "{text}");
}

async fn add_token(service: &Service, name: &str) -> Value {
    service
        .post("calendar-tokens/", json!({"name": name}))
        .await
        .expect(201)
}

async fn feed(service: &Service, token: &str) -> reqwest::Response {
    let url = service.url(&format!("calendar.ics?token={token}"));
    service.client.get(url).send().await.unwrap()
}

pub async fn a_token_opens_the_calendar_and_nothing_else_until_it_is_revoked(service: &Service) {
    let car = car(
        service,
        "B 1",
        json!({"registration_expiry_date": in_days(40),
        "insurance_expiry_date": in_days(-80), "warranty_expiry_date": in_days(-100),
        "next_service_due_date": in_days(420)}),
    )
    .await;
    let made = add_token(service, "Kitchen").await;
    let token = made["token"].as_str().unwrap();
    assert_eq!(token.len(), 64);
    let answer = service
        .client
        .get(made["url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let media_type = answer.headers()["content-type"].to_str().unwrap();
    assert_eq!(media_type, "text/calendar; charset=utf-8");
    let text = answer.text().await.unwrap();
    let alerts = found(service, "state=scheduled,raised&within=400").await;
    for alert in alerts.iter().filter(|it| it["kind"] != "warranty") {
        assert!(
            text.contains(&format!("UID:{}@servease", id(alert))),
            "{text}"
        );
    }
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2, "{text}");
    let day = |days: i64| in_days(days).replace('-', "");
    assert!(
        text.contains(&format!("DTSTART;VALUE=DATE:{}", day(40))),
        "{text}"
    );
    assert!(
        text.contains(&format!("DTEND;VALUE=DATE:{}", day(41))),
        "{text}"
    );
    assert!(text.contains("SUMMARY:Registration: B 1 VW Golf"), "{text}");

    // It is no way in to anything else, and nothing else is a way in here.
    for path in ["alerts/", "customers/", &format!("vehicles/{}/", id(&car))] {
        service.get_as(token, path).await.expect(401);
        let url = service.url(&format!("{path}?token={token}"));
        assert_eq!(service.client.get(url).send().await.unwrap().status(), 401);
    }
    service.get("calendar.ics").await.expect(401);
    let list = service.get("calendar-tokens/").await.expect(200);
    let listed = &list["results"][0];
    assert_eq!(
        (&listed["name"], &listed["made_by"]),
        (&json!("Kitchen"), &json!("Test employee"))
    );
    assert!(listed["last_used_at"].is_string(), "{listed}");
    assert!(listed["token"].is_null() && !list.to_string().contains(token));

    // Another one, in another language, goes on when this one ends.
    let body = json!({"name": "Office", "language": "de"});
    let other = service.post("calendar-tokens/", body).await.expect(201);
    let path = format!("calendar-tokens/{}/", id(&made));
    service.delete(&path).await.expect(204);
    service.delete(&path).await.expect(404);
    assert_eq!(feed(service, token).await.status(), 401);
    let german = feed(service, other["token"].as_str().unwrap()).await;
    let text = german.text().await.unwrap();
    assert!(text.contains("SUMMARY:Zulassung: B 1 VW Golf"), "{text}");
    for (body, wrong) in [
        (json!({}), "name"),
        (json!({"name": " "}), "name"),
        (json!({"name": "x".repeat(101)}), "name"),
        (json!({"name": "a\u{7}"}), "name"),
        (json!({"name": "x", "language": "tlh"}), "language"),
    ] {
        let refused = service.post("calendar-tokens/", body).await.expect(400);
        assert!(refused[wrong].is_array(), "{refused}");
    }
}

pub async fn an_unchanged_calendar_is_told_to_be_the_one_that_is_known(service: &Service) {
    let car = car(
        service,
        "B 1",
        json!({"registration_expiry_date": in_days(40)}),
    )
    .await;
    let made = add_token(service, "Kitchen").await;
    let token = made["token"].as_str().unwrap();
    let first = feed(service, token).await;
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    let again = async |etag: &str| {
        let url = service.url(&format!("calendar.ics?token={token}"));
        let request = service.client.get(url).header("If-None-Match", etag);
        request.send().await.unwrap()
    };
    let known = again(&etag).await;
    assert_eq!(known.status(), 304);
    assert_eq!(known.headers()["etag"], etag.as_str());
    assert!(known.bytes().await.unwrap().is_empty());
    let path = format!("vehicles/{}/", id(&car));
    let body = json!({"registration_expiry_date": in_days(41)});
    service.patch(&path, body).await.expect(200);
    let changed = again(&etag).await;
    assert_eq!(changed.status(), 200);
    assert_ne!(changed.headers()["etag"], etag.as_str());
}

pub async fn wrong_tokens_slow_down_and_right_ones_go_on(service: &Service) {
    let made = add_token(service, "Kitchen").await;
    let wrong = "0".repeat(64);
    let mut slowed = None;
    for _ in 0..40 {
        let answer = feed(service, &wrong).await;
        if answer.status() == 429 {
            slowed = answer.headers().get("retry-after").cloned();
            break;
        }
        assert_eq!(answer.status(), 401);
    }
    assert!(slowed.is_some());
    assert_eq!(
        feed(service, made["token"].as_str().unwrap())
            .await
            .status(),
        200
    );
    // Signing in is not slowed down by a calendar.
    let body = json!({"email": "a@example.com", "password": "wrong horse"});
    service.post("auth/login/", body).await.expect(401);
}

pub async fn a_closed_account_takes_its_calendars_along(service: &Service) {
    let db = db::open(&service.target, 1).await.unwrap();
    let user = User {
        id: Uuid::from_u128(77),
        email: "eve@example.com".to_owned(),
        password_hash: String::new(),
        role: Role::Employee,
        first_name: "Eve".to_owned(),
        last_name: "E".to_owned(),
        is_active: true,
    };
    users::add(&db, &user, now()).await.unwrap();
    let eve = token(Role::Employee, &user.email, user.id);
    let request = service.client.post(service.url("calendar-tokens/"));
    let request = request.bearer_auth(&eve).json(&json!({"name": "Eve's"}));
    let made = Answer::of(request.send().await.unwrap()).await.expect(201);
    let secret = made["token"].as_str().unwrap();
    assert_eq!(feed(service, secret).await.status(), 200);
    users::disable(&db, &user.email, now()).await.unwrap();
    assert_eq!(feed(service, secret).await.status(), 401);
    db.close().await;
}
