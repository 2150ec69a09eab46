//! The process that draws, by itself: for tests, and for whoever looks at one drawing.

use std::process::ExitCode;

fn main() -> ExitCode {
    servease_drawing::worker::run()
}
