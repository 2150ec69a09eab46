//! What operating systems do differently, each concern in one place: files that are durable and
//! private, folders that change, pipes that nobody reads, how a program is told to end. Everything above is written once for all of them.
//!
//! This is the only crate with unsafe code: on Windows, in [`private`] and [`bounds`].

#[cfg(windows)]
mod access;
pub mod bounds;
pub mod changes;
pub mod ending;
pub mod files;
#[cfg(windows)]
mod job;
pub mod paths;
mod patience;
pub mod pipes;
pub mod private;
