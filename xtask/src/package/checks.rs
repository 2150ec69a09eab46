//! The checks of one step: each is named, counted, and told where it fails.

use std::path::Path;
use std::process::Command;

use crate::tally::Tally;
use crate::workspace::written;

/// What was checked so far.
#[derive(Debug, Default)]
pub struct Checks {
    tally: Tally,
}

impl Checks {
    /// Counts one check; what is wrong is printed.
    pub fn check(&mut self, what: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => {
                println!("ok      {what}");
                self.tally += Tally::ONE_PASSED;
            }
            Err(wrong) => {
                println!("FAILED  {what}\n{}", indented(&wrong));
                self.tally += Tally::ONE_FAILED;
            }
        }
    }

    /// Counts whether something holds.
    pub fn holds(&mut self, what: &str, holds: bool) {
        self.check(what, if holds { Ok(()) } else { Err(String::new()) });
    }

    /// Counts whether a file or folder is there.
    pub fn there(&mut self, path: &Path) {
        let there = path.symlink_metadata().is_ok();
        self.holds(&format!("{} is there", path.display()), there);
    }

    /// Counts whether a file or folder is gone.
    pub fn gone(&mut self, path: &Path) {
        let there = path.symlink_metadata().is_ok();
        self.holds(&format!("{} is gone", path.display()), !there);
    }

    /// Counts whether a command succeeds, and returns what it wrote on stdout.
    pub fn succeeds(&mut self, what: &str, command: &mut Command) -> String {
        let outcome = answer(command);
        let said = outcome.clone().unwrap_or_default();
        self.check(what, outcome.map(drop));
        said
    }

    /// What was counted.
    pub fn tally(self) -> Tally {
        self.tally
    }
}

/// What a command writes on stdout; where it fails, everything that it wrote.
pub fn answer(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|cause| format!("{} does not start: {cause}", written(command)))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(said)
    } else {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let status = output.status;
        Err(format!(
            "{} ({status})\n{said}{complaint}",
            written(command)
        ))
    }
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("        {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_counted_once() {
        let mut checks = Checks::default();
        checks.holds("this", true);
        checks.check("that", Err("it does not".to_owned()));
        checks.gone(Path::new("/no/such/file"));
        assert_eq!(
            checks.succeeds("echo", Command::new("echo").arg("said")),
            "said\n"
        );
        checks.succeeds("false", &mut Command::new("false"));
        let tally = checks.tally();
        assert_eq!((tally.passed, tally.failed), (3, 2));
    }
}
