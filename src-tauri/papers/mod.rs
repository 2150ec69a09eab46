//! Papers in the window: files on their way in, pictures of them, readable copies on their way out,
//! and the folder of a scanner. What a paper is, the desk knows; here is what a screen needs.

pub mod copies;
pub mod dialogs;
pub mod drawing;
pub mod drops;
pub mod picks;
pub mod protocol;
pub mod watched;

use std::path::Path;

use servease_desk::{Desk, Failure};
use servease_domain::Record;
use tokio::sync::Mutex;
use uuid::Uuid;
use zeroize::Zeroizing;

/// What commands, the protocol of pictures and the closing program share.
#[derive(Debug)]
pub struct Papers {
    pub picks: picks::Picks,
    pub drawing: drawing::Drawing,
    pub copies: copies::Copies,
    pub watched: watched::Watched,
    /// Held while a dialog of the system is open: there is one at a time.
    pub dialog: Mutex<()>,
}

impl Papers {
    pub fn new(folder: &Path) -> Papers {
        Papers {
            picks: picks::Picks::default(),
            drawing: drawing::Drawing::new(),
            copies: copies::Copies::of(folder),
            watched: watched::Watched::default(),
            dialog: Mutex::default(),
        }
    }
}

/// A document with its file, which is fetched first where it is not here yet: for whoever asks to see
/// it. Small pictures ask the desk alone, and nothing is fetched for a list.
///
/// Errors: NotFound; FileNotHere, FileDamaged, Remote, those of the vault.
pub async fn file_of(desk: &Desk, id: Uuid) -> Result<(Record, Zeroizing<Vec<u8>>), Failure> {
    match desk.document_file(id).await {
        Err(Failure::FileNotHere(_)) => {
            desk.fetch_document(id).await?;
            desk.document_file(id).await
        }
        read => read,
    }
}
