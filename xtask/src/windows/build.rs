//! The programs for Windows, built on Debian from its packages: a Rust with the source of its
//! standard library, which is compiled along, and mingw.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::error::TaskError;
use crate::programs::Profile;
use crate::workspace::{Workspace, run};

pub const TARGET: &str = "x86_64-pc-windows-gnu";

/// Debian's compiler; another one has no standard library for Windows beside it.
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";

/// The folder of everything that is built here: another compiler's work beside that for this
/// machine, and not in its way.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("windows")
}

/// Path of a built program, or of what was built beside it.
pub fn path(workspace: &Workspace, profile: Profile, name: &str) -> PathBuf {
    folder(workspace)
        .join(TARGET)
        .join(profile.folder())
        .join(name)
}

/// Debian's cargo with a subcommand for Windows. Warnings of our own packages are errors.
pub fn cargo(workspace: &Workspace, subcommand: &str) -> Command {
    let mut cargo = workspace.cargo_at(CARGO, &[subcommand]);
    cargo
        .args(["--locked", "--target", TARGET])
        .args(["-Z", "build-std=std,panic_unwind"])
        .args(["-Z", "warnings", "--config", "build.warnings='deny'"])
        // What cargo calls unstable is what the recipe of this compiler is.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", RUSTC)
        .env("PATH", search_path())
        .env("CARGO_TARGET_DIR", folder(workspace))
        // Nobody steps through them with a debugger; they are three times smaller so.
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
        // Of the Rust that runs this task.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("RUSTC_WRAPPER");
    cargo
}

/// Debian's tools before those of another Rust.
fn search_path() -> OsString {
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = ["/usr/bin", "/bin"].map(PathBuf::from);
    let others = env::split_paths(&rest).filter(|folder| !folders.contains(folder));
    env::join_paths(folders.iter().cloned().chain(others)).unwrap_or(rest)
}

/// Builds programs by the names of their packages.
pub fn programs(
    workspace: &Workspace,
    profile: Profile,
    packages: &[&str],
) -> Result<(), TaskError> {
    let mut build = cargo(workspace, "build");
    build.arg("--bins");
    for package in packages {
        build.args(["--package", package]);
    }
    if profile == Profile::Release {
        build.arg("--release");
    }
    run(&mut build)
}
