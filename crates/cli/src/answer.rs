//! What a command answers, in JSON and as text.

use std::io::{self, Write};

use serde_json::{Value as Json, json};
use servease_desk::views::Saved;
use servease_domain::Problem;
use servease_platform::pipes;

use crate::error::CliError;
use crate::text;
use crate::words::Words;

/// An answer. Both forms are made, since one is hardly more work than none.
#[derive(Debug)]
pub struct Answer {
    json: Json,
    text: String,
    /// Doubts that did not stand in the way.
    warnings: Vec<Problem>,
    /// Messages that stand beside the text.
    notes: Vec<&'static str>,
    /// The answer is that something is wrong.
    pub trouble: Option<CliError>,
}

impl Answer {
    pub fn new(json: Json, text: String) -> Answer {
        Answer {
            json,
            text,
            warnings: Vec::new(),
            notes: Vec::new(),
            trouble: None,
        }
    }

    /// One record, field by field.
    pub fn record(json: Json) -> Answer {
        let text = text::record(&json);
        Answer::new(json, text)
    }

    /// Records as an array; the text shows some columns of each.
    pub fn list(rows: Vec<Json>, columns: &[&str]) -> Answer {
        let text = text::table(&rows, columns);
        Answer::new(Json::Array(rows), text)
    }

    /// A record that is gone.
    pub fn deleted(saved: &Saved) -> Answer {
        Answer::new(
            json!({"id": saved.id, "deleted": true}),
            format!("{}\n", saved.id),
        )
    }

    pub fn warned(mut self, saved: Saved) -> Answer {
        self.warnings = saved.warnings;
        self
    }

    /// Tells somebody who reads the text something more, by the message's id.
    pub fn noted(mut self, note: Option<&'static str>) -> Answer {
        self.notes.extend(note);
        self
    }

    /// Everything was said while the command ran.
    pub fn said() -> Answer {
        Answer::new(Json::Null, String::new())
    }

    pub fn troubled(mut self, trouble: Option<CliError>) -> Answer {
        self.trouble = trouble;
        self
    }

    /// Writes the answer to stdout. Warnings stand in an object's `warnings`, or on stderr.
    /// A reader who has seen enough and closed the pipe is no failure.
    pub fn write(&self, as_json: bool, words: &Words) -> Result<(), CliError> {
        let out = if as_json && self.json.is_null() {
            String::new()
        } else if as_json {
            let mut json = self.json.clone();
            if let (Json::Object(object), false) = (&mut json, self.warnings.is_empty()) {
                let warnings = Json::Object(words.by_field(&self.warnings));
                object.insert("warnings".to_owned(), warnings);
            }
            format!("{json}\n")
        } else {
            let mut stderr = io::stderr().lock();
            for warning in &self.warnings {
                let _ = writeln!(stderr, "servease: {}", words.problem_line(warning));
            }
            for note in &self.notes {
                let _ = writeln!(stderr, "servease: {}", words.text(note, &[]));
            }
            self.text.clone()
        };
        let mut stdout = io::stdout().lock();
        match stdout
            .write_all(out.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Err(error) if !pipes::has_no_reader(&error) => Err(CliError::Output(error)),
            _ => Ok(()),
        }
    }
}
