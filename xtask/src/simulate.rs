//! `cargo xtask simulate`: desks and a Central on a network that fails, seed after seed.

use std::fmt;
use std::process::{Command, ExitCode};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::TaskError;
use crate::workspace::{Workspace, run};

/// Optimised, but without the slow link of a release: scenarios are many, builds are too.
pub const PROFILE: &str = "simulation";

/// What is built in that profile.
pub const PACKAGE: &[&str] = &["--package", "servease-tests", "--features", "simulation"];

const FIRST_SEED: u64 = 0;

/// Half of what the test command plays: some minutes on two cores.
const HALF_IN_CI: u64 = 7_000;

/// Seeds that follow from a commit begin here or later, so that they are never the fixed ones.
const FRESH_FROM: u64 = 1_000_000;

/// With fewer than three nobody passes on what a third one has never seen.
pub const DESKS: u64 = 3;

/// Seeds that are played one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeds {
    pub first: u64,
    pub count: u64,
    /// A client of REST and a colleague who forges messages write to Central as well.
    pub has_outsiders: bool,
    /// People take papers in, and machines die between any two parts of a file.
    pub has_papers: bool,
}

impl Seeds {
    /// Seeds that are the same in every run: what was mended once stays mended.
    pub fn fixed() -> Seeds {
        Seeds {
            first: FIRST_SEED,
            count: HALF_IN_CI,
            has_outsiders: false,
            has_papers: false,
        }
    }

    /// Others for every commit, and the same for one commit: nobody can tune a program to seeds
    /// that follow from the program. Among them others than desks write to Central, and papers are
    /// taken in. Outside a repository they follow from the clock.
    pub fn of_this_commit(workspace: &Workspace) -> Seeds {
        let commit = commit_of(workspace);
        let clock = SystemTime::now().duration_since(UNIX_EPOCH);
        let number = commit
            .as_deref()
            .and_then(number_of_commit)
            .unwrap_or_else(|| clock.map_or(0, |since| since.as_secs()));
        Seeds {
            first: FRESH_FROM + number,
            count: HALF_IN_CI,
            has_outsiders: true,
            has_papers: true,
        }
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "seeds {} to {}; again: cargo xtask simulate --seed {} --seeds {}{}{}",
            self.first,
            self.first + self.count - 1,
            self.first,
            self.count,
            if self.has_outsiders {
                " --outsiders"
            } else {
                ""
            },
            if self.has_papers { " --papers" } else { "" },
        )
    }
}

fn commit_of(workspace: &Workspace) -> Option<String> {
    let mut git = workspace.command("git");
    let output = git.args(["rev-parse", "HEAD"]).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first eight hexadecimal digits: short enough to be typed again.
fn number_of_commit(id: &str) -> Option<u64> {
    u64::from_str_radix(id.get(..8)?, 16).ok()
}

#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many scenarios, each from its own seed; 1,000, or one where a seed is named.
    #[arg(long, value_name = "N")]
    pub seeds: Option<u64>,
    /// The first seed; alone, only this one is run.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// How many desks a scenario begins with.
    #[arg(long, value_name = "D", default_value_t = DESKS)]
    pub desks: u64,
    /// A client of REST and a colleague who forges messages write to Central as well.
    #[arg(long)]
    pub outsiders: bool,
    /// People take papers in, and open them at other desks.
    #[arg(long)]
    pub papers: bool,
    /// Tells what happened in the scenarios that fail, message by message.
    #[arg(long)]
    pub trace: bool,
}

/// Runs the scenarios; fails when one of them does.
pub fn perform(workspace: &Workspace, options: &Options) -> Result<ExitCode, TaskError> {
    let seeds = match (options.seeds, options.seed) {
        (Some(seeds), _) => seeds,
        (None, Some(_)) => 1,
        (None, None) => 1_000,
    };
    let seeds = Seeds {
        first: options.seed.unwrap_or(FIRST_SEED),
        count: seeds,
        has_outsiders: options.outsiders,
        has_papers: options.papers,
    };
    let mut command = command(workspace, seeds, options.desks);
    if options.trace {
        command.arg("--trace");
    }
    run(&mut command)?;
    Ok(ExitCode::SUCCESS)
}

/// The program with its arguments.
pub fn command(workspace: &Workspace, seeds: Seeds, desks: u64) -> Command {
    let mut cargo = workspace.cargo(&["run", "--quiet", "--profile", PROFILE]);
    cargo
        .args(PACKAGE)
        .args(["--bin", "servease-simulate", "--"])
        .args(["--seed", &seeds.first.to_string()])
        .args(["--seeds", &seeds.count.to_string()])
        .args(["--desks", &desks.to_string()]);
    if seeds.has_outsiders {
        cargo.arg("--outsiders");
    }
    if seeds.has_papers {
        cargo.arg("--papers");
    }
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_of_a_commit_follow_from_its_id_alone() {
        let number = number_of_commit("96adb1f0c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7");
        assert_eq!(number, Some(0x96ad_b1f0));
        assert_eq!(number_of_commit(""), None);
        assert_eq!(number_of_commit("no commit"), None);
    }

    #[test]
    fn whoever_reads_the_line_can_play_the_seeds_again() {
        let seeds = Seeds {
            first: 1_000_007,
            count: 3,
            has_outsiders: true,
            has_papers: true,
        };
        assert_eq!(
            seeds.to_string(),
            "seeds 1000007 to 1000009; again: cargo xtask simulate --seed 1000007 --seeds 3 \
             --outsiders --papers"
        );
    }
}
