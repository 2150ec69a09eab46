//! `servease alerts` and `servease calendar`: what people must act on.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value as Json, json};
use servease_desk::Desk;
use servease_desk::views::AlertLine;
use servease_domain::alerts::AlertState;
use servease_platform::ending::Requests;
use servease_platform::files;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;
use crate::text;
use crate::voice::Voice;
use crate::words::Words;

const COLUMNS: &[&str] = &["id", "state", "text", "customer", "phone"];

#[derive(Debug, Subcommand)]
pub enum Alerts {
    /// What is due and what people did about it, most urgent first
    List(List),
    /// Raise what is due and was not raised on this PC, withdraw what is done or renewed
    Check {
        /// As of then instead of now: a day (2026-05-01) or a moment (2026-05-01T08:00:00Z)
        #[arg(long, value_name = "DATETIME")]
        at: Option<String>,
    },
    /// Let one be silent until a day, or a moment
    Snooze {
        id: String,
        #[arg(long, value_name = "DATE")]
        until: String,
    },
    /// It is known: silent until it is more urgent
    Seen { id: String },
    /// It is dealt with, and speaks no more of this date
    Done { id: String },
    /// Go on raising and withdrawing until interrupted; a line for each
    Watch,
}

#[derive(Debug, Args)]
pub struct List {
    /// Only in these states; without it those that speak, are seen or are snoozed
    #[arg(long, value_enum, value_name = "STATE", value_delimiter = ',')]
    pub state: Vec<State>,
    /// How many days ahead scheduled ones are looked for
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    pub within: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum State {
    Scheduled,
    Raised,
    Seen,
    Snoozed,
    Done,
}

impl State {
    fn of(self) -> AlertState {
        match self {
            State::Scheduled => AlertState::Scheduled,
            State::Raised => AlertState::Raised,
            State::Seen => AlertState::Seen,
            State::Snoozed => AlertState::Snoozed,
            State::Done => AlertState::Done,
        }
    }
}

/// What is open.
const OPEN: &[AlertState] = &[AlertState::Raised, AlertState::Seen, AlertState::Snoozed];

#[derive(Debug, Subcommand)]
pub enum Calendar {
    /// Write what is due in the next thirteen months as a calendar file (.ics)
    Export {
        /// The file; one that is there is replaced
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub async fn run(command: &Alerts, desk: &Desk, voice: &Voice<'_>) -> Result<Answer, CliError> {
    let words = voice.words;
    let unit = desk.settings().await?.distance_unit;
    let rows = |lines: &[AlertLine]| -> Vec<Json> {
        lines.iter().map(|line| shown(line, words, &unit)).collect()
    };
    match command {
        Alerts::List(list) => {
            let states: Vec<AlertState> = match list.state.is_empty() {
                true => OPEN.to_vec(),
                false => list.state.iter().map(|state| state.of()).collect(),
            };
            let lines = desk.alerts(&states, list.within).await?;
            Ok(Answer::list(rows(&lines), COLUMNS))
        }
        Alerts::Check { at } => {
            let at = match at {
                Some(text) => Some(desk.read_moment("at", text).await?),
                None => None,
            };
            let checked = desk.check_alerts(at).await?;
            let (raised, withdrawn) = (rows(&checked.raised), rows(&checked.withdrawn));
            let all: Vec<Json> = raised.iter().chain(&withdrawn).cloned().collect();
            let json = json!({"raised": raised, "withdrawn": withdrawn});
            Ok(Answer::new(json, text::table(&all, COLUMNS)))
        }
        Alerts::Snooze { id, until } => {
            let id = input::any_id(id)?;
            let until = desk.read_moment("until", until).await?;
            let saved = desk.snooze_alert(id, until).await?;
            let json = json!({"id": id, "state": AlertState::Snoozed, "until": until});
            Ok(Answer::record(json).warned(saved))
        }
        Alerts::Seen { id } => {
            let id = input::any_id(id)?;
            let saved = desk.see_alert(id).await?;
            let json = json!({"id": id, "state": AlertState::Seen});
            Ok(Answer::record(json).warned(saved))
        }
        Alerts::Done { id } => {
            let id = input::any_id(id)?;
            let saved = desk.finish_alert(id).await?;
            let json = json!({"id": id, "state": AlertState::Done});
            Ok(Answer::record(json).warned(saved))
        }
        Alerts::Watch => watch(desk, voice, &unit).await,
    }
}

/// A desk without a window: says each alert that comes due or goes, until Ctrl+C.
async fn watch(desk: &Desk, voice: &Voice<'_>, unit: &str) -> Result<Answer, CliError> {
    let mut requests_to_end = Requests::listen().map_err(CliError::Runtime)?;
    let mut alerts = desk.watch_alerts().await?;
    loop {
        tokio::select! {
            () = requests_to_end.next() => return Ok(Answer::said()),
            checked = alerts.next() => {
                let checked = checked?;
                for line in checked.raised.iter().chain(&checked.withdrawn) {
                    voice.say(&shown(line, voice.words, unit))?;
                }
            }
        }
    }
}

pub async fn calendar(command: &Calendar, desk: &Desk, words: &Words) -> Result<Answer, CliError> {
    let Calendar::Export { out } = command;
    let text = desk.calendar(&|line| words.calendar_entry(line)).await?;
    let events = text.matches("BEGIN:VEVENT").count();
    files::write(out, text.as_bytes()).map_err(|cause| CliError::Unwritten {
        file: out.clone(),
        cause,
    })?;
    let file = out.display().to_string();
    Ok(Answer::record(json!({"file": file, "events": events})))
}

fn shown(line: &AlertLine, words: &Words, unit: &str) -> Json {
    let mut json = json!(line);
    json["text"] = json!(words.alert(line, unit));
    json
}
