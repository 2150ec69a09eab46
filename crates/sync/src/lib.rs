//! The reconcile engine: it brings this desk and Central to the same state.
//!
//! [`plan`] decides from what is known on both sides what to do next and touches nothing;
//! [`engine`] does it, one transaction a step, so that a crash between any two steps loses
//! nothing and repeats nothing. The other side is a [`Remote`]: HTTP, or a simulated network.
//! Clock and randomness are arguments.
//!
//! Nothing here knows screens or words in a human language.

pub mod backoff;
pub mod engine;
mod failure;
pub mod files;
mod first;
pub mod http;
mod place;
pub mod plan;
mod progress;
pub mod remote;

pub use engine::{Limits, Report, sync};
pub use failure::SyncFailure;
pub use http::{HttpRemote, Session};
pub use progress::{Progress, Stage};
pub use remote::{Remote, RemoteError};
