//! What the tests of several crates share: a private screen, the real window on it, and the
//! simulation of several desks and a Central.
//!
//! Nothing here knows a rule of the garage; the tests do.

pub mod display;
#[cfg(feature = "simulation")]
pub mod simulation;
#[cfg(feature = "window")]
pub mod window;
