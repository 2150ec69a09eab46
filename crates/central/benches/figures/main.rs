//! How fast Central is: `cargo bench -p servease-central`, or `cargo xtask bench central`.
//!
//! One client asks a real service over HTTP, one request after the other. The answer is
//! Markdown: requests per second and percentiles, beside what a stock service does on such a
//! machine; a far page beside the first; a durable create beside the same rows committed raw.
//!
//! With `SERVEASE_DATABASE_URL` it measures PostgreSQL, whose database must be empty.

#![allow(clippy::print_stdout, reason = "the figures are its answer")]

mod client;
mod fill;
mod raw;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::Utc;
use clap::Parser;
use reqwest::Method;
use serde_json::json;
use servease_central::db::{self, Db};
use servease_central::{Config, start};
use uuid::Uuid;

use client::Client;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What to measure. `cargo bench` adds `--bench`, which says nothing.
#[derive(Debug, Parser)]
#[command(about = "Measures Central beside its floors and targets")]
struct Options {
    /// How many customers there are; every second one has a car.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    customers: usize,
    /// How long each kind of request is measured.
    #[arg(long, default_value_t = 5, value_name = "S")]
    seconds: u64,
    /// Keep the data in this folder, and use what is there.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[arg(long, hide = true)]
    bench: bool,
}

#[expect(clippy::disallowed_methods, reason = "a measurement happens now")]
fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}

fn main() -> Outcome<()> {
    let options = Options::parse();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(run(&options))
}

async fn run(options: &Options) -> Outcome<()> {
    let temporary = tempfile::tempdir()?;
    let folder = match &options.data {
        Some(folder) => folder.clone(),
        None => temporary.path().to_owned(),
    };
    let mut config = Config::in_folder(folder);
    config.jwt_secret = Some(client::SECRET.to_owned());
    config.data.database_url = std::env::var("SERVEASE_DATABASE_URL").ok();
    let db = db::open(&config.data.target(), 2).await?;
    let engine = match db {
        Db::Sqlite { .. } => "SQLite",
        Db::Postgres(_) => "PostgreSQL",
    };
    println!("### {} customers, {engine}\n", options.customers);
    let started = Instant::now();
    let ids = fill::fill(&db, options.customers).await?;
    let seconds = started.elapsed().as_secs_f64();
    let rate = options.customers as f64 / seconds;
    println!("Filled through the change sequence in {seconds:.1} s ({rate:.0} customers/s).\n");
    let running = start(config).await?;
    let length = Duration::from_secs(options.seconds);
    let client = Client::new(&running.url, length)?;
    let create_ms = measure(&client, options.customers, &ids).await?;
    running.stop().await;
    let raw_ms = raw::create_ms(&db, length).await?;
    println!(
        "\nCreate against the same rows committed raw: {:.2} × (p50 {create_ms:.2} and {raw_ms:.2} ms).\n",
        create_ms / raw_ms
    );
    db.close().await;
    Ok(())
}

/// Every kind of request; the median of a durable create in milliseconds.
async fn measure(client: &Client, customers: usize, ids: &[Uuid]) -> Outcome<f64> {
    client::head();
    let pick = |number: usize| ids[number.wrapping_mul(7_919) % ids.len()];
    let list = |query: &str| {
        let path = format!("customers/{query}");
        move |_: usize| path.clone()
    };
    let first = client.read("list, page 1", Some(21.0), list("")).await?;
    let far_page = 5_000.min(customers.div_ceil(20));
    let name = format!("list, page {far_page}");
    let far_path = list(&format!("?page={far_page}"));
    let far = client.read(&name, None, far_path).await?;
    let detail = |n: usize| format!("customers/{}/", pick(n));
    client.read("detail", Some(52.0), detail).await?;
    let dashboard = |n: usize| format!("customers/{}/dashboard/", pick(n));
    client.read("dashboard", Some(44.0), dashboard).await?;
    let by_name = |n: usize| format!("customers/?search={}", fill::last_name(n));
    client.read("search, a name", Some(18.0), by_name).await?;
    let by_phone = |n: usize| format!("customers/?search={:07}", n % customers);
    client
        .read("search, part of a phone", None, by_phone)
        .await?;
    for (name, query) in [
        ("search, a frequent word", "?search=example"),
        ("search, two letters", "?search=zq"),
        ("search, one letter and paging", "?search=a&page=last"),
        ("filter, a state", "?state=NY"),
        ("filter, active ones", "?is_active=true"),
        ("order by name", "?ordering=last_name"),
        (
            "order by three fields",
            "?ordering=-customer_since,last_name,first_name",
        ),
        ("order by name, last page", "?ordering=last_name&page=last"),
        ("a thousand a page", "?page_size=1000"),
    ] {
        client.read(name, None, list(query)).await?;
    }
    let stats = |_: usize| "customers/stats/".to_owned();
    client.read("stats", None, stats).await?;
    let create = client.write("create (durable)", Method::POST, |_| {
        let body = json!({"first_name": "New", "last_name": "Customer",
            "email": format!("{}@example.com", Uuid::now_v7().simple()),
            "phone": "+15550123456"});
        ("customers/".to_owned(), body)
    });
    let create = create.await?;
    let edit = client.write("edit one field (durable)", Method::PATCH, |n| {
        (detail(n), json!({"city": format!("City {n}")}))
    });
    edit.await?;
    println!(
        "\nPage {far_page} against page 1, by their medians: {:.2} ×.",
        far / first
    );
    Ok(create)
}
