//! ServEase Desk: puts the window, the use cases and the operating system together.
//!
//! This is the only program that knows Tauri. It decides nothing about customers or vehicles:
//! a command passes its arguments to a use case and hands back the answer.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod fields;
mod instance;
mod ipc;
mod logging;
mod news;
#[cfg(debug_assertions)]
mod page;
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

    /// Write the TypeScript of commands, events and fields into DIR and exit.
    #[arg(long, value_name = "DIR")]
    bindings: Option<PathBuf>,

    /// Show the page that is built in DIR instead of the one inside the program.
    #[cfg(debug_assertions)]
    #[arg(long, value_name = "DIR", env = "SERVEASE_PAGE")]
    page: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.bindings {
        Some(folder) => write_bindings(folder),
        None => open_desk(arguments),
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

fn write_bindings(folder: &Path) -> Result<(), Box<dyn Error>> {
    ipc::write_bindings(&folder.join("bindings.ts"))?;
    fields::write(&folder.join("fields.ts"))?;
    Ok(())
}

fn open_desk(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let chosen = DataFolder::resolve(arguments.data_dir)
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
    #[cfg_attr(
        not(debug_assertions),
        expect(unused_mut, reason = "the page is inside")
    )]
    let mut context = tauri::generate_context!();
    #[cfg(debug_assertions)]
    if let Some(built) = arguments.page {
        context.set_assets(Box::new(page::Folder(built)));
    }
    window::run(folder, context)?;
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
