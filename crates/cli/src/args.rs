//! The command line as it is typed.

use std::path::PathBuf;

use clap::Parser;

use crate::commands::Command;

/// ServEase on the command line: the same records and rules as in the window.
#[derive(Debug, Parser)]
#[command(name = "servease", version, propagate_version = true)]
pub struct Arguments {
    /// The data folder [default: SERVEASE_DATA_DIR, else the platform's folder for
    /// application data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Who is working, by id or name: their name stands on what is changed
    #[arg(long = "as", global = true, value_name = "EMPLOYEE")]
    pub employee: Option<String>,

    /// Answer in JSON: one value on stdout, an error as one line on stderr
    #[arg(long, global = true)]
    pub json: bool,

    #[command(subcommand)]
    pub command: Command,
}
