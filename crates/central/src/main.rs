//! The executable: everything it does lives in the library.

use std::process::ExitCode;

use clap::Parser as _;
use servease_central::cli::{Cli, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// The chain of causes, for the person at the terminal.
#[expect(
    clippy::print_stderr,
    reason = "the last words of a command go to its terminal"
)]
fn report(error: &dyn std::error::Error) {
    eprint!("servease-central: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprint!(": {cause}");
        source = cause.source();
    }
    eprintln!();
}
