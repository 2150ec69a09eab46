//! The sync extension: desks push what they changed offline and read what others changed.
//!
//! `push` takes mutations in, each through `decide` (what becomes of it), `unique` (who else
//! holds an e-mail or VIN), `likeness` (who else may be the same) and `unwritten` (what it is to
//! be compared with); `lines` says what came of it; `feed` reads the change sequence out; `rows` is the snapshot
//! row by row, `ready` the snapshot as a whole database, `files` what documents are about. `http` is the only part that knows requests.
//!
//! No clock decides anything here. What a desk has seen it says in sequence numbers.

mod check;
pub(crate) mod conflicts;
mod decide;
pub mod feed;
pub mod files;
pub(crate) mod hidden;
mod likeness;
mod lines;
mod pages;
pub mod push;
pub mod ready;
pub mod rows;
pub mod screening;
mod seen;
mod told;
pub(crate) mod unique;
mod unwritten;

use servease_wire::sync::{OLDEST_PROTOCOL, PROTOCOL, Refusal, RefusalCode};
use uuid::Uuid;

use crate::db::DbError;

/// Changes without a mutation of their own (made over REST, or following from another change) are
/// told under an id that follows from what they are, and so are changes as only some are told of them.
const NAMESPACE: Uuid = Uuid::from_u128(0x0c2e_94f1_66a3_4c0b_8d36_b1a7_2f95_e044);

/// Why a request of a desk was not done.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Something that the desk must do first; nothing was changed.
    #[error("the desk was refused: {}", .0.detail)]
    Refused(Refusal),
    #[error(transparent)]
    Database(#[from] DbError),
}

pub(crate) fn refuse(code: RefusalCode, detail: impl Into<String>) -> SyncError {
    SyncError::Refused(Refusal {
        code,
        detail: detail.into(),
    })
}

/// Errors: too old or too new a program on the other side.
pub(crate) fn check_protocol(theirs: u32) -> Result<(), SyncError> {
    if theirs < OLDEST_PROTOCOL {
        return Err(refuse(
            RefusalCode::DeskTooOld,
            "This desk's program is too old for this server. Update ServEase Desk; what waits \
             to be sent is kept.",
        ));
    }
    if theirs > PROTOCOL {
        return Err(refuse(
            RefusalCode::CentralTooOld,
            "This server is too old for this desk's program. Update ServEase Central; what \
             waits to be sent is kept.",
        ));
    }
    Ok(())
}

/// Errors: the desk knows another epoch.
pub(crate) fn check_epoch(theirs: Option<&str>, ours: &str) -> Result<(), SyncError> {
    match theirs {
        Some(epoch) if epoch != ours => Err(refuse(
            RefusalCode::EpochChanged,
            "This server was restored from a backup.",
        )),
        _ => Ok(()),
    }
}
