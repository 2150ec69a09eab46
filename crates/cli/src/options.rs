//! Options that several commands share.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use crate::error::CliError;
use crate::input;

/// Where a record's fields come from.
#[derive(Debug, Args)]
pub struct From {
    /// A file with a JSON object of fields; - is standard input
    #[arg(long = "from", value_name = "FILE")]
    pub file: PathBuf,
}

/// Changes of single fields.
#[derive(Debug, Args)]
pub struct Set {
    /// A field's new value; `FIELD=` clears the field
    #[arg(long = "set", value_name = "FIELD=VALUE", required = true)]
    changes: Vec<String>,
    /// More of them, after the record: `--set` takes one, so that it takes no record for another
    #[arg(value_name = "FIELD=VALUE", hide = true)]
    more: Vec<String>,
}

impl Set {
    /// The fields to change.
    ///
    /// # Errors
    /// One of them is no `FIELD=VALUE`.
    pub fn fields(&self) -> Result<Map<String, Value>, CliError> {
        let all: Vec<String> = self.changes.iter().chain(&self.more).cloned().collect();
        input::changes(&all)
    }
}

/// Consent to what looks improbable.
#[derive(Debug, Args)]
pub struct Confirm {
    /// Store it although it looks improbable
    #[arg(long)]
    pub confirm: bool,
}
