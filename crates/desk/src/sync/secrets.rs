//! The tokens of a sign-in, kept as [`crate::secret`] keeps them.

use std::path::Path;

use serde::{Deserialize, Serialize};

pub(crate) use crate::secret::{Place, Silent};
use crate::secret::{Purpose, Secret};
use crate::{Failure, Result};

/// What a sign-in is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tokens {
    pub access: String,
    pub refresh: String,
}

/// The session of one data folder.
#[derive(Debug, Clone)]
pub(crate) struct Secrets(Secret);

impl Secrets {
    pub fn of(folder: &Path) -> Secrets {
        Secrets(Secret::of(folder, Purpose::Session))
    }

    /// Keeps tokens, in the place of before or in the keyring where there is one. Answers
    /// where they are now.
    pub async fn save(&self, tokens: &Tokens, place: Option<Place>) -> Result<Place> {
        let text = serde_json::to_string(tokens).unwrap_or_default();
        self.0.save(&text, place).await.map_err(Failure::Folder)
    }

    /// None where there is no session. Errors: the keyring does not answer.
    pub async fn find(&self, place: Place) -> std::result::Result<Option<Tokens>, Silent> {
        let text = self.0.find(place).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub async fn forget(&self) {
        self.0.forget().await;
    }
}
