//! The search box: one index over customers and vehicles, found by any part of what they are
//! called.
//!
//! A find is a whole word, the beginning of a word or a part of one, in this order; within each
//! the most recently changed come first. Why so, and not by a relevance measure: the front desk
//! looks for one record that it knows, and it mostly knows it from lately.
//!
//! How it stays quick at a million customers: entries are numbered by recency and the index is
//! read backwards, so that the first twenty finds are read and no more. The forms of words are
//! those of `domain::fold`; what people are shown is made elsewhere.

mod entries;
mod find;
pub(crate) mod load;
pub(crate) mod text;
mod want;

pub(crate) use entries::renew;
pub use entries::{index, is_touched, remove};
pub(crate) use find::matching;
pub use find::{Found, search};
pub use load::{add_all, begin_loading, end_loading, index_all};
