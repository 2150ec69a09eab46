//! A clean Debian of its own, in which packages are installed as a garage would.
//!
//! `mmdebstrap` makes it from the same sources as this machine's apt. Programs run in it with their
//! own process numbers and mounts; the network is that of this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::TaskError;
use crate::system;
use crate::workspace::{Workspace, run};

/// The person whose desk it is.
pub const USER: &str = "ann";

/// Where the person's files lie, seen from inside.
pub const HOME: &str = "/home/ann";

/// A folder that is the root of a Debian. Dropped, it is removed.
#[derive(Debug)]
pub struct Root {
    folder: PathBuf,
    as_root: &'static [&'static str],
}

impl Root {
    /// Makes a minimal Debian of the release that this machine runs, with one user.
    pub fn make(workspace: &Workspace) -> Result<Root, TaskError> {
        let root = Root {
            folder: super::folder(workspace).join("root"),
            as_root: system::as_root().ok_or(TaskError::Packaging(
                "A clean Debian is made by root: start this as root, or with sudo that asks for \
                 no password."
                    .to_owned(),
            ))?,
        };
        root.remove();
        let sources = super::folder(workspace).join("sources.list");
        fs::write(&sources, sources_of_this_machine()?).map_err(TaskError::file(&sources))?;
        let mut make = root.as_root_of_this_machine("mmdebstrap");
        make.args(["--quiet", "--variant=minbase", "--mode=root"])
            .arg(codename()?)
            .arg(&root.folder)
            .arg(&sources)
            .stdin(Stdio::null());
        run(&mut make)?;
        // Names are looked up as this machine does.
        run(root
            .as_root_of_this_machine("cp")
            .args(["--dereference", "/etc/resolv.conf", "/etc/hosts"])
            .arg(root.folder.join("etc")))?;
        run(root.inside("root").args(["useradd", "--create-home", USER]))?;
        run(root.inside("root").args(["apt-get", "-qq", "update"]))?;
        Ok(root)
    }

    /// A path inside, as this machine sees it.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.join(inside.trim_start_matches('/'))
    }

    /// Something to be run inside by that user; the program and its arguments follow. Killed, it
    /// takes along what it started.
    pub fn inside(&self, user: &str) -> Command {
        let mut command = self.as_root_of_this_machine("unshare");
        command
            .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"])
            .arg(format!("--root={}", self.folder.display()))
            .args([
                "setpriv",
                &format!("--reuid={user}"),
                &format!("--regid={user}"),
            ])
            .args(["--init-groups", "env", "DEBIAN_FRONTEND=noninteractive"])
            .arg("PATH=/usr/sbin:/usr/bin:/sbin:/bin")
            .arg(format!(
                "HOME={}",
                if user == USER { HOME } else { "/root" }
            ))
            // Of this machine's user: they name what is not inside, or would be used all the same.
            .args(
                [
                    "XDG_CONFIG_HOME",
                    "XDG_DATA_HOME",
                    "SERVEASE_DATA_DIR",
                    "TMPDIR",
                ]
                .map(unset),
            )
            .arg("LC_ALL=C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    /// Installs package files, with what they need, without a question. A package that is installed
    /// is upgraded.
    pub fn install(&self, packages: &[PathBuf]) -> Result<Command, TaskError> {
        let mut install = self.inside("root");
        install.args([
            "apt-get",
            "-qq",
            "install",
            "--yes",
            "--no-install-recommends",
        ]);
        for package in packages {
            let name = package.file_name().unwrap_or_default();
            let inside = Path::new("/var/tmp").join(name);
            run(self
                .as_root_of_this_machine("cp")
                .arg(package)
                .arg(self.path(&inside.to_string_lossy())))?;
            install.arg(inside);
        }
        Ok(install)
    }

    fn as_root_of_this_machine(&self, program: &str) -> Command {
        let words: Vec<&str> = self.as_root.iter().copied().chain([program]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    }

    fn remove(&self) {
        if self.folder.exists() {
            // Mounts are in a namespace that has ended: nothing but this folder is reached.
            let _ = self
                .as_root_of_this_machine("rm")
                .args(["--recursive", "--force", "--one-file-system"])
                .arg(&self.folder)
                .status();
        }
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        self.remove();
    }
}

fn unset(name: &str) -> String {
    format!("--unset={name}")
}

/// The distribution's own repositories that apt uses here, without those that others added.
fn sources_of_this_machine() -> Result<String, TaskError> {
    let distribution = os_release("ID")?;
    let mut ask = Command::new("apt-get");
    ask.args([
        "indextargets",
        "--format",
        "$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)",
        "Created-By: Packages",
    ]);
    let output = ask.output().map_err(|cause| TaskError::NotStarted {
        program: "apt-get".to_owned(),
        cause,
    })?;
    let sources = sources(&String::from_utf8_lossy(&output.stdout), &distribution);
    if sources.is_empty() {
        return Err(TaskError::Packaging(format!(
            "apt knows no repository of {distribution}: run apt-get update"
        )));
    }
    Ok(sources)
}

fn sources(targets: &str, distribution: &str) -> String {
    let mut lines: Vec<String> = targets
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(origin, _)| origin.eq_ignore_ascii_case(distribution))
        .map(|(_, source)| format!("deb {source}\n"))
        .collect();
    lines.sort();
    lines.dedup();
    lines.concat()
}

fn codename() -> Result<String, TaskError> {
    os_release("VERSION_CODENAME")
}

fn os_release(name: &str) -> Result<String, TaskError> {
    let path = "/etc/os-release";
    let text = fs::read_to_string(path).map_err(TaskError::file(path))?;
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
        .map(|value| value.trim_matches('"').to_owned())
        .ok_or_else(|| TaskError::Packaging(format!("{path} names no {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_of_others_are_left_out() {
        let targets = "Debian http://a.example/debian bookworm main\n\
                       Node http://b.example/ nodistro main\n\
                       Debian http://a.example/debian bookworm main\n";
        assert_eq!(
            sources(targets, "debian"),
            "deb http://a.example/debian bookworm main\n"
        );
    }
}
