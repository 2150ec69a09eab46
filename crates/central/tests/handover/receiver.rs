//! A notification service of the tests' own: it remembers what it was sent, loses answers, turns
//! away, and restarts without losing what it had.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use servease_central::handover::{SIGNATURE, signature};
use tokio::task::JoinHandle;

/// What is signed with.
pub const NOTIFY_SECRET: &str = "the secret of the notifications, long enough";

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Of every three requests two get no answer, though they were taken in.
    Forgetful,
    /// It sends everybody elsewhere.
    Elsewhere,
    /// It asks for an hour of patience.
    Busy,
}

#[derive(Debug)]
pub struct Memory {
    pub mood: Mood,
    /// Every request that arrived, by key: the bodies.
    pub arrived: BTreeMap<String, Vec<String>>,
    pub requests: usize,
    /// What arrived at a place that nobody was told of.
    pub elsewhere: usize,
    faults: Vec<String>,
}

pub type Shared = Arc<Mutex<Memory>>;

pub struct Receiver {
    pub memory: Shared,
    address: SocketAddr,
    server: JoinHandle<()>,
}

async fn take(State(memory): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (key, signed) = (text("idempotency-key"), text(SIGNATURE));
    let body = String::from_utf8(body.to_vec()).unwrap_or_default();
    let at = signed
        .split_once(',')
        .and_then(|(at, _)| at.strip_prefix("t=")?.parse().ok());
    let expected = signature(NOTIFY_SECRET.as_bytes(), at.unwrap_or(0), &body);
    let mood = {
        let mut memory = memory.lock().unwrap();
        if signed != expected {
            memory
                .faults
                .push(format!("{key}: {signed} is not {expected}"));
        }
        memory.requests += 1;
        let is_answered = memory.requests % 3 == 0;
        let mood = memory.mood;
        if matches!(mood, Mood::Well | Mood::Forgetful) {
            memory.arrived.entry(key).or_default().push(body);
        }
        match mood {
            Mood::Forgetful if is_answered => Mood::Well,
            mood => mood,
        }
    };
    match mood {
        Mood::Well => StatusCode::NO_CONTENT.into_response(),
        Mood::Elsewhere => {
            (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response()
        }
        Mood::Busy => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "3600")]).into_response(),
        // The connection ends without an answer.
        Mood::Forgetful => std::panic::resume_unwind(Box::new("an answer is lost")),
    }
}

async fn elsewhere(State(memory): State<Shared>) -> StatusCode {
    memory.lock().unwrap().elsewhere += 1;
    StatusCode::OK
}

async fn serve(memory: Shared, address: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
    let router = Router::new()
        .route("/notify", post(take))
        .route("/elsewhere", post(elsewhere))
        .with_state(memory);
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (address, server)
}

impl Receiver {
    pub async fn start(mood: Mood) -> Receiver {
        let memory = Arc::new(Mutex::new(Memory {
            mood,
            arrived: BTreeMap::new(),
            requests: 0,
            elsewhere: 0,
            faults: Vec::new(),
        }));
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let (address, server) = serve(memory.clone(), any).await;
        Receiver {
            memory,
            address,
            server,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/notify", self.address)
    }

    /// Nobody listens any more.
    pub async fn go_down(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }

    /// At the same place, with what it had.
    pub async fn come_back(&mut self) {
        let (_, server) = serve(self.memory.clone(), self.address).await;
        self.server = server;
    }

    pub fn set(&self, mood: Mood) {
        self.memory.lock().unwrap().mood = mood;
    }

    pub fn requests(&self) -> usize {
        self.memory.lock().unwrap().requests
    }

    /// Messages by key, each of which arrived with the same bytes however often it came, signed.
    pub fn messages(&self) -> BTreeMap<String, Value> {
        let memory = self.memory.lock().unwrap();
        assert_eq!(memory.faults, Vec::<String>::new());
        let messages = memory.arrived.iter().map(|(key, bodies)| {
            assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
            let message: Value = serde_json::from_str(&bodies[0]).unwrap();
            assert_eq!(message["idempotency_key"], key.as_str());
            (key.clone(), message)
        });
        messages.collect()
    }
}

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !is_so().await {
        assert!(started.elapsed() < Duration::from_secs(120), "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
