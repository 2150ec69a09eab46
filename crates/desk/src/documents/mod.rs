//! Papers: files taken in, kept sealed, renewed, given out. Their records are made, edited, deleted
//! and undone like any other; what is special about them is the file.
//!
//! A file is on the disk before its row is written, and goes when no row names it any more: undo
//! finds it again.

mod check;
mod guess;
pub mod inbox;
mod intake;
pub(crate) mod lane;
mod lines;
mod lists;
mod looks;
pub(crate) mod vault;
pub mod views;

use servease_domain::{EntityKind, Record};
use uuid::Uuid;
use zeroize::Zeroizing;

pub use self::intake::{Source, ToKeep};
use crate::{Desk, Result};

impl Desk {
    /// A document with the content of its file.
    ///
    /// Errors: NotFound; FileNotHere, FileDamaged, those of the vault.
    pub async fn document_file(&self, id: Uuid) -> Result<(Record, Zeroizing<Vec<u8>>)> {
        let document = self.record(EntityKind::Document, id).await?;
        let sha256 = document.get("sha256").as_text();
        let content = self.read_file(document.id, sha256).await?;
        self.note_looked_at(sha256).await?;
        Ok((document, content))
    }
}
