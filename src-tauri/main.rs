//! ServEase Desk: puts the window, the use cases and the operating system together.
//!
//! This is the only program that knows Tauri. It decides nothing about customers or vehicles:
//! a command passes its arguments to a use case and hands back the answer.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod instance;
mod ipc;
mod logging;
mod news;
mod shell;
mod syncing;
mod window;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use servease_desk::{DataFolder, folder, private};
use tracing::{error, info, warn};

use instance::{Claim, FrontAnswer};

/// The window of ServEase Desk.
#[derive(Debug, Parser)]
#[command(name = "servease-desk", version)]
struct Arguments {
    /// Folder with the database, logs and window place; made when missing.
    #[arg(long, value_name = "DIR", env = folder::VARIABLE)]
    data_dir: Option<PathBuf>,

    /// Write the TypeScript of commands and events to FILE and exit.
    #[arg(long, value_name = "FILE")]
    bindings: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.bindings {
        Some(file) => ipc::write_bindings(file).map_err(Into::into),
        None => open_desk(arguments.data_dir),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            error!(%problem, "cannot go on");
            // Before the log is set up this is the only word that anybody gets.
            let _ = writeln!(std::io::stderr(), "servease-desk: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn open_desk(chosen: Option<PathBuf>) -> Result<(), Box<dyn Error>> {
    let chosen = DataFolder::resolve(chosen)
        .ok_or("this user has no home folder: name a data folder with --data-dir")?;
    let folder = chosen.path();
    // A folder that cannot be made is told in the window, where somebody reads it.
    let _ = private::make_folder(folder);
    logging::start(folder);

    // Held until the process ends, however it ends: the system releases it.
    let _claim = match instance::claim(folder) {
        Claim::Taken => return show_the_other_window(folder),
        Claim::Ours(lock) => Some(lock),
        Claim::Impossible(problem) => {
            // A folder that cannot be written is reported in the window, in words.
            warn!(%problem, "the data folder cannot be locked");
            None
        }
    };
    info!(folder = %folder.display(), version = env!("CARGO_PKG_VERSION"), "opening");
    window::run(folder)?;
    Ok(())
}

fn show_the_other_window(folder: &Path) -> Result<(), Box<dyn Error>> {
    match instance::ask_for_front(folder)? {
        FrontAnswer::Shown => {
            writeln!(
                std::io::stdout(),
                "ServEase Desk is already open on {}; its window comes to the front.",
                folder.display()
            )?;
            Ok(())
        }
        FrontAnswer::Silent => Err(format!(
            "ServEase Desk is already open on {} but does not answer",
            folder.display()
        )
        .into()),
    }
}
