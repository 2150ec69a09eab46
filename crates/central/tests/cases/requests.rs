use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use servease_tests::central::{Answer, Service, id};

pub async fn bad_bodies_and_paths(service: &Service) {
    let send = |body: &'static str, media_type: &'static str| {
        let request = service.request(Method::POST, "customers/");
        request.header("Content-Type", media_type).body(body).send()
    };
    let json_type = "application/json";
    for malformed in ["{", "{\"a\":}", "nonsense", "\"\\ud800\"", "{\"a\":1e999}"] {
        let answer = Answer::of(send(malformed, json_type).await.unwrap()).await;
        assert!(answer.expect(400)["detail"].is_string(), "{malformed}");
    }
    for other in ["[]", "1", "null", "\"x\"", "true"] {
        let answer = Answer::of(send(other, json_type).await.unwrap()).await;
        assert!(
            answer.expect(400)["non_field_errors"][0].is_string(),
            "{other}"
        );
    }
    for media_type in ["text/plain", "application/xml", "nonsense", ""] {
        let answer = Answer::of(send("{}", media_type).await.unwrap()).await;
        assert!(answer.expect(415)["detail"].is_string(), "{media_type}");
    }
    for path in [
        "customers/1/",
        "customers/bad/",
        "customers/{0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b}/",
        "customers/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b/",
        "customers/%FF%FE/",
        "customers/%00/",
        "nothing/",
        "customers/1/2/3/",
    ] {
        let answer = service.get(path).await;
        assert!(answer.expect(404)["detail"].is_string(), "{path}");
    }
    for (method, path) in [
        (Method::POST, "customers/stats/"),
        (Method::PUT, "customers/"),
        (Method::DELETE, "customers/"),
        (Method::GET, "auth/login/"),
        (
            Method::PATCH,
            "ownerships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b/",
        ),
    ] {
        let answer = service.send(method, path, json!({})).await;
        assert!(answer.expect(405)["detail"].is_string(), "{path}");
    }
    let deep = "[".repeat(100_000);
    let request = service
        .request(Method::POST, "customers/")
        .header("Content-Type", json_type);
    Answer::of(request.body(deep).send().await.unwrap())
        .await
        .expect(400);
    let large = format!("{{\"first_name\": \"{}\"}}", "x".repeat(2 * 1024 * 1024));
    let request = service
        .request(Method::POST, "customers/")
        .header("Content-Type", json_type);
    Answer::of(request.body(large).send().await.unwrap())
        .await
        .expect(413);
}

pub async fn odd_bytes_are_never_a_server_error(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let odd = [
        "%00",
        "%FF",
        "%F0%9F%98%80",
        "'",
        "\"",
        "--",
        ";",
        "%25",
        "*",
        "(",
        "NEAR(",
        "%0A",
        "%E2%80%AE",
        "1e400",
        "-0",
        "9223372036854775808",
        "NaN",
        "true",
        "null",
        "a%00b",
        "%5C",
    ];
    for value in odd {
        for path in [
            format!("customers/?search={value}"),
            format!("customers/?page={value}"),
            format!("customers/?page_size={value}"),
            format!("customers/?ordering={value}"),
            format!("customers/?state={value}"),
            format!("customers/?is_active={value}"),
            format!("vehicles/?make={value}"),
            format!("vehicles/?customer={value}"),
            format!("notes/?note_type={value}"),
            format!("service-records/?service_type={value}"),
            format!("customers/{}/documents/?type={value}", id(&ada)),
            format!("customers/{}/history/?page={value}", id(&ada)),
        ] {
            let answer = service.get(&path).await;
            assert!(answer.status < 500, "{path}: {}", answer.status);
        }
    }
    for value in [
        json!("a\u{0}b"),
        json!("\u{feff}\u{202e}\u{1f600}"),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(-1.5e300),
        json!([[]]),
        json!({"a": {}}),
        json!(true),
        json!("x".repeat(70_000)),
        json!("9999-12-31T23:59:59+23:59"),
        json!("0001-01-01T00:00:00+23:59"),
        json!("-0001-01-01"),
        json!("2026-02-30"),
        json!("12:60"),
        json!("23:59:60"),
        json!("2016-12-31T23:59:60Z"),
        json!("2026-W48-3T24"),
    ] {
        for (path, fields) in [
            (
                format!("customers/{}/", id(&ada)),
                vec![
                    "first_name",
                    "email",
                    "phone",
                    "user_id",
                    "is_active",
                    "customer_since",
                    "last_service_date",
                    "preferences",
                    "state",
                ],
            ),
            (
                format!("vehicles/{}/", id(&car)),
                vec![
                    "year",
                    "vin",
                    "license_plate",
                    "current_mileage",
                    "purchase_date",
                    "customer_id",
                    "fuel_type",
                ],
            ),
            (
                format!("customers/{}/preferences/", id(&ada)),
                vec![
                    "preferred_service_time",
                    "timezone",
                    "currency",
                    "sms_notifications",
                    "customer_id",
                ],
            ),
        ] {
            for field in fields {
                let mut body = json!({});
                body[field] = value.clone();
                let answer = service.patch(&path, body).await;
                assert!(answer.status < 500, "{field} {value}: {}", answer.body);
            }
        }
        let body = json!({"vehicle": car["id"], "value": value, "read_at": value, "reason": value});
        assert!(
            service.post("mileage-readings/", body).await.status < 500,
            "{value}"
        );
        let body = json!({"vehicle": car["id"], "cost": value, "service_type": value,
            "performed_at": value, "currency": value, "id": value});
        assert!(
            service.post("service-records/", body).await.status < 500,
            "{value}"
        );
        let body = json!({"email": value, "password": value});
        assert!(
            service.post("auth/login/", body).await.status < 500,
            "{value}"
        );
        let body = json!({"refresh": value});
        assert!(
            service.post("auth/token/refresh/", body).await.status < 500,
            "{value}"
        );
    }
}

pub async fn mutations_of_strange_desks_do_no_harm(service: &Service) {
    let desk = Uuid::now_v7();
    let clocks = [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "+262142-12-31T23:59:59Z",
        "-262143-01-01T00:00:00Z",
        "2016-12-31T23:59:60Z",
        "1970-01-01T00:00:00+14:00",
    ];
    let mutations: Vec<Value> = clocks
        .iter()
        .map(|at| {
            json!({"id": Uuid::now_v7(), "step": Uuid::now_v7(), "entity": "customer",
                "record": Uuid::now_v7(), "action": "create", "at": at, "seen": 0,
                "author": {"id": "x\u{0}", "name": "a\u{0}b\n".repeat(500)},
                "after": {"first_name": "A", "last_name": "B", "phone": "+15550123456"}})
        })
        .collect();
    let body = json!({"protocol": 2, "desk": desk, "mutations": mutations});
    let answer = service.post("sync/mutations/", body).await.expect(200);
    for one in answer["answers"].as_array().unwrap() {
        assert_eq!(one["outcome"], "applied", "{one}");
    }
    let path = format!("sync/changes/?protocol=2&desk={desk}&after=0&limit=1000&full=true");
    let feed = service.get(&path).await.expect(200);
    let rows = service
        .get("sync/snapshot/rows/?protocol=2&limit=1000")
        .await
        .expect(200);
    assert!(feed["entries"].as_array().unwrap().len() >= clocks.len());
    assert!(rows["rows"].as_array().unwrap().len() >= clocks.len());
    let page = service.get("customers/").await.expect(200);
    assert_eq!(page["count"], clocks.len());
    for customer in page["results"].as_array().unwrap() {
        let path = format!("customers/{}/history/", id(customer));
        let history = service.get(&path).await.expect(200);
        let name = &history["results"][0]["author_name"];
        assert_eq!(*name, "ab".repeat(500));
    }
    // What is no message is said to be none.
    for body in [
        json!({}),
        json!([]),
        json!({"protocol": 2, "desk": "x", "mutations": []}),
        json!({"protocol": 2, "desk": desk, "mutations": [{}]}),
        json!({"protocol": u64::MAX, "desk": desk, "mutations": []}),
    ] {
        let answer = service.post("sync/mutations/", body.clone()).await;
        assert!(answer.expect(400)["detail"].is_string(), "{body}");
    }
    for query in [
        "",
        "protocol=2",
        "protocol=2&desk=x&after=0&limit=1",
        "protocol=2&desk=0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b&after=9223372036854775808&limit=1",
    ] {
        let answer = service.get(&format!("sync/changes/?{query}")).await;
        assert!(answer.expect(400)["detail"].is_string(), "{query}");
    }
    let many: Vec<Value> = (0..501).map(|_| mutations[0].clone()).collect();
    let body = json!({"protocol": 2, "desk": desk, "mutations": many});
    let refused = service.post("sync/mutations/", body).await.expect(413);
    assert_eq!(refused["code"], "too_much");
}

pub async fn conditional_requests(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let path = format!("customers/{}/", id(&ada));
    let tag = service.get(&path).await.header("etag");
    assert!(tag.starts_with('"'));
    let patch = |tag: String, city: &'static str| {
        let request = service
            .request(Method::PATCH, &path)
            .header("If-Match", tag);
        request.json(&json!({"city": city})).send()
    };
    let first = Answer::of(patch(tag.clone(), "Paris").await.unwrap()).await;
    assert_eq!(first.status, 200);
    let second = Answer::of(patch(tag.clone(), "Rome").await.unwrap()).await;
    assert!(second.expect(412)["detail"].is_string());
    assert_eq!(service.get(&path).await.expect(200)["city"], "Paris");
    let newest = first.header("etag");
    let listed = format!("\"x\", {newest}");
    assert_eq!(patch(listed, "Rome").await.unwrap().status(), 200);
    assert_eq!(patch("*".to_owned(), "Oslo").await.unwrap().status(), 200);
    assert_eq!(
        patch(format!("W/{newest}"), "Bonn").await.unwrap().status(),
        412
    );
    let delete = service
        .request(Method::DELETE, &path)
        .header("If-Match", tag);
    assert_eq!(delete.send().await.unwrap().status(), 412);
    let preferences = format!("{path}preferences/");
    assert!(
        service
            .get(&preferences)
            .await
            .header("etag")
            .starts_with('"')
    );
}

pub async fn idempotency_keys(service: &Service) {
    let body = json!({"first_name": "Ada", "last_name": "L", "phone": "+15550123456"});
    let post = |key: &'static str, body: Value| {
        let request = service.request(Method::POST, "customers/");
        request.header("Idempotency-Key", key).json(&body).send()
    };
    let first = Answer::of(post("k1", body.clone()).await.unwrap()).await;
    let again = Answer::of(post("k1", body.clone()).await.unwrap()).await;
    assert_eq!(first.header("etag"), again.header("etag"));
    assert_eq!(first.expect(201), again.expect(201));
    let other = Answer::of(post("k2", body.clone()).await.unwrap()).await;
    other.expect(201);
    assert_eq!(service.get("customers/").await.expect(200)["count"], 2);
    let reused = json!({"first_name": "Bob", "last_name": "L", "phone": "+15550123456"});
    let refused = Answer::of(post("k1", reused).await.unwrap()).await;
    assert!(refused.expect(422)["Idempotency-Key"][0].is_string());
    // Many at once: one takes effect, all get its answer.
    let posts: Vec<_> = (0..8)
        .map(|_| tokio::spawn(post("k3", body.clone())))
        .collect();
    let mut ids = Vec::new();
    for post in posts {
        let answer = Answer::of(post.await.unwrap().unwrap()).await;
        ids.push(answer.expect(201)["id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    // A refused request may be put right and sent again under its key.
    let bad = Answer::of(post("k4", json!({"first_name": "x"})).await.unwrap()).await;
    bad.expect(400);
    let mended = Answer::of(post("k4", body).await.unwrap()).await;
    mended.expect(201);
}

pub async fn history_tells_who_and_what(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let path = format!("customers/{}/", id(&ada));
    service
        .patch(&path, json!({"city": "Paris"}))
        .await
        .expect(200);
    let page = service.get(&format!("{path}history/")).await.expect(200);
    let newest = &page["results"][0];
    assert_eq!(newest["kind"], "update");
    assert_eq!(newest["author_name"], "Test employee");
    assert_eq!(
        newest["changes"],
        json!([{"field": "city", "from": "", "to": "Paris"}])
    );
    assert!(newest["at"].is_string());
    assert_eq!(
        page["count"], 3,
        "the customer, their preferences, the edit"
    );
    let car = service.vehicle(&ada, "B 1").await;
    let page = service
        .get(&format!("vehicles/{}/history/", id(&car)))
        .await
        .expect(200);
    assert_eq!(page["results"][0]["kind"], "create");
    service
        .get(&format!("customers/{}/history/", Uuid::now_v7()))
        .await
        .expect(404);
}

pub async fn root_health_and_redirects(service: &Service) {
    let bare = |path: &str| service.client.get(service.url(path)).send();
    let root = Answer::of(bare("/api/v1/").await.unwrap())
        .await
        .expect(200);
    let root = root.as_object().unwrap().clone();
    for name in [
        "customers",
        "vehicles",
        "documents",
        "notes",
        "service-records",
    ] {
        let url = root[name].as_str().unwrap();
        assert_eq!(service.get(url).await.status, 200, "{url}");
    }
    assert!(root.values().all(Value::is_string), "flat");
    assert_eq!(bare("/health/").await.unwrap().status(), 200);
    for (from, to) in [
        ("/api/v1", "/api/v1/"),
        ("/api/v1/customers", "/api/v1/customers/"),
        (
            "/api/v1/customers?page=2&x=%20",
            "/api/v1/customers/?page=2&x=%20",
        ),
        ("/health", "/health/"),
    ] {
        let answer = bare(from).await.unwrap();
        assert_eq!(answer.status(), 301, "{from}");
        assert_eq!(answer.headers()["location"], to);
    }
    let twice = bare("//evil.example/x").await.unwrap();
    assert_eq!(twice.status(), 404);
    let metrics = bare("/metrics").await.unwrap();
    assert_eq!(metrics.status(), 404, "closed without a token");
    let docs = bare("/api/v1/docs/").await.unwrap();
    assert_eq!(docs.status(), 200);
    let policy = docs.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("http"));
    let page = docs.text().await.unwrap();
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "{page}"
    );
    let schema = Answer::of(bare("/api/v1/schema/").await.unwrap())
        .await
        .expect(200);
    assert_eq!(schema["openapi"], "3.1.0");
}

pub async fn underscored_actions(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let path = format!("vehicles/{}/update_mileage/", id(&car));
    service
        .post(&path, json!({"mileage": 10}))
        .await
        .expect(200);
    service
        .get(&format!("vehicles/{}/service_status/", id(&car)))
        .await
        .expect(200);
    service
        .get(&format!("customers/{}/service_history/", id(&ada)))
        .await
        .expect(200);
    service.get("documents/expiring_soon/").await.expect(200);
}
