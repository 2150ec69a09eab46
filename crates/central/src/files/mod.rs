//! Files of documents: taken in, recognised, kept by their content.
//!
//! Nothing here knows records: a file is its hash, its size and its media type.

mod sniff;
mod storage;

pub use sniff::{Recognised, Refusal, recognise};
pub use storage::{FileStore, Incoming, StoredFile};
