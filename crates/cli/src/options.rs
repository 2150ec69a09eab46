//! Options that several commands share.

use std::path::PathBuf;

use clap::Args;

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
    pub changes: Vec<String>,
}

/// Consent to what looks improbable.
#[derive(Debug, Args)]
pub struct Confirm {
    /// Store it although it looks improbable
    #[arg(long)]
    pub confirm: bool,
}
