//! How errors are said, and what commands say that go on: one line of JSON, or text.

use std::io::{self, Write};

use serde_json::Value as Json;

use crate::error::CliError;
use crate::text;
use crate::words::Words;

/// One language, one form.
#[derive(Debug)]
pub struct Voice<'a> {
    pub is_json: bool,
    pub words: &'a Words,
}

impl<'a> Voice<'a> {
    pub fn new(is_json: bool, words: &'a Words) -> Voice<'a> {
        Voice { is_json, words }
    }

    /// One line of JSON, or the message with a line for each field. Nobody is left to tell when
    /// stderr is closed.
    pub fn complain(&self, error: &CliError) {
        let mut stderr = io::stderr().lock();
        let _ = if self.is_json {
            writeln!(stderr, "{}", error.to_json(self.words))
        } else {
            write!(stderr, "{}", error.to_text(self.words))
        };
    }

    /// One line on stdout. Errors: nobody reads any more.
    pub fn say(&self, json: &Json) -> Result<(), CliError> {
        let line = if self.is_json {
            json.to_string()
        } else {
            text::named_line(json)
        };
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{line}")
            .and_then(|()| stdout.flush())
            .map_err(CliError::Output)
    }
}
