//! Counting and saying who was turned away: a flood must be seen, and must not flood the log.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use strum::IntoStaticStr;

/// At most one line for each reason in this time; it says how many there were.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Why a connection or a request was turned away, as metrics name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// More connections in all than are kept.
    Connections,
    /// More connections of one peer than are kept.
    ConnectionsOfPeer,
    /// A connection over which no request came in time.
    Silent,
    /// Nothing was asked over it for long.
    Idle,
    /// Its answers were not read.
    Unread,
    /// The system has no more descriptors, or a handshake failed.
    Accept,
    /// More requests at once than turns.
    Turns,
    /// More requests of one side at once than seats.
    Seats,
    /// More requests of people who are not signed in than seats for them.
    Guests,
    /// Bodies would take more memory than there is for them.
    Memory,
    /// More files arriving than allowed.
    Uploads,
    /// A body that did not arrive in time.
    SlowBody,
}

impl Reason {
    pub fn name(self) -> &'static str {
        self.into()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Why {
    reason: &'static str,
}

#[derive(Debug, Default)]
struct Line {
    said_at: Option<Instant>,
    unsaid: u64,
}

/// Counted since the program started.
#[derive(Debug, Default)]
pub struct TurnedAway {
    pub counts: Family<Why, Counter>,
    lines: Mutex<HashMap<Reason, Line>>,
}

impl TurnedAway {
    /// `who`: an address, or nobody in particular. Never what was asked for.
    pub fn count(&self, reason: Reason, who: &dyn Display) {
        let name = reason.name();
        self.counts.get_or_create(&Why { reason: name }).inc();
        let Ok(mut lines) = self.lines.lock() else {
            return;
        };
        let line = lines.entry(reason).or_default();
        line.unsaid += 1;
        if line.said_at.is_none_or(|at| at.elapsed() >= LINE_EVERY) {
            let count = std::mem::take(&mut line.unsaid);
            line.said_at = Some(Instant::now());
            drop(lines);
            match reason {
                // What a quiet night brings.
                Reason::Idle => tracing::debug!(reason = name, count, peer = %who, "turned away"),
                _ => tracing::warn!(reason = name, count, peer = %who, "turned away"),
            }
        }
    }
}
