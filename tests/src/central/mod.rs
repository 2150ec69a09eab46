//! ServEase Central for the tests of every crate: as a service in the test's own process, as
//! the program, and the PostgreSQL that either may stand on.
//!
//! A harness reports by panicking, with what was answered.

mod postgres;
mod program;
#[cfg(feature = "central")]
mod service;

pub use postgres::{POSTGRES, Postgres};
pub use program::{Central, Site, program, run};
#[cfg(feature = "central")]
pub use service::{Answer, SECRET, Service, config, employee, id, now, token};
