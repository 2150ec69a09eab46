//! Sudden ends: the process is killed (`kill -9`) while clients create, edit, upload and
//! desks push. What was acknowledged is there afterwards, once, and what was not can be
//! repeated without doubling it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use servease_central::db::{self, Target};
use servease_tests::central::{Answer, Bucket, Central, Postgres, SECRET, Site, employee, id};
use uuid::Uuid;

const ROUNDS: usize = 4;

/// Where files are in a bucket, only they are looked at anew.
const ROUNDS_WITH_BUCKET: usize = 2;

/// How many mutations a desk pushes at once.
const BATCH: usize = 20;

/// A client of one run of the service.
#[derive(Clone)]
struct Caller {
    client: Client,
    base: String,
    token: String,
}

impl Caller {
    fn of(central: &Central) -> Caller {
        Caller {
            client: Client::new(),
            base: format!("{}/api/v1", central.url()),
            token: employee(),
        }
    }

    /// None: the service is gone, before or after it did what it was asked.
    async fn send(&self, request: reqwest::RequestBuilder) -> Option<Answer> {
        let response = request.bearer_auth(&self.token).send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.ok()?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Some(Answer {
            status,
            body,
            headers,
        })
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}/{path}", self.base))
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await.unwrap()
    }

    async fn create(&self, key: Uuid) -> Option<Answer> {
        let body = json!({"first_name": "Ada", "last_name": key, "phone": "+15550123456"});
        let request = self.request(Method::POST, "customers/").json(&body);
        self.send(request.header("Idempotency-Key", key.to_string()))
            .await
    }

    async fn push(&self, push: &Value) -> Option<Answer> {
        let request = self.request(Method::POST, "sync/mutations/").json(push);
        self.send(request).await
    }

    async fn upload(&self, customer: &str, content: &str) -> Option<Answer> {
        let part = reqwest::multipart::Part::text(content.to_owned()).file_name("a.txt");
        let form = reqwest::multipart::Form::new()
            .text("customer", customer.to_owned())
            .text("document_type", "other")
            .text("title", "t")
            .part("file_path", part);
        let request = self.request(Method::POST, "documents/").multipart(form);
        self.send(request).await
    }
}

/// What one writer saw until the service was gone.
#[derive(Default)]
struct Seen {
    /// Key → id of what was made under it.
    created: Vec<(Uuid, String)>,
    /// A key whose answer never came.
    unanswered: Option<Uuid>,
    /// The last value of the one field that the editor changes.
    edited: Option<usize>,
    /// Pushes whose mutations were all applied.
    pushed: Vec<Value>,
    /// A push whose answer never came.
    unanswered_push: Option<Value>,
    /// Document → its content.
    uploaded: Vec<(String, String)>,
}

impl Seen {
    fn add(&mut self, more: Seen) {
        self.created.extend(more.created);
        self.edited = more.edited.or(self.edited);
        self.pushed.extend(more.pushed);
        self.uploaded.extend(more.uploaded);
    }
}

/// A busy service has not done what it was asked, and says so: nothing of that is acknowledged.
fn is_busy(answer: &Answer) -> bool {
    answer.status == 503
}

async fn creator(caller: Caller, done: Arc<AtomicUsize>) -> Seen {
    let mut seen = Seen::default();
    loop {
        let key = Uuid::new_v4();
        let Some(answer) = caller.create(key).await else {
            seen.unanswered = Some(key);
            return seen;
        };
        if is_busy(&answer) {
            continue;
        }
        let made = answer.expect(201);
        seen.created.push((key, id(&made).to_owned()));
        done.fetch_add(1, Ordering::Relaxed);
    }
}

async fn editor(caller: Caller, customer: String, from: usize, done: Arc<AtomicUsize>) -> Seen {
    let mut seen = Seen::default();
    for number in from.. {
        let path = format!("customers/{customer}/");
        let body = json!({"city": number.to_string()});
        let request = caller.request(Method::PATCH, &path).json(&body);
        let Some(answer) = caller.send(request).await else {
            break;
        };
        if is_busy(&answer) {
            continue;
        }
        answer.expect(200);
        seen.edited = Some(number);
        done.fetch_add(1, Ordering::Relaxed);
    }
    seen
}

fn batch(desk: Uuid) -> Value {
    let mutations: Vec<Value> = (0..BATCH)
        .map(|_| {
            json!({"id": Uuid::now_v7(), "step": Uuid::now_v7(), "entity": "customer",
            "record": Uuid::now_v7(), "action": "create", "at": "2026-05-01T10:00:00Z",
            "seen": 0, "after": {"first_name": "Bo", "last_name": "Ek",
                "phone": "+15550123456"}})
        })
        .collect();
    json!({"protocol": 2, "desk": desk, "mutations": mutations})
}

#[track_caller]
fn assert_applied(answer: &Value) {
    let answers = answer["answers"].as_array().unwrap();
    assert_eq!(answers.len(), BATCH);
    for one in answers {
        assert_eq!(one["outcome"], "applied", "{one}");
    }
}

async fn desk(caller: Caller, done: Arc<AtomicUsize>) -> Seen {
    let mut seen = Seen::default();
    let desk = Uuid::new_v4();
    loop {
        let push = batch(desk);
        let Some(answer) = caller.push(&push).await else {
            seen.unanswered_push = Some(push);
            return seen;
        };
        if is_busy(&answer) {
            continue;
        }
        assert_applied(&answer.expect(200));
        seen.pushed.push(push);
        done.fetch_add(1, Ordering::Relaxed);
    }
}

async fn uploader(caller: Caller, customer: String, done: Arc<AtomicUsize>) -> Seen {
    let mut seen = Seen::default();
    loop {
        let content = format!("{} is on paper", Uuid::new_v4());
        let Some(answer) = caller.upload(&customer, &content).await else {
            return seen;
        };
        if is_busy(&answer) {
            continue;
        }
        let made = answer.expect(201);
        seen.uploaded.push((id(&made).to_owned(), content));
        done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Everybody writes until the service is killed in the middle of it.
async fn write_and_kill(central: Central, round: usize, customer: &str, all: &mut Seen) -> Seen {
    let caller = Caller::of(&central);
    let counters: Vec<Arc<AtomicUsize>> = (0..5).map(|_| Arc::default()).collect();
    let counter = |index: usize| counters[index].clone();
    let from = all.edited.map_or(0, |last| last + 1);
    let writers = vec![
        tokio::spawn(creator(caller.clone(), counter(0))),
        tokio::spawn(creator(caller.clone(), counter(1))),
        tokio::spawn(editor(
            caller.clone(),
            customer.to_owned(),
            from,
            counter(2),
        )),
        tokio::spawn(desk(caller.clone(), counter(3))),
        tokio::spawn(uploader(caller, customer.to_owned(), counter(4))),
    ];
    // Each has had something acknowledged; every round a little more.
    let started = Instant::now();
    let is_early = || {
        let least = 2 + 3 * round;
        counters
            .iter()
            .any(|done| done.load(Ordering::Relaxed) < least)
    };
    while is_early() {
        assert!(started.elapsed() < Duration::from_secs(120), "too slow");
        assert!(writers.iter().all(|writer| !writer.is_finished()));
        tokio::task::yield_now().await;
    }
    central.kill();
    let mut last = Seen::default();
    for writer in writers {
        let seen = writer.await.unwrap();
        last.unanswered = seen.unanswered.or(last.unanswered);
        last.unanswered_push = seen.unanswered_push.clone().or(last.unanswered_push);
        all.add(seen);
    }
    last
}

/// Everything that was ever acknowledged, on a service that has started again.
async fn check(caller: &Caller, customer: &str, all: &mut Seen, last: &Seen) {
    for (key, made) in &all.created {
        let answer = caller.get(&format!("customers/{made}/")).await;
        assert_eq!(answer.expect(200)["last_name"], key.to_string());
    }
    // A request whose answer never came is repeated under its key: done once, whichever
    // time it was.
    if let Some(key) = last.unanswered {
        let made = caller.create(key).await.unwrap().expect(201);
        let found = caller.get(&format!("customers/?search={key}")).await;
        assert_eq!(found.expect(200)["count"], 1);
        all.created.push((key, id(&made).to_owned()));
    }
    let city = caller
        .get(&format!("customers/{customer}/"))
        .await
        .expect(200)["city"]
        .clone();
    let city: Option<usize> = city.as_str().unwrap().parse().ok();
    // An edit that was not acknowledged may have been done.
    assert!(
        city == all.edited || city == all.edited.map(|last| last + 1),
        "{city:?}"
    );
    all.edited = city;
    if let Some(push) = &last.unanswered_push {
        assert_applied(&caller.push(push).await.unwrap().expect(200));
        all.pushed.push(push.clone());
    }
    let before = caller.get("customers/").await.expect(200)["count"].clone();
    for push in &all.pushed {
        for mutation in push["mutations"].as_array().unwrap() {
            let record = mutation["record"].as_str().unwrap();
            caller
                .get(&format!("customers/{record}/"))
                .await
                .expect(200);
        }
        assert_applied(&caller.push(push).await.unwrap().expect(200));
    }
    assert_eq!(
        caller.get("customers/").await.expect(200)["count"],
        before,
        "once each"
    );
    for (document, content) in &all.uploaded {
        let path = format!("documents/{document}/download/");
        let request = caller
            .request(Method::GET, &path)
            .bearer_auth(&caller.token);
        assert_eq!(
            request.send().await.unwrap().text().await.unwrap(),
            *content
        );
    }
}

/// The database itself: sound, the sequence without gaps, counts that agree with rows.
async fn check_database(target: &Target, counted: u64) {
    let db = db::open(target, 1).await.unwrap();
    if let db::Db::Sqlite { readers, .. } = &db {
        let (sound,): (String,) = sqlx::query_as("PRAGMA integrity_check")
            .fetch_one(readers)
            .await
            .unwrap();
        assert_eq!(sound, "ok");
        let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_all(readers);
        assert!(dangling.await.unwrap().is_empty());
    }
    let mut select = sea_query::Query::select();
    select
        .column("seq")
        .from("changes")
        .order_by("seq", sea_query::Order::Asc);
    let rows = db.read().await.unwrap().rows(&select).await.unwrap();
    let seqs: Vec<i64> = rows
        .iter()
        .map(|row| row.integer(0).unwrap().unwrap())
        .collect();
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    let mut select = sea_query::Query::select();
    select.column("id").from("customers");
    let rows = db.read().await.unwrap().rows(&select).await.unwrap();
    assert_eq!(rows.len() as u64, counted);
    db.close().await;
}

async fn nothing_acknowledged_is_lost(database_url: Option<String>, bucket: Option<&Bucket>) {
    let site = Site::with(bucket.map(Bucket::variables).unwrap_or_default());
    let mut variables = vec![("SERVEASE_JWT_SECRET", SECRET)];
    if let Some(url) = &database_url {
        variables.push(("SERVEASE_DATABASE_URL", url));
    }
    let start = || Central::start_with(&site, &variables);
    let mut central = start();
    let first = Caller::of(&central).create(Uuid::new_v4()).await.unwrap();
    let customer = id(&first.expect(201)).to_owned();
    let mut all = Seen::default();
    let (rounds, least) = match bucket {
        None => (ROUNDS, 10),
        Some(_) => (ROUNDS_WITH_BUCKET, 5),
    };
    for round in 0..rounds {
        let last = write_and_kill(central, round, &customer, &mut all).await;
        central = start();
        check(&Caller::of(&central), &customer, &mut all, &last).await;
    }
    let tally = BTreeMap::from([
        ("created", all.created.len()),
        ("pushed", all.pushed.len() * BATCH),
        ("uploaded", all.uploaded.len()),
        ("edited", all.edited.unwrap_or(0)),
    ]);
    eprintln!("{tally:?}");
    assert!(tally.values().all(|number| *number >= least), "{tally:?}");
    let page = Caller::of(&central).get("customers/").await.expect(200);
    central.kill();
    let target = match database_url {
        Some(url) => Target::Url(url),
        None => Target::Folder(site.data()),
    };
    check_database(&target, page["count"].as_u64().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    nothing_acknowledged_is_lost(None, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_postgres() {
    let postgres = Postgres::find();
    nothing_acknowledged_is_lost(Some(postgres.database("killed")), None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_with_files_in_a_bucket() {
    let bucket = Bucket::start();
    nothing_acknowledged_is_lost(None, Some(&bucket)).await;
    let is_whole = |(name, length): &(String, u64)| !name.starts_with("arriving") && *length > 40;
    let objects = bucket.objects();
    assert!(objects.iter().all(is_whole), "{objects:?}");
}
