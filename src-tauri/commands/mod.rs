//! What the page can ask for, one file per noun. Each command is a thin wrapper of a use case:
//! asynchronous, so that it never holds up the window, and without rules of its own.

pub mod alerts;
pub mod check_in;
pub mod customers;
pub mod drafts;
pub mod find;
pub mod history;
pub mod papers;
pub mod records;
pub mod services;
pub mod session;
pub mod shell;
pub mod sync;
pub mod vehicles;

use servease_desk::FailureView;

/// What every command answers: data, or a failure that the screen has words for.
pub type Answer<T> = Result<T, FailureView>;

/// The shell as a command is given it.
pub type Shell<'s> = tauri::State<'s, crate::shell::Shell>;
