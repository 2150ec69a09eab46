//! How far a long command is: a line on stderr that is written over, where that is a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// What takes longer than this says how far it is.
const PATIENCE: Duration = Duration::from_secs(1);
/// A terminal is not written to more often than anybody reads.
const BETWEEN_LINES: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub struct ProgressLine {
    is_seen: bool,
    started: Instant,
    last: Option<Instant>,
}

impl ProgressLine {
    pub fn begin() -> ProgressLine {
        ProgressLine {
            is_seen: io::stderr().is_terminal(),
            started: Instant::now(),
            last: None,
        }
    }

    /// `left_s`: seconds that the rest will take, where that can be told.
    pub fn show(&mut self, done: u64, of: u64, left_s: Option<u64>) {
        let is_due = self.started.elapsed() > PATIENCE
            && self.last.is_none_or(|last| last.elapsed() > BETWEEN_LINES);
        if self.is_seen && is_due {
            let _ = write!(io::stderr(), "\r{}\u{1b}[K", line(done, of, left_s));
            self.last = Some(Instant::now());
        }
    }

    /// Leaves an empty line behind.
    pub fn end(&self) {
        if self.last.is_some() {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}

fn line(done: u64, of: u64, left_s: Option<u64>) -> String {
    let percent = (done * 100).checked_div(of).unwrap_or(100);
    match left_s {
        Some(left_s) => format!("{done} / {of} ({percent} %), {left_s} s"),
        None => format!("{done} / {of} ({percent} %)"),
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn line_tells_how_many_of_how_many_and_the_time_that_is_left() {
        assert_eq!(line(1_200, 50_983, Some(4)), "1200 / 50983 (2 %), 4 s");
        assert_eq!(line(0, 0, None), "0 / 0 (100 %)");
    }
}
