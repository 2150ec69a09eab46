//! The use cases by their behaviour, on a real database.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod alerts;
mod aliases;
mod check_in;
mod decisions;
mod documents;
mod drafts;
mod garage;
mod history;
mod inbox;
mod kinds;
mod likeness;
mod merging;
mod model;
mod notices;
mod odometer;
mod papers;
mod records;
mod services;
mod settings;
mod shop;
mod transfer;
mod undo;
mod waiting;
mod watch;
