//! Where things are, and how other programs are started there.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::TaskError;

/// Everything there is, with one set of features for lints, builds and tests: cargo compiles
/// Tauri anew for another choice.
pub const EVERYTHING: &[&str] = &[
    "--workspace",
    "--features",
    "servease-tests/window,servease-tests/simulation,servease-tests/processes,servease-tests/windows",
];

/// The checked-out project and the folder that cargo builds into.
#[derive(Debug)]
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
}

impl Workspace {
    /// The workspace that this task was started from.
    pub fn find() -> Result<Self, TaskError> {
        // Read when it runs, not when it was compiled: a cached build may serve another clone.
        let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or(TaskError::NotUnderCargo)?;
        let root = Path::new(&manifest)
            .parent()
            .ok_or(TaskError::NotUnderCargo)?
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(chosen) => root.join(chosen),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// A program that is started in the project's root.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// `cargo` with these arguments.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        // The cargo that started this task, so that a chosen toolchain stays chosen.
        let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        self.cargo_at(&cargo, arguments)
    }

    /// That `cargo` with these arguments.
    pub fn cargo_at(&self, cargo: &str, arguments: &[&str]) -> Command {
        let mut command = self.command(cargo);
        command.args(arguments);
        // Cargo describes this task to itself; to another cargo that is noise that rebuilds.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name);
            }
        }
        command
    }

    /// A folder for results that a person looks at, made when missing.
    pub fn results(&self, name: &str) -> Result<PathBuf, TaskError> {
        let folder = self.target.join(name);
        std::fs::create_dir_all(&folder).map_err(TaskError::file(&folder))?;
        Ok(folder)
    }
}

/// Runs a command with its output on the terminal; anything but success is a problem.
pub fn run(command: &mut Command) -> Result<(), TaskError> {
    let status = command
        .status()
        .map_err(|cause| not_started(command, cause))?;
    if status.success() {
        Ok(())
    } else {
        Err(TaskError::Failed {
            command: written(command),
            status,
        })
    }
}

/// Names the program that could not be started.
pub fn not_started(command: &Command, cause: std::io::Error) -> TaskError {
    TaskError::NotStarted {
        program: command.get_program().to_string_lossy().into_owned(),
        cause,
    }
}

/// The command as one would type it.
pub fn written(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    command
        .get_args()
        .map(|argument| argument.to_string_lossy())
        .fold(program, |line, argument| format!("{line} {argument}"))
}

/// True when a program of this name is in the search path.
pub fn is_installed(program: &str) -> bool {
    let Some(path) = env::var_os("PATH") else {
        return false;
    };
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
