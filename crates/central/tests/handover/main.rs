//! Alerts handed over to a notification service: a real one, over real sockets, that loses answers
//! and restarts, as Central itself does.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

mod receiver;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use servease_tests::central::{
    Answer, Central, Postgres, SECRET, Service, Site, config, employee, id, now, program,
};

use receiver::{Mood, NOTIFY_SECRET, Receiver, until};

fn in_days(days: i64) -> String {
    (now() + TimeDelta::days(days)).date_naive().to_string()
}

/// A client of a Central, in this process or not.
#[derive(Clone)]
struct Garage {
    client: Client,
    base: String,
}

impl Garage {
    fn of(url: &str) -> Garage {
        Garage {
            client: Client::new(),
            base: format!("{url}/api/v1"),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.client.request(method, format!("{}/{path}", self.base));
        let request = request.bearer_auth(employee()).json(&body);
        Answer::of(request.send().await.unwrap()).await
    }

    async fn get(&self, path: &str) -> Value {
        self.send(Method::GET, path, json!({})).await.expect(200)
    }

    async fn patch(&self, path: &str, body: Value) {
        self.send(Method::PATCH, path, body).await.expect(200);
    }

    /// A car whose registration expires in so many days, and its owner, with these preferences.
    async fn car(&self, name: &str, days: i64, preferences: Value) -> Value {
        let body = json!({"first_name": name, "last_name": "L", "phone": "+15550123456",
            "preferences": preferences});
        let owner = self
            .send(Method::POST, "customers/", body)
            .await
            .expect(201);
        let body = json!({"customer_id": owner["id"], "make": "VW", "model": "Golf",
            "license_plate": format!("B {name}"), "registration_expiry_date": in_days(days)});
        self.send(Method::POST, "vehicles/", body).await.expect(201)
    }

    async fn notifications(&self, car: &Value) -> Vec<Value> {
        let owner = car["customer_id"].as_str().unwrap();
        let page = self.get(&format!("customers/{owner}/notifications/")).await;
        page["results"].as_array().unwrap().clone()
    }

    /// How the newest of them stands.
    async fn state(&self, car: &Value) -> String {
        let all = self.notifications(car).await;
        all.first()
            .map_or("", |it| it["state"].as_str().unwrap())
            .to_owned()
    }

    async fn alert(&self, car: &Value) -> String {
        let page = self.get("alerts/?page_size=1000&within=0").await;
        let all = page["results"].as_array().unwrap();
        let of_car = all.iter().find(|it| it["record"] == car["id"]).unwrap();
        id(of_car).to_owned()
    }
}

const REMINDERS: &str = "service_reminders";

async fn each_alert_arrives_once(database_url: Option<String>) {
    let mut receiver = Receiver::start(Mood::Forgetful).await;
    let site = Site::new();
    let url = receiver.url();
    let mut variables = vec![
        ("SERVEASE_JWT_SECRET", SECRET),
        ("SERVEASE_NOTIFY_URL", url.as_str()),
        ("SERVEASE_NOTIFY_SECRET", NOTIFY_SECRET),
    ];
    if let Some(url) = &database_url {
        variables.push(("SERVEASE_DATABASE_URL", url));
    }
    let central = Central::start_with(&site, &variables);
    let garage = Garage::of(central.url());
    let (mut cars, mut silent) = (Vec::new(), Vec::new());
    for number in 0..12 {
        let sms = json!({"preferred_contact_method": "sms", "preferred_language": "de"});
        cars.push(garage.car(&format!("Told{number}"), 5, sms).await);
    }
    for (name, preferences) in [
        ("None", json!({REMINDERS: false})),
        (
            "NoWay",
            json!({"email_notifications": false, "sms_notifications": false,
                "push_notifications": false}),
        ),
    ] {
        silent.push(garage.car(name, 5, preferences).await);
    }
    // Its day has not come.
    silent.push(garage.car("Later", 60, json!({})).await);
    let note = json!({"customer_id": cars[0]["customer_id"], "title": "Ask for money",
        "content": "x", "follow_up_date": in_days(-1)});
    garage.send(Method::POST, "notes/", note).await.expect(201);

    // In the middle of it everything dies.
    until("some arrive", async || receiver.requests() >= 8).await;
    central.kill();
    receiver.go_down().await;
    let central = Central::start_with(&site, &variables);
    let garage = Garage::of(central.url());
    until("nobody is there", async || {
        let mut tried = 0;
        for car in &cars {
            let all = garage.notifications(car).await;
            tried += all
                .iter()
                .filter(|it| it["answer"] == "no connection")
                .count();
        }
        tried > 0
    })
    .await;
    receiver.set(Mood::Well);
    receiver.come_back().await;
    for car in &cars {
        until("all arrive", async || {
            garage.state(car).await == "delivered"
        })
        .await;
    }
    let messages = receiver.messages();
    let expected: BTreeSet<&str> = cars.iter().map(id).collect();
    let told: Vec<&str> = messages
        .values()
        .map(|message| message["alert"]["record"].as_str().unwrap())
        .collect();
    assert_eq!(told.len(), expected.len(), "once each: {messages:?}");
    assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), expected);
    for message in messages.values() {
        let alert = &message["alert"];
        assert_eq!(
            (&message["event"], &message["stage"]),
            (&json!("raised"), &json!(7))
        );
        let text = alert["text"].as_str().unwrap();
        assert!(text.starts_with("Zulassung: "), "{text}");
        let preferences = &message["preferences"];
        assert_eq!(
            (
                &preferences["channel"],
                &preferences["language"],
                &preferences[REMINDERS]
            ),
            (&json!("sms"), &json!("de"), &json!(true))
        );
        let key = format!("{}:7", id(alert));
        assert_eq!(message["idempotency_key"], key.as_str());
    }
    for car in &silent {
        assert_eq!(garage.notifications(car).await, Vec::<Value>::new());
    }
    what_is_over_is_withdrawn(&garage, &receiver, &cars).await;
    central.stop();
}

/// Each in another way.
async fn what_is_over_is_withdrawn(garage: &Garage, receiver: &Receiver, cars: &[Value]) {
    let before = receiver.messages().len();
    let alerts = [
        garage.alert(&cars[0]).await,
        garage.alert(&cars[1]).await,
        garage.alert(&cars[2]).await,
        garage.alert(&cars[3]).await,
    ];
    let path = |car: &Value| format!("vehicles/{}/", id(car));
    let renewed = json!({"registration_expiry_date": in_days(700)});
    garage.patch(&path(&cars[0]), renewed).await;
    garage
        .patch(&path(&cars[1]), json!({"is_active": false}))
        .await;
    let owner = cars[2]["customer_id"].as_str().unwrap();
    let no = json!({REMINDERS: false});
    garage
        .patch(&format!("customers/{owner}/preferences/"), no)
        .await;
    let done = json!({"protocol": 2, "desk": uuid::Uuid::now_v7(), "mutations": [
        answer(&cars[3], &alerts[3], "create", json!({"alert_kind": "registration",
            "vehicle_id": cars[3]["id"]})),
        answer(&cars[3], &alerts[3], "update", json!({"state": "done", "stage": 7})),
    ]});
    let pushed = garage
        .send(Method::POST, "sync/mutations/", done)
        .await
        .expect(200);
    let outcome = pushed["answers"][1]["outcome"].as_str().unwrap();
    assert!(["applied", "merged"].contains(&outcome), "{pushed}");
    let withdrawn = |alert: &str| format!("{alert}:withdrawn");
    for alert in &alerts {
        let key = withdrawn(alert);
        until("it is withdrawn", async || {
            receiver.messages().contains_key(&key)
        })
        .await;
    }
    let messages = receiver.messages();
    assert_eq!(messages.len(), before + 4);
    for (alert, reason) in alerts.iter().zip(["gone", "gone", "consent", "done"]) {
        let message = &messages[&withdrawn(alert)];
        assert_eq!(
            (
                &message["event"],
                &message["reason"],
                &message["alert"]["state"]
            ),
            (&json!("withdrawn"), &json!(reason), &json!("withdrawn"))
        );
        assert!(message["alert"]["customer"].is_null(), "{message}");
    }
    // What comes back is told anew, under another key.
    garage
        .patch(&path(&cars[1]), json!({"is_active": true}))
        .await;
    let again = format!("{}:7:2", alerts[1]);
    until("it is back", async || {
        receiver.messages().contains_key(&again)
    })
    .await;
    until("it is noted", async || {
        garage.state(&cars[1]).await == "delivered"
    })
    .await;
    let all = garage.notifications(&cars[1]).await;
    let events: Vec<&str> = all.iter().map(|it| it["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["raised", "withdrawn", "raised"], "newest first");
    assert_eq!(all[0]["channel"], "sms");
    assert_eq!(receiver.messages().len(), before + 5, "and nothing else");
}

fn answer(car: &Value, alert: &str, action: &str, after: Value) -> Value {
    json!({"id": uuid::Uuid::now_v7(), "step": uuid::Uuid::now_v7(), "entity": "alert",
        "record": alert, "action": action, "at": now(), "seen": i64::from(u16::MAX),
        "author": {"id": null, "name": car["make"]}, "before": {}, "after": after})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_alert_arrives_once_on_sqlite() {
    each_alert_arrives_once(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_alert_arrives_once_on_postgres() {
    let postgres = Postgres::find();
    each_alert_arrives_once(Some(postgres.database("handover"))).await;
}

/// A Central in this process that hands over.
async fn handing_over(receiver: &Receiver, database_url: Option<String>) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(&folder, database_url);
    config.notify_url = Some(receiver.url());
    config.notify_secret = Some(NOTIFY_SECRET.to_owned());
    Service::begin(config, folder).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_instances_on_one_database_one_posts() {
    let receiver = Receiver::start(Mood::Well).await;
    let postgres = Postgres::find();
    let url = Some(postgres.database("two"));
    let one = handing_over(&receiver, url.clone()).await;
    let two = handing_over(&receiver, url).await;
    let garages = [&one, &two].map(|service| Garage::of(&service.running.url));
    let mut cars = Vec::new();
    for number in 0..30 {
        let garage = &garages[number % 2];
        cars.push(garage.car(&format!("N{number}"), 3, json!({})).await);
    }
    for car in &cars {
        until("all arrive", async || {
            garages[0].state(car).await == "delivered"
        })
        .await;
    }
    assert_eq!(receiver.messages().len(), cars.len());
    assert_eq!(
        receiver.requests(),
        cars.len(),
        "each once, not twice and taken for one"
    );
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn nobody_is_followed_elsewhere_and_patience_is_heeded() {
    let receiver = Receiver::start(Mood::Elsewhere).await;
    let service = handing_over(&receiver, None).await;
    let garage = Garage::of(&service.running.url);
    let first = garage.car("First", 3, json!({})).await;
    until("it is refused", async || {
        let all = garage.notifications(&first).await;
        all.first()
            .is_some_and(|it| it["answer"] == "307" && it["state"] == "waiting")
    })
    .await;
    assert_eq!(receiver.memory.lock().unwrap().elsewhere, 0);
    receiver.set(Mood::Busy);
    until("it is asked for patience", async || {
        garage.notifications(&first).await[0]["answer"] == "503"
    })
    .await;
    // Whatever else there is to say waits too.
    let requests = receiver.requests();
    for name in ["Second", "Third", "Fourth"] {
        let car = garage.car(name, 3, json!({})).await;
        until("it is planned", async || {
            garage.state(&car).await == "waiting"
        })
        .await;
        assert_eq!(garage.notifications(&car).await[0]["attempts"], 0);
    }
    assert_eq!(receiver.requests(), requests);
    // What has not left is taken back without a word.
    let no = json!({REMINDERS: false});
    let car = garage.car("Fifth", 3, json!({})).await;
    until("it is planned", async || {
        garage.state(&car).await == "waiting"
    })
    .await;
    let owner = car["customer_id"].as_str().unwrap();
    garage
        .patch(&format!("customers/{owner}/preferences/"), no)
        .await;
    until("it is forgotten", async || {
        garage.notifications(&car).await.is_empty()
    })
    .await;
    service.stop().await;
}

#[test]
fn a_service_without_a_secret_or_a_plain_address_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let short = folder.path().join("short");
    std::fs::write(&short, "31 bytes are one byte too few..\n").unwrap();
    let short = short.to_str().unwrap();
    let good = ("SERVEASE_NOTIFY_URL", "https://notify.example/in");
    let secret = ("SERVEASE_NOTIFY_SECRET", NOTIFY_SECRET);
    for variables in [
        vec![good],
        vec![good, ("SERVEASE_NOTIFY_SECRET", "short")],
        vec![good, ("SERVEASE_NOTIFY_SECRET_FILE", short)],
        vec![good, ("SERVEASE_NOTIFY_SECRET_FILE", "/nowhere")],
        vec![good, secret, ("SERVEASE_NOTIFY_SECRET_FILE", short)],
        vec![("SERVEASE_NOTIFY_URL", "ftp://notify.example/"), secret],
        vec![
            ("SERVEASE_NOTIFY_URL", "https://me:hunter2@notify.example/"),
            secret,
        ],
        vec![("SERVEASE_NOTIFY_URL", ""), secret],
        vec![("SERVEASE_NOTIFY_SECRET_FILE", short)],
    ] {
        let ended = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path().join("data"))
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(!ended.status.success(), "{variables:?}");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(said.contains("notify"), "{variables:?}: {said}");
        assert!(
            !said.contains(NOTIFY_SECRET) && !said.contains("hunter2"),
            "{said}"
        );
    }
}
