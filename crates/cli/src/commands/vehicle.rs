//! `servease vehicle`.

use clap::Subcommand;
use serde_json::Value as Json;
use servease_desk::views::ListQuery;
use servease_desk::{Desk, Failure};
use servease_domain::papers::StillHolds;
use servease_domain::{Code, EntityKind, Problem};
use servease_wire as wire;
use uuid::Uuid;

use crate::answer::Answer;
use crate::commands::page;
use crate::error::CliError;
use crate::input;
use crate::options::{Confirm, From, Set};

const NEWEST_FIRST: &str = "-created_at";
pub const COLUMNS: &[&str] = &[
    "id",
    "license_plate",
    "make",
    "model",
    "year",
    "current_mileage",
    "next_service_due_date",
];

#[derive(Debug, Subcommand)]
pub enum Vehicle {
    /// Add a vehicle
    Add {
        /// The owner
        #[arg(long, value_name = "ID")]
        customer: String,
        #[command(flatten)]
        from: From,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// A page of vehicles, newest first
    List {
        /// Only those of this owner
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
        /// A number from 1, or last
        #[arg(long, value_name = "N")]
        page: Option<String>,
    },
    /// Show a vehicle
    Show { id: String },
    /// Change fields
    Edit {
        id: String,
        #[command(flatten)]
        set: Set,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Delete a vehicle with its history; undo brings it back
    Delete { id: String },
    /// Write down what the odometer shows
    Mileage {
        id: String,
        #[arg(allow_hyphen_values = true)]
        value: String,
        /// The odometer was wrong or was replaced: the value may be lower
        #[arg(long)]
        correction: bool,
        /// Why it is corrected
        #[arg(long, requires = "correction", allow_hyphen_values = true)]
        reason: Option<String>,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Give a vehicle to another customer; its history stays with it
    ///
    /// What the vehicle says of its registration and insurance was its former owner's and is cleared,
    /// unless it is kept.
    Transfer {
        id: String,
        /// The new owner
        #[arg(long, value_name = "CUSTOMER")]
        to: String,
        /// Until when it is registered still holds
        #[arg(long)]
        keep_registration: bool,
        /// Its insurance (company, policy, date) still holds
        #[arg(long)]
        keep_insurance: bool,
    },
}

pub async fn run(command: &Vehicle, desk: &Desk) -> Result<Answer, CliError> {
    let kind = EntityKind::Vehicle;
    match command {
        Vehicle::Add {
            customer,
            from,
            confirm,
        } => {
            let owner = owner(desk, customer).await?;
            let mut fields = wire::input::with_described_names(kind, input::object(&from.file)?);
            fields.insert("customer_id".to_owned(), Json::String(owner.to_string()));
            let saved = desk.create(kind, &fields, confirm.confirm).await?;
            Ok(Answer::record(full(desk, saved.id).await?).warned(saved))
        }
        Vehicle::Show { id } => Ok(Answer::record(full(desk, input::id(kind, id)?).await?)),
        Vehicle::List { customer, page } => {
            let customer_id = match customer {
                Some(customer) => Some(owner(desk, customer).await?),
                None => None,
            };
            list(desk, customer_id, page.as_deref()).await
        }
        Vehicle::Edit { id, set, confirm } => {
            let id = input::id(kind, id)?;
            let changes = wire::input::with_described_names(kind, set.fields()?);
            let saved = desk.edit(kind, id, &changes, confirm.confirm).await?;
            Ok(Answer::record(full(desk, saved.id).await?).warned(saved))
        }
        Vehicle::Delete { id } => {
            let id = input::id(kind, id)?;
            Ok(Answer::deleted(&desk.delete(kind, id).await?))
        }
        Vehicle::Mileage {
            id,
            value,
            correction,
            reason,
            confirm,
        } => {
            let id = input::id(kind, id)?;
            let correction = correction.then(|| reason.clone().unwrap_or_default());
            let saved = desk
                .update_mileage(id, whole_number(value)?, correction, confirm.confirm)
                .await?;
            Ok(Answer::record(full(desk, saved.id).await?).warned(saved))
        }
        Vehicle::Transfer {
            id,
            to,
            keep_registration,
            keep_insurance,
        } => {
            let id = input::id(kind, id)?;
            let to = owner(desk, to).await?;
            let still = StillHolds {
                registration: *keep_registration,
                insurance: *keep_insurance,
            };
            let saved = desk.transfer(id, to, still).await?;
            Ok(Answer::record(full(desk, saved.id).await?).warned(saved))
        }
    }
}

async fn list(
    desk: &Desk,
    customer_id: Option<Uuid>,
    page: Option<&str>,
) -> Result<Answer, CliError> {
    let mut query = ListQuery::ordered(NEWEST_FIRST);
    if let Some(owner) = customer_id {
        query = query.with("customer_id", owner);
    }
    let today = desk.today().await?;
    let rows = page::Rows::load(page::wanted(page)?, async |offset, limit| {
        desk.vehicle_page(&query, offset, limit).await
    })
    .await?;
    Ok(rows.answer(COLUMNS, |row| wire::vehicle::full(&row.record, today)))
}

/// The customer that an argument names. Errors: NotFound.
async fn owner(desk: &Desk, id: &str) -> Result<Uuid, CliError> {
    let id = input::id(EntityKind::Customer, id)?;
    Ok(desk.record(EntityKind::Customer, id).await?.id)
}

fn whole_number(text: &str) -> Result<i64, CliError> {
    text.trim().parse().map_err(|_| {
        let problem = Problem::new("mileage", Code::NotANumber).with("found", text);
        CliError::Failure(Failure::Invalid(vec![problem]))
    })
}

/// The contract's full form.
pub async fn full(desk: &Desk, id: Uuid) -> Result<Json, CliError> {
    let vehicle = desk.record(EntityKind::Vehicle, id).await?;
    Ok(wire::vehicle::full(&vehicle, desk.today().await?))
}
