//! `servease demo`.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;
use servease_desk::Desk;
use servease_desk::demo::DemoPlan;

use crate::answer::Answer;
use crate::error::CliError;

/// What takes longer than this says how far it is.
const PATIENCE: Duration = Duration::from_secs(1);
/// A terminal is not written to more often than anybody reads.
const BETWEEN_LINES: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
pub struct Demo {
    /// How many customers; vehicles, notes and services come with them
    #[arg(long, value_name = "N", default_value_t = DemoPlan::default().customers)]
    pub customers: u32,
    /// The same seed makes the same garage
    #[arg(long, value_name = "S", default_value_t = DemoPlan::default().seed)]
    pub seed: u64,
}

/// Answers how many customers and vehicles there are then.
pub async fn run(command: &Demo, desk: &Desk) -> Result<Answer, CliError> {
    let plan = DemoPlan {
        customers: command.customers,
        seed: command.seed,
    };
    let mut line = ProgressLine::begin();
    let counts = desk.fill_demo(plan, |done, of| line.show(done, of)).await;
    line.end();
    Ok(Answer::record(json!(counts?)))
}

/// A line on stderr that is written over, where that is a terminal.
struct ProgressLine {
    is_seen: bool,
    started: Instant,
    last: Option<Instant>,
}

impl ProgressLine {
    fn begin() -> ProgressLine {
        ProgressLine {
            is_seen: io::stderr().is_terminal(),
            started: Instant::now(),
            last: None,
        }
    }

    fn show(&mut self, done: u64, of: u64) {
        let is_due = self.started.elapsed() > PATIENCE
            && self.last.is_none_or(|last| last.elapsed() > BETWEEN_LINES);
        if self.is_seen && is_due {
            let percent = (done * 100).checked_div(of).unwrap_or(100);
            let _ = write!(io::stderr(), "\r{done} / {of} ({percent} %)");
            self.last = Some(Instant::now());
        }
    }

    /// Leaves an empty line behind.
    fn end(&self) {
        if self.last.is_some() {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
