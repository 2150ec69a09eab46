//! ServEase Central for the tests of every crate: as a service in the test's own process, as
//! the program, and the PostgreSQL and the store of objects that either may stand on.
//!
//! A harness reports by panicking, with what was answered.

#[cfg(feature = "bucket")]
mod bucket;
mod postgres;
mod program;
#[cfg(feature = "central")]
mod service;

#[cfg(feature = "bucket")]
pub use bucket::{Bucket, PLACE, files_below};
pub use postgres::{POSTGRES, Postgres};
pub use program::{Central, Site, program, run};
#[cfg(feature = "central")]
pub use service::{Answer, SECRET, Service, config, employee, id, keep_in, now, token};
