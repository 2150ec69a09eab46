//! Why a task cannot go on, in words for the person who typed it.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use thiserror::Error;

/// Everything that ends a task early.
#[derive(Debug, Error)]
pub enum TaskError {
    #[error("{program} cannot be started: {cause}")]
    NotStarted { program: String, cause: io::Error },
    #[error("{command} failed ({status})")]
    Failed { command: String, status: ExitStatus },
    #[error("{path}: {cause}", path = path.display())]
    File { path: PathBuf, cause: io::Error },
    #[error("{path} does not read: {cause}", path = path.display())]
    Unreadable { path: PathBuf, cause: String },
    #[error(
        "System packages are missing, and this user may not install them. Install them with:\n  \
         {install}"
    )]
    MissingPackages { install: String },
    #[error("{0} is missing. {1}")]
    MissingTool(&'static str, &'static str),
    #[error("The private screen does not start: {0}")]
    Screen(io::Error),
    #[error("The window did not paint anything within {0} s.")]
    NothingPainted(u64),
    #[error("The desk ended before its window was painted ({0}).")]
    EndedEarly(ExitStatus),
    #[error("{0}")]
    Packaging(String),
    #[error("The tasks must be started through cargo, as `cargo xtask …`.")]
    NotUnderCargo,
}

impl TaskError {
    /// For `map_err` on a file or folder.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File { path, cause }
    }
}
