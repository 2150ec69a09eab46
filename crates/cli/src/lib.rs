//! `servease`: the use cases of the desk for scripts, support and tests.
//!
//! Answers go to stdout, everything else to stderr. What a command does is in `desk`; what
//! lives here is how it is asked for and how the answer is written.

mod answer;
mod args;
mod commands;
mod error;
mod input;
mod options;
mod progress;
mod session;
mod text;
mod voice;
mod words;

use std::io;
use std::process::ExitCode;

use args::Arguments;
use clap::{CommandFactory as _, Parser as _};
use error::CliError;
use servease_locale::Locale;
use voice::Voice;
use words::Words;

/// The command line as it is understood, for manual pages and completions.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// What the shell is told.
const FAILED: u8 = 1;
const USAGE: u8 = 2;

/// Answers what was typed; everything that the executable does.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse_usage(&error),
    };
    log_to_stderr(arguments.json);
    let mut words = Words::of_system();
    match run(&arguments, &mut words) {
        Ok(is_sound) => ExitCode::from(if is_sound { 0 } else { FAILED }),
        Err(error) => {
            Voice::new(arguments.json, &words).complain(&error);
            ExitCode::from(if error.is_usage() { USAGE } else { FAILED })
        }
    }
}

/// Runs the command and writes its answer. False when the answer is that something is wrong.
fn run(arguments: &Arguments, words: &mut Words) -> Result<bool, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CliError::Runtime)?;
    let answer = runtime.block_on(session::answer(arguments, words))?;
    answer.write(arguments.json, words)?;
    match answer.trouble {
        Some(trouble) => {
            Voice::new(arguments.json, words).complain(&trouble);
            Ok(false)
        }
        None => Ok(true),
    }
}

/// Help and versions are answers; everything else that clap has to say is a usage error.
fn refuse_usage(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind::{DisplayHelp, DisplayVersion};
    if matches!(error.kind(), DisplayHelp | DisplayVersion) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    // The arguments could not be read, so this looks at them as they are.
    if std::env::args_os().any(|argument| argument == "--json") {
        Voice::new(true, &Words::new(Locale::new("en")))
            .complain(&CliError::Usage(on_one_line(&error.render().to_string())));
    } else {
        let _ = error.print();
    }
    ExitCode::from(USAGE)
}

/// What clap says of the error, with the arguments that it names below; its advice on usage,
/// after a blank line, is for people.
fn on_one_line(rendered: &str) -> String {
    let lines: Vec<&str> = rendered
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    let message = lines.join(" ");
    message
        .strip_prefix("error: ")
        .unwrap_or(&message)
        .to_owned()
}

/// `RUST_LOG` chooses the detail. With `--json` stderr holds one line of JSON or nothing, so
/// there is no log unless somebody asks for one.
fn log_to_stderr(json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(if json { "off" } else { "error" }));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        .init();
}
