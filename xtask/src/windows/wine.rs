//! Wine with a Windows of its own, in which nothing of this user's is seen or left.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::TaskError;
use crate::workspace::{Workspace, run};

use super::build;

/// Debian's `wine` asks for the 32-bit half, which nothing here needs.
const WINE: &str = "/usr/lib/wine/wine64";
const SERVER: &str = "/usr/lib/wine/wineserver";

const SHIM: &str = include_str!("bcryptprimitives.c");

/// A Wine that is running. Dropped, it ends with every program in it.
#[derive(Debug)]
pub struct Wine {
    folder: PathBuf,
    name: &'static str,
}

impl Wine {
    /// Makes a fresh Windows of this name and starts it, without a screen.
    pub fn start(workspace: &Workspace, name: &'static str) -> Result<Wine, TaskError> {
        let folder = build::folder(workspace).join("wine").join(name);
        let wine = Wine { folder, name };
        wine.end();
        if wine.folder.exists() {
            fs::remove_dir_all(&wine.folder).map_err(TaskError::file(&wine.folder))?;
        }
        fs::create_dir_all(wine.prefix()).map_err(TaskError::file(wine.prefix()))?;
        // It would end after each program, and be started again by the next.
        run(wine.settle(&mut Command::new(SERVER)).arg("--persistent"))?;
        run(wine
            .settle(&mut Command::new(WINE))
            .args(["wineboot", "--init"])
            // It complains of folders that it is about to make.
            .stderr(Stdio::null()))?;
        // It begins as Windows 7, which Rust's programs are not made for.
        run(wine
            .settle(&mut Command::new(WINE))
            .args(["winecfg", "/v", "win10"]))?;
        println!("Wine is ready: {}", wine.name);
        Ok(wine)
    }

    /// Makes a fresh Windows of this name that starts with its first program, on the screen of
    /// that: a Wine that is running stays on the screen that it began on, or on none.
    pub fn asleep(workspace: &Workspace, name: &'static str) -> Result<Wine, TaskError> {
        let wine = Wine::start(workspace, name)?;
        wine.end();
        Ok(wine)
    }

    pub fn prefix(&self) -> PathBuf {
        self.folder.join("prefix")
    }

    /// Puts what this Wine lacks beside programs.
    pub fn complete(&self, beside: &Path) -> Result<(), TaskError> {
        let source = self.folder.join("bcryptprimitives.c");
        fs::write(&source, SHIM).map_err(TaskError::file(&source))?;
        run(Command::new("x86_64-w64-mingw32-gcc")
            .args(["-shared", "-O2", "-Wall", "-Werror", "-o"])
            .arg(beside.join("bcryptprimitives.dll"))
            .arg(&source)
            .arg("-ladvapi32"))
    }

    /// Something that is started like any program of this machine and runs a program of Windows:
    /// with its exit code, and killed with it.
    pub fn launcher(&self, name: &str, program: &Path) -> Result<PathBuf, TaskError> {
        let path = self.folder.join(name);
        let script = format!(
            "#!/bin/sh\n{}\nexec {WINE} {} \"$@\"\n",
            self.variables()
                .map(|(name, value)| format!("export {name}={}", quoted(&value)))
                .collect::<Vec<_>>()
                .join("\n"),
            quoted(&program.to_string_lossy()),
        );
        fs::write(&path, script).map_err(TaskError::file(&path))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
            .map_err(TaskError::file(&path))?;
        Ok(path)
    }

    /// A launcher for whatever is named as its first argument, as cargo wants it.
    pub fn runner(&self) -> Result<PathBuf, TaskError> {
        let path = self.launcher("run", Path::new("@"))?;
        let script = fs::read_to_string(&path).map_err(TaskError::file(&path))?;
        fs::write(&path, script.replace("'@' ", "")).map_err(TaskError::file(&path))?;
        Ok(path)
    }

    fn variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        [
            ("WINEPREFIX", self.prefix().to_string_lossy().into_owned()),
            ("WINEDEBUG", "-all".to_owned()),
            // It would link Windows's folders to this user's.
            ("HOME", self.folder.to_string_lossy().into_owned()),
            // It would offer to fetch a browser and .NET, and put entries into this user's menus.
            (
                "WINEDLLOVERRIDES",
                "mscoree,mshtml=;winemenubuilder.exe=d".to_owned(),
            ),
        ]
        .into_iter()
    }

    fn settle<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .envs(self.variables())
            .env_remove("DISPLAY")
            .stdin(Stdio::null())
    }

    fn end(&self) {
        if self.prefix().exists() {
            // None may be running.
            let _ = self
                .settle(&mut Command::new(SERVER))
                .arg("--kill")
                .stderr(Stdio::null())
                .status();
        }
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        self.end();
    }
}

/// One word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_shell_is_one_word() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("Ann's"), r"'Ann'\''s'");
    }
}
