//! Forms that somebody is filling in, kept so that a crash loses no typing.

use serde_json::Value as Json;
use servease_store::settings;

use crate::{Desk, Result};

impl Desk {
    /// Keeps what a form holds; the newest content of a key replaces the one before.
    pub async fn save_draft(&self, key: &str, content: &Json) -> Result<()> {
        let mut conn = self.store.write().await?;
        settings::save_draft(&mut conn, key, &content.to_string(), self.clock.now()).await?;
        Ok(())
    }

    /// What a form held when it was left; None when it was saved, discarded or unreadable.
    pub async fn find_draft(&self, key: &str) -> Result<Option<Json>> {
        let mut conn = self.store.read().await?;
        let content = settings::find_draft(&mut conn, key).await?;
        Ok(content.and_then(|content| serde_json::from_str(&content).ok()))
    }

    pub async fn discard_draft(&self, key: &str) -> Result<()> {
        let mut conn = self.store.write().await?;
        settings::remove_draft(&mut conn, key).await?;
        Ok(())
    }
}
