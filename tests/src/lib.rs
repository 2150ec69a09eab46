//! What the tests of several crates share: a Central, a private screen, the real window on it,
//! real desks as processes, and the simulation of them all in one.
//!
//! Nothing here knows a rule of the garage; the tests do.

pub mod central;
pub mod display;
pub mod plain;
#[cfg(feature = "processes")]
pub mod processes;
pub mod programs;
pub mod python;
#[cfg(feature = "simulation")]
pub mod simulation;
#[cfg(feature = "window")]
pub mod window;
