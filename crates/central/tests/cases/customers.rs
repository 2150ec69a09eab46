use serde_json::{Value, json};
use uuid::Uuid;

use servease_tests::central::{Service, id};

pub async fn create_answers_the_full_form(service: &Service) {
    let body = json!({
        "user_id": 42, "first_name": "  Ada ", "last_name": "Lovelace",
        "email": "Ada@Example.com", "phone": "+1 (555) 012-3456", "street_address": "1 Row",
        "apartment_unit": "3", "city": "London", "state": "LDN", "zip_code": "10001",
        "preferences": {"preferred_language": "fr", "preferred_service_time": "09:30"},
        "full_name": "ignored", "unknown": 1,
    });
    let made = service.post("customers/", body).await.expect(201);
    assert_eq!(made["user_id"], 42);
    assert_eq!(made["full_name"], "Ada Lovelace");
    assert_eq!(made["full_address"], "1 Row, 3, London, LDN, 10001");
    assert_eq!(made["email"], "Ada@Example.com");
    assert_eq!(made["phone"], "+15550123456");
    assert_eq!(made["country"], "United States");
    assert_eq!(made["is_active"], true);
    assert_eq!(made["is_verified"], false);
    assert_eq!(made["preferences"]["preferred_language"], "fr");
    assert_eq!(made["preferences"]["preferred_service_time"], "09:30:00");
    assert_eq!(made["vehicles"], json!([]));
    assert_eq!(made["recent_documents"], json!([]));
    assert!(made["created_at"].as_str().unwrap().ends_with('Z'));
    assert!(made["customer_since"].as_str().unwrap().ends_with('Z'));
    let read = service.get(&format!("customers/{}/", id(&made))).await;
    assert_eq!(read.expect(200), made);
    // Any case, with or without dashes.
    let plain = id(&made).replace('-', "").to_uppercase();
    let read = service.get(&format!("customers/{plain}/")).await;
    assert_eq!(read.expect(200), made);
}

pub async fn what_a_walk_in_does_not_say_is_not_required(service: &Service) {
    let body = json!({"first_name": "Bo", "last_name": "Ek", "phone": "0401234567890"});
    let made = service.post("customers/", body).await.expect(201);
    assert_eq!(made["user_id"], Value::Null);
    assert_eq!(made["email"], "");
    // Blank values are no duplicates of each other.
    let body = json!({"first_name": "Bo", "last_name": "Ek", "phone": "0401234567890"});
    service.post("customers/", body).await.expect(201);
    let body = json!({"first_name": "Bo", "last_name": "Ek"});
    let refused = service.post("customers/", body).await.expect(400);
    assert!(refused["non_field_errors"][0].is_string(), "{refused}");
}

pub async fn every_problem_is_named_at_once(service: &Service) {
    let body = json!({
        "first_name": "x".repeat(101), "email": "nobody", "phone": "12", "is_active": "perhaps",
        "customer_since": "yesterday", "city": ["a"], "state": "a\u{0}b",
    });
    let refused = service.post("customers/", body).await.expect(400);
    for field in [
        "first_name",
        "last_name",
        "email",
        "phone",
        "is_active",
        "customer_since",
        "city",
        "state",
    ] {
        assert!(refused[field][0].is_string(), "{field}: {refused}");
    }
    assert_eq!(refused["last_name"], json!(["This field is required."]));
    let body = json!({"first_name": "A", "last_name": "B", "email": "a@b.cd",
        "preferences": {"preferred_language": "tlh"}});
    let refused = service.post("customers/", body).await.expect(400);
    assert!(refused["preferences"]["preferred_language"][0].is_string());
    let body = json!({"first_name": "", "user_id": 1e30,
        "preferences": {"preferred_language": "tlh", "currency": "?"}});
    let refused = service.post("customers/", body).await.expect(400);
    for field in ["first_name", "last_name", "user_id"] {
        assert!(refused[field][0].is_string(), "{field}: {refused}");
    }
    assert_eq!(refused["preferences"].as_object().unwrap().len(), 2);
}

pub async fn an_id_given_by_the_client_is_kept_and_used_once(service: &Service) {
    let own = Uuid::now_v7();
    let body = json!({"id": own, "first_name": "A", "last_name": "B", "email": "a@b.cd"});
    let made = service.post("customers/", body.clone()).await.expect(201);
    assert_eq!(made["id"], own.to_string());
    let again = json!({"id": own, "first_name": "A", "last_name": "B", "email": "b@b.cd"});
    let refused = service.post("customers/", again.clone()).await.expect(400);
    assert!(refused["id"][0].is_string());
    service
        .delete(&format!("customers/{own}/"))
        .await
        .expect(204);
    let refused = service.post("customers/", again).await.expect(400);
    assert!(refused["id"][0].is_string(), "also when it is deleted");
    let bad = json!({"id": "1", "first_name": "A", "last_name": "B", "email": "c@b.cd"});
    let refused = service.post("customers/", bad).await.expect(400);
    assert!(refused["id"][0].is_string());
}

pub async fn email_is_unique_without_regard_to_case(service: &Service) {
    let body = |email: &str| json!({"first_name": "A", "last_name": "B", "email": email});
    let first = service
        .post("customers/", body("Ada@x.org"))
        .await
        .expect(201);
    let refused = service
        .post("customers/", body("aDA@X.org"))
        .await
        .expect(400);
    assert!(refused["email"][0].is_string());
    let other = service
        .post("customers/", body("bob@x.org"))
        .await
        .expect(201);
    let path = format!("customers/{}/", id(&other));
    let refused = service.patch(&path, json!({"email": "ADA@x.org"})).await;
    assert!(refused.expect(400)["email"][0].is_string());
    service
        .delete(&format!("customers/{}/", id(&first)))
        .await
        .expect(204);
    // What a deleted record had is free again.
    service
        .patch(&path, json!({"email": "ADA@x.org"}))
        .await
        .expect(200);
}

pub async fn put_and_patch_answer_the_full_form(service: &Service) {
    let made = service.customer("Ada", "L").await;
    let path = format!("customers/{}/", id(&made));
    let body = json!({"city": "Paris", "preferences": {"sms_notifications": false}});
    let patched = service.patch(&path, body).await.expect(200);
    assert_eq!(patched["city"], "Paris");
    assert_eq!(patched["preferences"]["sms_notifications"], false);
    assert_eq!(patched["first_name"], "Ada");
    assert!(patched["vehicles"].is_array());
    assert_ne!(patched["updated_at"], made["updated_at"]);
    let refused = service
        .put(&path, json!({"city": "Rome"}))
        .await
        .expect(400);
    assert_eq!(refused["first_name"], json!(["This field is required."]));
    let mut whole = patched.clone();
    whole["city"] = json!("Rome");
    let put = service.put(&path, whole).await.expect(200);
    assert_eq!(put["city"], "Rome");
    assert_eq!(
        put["preferences"]["sms_notifications"], false,
        "what is not nested stays"
    );
    // Either everything is written or nothing is.
    let body = json!({"city": "Oslo", "email": "nobody", "preferences": {"timezone": "Mars"}});
    let refused = service.patch(&path, body).await.expect(400);
    assert!(refused["email"][0].is_string() && refused["preferences"]["timezone"][0].is_string());
    let body = json!({"city": "Oslo", "preferences": {"timezone": "Mars"}});
    service.patch(&path, body).await.expect(400);
    assert_eq!(service.get(&path).await.expect(200), put);
    let same = service
        .patch(&path, json!({"city": "Rome"}))
        .await
        .expect(200);
    assert_eq!(same["updated_at"], put["updated_at"], "nothing changed");
    let refused = service
        .patch(&path, json!({"first_name": ""}))
        .await
        .expect(400);
    assert!(refused["first_name"][0].is_string());
}

pub async fn preferences_are_nested_and_on_their_own(service: &Service) {
    let made = service.customer("Ada", "L").await;
    let path = format!("customers/{}/preferences/", id(&made));
    let read = service.get(&path).await.expect(200);
    assert_eq!(read["timezone"], "UTC");
    assert_eq!(read["email_notifications"], true);
    let body = json!({"preferred_service_time": "14:05:00", "currency": "eur"});
    let edited = service.patch(&path, body).await.expect(200);
    assert_eq!(edited["preferred_service_time"], "14:05:00");
    assert_eq!(edited["currency"], "EUR");
    let put = service
        .put(&path, json!({"preferred_service_time": null}))
        .await;
    assert_eq!(put.expect(200)["preferred_service_time"], Value::Null);
    let refused = service.patch(&path, json!({"timezone": "Mars/Base"})).await;
    assert!(refused.expect(400)["timezone"][0].is_string());
    let refused = service
        .patch(
            &format!("customers/{}/", id(&made)),
            json!({"preferences": [1]}),
        )
        .await;
    assert!(refused.expect(400)["preferences"].is_object());
}

pub async fn deleting_takes_everything_along(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let body = json!({"customer": ada["id"], "title": "t", "content": "c"});
    let note = service.post("notes/", body).await.expect(201);
    let fields = [
        ("customer", id(&ada)),
        ("document_type", "other"),
        ("title", "t"),
    ];
    let paper = service.upload(&fields, "a.txt", b"hello").await.expect(201);
    service
        .delete(&format!("customers/{}/", id(&ada)))
        .await
        .expect(204);
    for path in [
        format!("customers/{}/", id(&ada)),
        format!("customers/{}/preferences/", id(&ada)),
        format!("customers/{}/dashboard/", id(&ada)),
        format!("vehicles/{}/", id(&car)),
        format!("notes/{}/", id(&note)),
        format!("documents/{}/", id(&paper)),
        format!("documents/{}/download/", id(&paper)),
    ] {
        service.get(&path).await.expect(404);
    }
    for list in [
        "customers/",
        "vehicles/",
        "notes/",
        "documents/",
        "ownerships/",
    ] {
        let page = service.get(list).await.expect(200);
        assert_eq!(
            (&page["count"], &page["results"]),
            (&json!(0), &json!([])),
            "{list}"
        );
    }
    let found = service.get("customers/?search=Ada").await.expect(200);
    assert_eq!(found["count"], 0);
    service
        .delete(&format!("customers/{}/", id(&ada)))
        .await
        .expect(404);
    let body = json!({"customer": ada["id"], "title": "t", "content": "c"});
    let refused = service.post("notes/", body).await.expect(400);
    assert!(refused["customer_id"][0].is_string());
}

pub async fn actions_and_stats(service: &Service) {
    let empty = service.get("customers/stats/").await.expect(200);
    assert_eq!(empty["total_customers"], 0);
    let ada = service.customer("Ada", "L").await;
    service.customer("Bob", "M").await;
    let path = |action: &str| format!("customers/{}/{action}/", id(&ada));
    let verified = service.post(&path("verify"), json!({})).await.expect(200);
    assert_eq!(verified["is_verified"], true);
    assert_eq!(verified["customer_id"], ada["id"]);
    assert!(verified["message"].is_string());
    let closed = service
        .post(&path("deactivate"), json!({}))
        .await
        .expect(200);
    assert_eq!(closed["is_active"], false);
    let read = service
        .get(&format!("customers/{}/", id(&ada)))
        .await
        .expect(200);
    assert_eq!(
        (&read["is_verified"], &read["is_active"]),
        (&json!(true), &json!(false))
    );
    let stats = service.get("customers/stats/").await.expect(200);
    assert_eq!(stats["total_customers"], 2);
    assert_eq!(stats["active_customers"], 1);
    assert_eq!(stats["verified_customers"], 1);
    assert_eq!(stats["business_customers"], 0);
    assert_eq!(stats["new_customers_last_30_days"], 2);
    assert_eq!(stats["verification_rate"].as_f64(), Some(50.0));
    let unknown = format!("customers/{}/verify/", Uuid::now_v7());
    service.post(&unknown, json!({})).await.expect(404);
}

pub async fn dashboard_shows_one_screen(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let sold = service.vehicle(&ada, "B 2").await;
    let path = format!("vehicles/{}/", id(&sold));
    service
        .patch(&path, json!({"is_active": false}))
        .await
        .expect(200);
    let path = format!("vehicles/{}/", id(&car));
    let body = json!({"next_service_due_date": "2020-01-01"});
    service.patch(&path, body).await.expect(200);
    for (title, important, private) in [("a", true, false), ("b", true, true), ("c", false, false)]
    {
        let body = json!({"customer": ada["id"], "title": title, "content": "c",
            "is_important": important, "is_private": private});
        service.post("notes/", body).await.expect(201);
    }
    let board = service
        .get(&format!("customers/{}/dashboard/", id(&ada)))
        .await
        .expect(200);
    assert_eq!(board["full_name"], "Ada L");
    assert_eq!(board["active_vehicles_count"], 1);
    assert_eq!(board["vehicles"].as_array().unwrap().len(), 1);
    assert_eq!(board["vehicles"][0]["is_service_due"], true);
    assert_eq!(board["vehicles_due_for_service"][0]["id"], car["id"]);
    assert_eq!(
        board["vehicles_due_for_service"][0]
            .as_object()
            .unwrap()
            .len(),
        6
    );
    assert_eq!(board["important_notes"].as_array().unwrap().len(), 1);
    assert_eq!(board["important_notes"][0]["title"], "a");
    assert_eq!(board["preferences"]["timezone"], "UTC");
    let list = service.get("customers/").await.expect(200);
    assert_eq!(list["results"][0]["active_vehicles_count"], 1);
    let active = service
        .get(&format!("customers/{}/vehicles/", id(&ada)))
        .await
        .expect(200);
    assert_eq!(active.as_array().unwrap().len(), 1);
}
