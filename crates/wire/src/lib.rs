//! The JSON of `/api/v1`: what records look like outside, and what clients may send.
//!
//! Everything here is a pure function over [`servease_domain`] records: no I/O, no clock
//! ("today" is an argument), no HTTP. Field by field the forms follow from the description
//! of the entities; only derived fields and the special forms are written by hand.

pub mod calendar;
pub mod customer;
pub mod document;
pub mod error;
pub mod history;
pub mod id;
pub mod input;
pub mod list;
pub mod message;
pub mod record;
pub mod service;
pub mod sync;
pub mod vehicle;

/// The largest `page_size` that a list takes.
pub const PAGE_SIZE_MAX: u64 = 1_000;

/// How many records a page holds when nothing was said.
pub const PAGE_SIZE: u64 = 20;
