//! The log: to stderr, and to a few small files in the data folder.

use std::io::{self, IsTerminal};
use std::path::Path;

use servease_platform::private;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// A week of days: what support asks for, and small enough to forget about.
const DAYS_KEPT: usize = 7;

/// Starts logging. A folder that cannot be written leaves stderr alone.
///
/// `SERVEASE_LOG` chooses the detail in the syntax of `RUST_LOG`; the default is `info`.
pub fn start(data_folder: &Path) {
    let filter = EnvFilter::try_from_env("SERVEASE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let folder = data_folder.join("logs");
    // Written at once, not by a thread behind a queue: the last lines before a crash count most.
    let file = private::make_folder(&folder).ok().and_then(|()| {
        RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix("desk")
            .filename_suffix("log")
            .max_log_files(DAYS_KEPT)
            .build(&folder)
            .ok()
    });
    let stderr = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    tracing_subscriber::registry()
        .with(filter)
        .with(stderr)
        .with(file.map(|file| fmt::layer().with_writer(file).with_ansi(false)))
        .init();
}
