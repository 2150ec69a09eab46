//! Counting what passed and what failed, from what the test programs print.

use std::ops::AddAssign;
use std::process::ExitCode;

/// How many checks passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    pub const ONE_PASSED: Self = Self {
        passed: 1,
        failed: 0,
    };
    pub const ONE_FAILED: Self = Self {
        passed: 0,
        failed: 1,
    };
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Writes the last line of a run.
pub fn report(tally: Tally) -> ExitCode {
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Reads the summary of `cargo nextest run`. Whatever ran and did not pass has failed: it may
/// also have timed out, or not have started.
pub fn of_nextest(output: &str) -> Option<Tally> {
    let summary = output
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary ["))?;
    let (_, counts) = summary.split_once("] ")?;
    // "7/9 tests run" when the run was broken off: nine were meant to run.
    let run = counts
        .split(' ')
        .next()?
        .rsplit('/')
        .next()?
        .parse::<u64>()
        .ok()?;
    let passed = number_before(counts, "passed").unwrap_or(0);
    Some(Tally {
        passed,
        failed: run.saturating_sub(passed),
    })
}

/// Reads the results of `cargo test`, one line per test program.
pub fn of_cargo_test(output: &str) -> Option<Tally> {
    let mut tally = None;
    for line in output
        .lines()
        .filter(|line| line.starts_with("test result:"))
    {
        *tally.get_or_insert(Tally::default()) += Tally {
            passed: number_before(line, "passed")?,
            failed: number_before(line, "failed")?,
        };
    }
    tally
}

/// Reads the JSON report of vitest.
pub fn of_vitest(report: &str) -> Option<Tally> {
    let report: serde_json::Value = serde_json::from_str(report).ok()?;
    Some(Tally {
        passed: report["numPassedTests"].as_u64()?,
        failed: report["numFailedTests"].as_u64()?,
    })
}

/// A run that failed without a failed test, or that counted nothing, is one failure more.
pub fn believable(counted: Option<Tally>, succeeded: bool) -> Tally {
    match counted {
        Some(tally) if succeeded || tally.failed > 0 => tally,
        Some(tally) => Tally { failed: 1, ..tally },
        None => Tally::ONE_FAILED,
    }
}

fn number_before(text: &str, word: &str) -> Option<u64> {
    let words: Vec<&str> = text
        .split([' ', ',', ';', '('])
        .filter(|w| !w.is_empty())
        .collect();
    words
        .windows(2)
        .find(|pair| pair[1] == word)
        .and_then(|pair| pair[0].parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_summary_is_read() {
        let text = "  PASS [ 0.1s] x\n     Summary [   8.795s] 5 tests run: 4 passed (1 slow), 1 failed, 2 skipped\n   FAIL x\n";
        assert_eq!(
            of_nextest(text),
            Some(Tally {
                passed: 4,
                failed: 1
            })
        );
    }

    #[test]
    fn test_that_timed_out_or_never_ran_has_failed() {
        let text =
            "     Summary [  60.000s] 7/9 tests run: 5 passed, 1 failed, 1 timed out, 0 skipped";
        assert_eq!(
            of_nextest(text),
            Some(Tally {
                passed: 5,
                failed: 4
            })
        );
    }

    #[test]
    fn run_without_summary_has_no_count() {
        assert_eq!(of_nextest("error: could not compile"), None);
        assert_eq!(of_cargo_test("error: could not compile"), None);
    }

    #[test]
    fn cargo_test_programs_are_added_up() {
        let text = "test result: ok. 3 passed; 0 failed; 0 ignored\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored\n";
        assert_eq!(
            of_cargo_test(text),
            Some(Tally {
                passed: 4,
                failed: 2
            })
        );
    }

    #[test]
    fn vitest_report_is_read() {
        let report = r#"{"numTotalTests":4,"numPassedTests":3,"numFailedTests":1}"#;
        assert_eq!(
            of_vitest(report),
            Some(Tally {
                passed: 3,
                failed: 1
            })
        );
    }

    #[test]
    fn run_that_failed_without_a_failed_test_still_fails() {
        let passed = Tally {
            passed: 3,
            failed: 0,
        };
        assert_eq!(
            believable(Some(passed), false),
            Tally {
                passed: 3,
                failed: 1
            }
        );
        assert_eq!(believable(Some(passed), true), passed);
        assert_eq!(believable(None, true), Tally::ONE_FAILED);
    }
}
