//! The user interface: its packages and its build, each done only when something changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use crate::error::TaskError;
use crate::workspace::{Workspace, not_started, run};

/// Stamps lie inside `node_modules`, so that they go when it goes and never serve another clone.
const PACKAGES_STAMP: &str = "node_modules/.servease-packages";
const BUILD_STAMP: &str = "node_modules/.servease-build";

/// Installs the packages that the lock file names.
pub fn install_packages(workspace: &Workspace) -> Result<(), TaskError> {
    let ui = folder(workspace);
    let lock = ui.join("package-lock.json");
    let wanted = fingerprint(std::slice::from_ref(&lock))?;
    if is_stamped(&ui.join(PACKAGES_STAMP), &wanted) {
        return Ok(());
    }
    println!("Installing the packages of the user interface");
    run(npm(workspace).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    stamp(&ui.join(PACKAGES_STAMP), &wanted)
}

/// Builds `ui/dist` when a source of it changed.
pub fn build(workspace: &Workspace) -> Result<(), TaskError> {
    install_packages(workspace)?;
    let ui = folder(workspace);
    let wanted = fingerprint(&[ui.clone(), workspace.root.join("locales")])?;
    if ui.join("dist/index.html").is_file() && is_stamped(&ui.join(BUILD_STAMP), &wanted) {
        return Ok(());
    }
    println!("Building the user interface");
    script(workspace, "build")?;
    stamp(&ui.join(BUILD_STAMP), &wanted)
}

/// Runs one of the npm scripts of the user interface. One that is not there fails: a check
/// that somebody has renamed must not pass for one that was made.
pub fn script(workspace: &Workspace, name: &str) -> Result<(), TaskError> {
    run(npm(workspace).args(["run", "--silent", name]))
}

/// Builds the page whenever a file of it changes, for as long as the answer lives.
pub fn watch(workspace: &Workspace) -> Result<Watching, TaskError> {
    // Not through npm, which would leave it running when it is ended itself.
    let mut build = workspace.command("node");
    build.current_dir(folder(workspace)).args([
        "node_modules/vite/bin/vite.js",
        "build",
        "--watch",
    ]);
    let child = build.spawn().map_err(|cause| not_started(&build, cause))?;
    Ok(Watching(child))
}

/// A build that goes on in the background.
pub struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `npm`, in the folder of the user interface.
pub fn npm(workspace: &Workspace) -> Command {
    // On Windows npm is a script that must be named in full.
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = workspace.command(program);
    command.current_dir(folder(workspace));
    command
}

/// Where the user interface lives.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("ui")
}

fn is_stamped(path: &Path, wanted: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|found| found == wanted)
}

fn stamp(path: &Path, content: &str) -> Result<(), TaskError> {
    fs::write(path, content).map_err(TaskError::file(path))
}

/// Changes when a file below `roots` appears, disappears or has other content. Contents are
/// hashed, not times: a fresh checkout of the same files needs no new build.
fn fingerprint(roots: &[PathBuf]) -> Result<String, TaskError> {
    let mut files = Vec::new();
    for root in roots {
        collect(root, &mut files).map_err(TaskError::file(root))?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file)
            .map_err(TaskError::file(&file))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        // What is installed and what is built are not sources.
        if entry.file_name() == "node_modules" || entry.file_name() == "dist" {
            continue;
        }
        collect(&entry.path(), files)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_that_is_asked_for_and_missing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace {
            root: folder.path().to_path_buf(),
            target: folder.path().join("target"),
        };
        fs::create_dir(folder.path().join("ui")).unwrap();
        let package = r#"{"scripts": {"format:check": "node --version"}}"#;
        fs::write(folder.path().join("ui/package.json"), package).unwrap();
        assert!(script(&workspace, "format:check").is_ok());
        assert!(matches!(
            script(&workspace, "format-check"),
            Err(TaskError::Failed { .. })
        ));
    }

    #[test]
    fn fingerprint_follows_content_and_names_but_not_what_is_built() {
        let folder = tempfile::tempdir().unwrap();
        let root = [folder.path().to_path_buf()];
        fs::write(folder.path().join("a.ts"), "1").unwrap();
        let first = fingerprint(&root).unwrap();

        fs::create_dir(folder.path().join("dist")).unwrap();
        fs::write(folder.path().join("dist/index.html"), "built").unwrap();
        assert_eq!(fingerprint(&root).unwrap(), first);

        fs::write(folder.path().join("a.ts"), "2").unwrap();
        let second = fingerprint(&root).unwrap();
        assert_ne!(second, first);

        fs::rename(folder.path().join("a.ts"), folder.path().join("b.ts")).unwrap();
        assert_ne!(fingerprint(&root).unwrap(), second);
    }
}
