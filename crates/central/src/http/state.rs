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
use crate::db::{Db, Pulse};
use crate::door::{Proxies, Seats, TurnedAway};
use crate::files::Files;
use crate::sync::ready::ReadyFiles;

/// How many calendars are made at once.
const CALENDARS_AT_ONCE: usize = 2;

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
    /// Whose word about who called them is taken.
    pub proxies: Proxies,
}

impl Settings {
    /// Whether clients come over TLS, here or to a proxy.
    pub fn is_safe_line(&self) -> bool {
        let public = self.public_url.as_deref();
        self.is_tls || public.is_some_and(|url| url.starts_with("https:"))
    }
}

/// Shared by all requests; cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
pub struct Inner {
    pub db: Db,
    pub files: Files,
    pub ready: Arc<ReadyFiles>,
    pub tokens: Tokens,
    pub passwords: Passwords,
    pub settings: Settings,
    pub metrics: Metrics,
    /// Stands in every ETag: after a restore no old one fits.
    pub epoch: String,
    pub seats: Seats,
    pub turned_away: Arc<TurnedAway>,
    pub pulse: Pulse,
    /// Making a calendar of a whole company is work.
    pub calendars: Semaphore,
    /// Figures over all customers, good until the next change or the next day.
    pub stats: Mutex<Option<(i64, NaiveDate, Stats)>>,
}

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    pub db: Db,
    pub files: Files,
    pub ready: Arc<ReadyFiles>,
    pub tokens: Tokens,
    pub settings: Settings,
    pub epoch: String,
    pub seats: Seats,
    pub turned_away: Arc<TurnedAway>,
    pub pulse: Pulse,
}

impl App {
    pub fn new(parts: Parts) -> App {
        App(Arc::new(Inner {
            db: parts.db,
            files: parts.files,
            ready: parts.ready,
            tokens: parts.tokens,
            passwords: Passwords::new(2),
            seats: parts.seats,
            metrics: Metrics::new(&parts.turned_away),
            turned_away: parts.turned_away,
            pulse: parts.pulse,
            settings: parts.settings,
            epoch: parts.epoch,
            calendars: Semaphore::new(CALENDARS_AT_ONCE),
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
