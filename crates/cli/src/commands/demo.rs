//! `servease demo`.

use clap::Args;
use serde_json::json;
use servease_desk::Desk;
use servease_desk::demo::DemoPlan;

use crate::answer::Answer;
use crate::error::CliError;
use crate::progress::ProgressLine;

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
    let counts = desk
        .fill_demo(plan, |done, of| line.show(done, of, None))
        .await;
    line.end();
    Ok(Answer::record(json!(counts?)))
}
