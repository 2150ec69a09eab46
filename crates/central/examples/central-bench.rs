//! How fast Central is: `cargo run --release -p servease-central --example central-bench --
//! [customers] [seconds]`. Prints Markdown: requests per second and percentiles of each kind
//! of request from one client, page 5,000 beside page 1, and a durable create beside the same
//! rows committed raw.

#![allow(clippy::print_stdout, reason = "the figures are its answer")]

use std::time::{Duration, Instant};

use chrono::Utc;
use reqwest::{Client, Method};
use serde_json::json;
use servease_central::auth::tokens::Tokens;
use servease_central::auth::users::User;
use servease_central::caller::Role;
use servease_central::changes::{Author, Work};
use servease_central::db::{self, Db};
use servease_central::{Config, start};
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const SECRET: &str = "bench";

const FIRST: [&str; 12] = [
    "Ada", "Bob", "Carla", "Dmitri", "Eve", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kira",
    "Liam",
];
const LAST: [&str; 14] = [
    "Lovelace", "Smith", "Müller", "Okafor", "Tanaka", "Garcia", "Novak", "Rossi", "Dubois",
    "Kowalski", "Andersen", "Silva", "Kim", "Haddad",
];

#[expect(clippy::disallowed_methods, reason = "a measurement happens now")]
fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

/// Customers with preferences and every second one with a car, through the change sequence.
async fn fill(db: &Db, customers: usize) -> Outcome<Vec<Uuid>> {
    let mut ids = Vec::with_capacity(customers);
    let mut number = 0;
    while number < customers {
        let mut work = Work::begin(db, Author::default(), now()).await?;
        for _ in 0..5_000.min(customers - number) {
            let id = Uuid::now_v7();
            let at = now();
            let first = FIRST[number % FIRST.len()];
            let last = LAST[(number / 7) % LAST.len()];
            let values = Values::from([
                ("first_name", text(first)),
                ("last_name", text(format!("{last}{}", number % 1_000))),
                (
                    "email",
                    text(format!("{first}.{last}.{number}@example.com")),
                ),
                ("phone", text(format!("+1555{number:07}"))),
                ("city", text("Springfield")),
                ("state", text(["NY", "CA", "TX"][number % 3])),
            ]);
            work.create(Record::new(EntityKind::Customer, id, values, at))
                .await?;
            let owner = Value::Id(id);
            let values = Values::from([("customer_id", owner.clone())]);
            work.create(Record::new(EntityKind::Preferences, id, values, at))
                .await?;
            if number % 2 == 0 {
                let values = Values::from([
                    ("customer_id", owner),
                    ("make", text("VW")),
                    ("model", text("Golf")),
                    ("license_plate", text(format!("B-{number}"))),
                ]);
                work.create(Record::new(EntityKind::Vehicle, Uuid::now_v7(), values, at))
                    .await?;
            }
            ids.push(id);
            number += 1;
        }
        work.commit().await?;
    }
    Ok(ids)
}

struct Bench {
    client: Client,
    base: String,
    token: String,
    length: Duration,
}

impl Bench {
    async fn once(
        &self,
        method: &Method,
        path: &str,
        body: Option<serde_json::Value>,
    ) -> Outcome<()> {
        let url = format!("{}/api/v1/{path}", self.base);
        let mut request = self
            .client
            .request(method.clone(), url)
            .bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        if !response.status().is_success() {
            return Err(format!("{path}: {}", response.status()).into());
        }
        response.bytes().await?;
        Ok(())
    }

    /// One client, one request after the other. Answers the median in milliseconds.
    async fn measure(
        &self,
        name: &str,
        method: Method,
        mut next: impl FnMut(usize) -> (String, Option<serde_json::Value>),
    ) -> Outcome<f64> {
        for number in 0..20 {
            let (path, body) = next(usize::MAX / 2 + number);
            self.once(&method, &path, body).await?;
        }
        let mut times = Vec::new();
        let started = Instant::now();
        while started.elapsed() < self.length {
            let (path, body) = next(times.len());
            let begun = Instant::now();
            self.once(&method, &path, body).await?;
            times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        let rate = times.len() as f64 / started.elapsed().as_secs_f64();
        times.sort_by(f64::total_cmp);
        let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
        println!(
            "| {name} | {rate:.0} | {:.2} | {:.2} | {:.2} |",
            at(0.5),
            at(0.95),
            at(0.99)
        );
        Ok(at(0.5))
    }
}

/// The same rows as a create writes, committed raw with the same pragmas: the floor.
async fn raw_create_ms(db: &Db, length: Duration) -> Outcome<f64> {
    let mut times = Vec::new();
    let started = Instant::now();
    while started.elapsed() < length {
        let id = Uuid::now_v7();
        let begun = Instant::now();
        let mut link = db.write().await?;
        let at = "2026-01-01T00:00:00.000000Z";
        link.run_sql(
            "INSERT INTO customers (id, first_name, last_name, phone, is_active, is_verified, \
             is_business_customer, created_at, updated_at, seq, field_versions, search_text) \
             VALUES (?, 'Raw', 'Row', '+15550000000', 1, 0, 0, ?, ?, 0, '{}', 'raw\nrow')"
                .to_owned(),
            vec![id.into(), at.into(), at.into()],
        )
        .await?;
        link.run_sql(
            "INSERT INTO preferences (id, customer_id, email_notifications, sms_notifications, \
             push_notifications, phone_call_notifications, postal_mail_notifications, \
             marketing_emails, promotional_sms, service_reminders, appointment_reminders, \
             data_sharing_consent, analytics_consent, created_at, updated_at, seq, \
             field_versions) VALUES (?, ?, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, ?, ?, 0, '{}')"
                .to_owned(),
            vec![id.into(), id.into(), at.into(), at.into()],
        )
        .await?;
        for kind in ["customer", "preferences"] {
            link.run_sql(
                "INSERT INTO changes (seq, entity, record_id, kind, author_name, at, before, \
                 after) SELECT MAX(seq) + 1, ?, ?, 'create', 'raw', ?, '{}', '{}' FROM changes"
                    .to_owned(),
                vec![kind.into(), id.into(), at.into()],
            )
            .await?;
        }
        link.commit().await?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let customers: usize = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10_000);
    let seconds: u64 = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(5);
    let folder = tempfile::tempdir()?;
    let mut config = Config::in_folder(folder.path().to_owned());
    config.jwt_secret = Some(SECRET.to_owned());
    config.data.database_url = std::env::var("SERVEASE_DATABASE_URL").ok();
    let db = db::open(&config.data.target(), 1).await?;
    let started = Instant::now();
    let ids = fill(&db, customers).await?;
    let filled = started.elapsed();
    let running = start(config).await?;
    let user = User {
        id: Uuid::now_v7(),
        email: "bench@example.com".to_owned(),
        password_hash: String::new(),
        role: Role::Employee,
        first_name: "Bench".to_owned(),
        last_name: String::new(),
        is_active: true,
    };
    let bench = Bench {
        client: Client::new(),
        base: running.url.clone(),
        token: Tokens::new(SECRET.as_bytes())
            .access(&user, now())
            .map_err(|error| error.to_string())?,
        length: Duration::from_secs(seconds),
    };
    println!("## {customers} customers\n");
    println!(
        "Filled through the change sequence in {:.1} s ({:.0} customers/s with preferences, every \
         second one with a car).\n",
        filled.as_secs_f64(),
        customers as f64 / filled.as_secs_f64()
    );
    println!("| request | per second | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|");
    let plain = |path: String| (path, None);
    let pick = |number: usize| ids[number.wrapping_mul(7_919) % ids.len()];
    let get = Method::GET;
    let first = bench
        .measure("list, page 1", get.clone(), |_| {
            plain("customers/".to_owned())
        })
        .await?;
    let far_page = 5_000.min(customers.div_ceil(20));
    let far = bench
        .measure(&format!("list, page {far_page}"), get.clone(), |_| {
            plain(format!("customers/?page={far_page}"))
        })
        .await?;
    bench
        .measure("detail", get.clone(), |n| {
            plain(format!("customers/{}/", pick(n)))
        })
        .await?;
    bench
        .measure("dashboard", get.clone(), |n| {
            plain(format!("customers/{}/dashboard/", pick(n)))
        })
        .await?;
    bench
        .measure("search, a name", get.clone(), |n| {
            let word = LAST[n % LAST.len()];
            plain(format!("customers/?search={word}{}", n % 1_000))
        })
        .await?;
    bench
        .measure("search, part of a phone", get.clone(), |n| {
            plain(format!("customers/?search={:07}", n % customers))
        })
        .await?;
    bench
        .measure("search, a frequent word", get.clone(), |_| {
            plain("customers/?search=example".to_owned())
        })
        .await?;
    bench
        .measure("search, two letters", get.clone(), |_| {
            plain("customers/?search=zq".to_owned())
        })
        .await?;
    bench
        .measure("filter, a state", get.clone(), |_| {
            plain("customers/?state=NY".to_owned())
        })
        .await?;
    bench
        .measure("order by name", get.clone(), |_| {
            plain("customers/?ordering=last_name".to_owned())
        })
        .await?;
    bench
        .measure("stats", get, |_| plain("customers/stats/".to_owned()))
        .await?;
    let create = bench
        .measure("create (durable)", Method::POST, |_| {
            let body = json!({"first_name": "New", "last_name": "Customer",
                "email": format!("{}@example.com", Uuid::now_v7().simple()),
                "phone": "+15550123456"});
            ("customers/".to_owned(), Some(body))
        })
        .await?;
    println!("\nPage {far_page} against page 1: {:.2} ×.", far / first);
    running.stop().await;
    if matches!(db, Db::Sqlite { .. }) {
        let raw = raw_create_ms(&db, Duration::from_secs(seconds)).await?;
        println!(
            "Create against the same rows committed raw: {:.2} × ({raw:.2} ms).",
            create / raw
        );
    }
    db.close().await;
    Ok(())
}
