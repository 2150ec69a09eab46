//! The first sync of a desk by a whole database: a real Central on a free port, real files, and
//! a line that is cut or damages what it carries.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on stops by panicking"
)]

mod accepted;
mod alerts;
mod central;
mod content;
mod faults;
mod hostile;
mod line;
mod looks;
mod own;
mod papers;
mod private;
mod same;
mod upload;
