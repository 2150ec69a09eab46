//! What a stranger, a colleague and a broken client can do: each attack is made for real, over a
//! real socket, against the real program.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

mod desks;
mod lines;
mod machine;
mod memory;
mod program;
mod sign_in;
mod sockets;
