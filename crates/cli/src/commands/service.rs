//! `servease service`.

use std::cmp::Reverse;

use clap::Subcommand;
use serde_json::Value as Json;
use servease_desk::Desk;
use servease_domain::EntityKind;
use servease_wire as wire;
use uuid::Uuid;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;
use crate::options::{Confirm, From};

const COLUMNS: &[&str] = &[
    "id",
    "performed_at",
    "mileage",
    "service_type",
    "cost",
    "currency",
];

#[derive(Debug, Subcommand)]
pub enum Service {
    /// Record a service that was done; the vehicle's next due follows from it
    Add {
        #[arg(long, value_name = "ID")]
        vehicle: String,
        #[command(flatten)]
        from: From,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// The services of a vehicle, newest first
    List {
        #[arg(long, value_name = "ID")]
        vehicle: String,
    },
    /// Delete a service record; undo brings it back
    Delete { id: String },
}

pub async fn run(command: &Service, desk: &Desk) -> Result<Answer, CliError> {
    let kind = EntityKind::ServiceRecord;
    match command {
        Service::Add {
            vehicle,
            from,
            confirm,
        } => {
            let vehicle = known(desk, vehicle).await?;
            let mut fields = wire::input::with_described_names(kind, input::object(&from.file)?);
            fields.insert("vehicle_id".to_owned(), Json::String(vehicle.to_string()));
            let saved = desk.create(kind, &fields, confirm.confirm).await?;
            let service = desk.record(kind, saved.id).await?;
            Ok(Answer::record(wire::record::full(&service)).warned(saved))
        }
        Service::List { vehicle } => {
            let vehicle = known(desk, vehicle).await?;
            let mut services = desk.records_of(kind, "vehicle_id", vehicle).await?;
            services.sort_by_key(|record| {
                Reverse((record.get("performed_at").as_instant(), record.id))
            });
            let rows = services.iter().map(wire::record::full).collect();
            Ok(Answer::list(rows, COLUMNS))
        }
        Service::Delete { id } => {
            let id = input::id(kind, id)?;
            Ok(Answer::deleted(&desk.delete(kind, id).await?))
        }
    }
}

/// The vehicle that an argument names. Errors: NotFound.
async fn known(desk: &Desk, id: &str) -> Result<Uuid, CliError> {
    let id = input::id(EntityKind::Vehicle, id)?;
    Ok(desk.record(EntityKind::Vehicle, id).await?.id)
}
