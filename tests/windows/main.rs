//! The programs of Windows, as Wine runs them: what its file system, its console and its keyring
//! do differently, over the network and kill -9. Run by `cargo xtask windows --test`.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the message"
)]

mod company;
mod endings;
mod names;
mod rights;
mod texts;
mod window;
