//! Desks and a Central as the processes that they are: `servease-central` and `servease` on
//! folders of their own, with a network in between that fails on demand.
//!
//! A harness reports by panicking, with what the program said.

mod company;
mod contents;
mod desk;
mod keyring;
mod proxy;

use std::time::Duration;

pub use crate::central::{Bucket, Central, Site};
pub use company::{Company, EMAIL, PASSWORD};
pub use contents::{Contents, differences};
pub use desk::{Desk, Run, answer, error_line, failure, id_of, sql, wait_for};
pub use keyring::Keyring;
pub use proxy::{Canned, Fault, Gate, Proxy, Seen};

/// How long anything may take before a test gives up: far above what it takes on a busy
/// machine, since a test that waits for a condition ends when it holds.
pub const PATIENCE: Duration = Duration::from_secs(30);
