//! Whether the files of documents are there and whole.

use servease_domain::EntityKind;
use servease_files::sealed::Standing;
use servease_store::{documents, rows};

use super::vault::blocking;
use super::views::{FilesHealth, Trouble};
use crate::{Desk, Result};

impl Desk {
    /// Reads every file of a live document to its end.
    ///
    /// Errors: those of the vault.
    pub(crate) async fn check_files(&self) -> Result<(FilesHealth, Vec<Trouble>)> {
        let hashes = documents::live_files(&mut *self.store.read().await?).await?;
        let mut health = FilesHealth::default();
        let mut troubles = Vec::new();
        if hashes.is_empty() {
            return Ok((health, troubles));
        }
        // Where there is no file at all there may be no key either, and none is made for this.
        let vault = match self.has_files() {
            true => Some(self.vault().await?),
            false => None,
        };
        for sha256 in hashes {
            let standing = match vault.clone() {
                Some(vault) => {
                    let sha256 = sha256.clone();
                    blocking(move || Ok(vault.check(&sha256)?)).await?
                }
                None => Standing::Missing,
            };
            let mut conn = self.store.read().await?;
            let named = documents::with_content(&mut conn, &sha256).await?;
            health.files += 1;
            let Some(first) = named.first() else {
                continue;
            };
            if standing == Standing::Whole {
                let size_bytes = first.get("file_size").as_integer().unwrap_or(0);
                health.bytes += u64::try_from(size_bytes).unwrap_or(0);
                continue;
            }
            let is_damaged = standing == Standing::Damaged;
            // What Central knows was taken in elsewhere, or comes back from it.
            let mut is_known = true;
            for document in &named {
                is_known &=
                    rows::is_known_to_central(&mut conn, EntityKind::Document, document.id).await?;
            }
            match (is_damaged, is_known) {
                (true, _) => health.damaged += 1,
                (false, true) => health.not_fetched += 1,
                (false, false) => health.missing += 1,
            }
            if is_damaged || !is_known {
                troubles.push(Trouble {
                    document: first.id,
                    title: first.get("title").as_text().to_owned(),
                    is_damaged,
                });
            }
        }
        Ok((health, troubles))
    }
}
