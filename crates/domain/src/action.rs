//! What a change does to a record.

use serde::{Deserialize, Serialize};
use specta::Type;

/// One word for it in logs, ledgers, histories and screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Create,
    Update,
    Delete,
    Restore,
}

impl Action {
    pub const fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::Restore => "restore",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "create" => Some(Action::Create),
            "update" => Some(Action::Update),
            "delete" => Some(Action::Delete),
            "restore" => Some(Action::Restore),
            _ => None,
        }
    }
}
