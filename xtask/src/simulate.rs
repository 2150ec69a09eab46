//! `cargo xtask simulate`: desks and a Central on a network that fails, seed after seed.

use std::process::{Command, ExitCode};

use crate::problem::Problem;
use crate::workspace::{Workspace, run};

/// Optimised, but without the slow link of a release: scenarios are many, builds are too.
const PROFILE: &str = "simulation";

#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many scenarios, each from its own seed.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub seeds: u64,
    /// The first seed; alone, only this one is run.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// How many desks a scenario begins with.
    #[arg(long, value_name = "D", default_value_t = 3)]
    pub desks: u64,
}

/// Runs the scenarios; fails when one of them does.
pub fn perform(workspace: &Workspace, options: &Options) -> Result<ExitCode, Problem> {
    let is_one = options.seed.is_some() && std::env::args().all(|argument| argument != "--seeds");
    let seeds = if is_one { 1 } else { options.seeds };
    run(&mut command(
        workspace,
        options.seed.unwrap_or(0),
        seeds,
        options.desks,
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The program with its arguments.
pub fn command(workspace: &Workspace, first: u64, seeds: u64, desks: u64) -> Command {
    let mut cargo = workspace.cargo(&["run", "--quiet", "--profile", PROFILE]);
    cargo
        .args(["--package", "servease-tests", "--features", "simulation"])
        .args(["--bin", "servease-simulate", "--"])
        .args(["--seed", &first.to_string()])
        .args(["--seeds", &seeds.to_string()])
        .args(["--desks", &desks.to_string()]);
    cargo
}
