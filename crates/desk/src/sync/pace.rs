//! How quickly a long piece of work goes on, to tell how long the rest of it will take.

use chrono::{DateTime, Utc};
use servease_sync::{Progress, Stage};

/// Sooner than this the pace says nothing: connections are opened, caches are cold.
const TELLING_FROM_MS: i64 = 1_000;

/// Where the present stage of the work began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    of: Phase,
    since: DateTime<Utc>,
    begun_at: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Pushing,
    Pulling,
    Rows,
    Stage(Stage),
}

/// The work, what of it is done, and how much there is in all. What is only counted down has
/// no known beginning: its done is counted from the first figure.
fn measure(progress: Progress) -> (Phase, u64, u64) {
    match progress {
        Progress::Pushing { done, total } => (Phase::Pushing, done, total),
        Progress::Pulling { left } => (Phase::Pulling, 0, left),
        Progress::Snapshot { rows, total } => (Phase::Rows, rows, total),
        Progress::File { stage, done, total } => (Phase::Stage(stage), done, total),
    }
}

impl Pace {
    /// The pace with one more figure.
    pub fn after(before: Option<Pace>, progress: Progress, now: DateTime<Utc>) -> Pace {
        let (of, done, total) = measure(progress);
        match before.filter(|before| before.of == of) {
            Some(before) => before,
            None => Pace {
                of,
                since: now,
                begun_at: if is_countdown(of) { total } else { done },
            },
        }
    }

    /// How much of how much is done.
    pub fn part_done(&self, progress: Progress) -> (u64, u64) {
        let (of, done, total) = measure(progress);
        if is_countdown(of) {
            // More may have come since.
            let all = self.begun_at.max(total);
            return (all - total, all);
        }
        (done, total)
    }

    /// Seconds, rounded up. None: the pace does not tell yet, or nothing moves.
    pub fn remaining_s(&self, progress: Progress, now: DateTime<Utc>) -> Option<u64> {
        let (of, done, total) = measure(progress);
        if of != self.of {
            return None;
        }
        let (moved, left) = if is_countdown(of) {
            (self.begun_at.checked_sub(total)?, total)
        } else {
            (done.checked_sub(self.begun_at)?, total.checked_sub(done)?)
        };
        let elapsed_ms = (now - self.since).num_milliseconds();
        if moved == 0 || elapsed_ms < TELLING_FROM_MS {
            return None;
        }
        let seconds = elapsed_ms as f64 / 1_000.0 * left as f64 / moved as f64;
        Some(seconds.ceil() as u64)
    }
}

fn is_countdown(of: Phase) -> bool {
    of == Phase::Pulling
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn fetching(done: u64) -> Progress {
        Progress::File {
            stage: Stage::Fetching,
            done,
            total: 1_000,
        }
    }

    #[test]
    fn what_came_before_a_crash_does_not_count_as_pace() {
        let start = DateTime::UNIX_EPOCH;
        let pace = Pace::after(None, fetching(400), start);
        let later = start + TimeDelta::seconds(4);
        assert_eq!(pace.remaining_s(fetching(400), later), None);
        assert_eq!(pace.remaining_s(fetching(600), later), Some(8));
        assert_eq!(pace.remaining_s(fetching(1_000), later), Some(0));
    }

    #[test]
    fn an_upload_tells_how_many_of_how_many_and_how_long_the_rest_takes() {
        let start = DateTime::UNIX_EPOCH;
        let sent = |done| Progress::Pushing {
            done,
            total: 50_000,
        };
        let pace = Pace::after(None, sent(0), start);
        assert_eq!(pace.part_done(sent(10_000)), (10_000, 50_000));
        let later = start + TimeDelta::seconds(2);
        assert_eq!(pace.remaining_s(sent(10_000), later), Some(8));
        let read = Progress::Pulling { left: 300 };
        let pace = Pace::after(Some(pace), read, start);
        assert_eq!(pace.part_done(Progress::Pulling { left: 100 }), (200, 300));
    }

    #[test]
    fn each_stage_has_its_own_pace() {
        let start = DateTime::UNIX_EPOCH;
        let pace = Pace::after(None, fetching(0), start);
        let unpacking = Progress::File {
            stage: Stage::Unpacking,
            done: 10,
            total: 20,
        };
        let later = start + TimeDelta::seconds(9);
        assert_eq!(pace.remaining_s(unpacking, later), None);
        let pace = Pace::after(Some(pace), unpacking, later);
        assert_eq!(pace.since, later);
    }

    #[test]
    fn a_countdown_and_a_clock_that_was_set_back() {
        let start = DateTime::UNIX_EPOCH;
        let pace = Pace::after(None, Progress::Pulling { left: 1_000 }, start);
        let left = |left| Progress::Pulling { left };
        assert_eq!(
            pace.remaining_s(left(500), start + TimeDelta::seconds(2)),
            Some(2)
        );
        assert_eq!(
            pace.remaining_s(left(500), start - TimeDelta::seconds(2)),
            None
        );
        // More has come in meanwhile than was taken in.
        assert_eq!(
            pace.remaining_s(left(1_200), start + TimeDelta::seconds(2)),
            None
        );
    }
}
