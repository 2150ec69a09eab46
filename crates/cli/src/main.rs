//! The executable: everything it does lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    servease_cli::main()
}
