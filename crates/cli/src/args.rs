//! The command line as it is typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{
    alerts, conflicts, customer, demo, document, due, duplicates, employee, history, note,
    preferences, search, service, settings, sync, undo, vehicle,
};

/// ServEase on the command line: the same records and rules as in the window.
#[derive(Debug, Parser)]
#[command(name = "servease", version, propagate_version = true)]
pub struct Arguments {
    /// The data folder [default: SERVEASE_DATA_DIR, else the platform's folder for
    /// application data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Who is working, by id or name: their name stands on what is changed
    #[arg(long = "as", global = true, value_name = "EMPLOYEE")]
    pub employee: Option<String>,

    /// Answer in JSON: one value on stdout, an error as one line on stderr
    #[arg(long, global = true)]
    pub json: bool,

    #[command(subcommand)]
    pub command: Command,
}

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
