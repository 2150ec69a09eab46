//! Tools from PyPI: each in a virtual environment below the target folder. The first run needs the
//! network and Python with its `venv` module.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a command to its end and answers what it said.
pub fn run(command: &mut Command) -> String {
    let output = command.output().expect("the tests need python3");
    assert!(
        output.status.success(),
        "{command:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The programs of an environment with these packages (`name==version`), installed on first use. A
/// mark is written at the end, so that a broken installation is never taken for a whole one.
pub fn environment(parent: &Path, name: &str, packages: &[&str]) -> PathBuf {
    let folder = parent.join(name);
    let (mark, wanted) = (folder.join("complete"), packages.join(" "));
    let is_there = std::fs::read_to_string(&mark).is_ok_and(|found| found == wanted);
    if !is_there {
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder));
        run(Command::new(folder.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(packages));
        std::fs::write(mark, wanted).expect("a mark");
    }
    folder.join("bin")
}
