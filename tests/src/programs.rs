//! Where the built programs are.

use std::env;
use std::path::PathBuf;

/// The window: `SERVEASE_DESK_BIN`, else what cargo built beside this test.
pub fn desk_program() -> PathBuf {
    built("SERVEASE_DESK_BIN", "servease-desk")
}

/// The command line: `SERVEASE_CLI_BIN`, else what cargo built beside this test.
pub fn cli_program() -> PathBuf {
    built("SERVEASE_CLI_BIN", "servease")
}

/// The service: `SERVEASE_CENTRAL_BIN`, else what cargo built beside this test.
pub fn central_program() -> PathBuf {
    built("SERVEASE_CENTRAL_BIN", "servease-central")
}

/// Whether those are programs of Windows, run by Wine (`cargo xtask windows`).
pub fn are_under_wine() -> bool {
    env::var_os("SERVEASE_UNDER_WINE").is_some()
}

/// What `kill` asks a program to end with. Wine makes Ctrl+C of an interrupt, and has no
/// request to terminate.
pub fn stop_signal() -> &'static str {
    if are_under_wine() { "-INT" } else { "-TERM" }
}

#[expect(clippy::panic, reason = "a harness reports by panicking")]
fn built(variable: &str, name: &str) -> PathBuf {
    if let Some(path) = env::var_os(variable) {
        return PathBuf::from(path);
    }
    let here = env::current_exe().expect("the path of this program");
    // target/<profile>/deps/<test>, or target/<profile>/<program>
    let beside = here
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file());
    beside
        .unwrap_or_else(|| panic!("{name} is not built: use `cargo xtask test`, or set {variable}"))
}
