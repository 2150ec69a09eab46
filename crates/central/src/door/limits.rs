//! How much is allowed at once, with the arithmetic.

use std::time::Duration;

use crate::config::Config;

/// Bounds of connections, requests and memory.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections of one peer: a company's desks share one address, and each holds two or three.
    pub connections_of_peer: usize,
    /// A first byte, the headers, a handshake and the body of somebody unknown take no longer.
    pub patience: Duration,
    /// A connection on which nothing is asked is closed after this.
    pub idle: Duration,
    /// An answer of which nothing could be sent for so long has no reader.
    pub unread: Duration,
    /// Requests that are being answered.
    pub turns: usize,
    /// Requests that are arriving, being answered or being read, in all; of one peer; and of one
    /// account. 256 × 256 KiB, which an answer holds while it is read, are 64 MiB.
    pub seats: usize,
    pub seats_of_peer: usize,
    pub seats_of_account: usize,
    /// The same of those who are not signed in: they can ask for little but to sign in.
    pub guests: usize,
    pub guests_of_peer: usize,
    /// Reading and writing requests of one account that are worked at together. Two of the
    /// database's readers stay free for others, and a writer waits for two batches at most.
    pub reads_of_account: usize,
    pub writes_of_account: usize,
    /// What bodies and what is made of them take, in KiB: in all, and of one account.
    pub memory_kib: u32,
    pub memory_of_account_kib: u32,
    /// How long a body that is arriving waits for memory. Whoever holds some and waits for more
    /// keeps it from others: not for long.
    pub memory_patience: Duration,
    /// Files that are arriving, in all and of one account.
    pub uploads: usize,
    pub uploads_of_account: usize,
}

/// Descriptors that are not connections: the database's, its log's, files that are given out.
const OTHER_FILES: u64 = 256;

impl Limits {
    pub fn of(config: &Config) -> Limits {
        let files = open_files().map_or(u64::MAX, |files| files.saturating_sub(OTHER_FILES));
        let connections = config
            .max_connections
            .min(usize::try_from(files).unwrap_or(usize::MAX))
            .max(16);
        let patience = Duration::from_secs(config.patience);
        Limits {
            connections,
            connections_of_peer: (connections / 4).clamp(8, 256),
            patience,
            idle: Duration::from_secs(config.idle_timeout),
            // A poor line that loses packets recovers within two or three of these.
            unread: patience * 3,
            turns: config.max_requests.max(1),
            seats: 2_048,
            seats_of_peer: 256,
            seats_of_account: 128,
            guests: 256,
            guests_of_peer: 16,
            reads_of_account: usize::try_from(config.connections)
                .unwrap_or(8)
                .saturating_sub(2)
                .max(2),
            writes_of_account: 2,
            memory_kib: 512 << 10,
            memory_of_account_kib: 128 << 10,
            memory_patience: Duration::from_secs(3),
            uploads: 32,
            uploads_of_account: 4,
        }
    }
}

#[cfg(unix)]
fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}

/// Takes as many descriptors as the system lets the program have; many give 1,024 at first.
#[cfg(unix)]
pub fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: now.maximum,
        maximum: now.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the number of open files stays as it is");
    }
}

#[cfg(not(unix))]
pub fn raise_open_files() {}
