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

use clap::Subcommand;
use servease_desk::Desk;

use crate::answer::Answer;
use crate::error::CliError;
use crate::voice::Voice;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fill an empty data folder with a garage that has been open for years
    Demo(demo::Demo),
    /// Customers
    #[command(subcommand)]
    Customer(customer::Customer),
    /// Vehicles, their odometers and owners
    #[command(subcommand)]
    Vehicle(vehicle::Vehicle),
    /// How customers want to be reached and served
    #[command(subcommand)]
    Preferences(preferences::Preferences),
    /// Notes on customers
    #[command(subcommand)]
    Note(note::Note),
    /// Papers of customers and vehicles, with their files
    #[command(subcommand)]
    Document(document::Document),
    /// Services done on vehicles
    #[command(subcommand)]
    Service(service::Service),
    /// Who works at the garage
    #[command(subcommand)]
    Employee(employee::Employee),
    /// The settings of the garage and of this PC
    #[command(subcommand)]
    Settings(settings::Settings),
    /// Find customers and vehicles by any part of name, company, phone, e-mail, plate or VIN
    Search(search::Search),
    /// Vehicles on which something is due, most urgent first
    Due(due::Due),
    /// What speaks up because it is due, and what people did about it
    #[command(subcommand)]
    Alerts(alerts::Alerts),
    /// What is due, for calendars
    #[command(subcommand)]
    Calendar(alerts::Calendar),
    /// How many customers there are
    Stats,
    /// Who changed what of a record, and when
    History(history::History),
    /// Take back the last change; refused by name where others have built on it
    Undo(undo::Step),
    /// Do again what was taken back last
    Redo,
    /// Sign in to the server that the garage's desks share
    Login(sync::Login),
    /// Forget the session; what waits to be sent is kept
    Logout,
    /// Bring this desk and the server to agree
    Sync(sync::Sync),
    /// What two people changed without knowing of each other
    #[command(subcommand)]
    Conflicts(conflicts::Conflicts),
    /// Records that repeat another one
    #[command(subcommand)]
    Duplicates(duplicates::Duplicates),
    /// Check that the data folder is sound
    Doctor,
}

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
