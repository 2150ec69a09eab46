//! One client and its stopwatch.

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::Value as Json;
use servease_central::auth::tokens::Tokens;
use servease_central::auth::users::User;
use servease_central::caller::Role;
use uuid::Uuid;

use crate::{Outcome, now};

pub const SECRET: &str = "the secret of the measurement, long enough";

/// Requests before the stopwatch starts.
const WARM_UP: usize = 20;

pub struct Client {
    client: reqwest::Client,
    base: String,
    token: String,
    length: Duration,
}

/// The head of the table.
pub fn head() {
    println!("| request | per second | p50 ms | p95 ms | p99 ms | stock per second | ratio |");
    println!("|---|---|---|---|---|---|---|");
}

impl Client {
    pub fn new(url: &str, length: Duration) -> Outcome<Client> {
        let user = User {
            id: Uuid::now_v7(),
            email: "bench@example.com".to_owned(),
            password_hash: String::new(),
            role: Role::Employee,
            first_name: "Bench".to_owned(),
            last_name: String::new(),
            is_active: true,
        };
        let token = Tokens::new(SECRET.as_bytes()).access(&user, now());
        Ok(Client {
            // As the stock service answers: not compressed.
            client: reqwest::Client::builder().no_gzip().no_zstd().build()?,
            base: format!("{url}/api/v1"),
            token: token.map_err(|error| error.to_string())?,
            length,
        })
    }

    /// Measures reading; the median in milliseconds. `stock`: requests per second.
    pub async fn read(
        &self,
        name: &str,
        stock: Option<f64>,
        path: impl Fn(usize) -> String,
    ) -> Outcome<f64> {
        let request = |number| self.client.get(format!("{}/{}", self.base, path(number)));
        self.measure(name, stock, request).await
    }

    /// Measures writing; the median in milliseconds.
    pub async fn write(
        &self,
        name: &str,
        method: Method,
        next: impl Fn(usize) -> (String, Json),
    ) -> Outcome<f64> {
        let request = |number| {
            let (path, body) = next(number);
            let url = format!("{}/{path}", self.base);
            self.client.request(method.clone(), url).json(&body)
        };
        self.measure(name, None, request).await
    }

    async fn measure(
        &self,
        name: &str,
        stock: Option<f64>,
        request: impl Fn(usize) -> RequestBuilder,
    ) -> Outcome<f64> {
        for number in 0..WARM_UP {
            self.once(name, request(usize::MAX / 2 + number)).await?;
        }
        let mut times_ms = Vec::new();
        let started = Instant::now();
        while started.elapsed() < self.length {
            let request = request(times_ms.len());
            let begun = Instant::now();
            self.once(name, request).await?;
            times_ms.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        let rate = times_ms.len() as f64 / started.elapsed().as_secs_f64();
        times_ms.sort_by(f64::total_cmp);
        let at = |part: f64| times_ms[((times_ms.len() - 1) as f64 * part) as usize];
        let beside = stock.map_or("| ".to_owned(), |stock| {
            format!("{stock:.0} | {:.0} ×", rate / stock)
        });
        println!(
            "| {name} | {rate:.0} | {:.2} | {:.2} | {:.2} | {beside} |",
            at(0.5),
            at(0.95),
            at(0.99)
        );
        Ok(at(0.5))
    }

    async fn once(&self, name: &str, request: RequestBuilder) -> Outcome<()> {
        let response = request.bearer_auth(&self.token).send().await?;
        if !response.status().is_success() {
            return Err(format!("{name}: {}", response.status()).into());
        }
        response.bytes().await?;
        Ok(())
    }
}
