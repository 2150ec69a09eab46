//! The first sync of a desk: a whole database comes, ready made or row by row, is put together
//! beside the desk's own, and becomes its content at once.
//!
//! What is on the way lies in a folder of its own beside the database, so that a crash or a cut
//! line costs only what had not arrived; nothing in it is needed once the desk has begun.

mod download;
mod file;
mod folder;
mod rows;

pub(crate) use file::take_file;
pub(crate) use folder::{Folder, remove_leftovers};
pub(crate) use rows::take_rows;

use servease_store::ready::TakenIn;

/// What an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// The content is in.
    Done,
    /// The desk has begun otherwise meanwhile: another program was quicker.
    NotNow,
    /// Central does not keep the file any more: ask again.
    Gone,
    /// What came is no sound database. It was thrown away.
    Damaged,
}

impl From<TakenIn> for Came {
    fn from(taken: TakenIn) -> Came {
        match taken {
            TakenIn::Done => Came::Done,
            TakenIn::NotNow => Came::NotNow,
        }
    }
}
