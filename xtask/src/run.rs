//! `cargo xtask run`: from a fresh clone to an open window.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use servease_tests::display::{Display, Picture, ScreenSize};

use crate::error::TaskError;
use crate::programs::{self, Profile};
use crate::system::{self, Need};
use crate::ui;
use crate::workspace::{Workspace, not_started, run};

/// A cold start with software rendering takes about two seconds; a busy machine some more.
const PAINT_PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Use a data folder of its own, filled with demo data on the first start.
    #[arg(long)]
    demo: bool,

    /// Build the page anew whenever a file of it changes; a reload of the window shows it.
    #[arg(long)]
    live: bool,

    /// Folder of the database instead of the platform's own.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Installs, builds and opens what is needed, and says so.
pub fn perform(workspace: &Workspace, options: &Options) -> Result<ExitCode, TaskError> {
    let watched = has_display();
    system::ensure(if watched {
        Need::Window
    } else {
        Need::HiddenWindow
    })?;
    ui::build(workspace)?;
    programs::build_window(workspace, Profile::Debug, &[])?;

    let folder = data_folder(workspace, options)?;
    if let (true, Some(folder)) = (options.demo, &folder) {
        fill_with_demo_data(workspace, folder)?;
    }
    let program = programs::path(workspace, Profile::Debug, "servease-desk");
    let mut desk = workspace.command(&program.to_string_lossy());
    if let Some(folder) = &folder {
        desk.arg("--data-dir").arg(folder);
    }
    let _building = if options.live {
        desk.arg("--page").arg(ui::folder(workspace).join("dist"));
        Some(ui::watch(workspace)?)
    } else {
        None
    };
    if watched {
        open(&mut desk)
    } else {
        open_hidden(workspace, desk)
    }
}

fn has_display() -> bool {
    if cfg!(not(target_os = "linux")) {
        return true;
    }
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The folder to name to the desk; none leaves the choice to it.
fn data_folder(workspace: &Workspace, options: &Options) -> Result<Option<PathBuf>, TaskError> {
    match &options.data_dir {
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(TaskError::file(folder))?;
            // The desk is started in the project's root, the name was typed somewhere else.
            Ok(Some(
                folder.canonicalize().map_err(TaskError::file(folder))?,
            ))
        }
        None if options.demo => Ok(Some(workspace.results("demo-data")?)),
        None => Ok(None),
    }
}

fn fill_with_demo_data(workspace: &Workspace, folder: &Path) -> Result<(), TaskError> {
    if folder.join("servease.db").exists() {
        println!("Demo data: {}", folder.display());
        return Ok(());
    }
    println!("Filling {} with demo data", folder.display());
    let program = programs::path(workspace, Profile::Debug, "servease");
    run(workspace
        .command(&program.to_string_lossy())
        .arg("--data-dir")
        .arg(folder)
        .arg("demo"))
}

fn open(desk: &mut Command) -> Result<ExitCode, TaskError> {
    println!("Opening the window");
    run(desk)?;
    Ok(ExitCode::SUCCESS)
}

fn open_hidden(workspace: &Workspace, mut desk: Command) -> Result<ExitCode, TaskError> {
    println!("No display here: opening the window on a virtual one (Xvfb)");
    let display = Display::start(ScreenSize::FIRST_WINDOW).map_err(TaskError::Screen)?;
    display.attach(&mut desk);
    let mut running = desk.spawn().map_err(|cause| not_started(&desk, cause))?;
    let painted = wait_until_painted(&display, &mut running);
    if painted.is_err() {
        let _ = running.kill();
    }
    painted?;
    let png = workspace.results("screenshots")?.join("run.png");
    display.screenshot(&png).map_err(TaskError::Screen)?;
    end(&mut running)?;
    println!("The window opened. Screenshot: {}", png.display());
    Ok(ExitCode::SUCCESS)
}

/// Waits until there is more than a blank area, and it has stopped changing.
pub fn wait_until_painted(display: &Display, desk: &mut Child) -> Result<(), TaskError> {
    let deadline = Instant::now() + PAINT_PATIENCE;
    let mut before: Option<Picture> = None;
    while Instant::now() < deadline {
        if let Ok(Some(status)) = desk.try_wait() {
            return Err(TaskError::EndedEarly(status));
        }
        let now = display.look().map_err(TaskError::Screen)?;
        // Text is drawn with soft edges: even one line of it has more shades than this.
        if now.shades() > 8 && before.as_ref() == Some(&now) {
            return Ok(());
        }
        before = Some(now);
        thread::sleep(Duration::from_millis(200));
    }
    Err(TaskError::NothingPainted(PAINT_PATIENCE.as_secs()))
}

fn end(desk: &mut Child) -> Result<(), TaskError> {
    // As the system does at log-out; the desk then keeps its place and closes its database.
    let _ = Command::new("kill").arg(desk.id().to_string()).status();
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if let Ok(Some(_)) = desk.try_wait() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(50));
    }
    desk.kill().map_err(TaskError::Screen)
}
