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
mod papers;
mod resident;
mod running;
mod shell;
mod syncing;
mod trouble;
mod window;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use servease_desk::{DataFolder, folder};
use servease_platform::private;
use tracing::{info, warn};

use instance::{Claim, EndAnswer, FrontAnswer};
use trouble::NoWindow;

/// What a start with the session says.
const HIDDEN: &str = "--hidden";

/// The window of ServEase Desk.
#[derive(Debug, Parser)]
#[command(name = "servease-desk", version)]
struct Arguments {
    /// Folder with the database, logs and window place; made when missing.
    #[arg(long, value_name = "DIR", env = folder::VARIABLE)]
    data_dir: Option<PathBuf>,

    /// Close the window that is open on the data folder, and wait until it has closed: for whoever
    /// replaces the program.
    #[arg(long, hide = true)]
    close: bool,

    /// Open no window: the program waits in the tray until somebody asks for it.
    #[arg(long)]
    hidden: bool,

    /// Be the process that draws pictures of papers: asked on standard input, once.
    #[arg(long, hide = true)]
    draw: bool,

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
    if arguments.draw {
        return servease_drawing::worker::run();
    }
    if let Some(folder) = &arguments.bindings {
        return match write_bindings(folder) {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => {
                let _ = writeln!(std::io::stderr(), "servease-desk: {problem}");
                ExitCode::FAILURE
            }
        };
    }
    if arguments.close {
        return close_desk(arguments.data_dir);
    }
    match open_desk(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            trouble.tell();
            ExitCode::FAILURE
        }
    }
}

fn write_bindings(folder: &Path) -> Result<(), Box<dyn Error>> {
    ipc::write_bindings(&folder.join("bindings.ts"))?;
    fields::write(&folder.join("fields.ts"))?;
    Ok(())
}

fn open_desk(arguments: Arguments) -> Result<(), NoWindow> {
    let chosen = DataFolder::resolve(arguments.data_dir).ok_or(NoWindow::Folder)?;
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
    if let Some(trouble) = NoWindow::find(folder) {
        return Err(trouble);
    }
    #[cfg_attr(
        not(debug_assertions),
        expect(unused_mut, reason = "the page is inside")
    )]
    let mut context = tauri::generate_context!();
    #[cfg(debug_assertions)]
    if let Some(built) = arguments.page {
        context.set_assets(Box::new(page::Folder(built)));
    }
    running::run(folder, context, arguments.hidden)
}

/// Nobody is shown a box: an installer reads the exit code, and says in its own words what to do.
fn close_desk(named: Option<PathBuf>) -> ExitCode {
    let Some(chosen) = DataFolder::resolve(named) else {
        NoWindow::Folder.write();
        return ExitCode::FAILURE;
    };
    let folder = chosen.path();
    match instance::ask_to_end(folder) {
        Ok(EndAnswer::Free) => return ExitCode::SUCCESS,
        Ok(EndAnswer::Silent) => NoWindow::Silent {
            folder: folder.to_owned(),
        }
        .write(),
        Err(problem) => {
            let folder = folder.display();
            let _ = writeln!(std::io::stderr(), "servease-desk: {folder}: {problem}");
        }
    }
    ExitCode::FAILURE
}

fn show_the_other_window(folder: &Path) -> Result<(), NoWindow> {
    match instance::ask_for_front(folder) {
        Ok(FrontAnswer::Shown) => {
            // Nobody may be reading: the window is the answer.
            let _ = writeln!(
                std::io::stdout(),
                "ServEase Desk is already open on {}; its window comes to the front.",
                folder.display()
            );
            Ok(())
        }
        Ok(FrontAnswer::Silent) => Err(NoWindow::Silent {
            folder: folder.to_owned(),
        }),
        Err(problem) => Err(NoWindow::Broken {
            folder: folder.to_owned(),
            problem: problem.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    /// The page is written by hand; the ones of the other programs follow from what they take.
    #[test]
    fn the_manual_page_names_every_option() {
        let page = include_str!("../packaging/linux/servease-desk.1");
        for argument in Arguments::command().get_arguments() {
            let Some(name) = argument.get_long() else {
                continue;
            };
            let is_told = !argument.is_hide_set() && name != "page";
            let is_named = page.contains(&format!(".It Fl Fl {name}"));
            assert_eq!(is_named, is_told, "--{name}");
        }
    }
}
