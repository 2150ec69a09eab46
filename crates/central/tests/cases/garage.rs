//! The garage's own record, and those who work there.

use reqwest::Method;
use serde_json::{Value, json};
use servease_central::caller::Role;
use servease_domain::kind::GARAGE_ID;
use uuid::Uuid;

use servease_tests::central::{Answer, Service, id, now, token};

async fn as_admin(service: &Service, method: Method, body: Value) -> Answer {
    let admin = token(Role::Admin, "admin@example.com", Uuid::from_u128(8));
    let request = service
        .client
        .request(method, service.url("garage/"))
        .bearer_auth(admin)
        .json(&body);
    Answer::of(request.send().await.unwrap()).await
}

pub async fn it_is_read_by_staff_and_changed_by_admins(service: &Service) {
    let garage = service.get("garage/").await.expect(200);
    assert_eq!(garage["id"], GARAGE_ID.to_string());
    assert_eq!(garage["timezone"], "UTC", "the operator's first value");
    assert_eq!(garage["distance_unit"], "mi");
    assert_eq!(
        (&garage["soon_days"], &garage["soon_distance"]),
        (&json!(30), &json!(1000))
    );
    let body = json!({"distance_unit": "km", "soon_days": 14});
    service.patch("garage/", body.clone()).await.expect(403);
    let customer = token(Role::Customer, "c@example.com", Uuid::from_u128(9));
    service.get_as(&customer, "garage/").await.expect(403);
    let changed = as_admin(service, Method::PATCH, body).await.expect(200);
    assert_eq!(
        (&changed["distance_unit"], &changed["soon_days"]),
        (&json!("km"), &json!(14))
    );
    for (field, wrong) in [
        ("timezone", json!("Mars/Base")),
        ("country", json!("XX")),
        ("country", json!("")),
        ("currency", json!("DOLLARS")),
        ("distance_unit", json!("leagues")),
        ("soon_days", json!(-1)),
        ("soon_days", json!(366)),
    ] {
        let mut body = serde_json::Map::new();
        body.insert(field.to_owned(), wrong);
        let refused = as_admin(service, Method::PATCH, body.into())
            .await
            .expect(400);
        assert!(refused[field].is_array(), "{refused}");
    }
    let history = service.get("garage/history/").await.expect(200);
    let newest = &history["results"][0];
    assert_eq!(newest["author_name"], "Test admin");
    assert_eq!(newest["changes"].as_array().unwrap().len(), 2, "{newest}");
    for method in [Method::POST, Method::DELETE] {
        as_admin(service, method, json!({})).await.expect(405);
    }
}

pub async fn its_zone_and_currency_count_from_the_next_request_on(service: &Service) {
    let zones = [chrono_tz::Pacific::Kiritimati, chrono_tz::Etc::GMTPlus12];
    let differs =
        |zone: &chrono_tz::Tz| now().with_timezone(zone).date_naive() != now().date_naive();
    let zone = zones.into_iter().find(differs).unwrap();
    let owner = service.customer("Ada", "L").await;
    let car = service.vehicle(&owner, "B 1").await;
    let path = format!("vehicles/{}/", id(&car));
    let today = now().with_timezone(&zone).date_naive();
    let tomorrow_at_least = today.max(now().date_naive());
    let is_ahead = today == tomorrow_at_least;
    let body = json!({"next_service_due_date": tomorrow_at_least.to_string()});
    let car = service.patch(&path, body).await.expect(200);
    assert_eq!(car["is_service_due"], !is_ahead);
    let body = json!({"timezone": zone.name(), "currency": "EUR"});
    as_admin(service, Method::PATCH, body).await.expect(200);
    let car = service.get(&path).await.expect(200);
    assert_eq!(car["is_service_due"], is_ahead);
    let body = json!({"vehicle_id": car["id"], "service_type": "Oil", "cost": "12.50"});
    let made = service.post("service-records/", body).await.expect(201);
    assert_eq!(made["currency"], "EUR");
}

pub async fn another_zone_moves_the_days_that_follow_from_services(service: &Service) {
    let zone = |name: &str| as_admin(service, Method::PATCH, json!({"timezone": name}));
    zone("UTC").await.expect(200);
    let owner = service.customer("Ada", "L").await;
    let body = json!({"customer_id": id(&owner), "make": "Ford", "model": "Focus",
        "license_plate": "B 2", "service_interval_months": 1});
    let car = service.post("vehicles/", body).await.expect(201);
    let path = format!("vehicles/{}/", id(&car));
    let body = json!({"vehicle_id": id(&car), "service_type": "Oil",
        "performed_at": "2025-03-02T02:00:00Z"});
    service.post("service-records/", body).await.expect(201);
    let due = async || {
        let car = service.get(&path).await.expect(200);
        car["next_service_due_date"].clone()
    };
    assert_eq!(due().await, "2025-04-02");
    zone("America/New_York").await.expect(200);
    assert_eq!(due().await, "2025-04-01");
    // A desk's edit of it counts for the same, and nothing else of the garage for nothing.
    let body = edit(
        "timezone",
        "America/New_York",
        "Asia/Tokyo",
        i64::from(u16::MAX),
    );
    let sent = send(service, "garage", GARAGE_ID, "update", body).await;
    assert_eq!(sent["outcome"], "applied", "{sent}");
    assert_eq!(due().await, "2025-04-02");
    let history = service.get(&format!("{path}history/")).await.expect(200);
    assert_eq!(
        history["count"], 1,
        "no line of the sequence tells of it: {history}"
    );
}

/// One mutation of a desk of its own, and what became of it.
async fn send(service: &Service, entity: &str, record: Uuid, action: &str, more: Value) -> Value {
    let mut mutation = json!({"id": Uuid::now_v7(), "step": Uuid::now_v7(), "entity": entity,
        "record": record, "action": action, "at": now(), "seen": 0,
        "author": {"id": null, "name": "Bo"}});
    let (Value::Object(mutation), Value::Object(more)) = (&mut mutation, more) else {
        panic!("objects");
    };
    mutation.extend(more);
    let body = json!({"protocol": 2, "desk": Uuid::now_v7(), "mutations": [mutation]});
    let answer = service.post("sync/mutations/", body).await.expect(200);
    answer["answers"][0].clone()
}

fn edit(field: &str, before: &str, after: &str, seen: i64) -> Value {
    json!({"before": {field: before}, "after": {field: after}, "seen": seen})
}

pub async fn who_has_seen_nothing_overrules_nothing_that_is_settled(service: &Service) {
    // Nobody has said anything about the country: the first who says something is heard.
    let first = edit("country", "US", "DE", 0);
    let first = send(service, "garage", GARAGE_ID, "update", first).await;
    assert_eq!(first["outcome"], "applied", "{first}");
    // Another desk said something else before it joined.
    let late = edit("country", "US", "FR", 0);
    let late = send(service, "garage", GARAGE_ID, "update", late).await;
    assert_eq!(late["outcome"], "conflict", "{late}");
    assert_eq!(late["values"]["country"], "DE", "{late}");
    // A whole record as a desk passes it on: its defaults say nothing.
    let whole = json!({"after": {"country": "FR", "timezone": "America/New_York",
        "currency": "CHF", "distance_unit": "mi"}});
    let passed = send(service, "garage", GARAGE_ID, "create", whole).await;
    assert_eq!(passed["outcome"], "conflict", "{passed}");
    let garage = service.get("garage/").await.expect(200);
    assert_eq!(garage["country"], "DE");
    assert_eq!(garage["currency"], "CHF", "nobody had settled it");
    assert_eq!(garage["timezone"], "UTC");
    // Whoever has seen it changes it.
    let seen = edit("country", "DE", "AT", i64::from(u16::MAX));
    let seen = send(service, "garage", GARAGE_ID, "update", seen).await;
    assert_eq!(seen["outcome"], "applied", "{seen}");
    // Values that a reader cannot read are refused.
    for (field, value) in [
        ("timezone", "Mars/Base"),
        ("country", "Germany"),
        ("currency", "X"),
    ] {
        let body = edit(field, "", value, 0);
        let refused = send(service, "garage", GARAGE_ID, "update", body).await;
        assert_eq!(refused["outcome"], "rejected", "{field}: {refused}");
    }
}

pub async fn rows_name_only_what_was_stated(service: &Service) {
    let path = "sync/snapshot/rows/?protocol=2&limit=1000";
    let rows = service.get(path).await.expect(200);
    let is_garage = |row: &&Value| row["entity"] == "garage";
    let row = rows["rows"].as_array().unwrap().iter().find(is_garage);
    assert_eq!(row.unwrap()["values"], json!({"timezone": "UTC"}));
    // What was taken back is a statement too: whoever had read the name must lose it.
    for name in ["Maple Street Garage", ""] {
        let body = json!({"garage_name": name});
        as_admin(service, Method::PATCH, body).await.expect(200);
    }
    let rows = service.get(path).await.expect(200);
    let row = rows["rows"].as_array().unwrap().iter().find(is_garage);
    let stated = json!({"timezone": "UTC", "garage_name": ""});
    assert_eq!(row.unwrap()["values"], stated);
}

pub async fn neither_it_nor_who_works_there_is_ever_deleted(service: &Service) {
    let eve = service.post("employees/", json!({"name": "Eve"})).await;
    let eve = eve.expect(201);
    let path = format!("employees/{}/", id(&eve));
    service.delete(&path).await.expect(405);
    let eve_id: Uuid = id(&eve).parse().unwrap();
    for (entity, record) in [("employee", eve_id), ("garage", GARAGE_ID)] {
        let seen = json!({"seen": i64::from(u16::MAX)});
        let refused = send(service, entity, record, "delete", seen).await;
        assert_eq!(refused["outcome"], "rejected", "{refused}");
        assert_eq!(refused["errors"]["id"], json!(["never_deleted"]));
    }
    service.get("garage/").await.expect(200);
    let out = service.patch(&path, json!({"is_active": false})).await;
    assert_eq!(out.expect(200)["is_active"], false);
}
