//! The built programs.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;

use crate::error::TaskError;
use crate::workspace::{Workspace, run};

/// Speed of the program against speed of its build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Debug,
    Release,
}

impl Profile {
    /// Where cargo puts what it builds so.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// The window and the command line. Every task names the same packages, since cargo compiles
/// Tauri anew for another choice of features.
pub const WINDOW: &[&str] = &["--package", "servease-desktop", "--package", "servease-cli"];

const PAIR: &[&str] = &["--package", "servease-cli", "--package", "servease-central"];

/// What drives and photographs the window, and measures it, and the service that it syncs with.
const HARNESS: &[&str] = &[
    "--package",
    "servease-tests",
    "--package",
    "servease-central",
    "--features",
    "servease-tests/window",
];

/// Builds the window and the command line, with what else cargo should be told.
pub fn build_window(
    workspace: &Workspace,
    profile: Profile,
    more: &[&str],
) -> Result<(), TaskError> {
    println!("Building the window and the command line");
    build(workspace, profile, WINDOW, more)
}

/// Builds the command line and the service that it syncs with.
pub fn build_pair(workspace: &Workspace, profile: Profile) -> Result<(), TaskError> {
    println!("Building the command line and Central");
    build(workspace, profile, PAIR, &[])
}

/// Builds the programs that drive the window.
pub fn build_harness(workspace: &Workspace, profile: Profile) -> Result<(), TaskError> {
    println!("Building what drives the window");
    build(workspace, profile, HARNESS, &[])
}

fn build(
    workspace: &Workspace,
    profile: Profile,
    selection: &[&str],
    more: &[&str],
) -> Result<(), TaskError> {
    let mut cargo = workspace.cargo(&["build", "--bins"]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    run(cargo.args(selection).args(more))
}

/// Path of a built program.
pub fn path(workspace: &Workspace, profile: Profile, name: &str) -> PathBuf {
    workspace
        .target
        .join(profile.folder())
        .join(format!("{name}{EXE_SUFFIX}"))
}
