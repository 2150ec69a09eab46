//! The tools from crates.io that checks are made with: the one that is installed, else one of a
//! fixed version, compiled once and kept outside the target folder.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::TaskError;
use crate::workspace::{Workspace, is_installed, run};

/// A subcommand of cargo that comes in a package of its own.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    package: &'static str,
    /// What is installed where there is none.
    version: &'static str,
}

pub const DENY: Tool = Tool {
    package: "cargo-deny",
    version: "0.20.2",
};

pub const FUZZ: Tool = Tool {
    package: "cargo-fuzz",
    version: "0.13.2",
};

pub const NEXTEST: Tool = Tool {
    package: "cargo-nextest",
    version: "0.9.143",
};

impl Tool {
    /// `cargo` with these arguments, where it finds this tool.
    ///
    /// # Errors
    /// The tool is missing and cannot be installed: a check is never left out for that.
    pub fn cargo(self, workspace: &Workspace, arguments: &[&str]) -> Result<Command, TaskError> {
        let mut cargo = workspace.cargo(arguments);
        if is_installed(self.package) {
            return Ok(cargo);
        }
        let folder = self.ensure_in(&cache(workspace), run, workspace)?;
        let rest = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(folder).chain(env::split_paths(&rest));
        let path: OsString = env::join_paths(folders).map_err(|_| self.missing())?;
        cargo.env("PATH", path);
        Ok(cargo)
    }

    /// The folder with its program below `cache`, installed there when missing.
    fn ensure_in(
        self,
        cache: &Path,
        install: impl FnOnce(&mut Command) -> Result<(), TaskError>,
        workspace: &Workspace,
    ) -> Result<PathBuf, TaskError> {
        let root = cache.join(format!("{}-{}", self.package, self.version));
        let folder = root.join("bin");
        let program = folder.join(format!("{}{}", self.package, env::consts::EXE_SUFFIX));
        if !program.is_file() {
            println!("Installing {} {}", self.package, self.version);
            install(&mut self.installation(workspace, &root))?;
        }
        if program.is_file() {
            Ok(folder)
        } else {
            Err(self.missing())
        }
    }

    fn installation(self, workspace: &Workspace, root: &Path) -> Command {
        let mut cargo = workspace.cargo(&["install", "--quiet", "--locked", self.package]);
        cargo
            .args(["--version", self.version, "--root"])
            .arg(root)
            // It runs for seconds and is compiled on every fresh machine: not optimised, and
            // nobody debugs it. In a folder of its own that cargo removes.
            .args(["--profile", "dev"])
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("CARGO_TARGET_DIR");
        cargo
    }

    fn missing(self) -> TaskError {
        TaskError::MissingTool(self.package, "Install it with `cargo install --locked`.")
    }
}

/// Where tools stay when a target folder goes: beside the one that clones share (`.ci/run`).
fn cache(workspace: &Workspace) -> PathBuf {
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(home)
        .map_or_else(
            || workspace.target.join("tools"),
            |cache| cache.join("servease/tools"),
        )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn workspace(folder: &Path) -> Workspace {
        Workspace {
            root: folder.to_path_buf(),
            target: folder.join("target"),
        }
    }

    #[test]
    fn missing_tool_is_installed_once() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let bin = folder
            .path()
            .join(format!("cargo-deny-{}/bin", DENY.version));
        let install = |command: &mut Command| {
            let words: Vec<_> = command.get_args().collect();
            assert!(words.contains(&"--locked".as_ref()), "{words:?}");
            fs::create_dir_all(&bin).unwrap();
            let program = format!("cargo-deny{}", env::consts::EXE_SUFFIX);
            fs::write(bin.join(program), "").unwrap();
            Ok(())
        };
        let found = DENY.ensure_in(folder.path(), install, &workspace).unwrap();
        assert_eq!(found, bin);
        let again = |_: &mut Command| panic!("it is there");
        assert_eq!(
            DENY.ensure_in(folder.path(), again, &workspace).unwrap(),
            bin
        );
    }

    #[test]
    fn tool_that_cannot_be_installed_fails_the_check() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let without_network = |_: &mut Command| Err(TaskError::NotUnderCargo);
        assert!(
            DENY.ensure_in(folder.path(), without_network, &workspace)
                .is_err()
        );
        let in_vain = |_: &mut Command| Ok(());
        assert!(matches!(
            DENY.ensure_in(folder.path(), in_vain, &workspace),
            Err(TaskError::MissingTool("cargo-deny", _))
        ));
    }
}
