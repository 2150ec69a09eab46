//! The commands: one noun a file.

pub mod alerts;
pub mod conflicts;
pub mod customer;
pub mod demo;
pub mod doctor;
pub mod document;
pub mod due;
pub mod duplicates;
pub mod employee;
pub mod history;
pub mod note;
mod page;
pub mod preferences;
pub mod search;
pub mod service;
pub mod settings;
mod stats;
pub mod sync;
pub mod undo;
pub mod vehicle;

use servease_desk::Desk;

use crate::answer::Answer;
use crate::args::Command;
use crate::error::CliError;
use crate::voice::Voice;

/// Runs one command. `voice` is for those that speak before they have an answer.
pub async fn run(command: &Command, desk: &Desk, voice: &Voice<'_>) -> Result<Answer, CliError> {
    match command {
        Command::Demo(command) => demo::run(command, desk).await,
        Command::Customer(command) => customer::run(command, desk).await,
        Command::Vehicle(command) => vehicle::run(command, desk).await,
        Command::Preferences(command) => preferences::run(command, desk).await,
        Command::Note(command) => note::run(command, desk).await,
        Command::Document(command) => document::run(command, desk).await,
        Command::Service(command) => service::run(command, desk).await,
        Command::Employee(command) => employee::run(command, desk).await,
        Command::Settings(command) => settings::run(command, desk).await,
        Command::Search(command) => search::run(command, desk).await,
        Command::Due(command) => due::run(command, desk).await,
        Command::Alerts(command) => alerts::run(command, desk, voice).await,
        Command::Calendar(command) => alerts::calendar(command, desk, voice.words).await,
        Command::Stats => stats::run(desk).await,
        Command::History(command) => history::run(command, desk).await,
        Command::Undo(command) => undo::undo(command, desk).await,
        Command::Redo => undo::redo(desk).await,
        Command::Login(command) => sync::login(command, desk).await,
        Command::Logout => sync::logout(desk).await,
        Command::Sync(command) => sync::run(command, desk, voice).await,
        Command::Conflicts(command) => conflicts::run(command, desk).await,
        Command::Duplicates(command) => duplicates::run(command, desk).await,
        Command::Doctor => Ok(doctor::answer(&desk.examine().await)),
    }
}
