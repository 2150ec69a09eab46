//! The TypeScript of commands and events, generated from the Rust that answers them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::error::TaskError;
use crate::programs::{self, Profile};
use crate::workspace::{Workspace, run};

/// Writes the committed file anew.
pub fn write(workspace: &Workspace) -> Result<ExitCode, TaskError> {
    programs::build_window(workspace, Profile::Debug, &[])?;
    let file = committed(workspace);
    generate(workspace, &file)?;
    println!("Written: {}", file.display());
    Ok(ExitCode::SUCCESS)
}

/// True when the committed file is what the built desk would write.
pub fn are_current(workspace: &Workspace) -> Result<bool, TaskError> {
    let folder = tempfile::tempdir().map_err(TaskError::file("the temporary folder"))?;
    let fresh = folder.path().join("bindings.ts");
    generate(workspace, &fresh)?;
    let read = |path: &Path| std::fs::read(path).map_err(TaskError::file(path));
    Ok(read(&fresh)? == read(&committed(workspace))?)
}

fn generate(workspace: &Workspace, file: &Path) -> Result<(), TaskError> {
    let desk = programs::path(workspace, Profile::Debug, "servease-desk");
    run(workspace
        .command(&desk.to_string_lossy())
        .arg("--bindings")
        .arg(file))
}

fn committed(workspace: &Workspace) -> PathBuf {
    workspace.root.join("ui/src/lib/bindings.ts")
}
