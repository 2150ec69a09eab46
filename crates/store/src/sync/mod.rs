//! What syncing asks of the desk's database: the outbox, Central's answers, its changes and
//! rows, and going back to an earlier point of its sequence.
//!
//! Nothing here knows the network. Every function works inside the caller's transaction, so
//! that rows, log and cursor move together or not at all.
//!
//! The one rule behind it: a field (and whether a record is alive) holds what Central held at
//! its change number S, where S is the larger of the cursor and the number up to which an
//! answer spoke for that field; on top of it lie the desk's own open mutations. Entries of
//! the feed up to S are therefore passed over, and so is everything that an open mutation
//! names, since its answer will say how the field stands.

pub mod answers;
pub mod aside;
pub(crate) mod batch;
mod chains;
pub mod conflicts;
mod contents;
mod covered;
pub mod discard;
pub mod duplicates;
pub mod feed;
pub(crate) mod guards;
pub(crate) mod lines;
pub mod outbox;
mod outgoing;
pub(crate) mod passing_on;
pub mod rewind;
pub mod snapshot;
pub mod state;

pub use state::SyncState;

use uuid::Uuid;

/// Ids as a JSON array of hexadecimal text, for `IN (SELECT unhex(value) FROM json_each(?))`:
/// one statement for any number of them.
pub(crate) fn hex_ids(ids: impl IntoIterator<Item = Uuid>) -> String {
    let mut text = String::from("[");
    for id in ids {
        if text.len() > 1 {
            text.push(',');
        }
        text.push('"');
        text.push_str(&id.simple().to_string());
        text.push('"');
    }
    text.push(']');
    text
}
