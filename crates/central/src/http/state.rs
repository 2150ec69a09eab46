//! What every request can reach.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::HeaderValue;
use chrono::NaiveDate;
use servease_wire::customer::Stats;
use tokio::sync::Semaphore;

use super::Metrics;
use crate::auth::passwords::Passwords;
use crate::auth::tokens::Tokens;
use crate::db::Db;
use crate::files::FileStore;
use crate::sync::ready::ReadyFiles;

/// What the operator decided about the service's face.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The part of URLs before the path, where it cannot be told from requests (a proxy).
    pub public_url: Option<String>,
    pub is_tls: bool,
    pub cors_origins: Vec<HeaderValue>,
    /// Without a token there are no metrics.
    pub metrics_token: Option<String>,
    pub upload_max_bytes: u64,
    pub request_timeout: Duration,
    pub requests_at_once: usize,
}

/// Shared by all requests; cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
pub struct Inner {
    pub db: Db,
    pub files: FileStore,
    pub ready: Arc<ReadyFiles>,
    pub tokens: Tokens,
    pub passwords: Passwords,
    pub settings: Settings,
    pub metrics: Metrics,
    /// Stands in every ETag: after a restore no old one fits.
    pub epoch: String,
    pub turns: Arc<Semaphore>,
    /// Figures over all customers, good until the next change or the next day.
    pub stats: Mutex<Option<(i64, NaiveDate, Stats)>>,
}

impl App {
    pub fn new(
        db: Db,
        files: FileStore,
        ready: Arc<ReadyFiles>,
        tokens: Tokens,
        settings: Settings,
        epoch: String,
    ) -> App {
        App(Arc::new(Inner {
            db,
            files,
            ready,
            tokens,
            passwords: Passwords::new(2),
            turns: Arc::new(Semaphore::new(settings.requests_at_once.max(1))),
            settings,
            metrics: Metrics::default(),
            epoch,
            stats: Mutex::new(None),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
