//! The TypeScript of commands, events and fields, generated from the Rust that answers them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::error::TaskError;
use crate::programs::{self, Profile};
use crate::workspace::{Workspace, run};

const FILES: [&str; 2] = ["bindings.ts", "fields.ts"];

/// Writes the committed files anew.
pub fn write(workspace: &Workspace) -> Result<ExitCode, TaskError> {
    programs::build_window(workspace, Profile::Debug, &[])?;
    let folder = committed(workspace);
    generate(workspace, &folder)?;
    for file in FILES {
        println!("Written: {}", folder.join(file).display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The committed files that are not what the built desk would write.
pub fn outdated(workspace: &Workspace) -> Result<Vec<&'static str>, TaskError> {
    let fresh = tempfile::tempdir().map_err(TaskError::file("the temporary folder"))?;
    generate(workspace, fresh.path())?;
    let read = |path: PathBuf| std::fs::read(&path).map_err(TaskError::file(&path));
    let mut outdated = Vec::new();
    for file in FILES {
        if read(fresh.path().join(file))? != read(committed(workspace).join(file))? {
            outdated.push(file);
        }
    }
    Ok(outdated)
}

fn generate(workspace: &Workspace, folder: &Path) -> Result<(), TaskError> {
    let desk = programs::path(workspace, Profile::Debug, "servease-desk");
    run(workspace
        .command(&desk.to_string_lossy())
        .arg("--bindings")
        .arg(folder))
}

fn committed(workspace: &Workspace) -> PathBuf {
    workspace.root.join("ui/src/lib")
}
