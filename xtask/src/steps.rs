//! The steps of a test run: each says that it starts, what came of it, and how long it took.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::error::TaskError;
use crate::tally::Tally;
use crate::workspace::not_started;

/// A run of several steps. A failed one does not keep the later ones from running.
#[derive(Debug)]
pub struct Steps {
    /// Only steps with one of these names run; empty: all.
    chosen: Vec<String>,
    tally: Tally,
    failures: Vec<String>,
}

impl Steps {
    pub fn new(chosen: Vec<String>) -> Self {
        Self {
            chosen,
            tally: Tally::default(),
            failures: Vec::new(),
        }
    }

    /// Runs one step; a problem counts as one failure and is printed in full.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Tally, TaskError>) {
        if !self.chosen.is_empty() && !self.chosen.iter().any(|chosen| chosen == name) {
            return;
        }
        println!("\n== {name}");
        let started = Instant::now();
        let tally = work().unwrap_or_else(|problem| {
            println!("{problem}");
            Tally::ONE_FAILED
        });
        let seconds = started.elapsed().as_secs_f32();
        if tally.failed == 0 {
            println!("== {name}: ok, {} passed in {seconds:.1} s", tally.passed);
        } else {
            println!(
                "== {name}: FAILED, {} of {} in {seconds:.1} s",
                tally.failed,
                tally.failed + tally.passed
            );
            self.failures.push(name.to_owned());
        }
        self.tally += tally;
    }

    /// Names the steps that failed and returns the sum.
    pub fn finish(self) -> Tally {
        println!();
        if !self.failures.is_empty() {
            println!("Failed: {}", self.failures.join(", "));
        }
        self.tally
    }
}

/// Runs a command that is one check by itself.
pub fn check(command: &mut Command) -> Result<Tally, TaskError> {
    crate::workspace::run(command).map(|()| Tally::ONE_PASSED)
}

/// Runs a command, shows its output as it comes, and returns it with whether it succeeded.
pub fn watch(command: &mut Command) -> Result<(bool, String), TaskError> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| not_started(command, cause))?;
    let seen = Arc::new(Mutex::new(String::new()));
    let readers = [
        child.stdout.take().map(|pipe| show(pipe, &seen)),
        child.stderr.take().map(|pipe| show(pipe, &seen)),
    ];
    let status = child.wait().map_err(|cause| not_started(command, cause))?;
    for reader in readers.into_iter().flatten() {
        // A reader that failed has shown less; the status still stands.
        let _ = reader.join();
    }
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok((status.success(), seen))
}

fn show(pipe: impl Read + Send + 'static, seen: &Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    let seen = Arc::clone(seen);
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            let _ = io::stdout().write_all(&line);
            let text = String::from_utf8_lossy(&line);
            seen.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push_str(&text);
            line.clear();
        }
    })
}
