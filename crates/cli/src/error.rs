//! What can go wrong on the command line, and how it is reported.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use servease_desk::{Failure, FailureCode};
use servease_domain::problem::WHOLE_RECORD;
use servease_domain::{Code, Problem};

use crate::words::Words;

/// A command that failed.
#[derive(Debug)]
pub enum CliError {
    Failure(Failure),
    /// A run of syncing failed, and there will be others.
    Watched(Arc<Failure>),
    /// Something is wrong with the database, and the answer says what.
    Unsound(FailureCode),
    /// The arguments make no sense; the text says why, in English like clap's own.
    Usage(String),
    /// The platform names no folder for application data.
    NoFolder,
    /// A file of `--from` that cannot be read.
    Input {
        file: PathBuf,
        cause: io::Error,
    },
    /// A file of `--out` that cannot be written.
    Unwritten {
        file: PathBuf,
        cause: io::Error,
    },
    /// A file of `--from` that is no text.
    NotText(PathBuf),
    /// The input is no JSON.
    NotJson(serde_json::Error),
    /// The input is JSON but no object.
    NotAnObject,
    /// An id that is none, or that no record has.
    NoSuchRecord {
        entity: &'static str,
        id: String,
    },
    NoSuchPage,
    NoSuchEmployee(String),
    /// Several employees have the name.
    WhichEmployee(String),
    Output(io::Error),
    Runtime(io::Error),
}

impl From<Failure> for CliError {
    fn from(failure: Failure) -> Self {
        CliError::Failure(failure)
    }
}

impl CliError {
    pub fn is_usage(&self) -> bool {
        matches!(self, CliError::Usage(_))
    }

    fn failure(&self) -> Option<&Failure> {
        match self {
            CliError::Failure(failure) => Some(failure),
            CliError::Watched(failure) => Some(failure),
            _ => None,
        }
    }

    /// What scripts branch on. A doubt that asks to be confirmed goes by its own name.
    fn code(&self) -> String {
        if let Some(Failure::Confirm(doubts)) = self.failure() {
            return doubts
                .iter()
                .map(|doubt| doubt.code)
                .find(|code| *code == Code::MileageImprobable)
                .or(doubts.first().map(|doubt| doubt.code))
                .map_or_else(|| FailureCode::Confirm.name(), Code::name);
        }
        match self {
            CliError::Failure(failure) => failure.code().name(),
            CliError::Watched(failure) => failure.code().name(),
            CliError::Unsound(code) => code.name(),
            CliError::Usage(_) => "usage".to_owned(),
            CliError::NoFolder => FailureCode::Folder.name(),
            CliError::Input { .. } => "input".to_owned(),
            CliError::NotText(_)
            | CliError::NotJson(_)
            | CliError::NotAnObject
            | CliError::WhichEmployee(_) => FailureCode::Invalid.name(),
            CliError::NoSuchRecord { .. } | CliError::NoSuchPage | CliError::NoSuchEmployee(_) => {
                FailureCode::NotFound.name()
            }
            CliError::Output(_) | CliError::Unwritten { .. } => "output".to_owned(),
            CliError::Runtime(_) => FailureCode::Internal.name(),
        }
    }

    fn message(&self, words: &Words) -> String {
        match self {
            CliError::Failure(failure) => words.failure(failure),
            CliError::Watched(failure) => words.failure(failure),
            CliError::Unsound(_) => words.text("cli-unsound", &[]),
            CliError::Usage(message) => message.clone(),
            CliError::NoFolder => words.text("cli-no-folder", &[]),
            CliError::Input { file, cause } => words.text(
                "cli-input",
                &[
                    ("file", &file.display().to_string()),
                    ("detail", &cause.to_string()),
                ],
            ),
            CliError::Unwritten { file, cause } => words.text(
                "cli-unwritten",
                &[
                    ("file", &file.display().to_string()),
                    ("detail", &cause.to_string()),
                ],
            ),
            CliError::NotText(file) => {
                words.text("cli-not-text", &[("file", &file.display().to_string())])
            }
            CliError::NotJson(error) => {
                words.text("cli-not-json", &[("detail", &error.to_string())])
            }
            CliError::NotAnObject => words.text("cli-not-an-object", &[]),
            CliError::NoSuchRecord { entity, id } => words.no_such_record(entity, id),
            CliError::NoSuchPage => words.text("cli-no-such-page", &[]),
            CliError::NoSuchEmployee(name) => words.text("cli-no-such-employee", &[("name", name)]),
            CliError::WhichEmployee(name) => words.text("cli-which-employee", &[("name", name)]),
            CliError::Output(cause) => words.text("cli-output", &[("detail", &cause.to_string())]),
            CliError::Runtime(cause) => {
                words.text("cli-runtime", &[("detail", &cause.to_string())])
            }
        }
    }

    fn problems(&self) -> &[Problem] {
        self.failure().map_or(&[], Failure::problems)
    }

    /// What went wrong underneath, for whoever supports the garage.
    fn detail(&self) -> Option<String> {
        match self.failure()? {
            failure @ (Failure::Store(_)
            | Failure::Folder(_)
            | Failure::Remote(_)
            | Failure::SyncStuck(_)) => Some(failure.with_causes()),
            _ => None,
        }
    }

    /// `{"error": {"code", "message", "fields"}}`. Where fields are wrong, `problems` says
    /// the same in codes; where a step was not taken back, `step` says which, and `records` and
    /// `more` what was built on it; where the database, the folder or the line is, `detail` says how.
    pub fn to_json(&self, words: &Words) -> Json {
        let mut fields = words.by_field(self.problems());
        if matches!(self, CliError::NotAnObject) {
            fields = Map::from_iter([(WHOLE_RECORD.to_owned(), json!([self.message(words)]))]);
        }
        let mut error = Map::new();
        error.insert("code".to_owned(), Json::String(self.code()));
        error.insert("message".to_owned(), Json::String(self.message(words)));
        error.insert("fields".to_owned(), Json::Object(fields));
        if !self.problems().is_empty() {
            error.insert("problems".to_owned(), json!(self.problems()));
        }
        if let Some(view) = self.failure().map(Failure::view) {
            if let Some(step) = view.step {
                error.insert("step".to_owned(), json!(step));
            }
            if !view.records.is_empty() {
                error.insert("records".to_owned(), json!(view.records));
                error.insert("more".to_owned(), json!(view.more));
            }
        }
        if let Some(detail) = self.detail() {
            error.insert("detail".to_owned(), Json::String(detail));
        }
        json!({ "error": error })
    }

    /// The message, and under it a line for each field.
    pub fn to_text(&self, words: &Words) -> String {
        let mut text = format!("servease: {}\n", self.message(words));
        for problem in self.problems() {
            text.push_str(&format!("  {}\n", words.problem_line(problem)));
        }
        if let Some(detail) = self.detail() {
            text.push_str(&format!("  ({detail})\n"));
        }
        text
    }
}
