//! `servease customer`.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value as Json, json};
use servease_desk::Desk;
use servease_desk::views::ListQuery;
use servease_domain::{EntityKind, Record};
use servease_wire as wire;
use uuid::Uuid;

use crate::answer::Answer;
use crate::commands::page;
use crate::error::CliError;
use crate::input;
use crate::options::{Confirm, From, Set};

/// What a full form shows of a customer's papers, as in the contract.
const RECENT_DOCUMENTS: usize = 5;
const NEWEST_FIRST: &str = "-created_at";
const COLUMNS: &[&str] = &["id", "full_name", "phone", "email", "city", "is_active"];

#[derive(Debug, Subcommand)]
pub enum Customer {
    /// Add a customer; `preferences` may stand in the object
    Add {
        #[command(flatten)]
        from: From,
    },
    /// A page of customers, newest first
    List {
        /// Words that must all stand in name, e-mail, phone or company
        #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
        search: Option<String>,
        /// A number from 1, or last
        #[arg(long, value_name = "N")]
        page: Option<String>,
    },
    /// Show a customer with vehicles and preferences
    Show { id: String },
    /// Change fields
    Edit {
        id: String,
        #[command(flatten)]
        set: Set,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Read the code of a US or Canadian driving licence: what it proposes for `customer add`
    ///
    /// Nothing is written. The answer holds `fields`, until when the licence is valid, and whether a
    /// name did not fit on the card.
    FromLicence {
        /// The text as a scanner or a reader hands it out; - is standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Delete a customer with everything that belongs to them; undo brings it back
    Delete { id: String },
}

pub async fn run(command: &Customer, desk: &Desk) -> Result<Answer, CliError> {
    let kind = EntityKind::Customer;
    match command {
        Customer::Add { from } => {
            let fields = input::object(&from.file)?;
            let saved = desk.create(kind, &fields, false).await?;
            Ok(Answer::record(full(desk, saved.id).await?).warned(saved))
        }
        Customer::Show { id } => Ok(Answer::record(full(desk, input::id(kind, id)?).await?)),
        Customer::List { search, page } => list(desk, search.as_deref(), page.as_deref()).await,
        Customer::Edit { id, set, confirm } => {
            let id = input::id(kind, id)?;
            let changes = set.fields()?;
            let saved = desk.edit(kind, id, &changes, confirm.confirm).await?;
            Ok(Answer::record(full(desk, saved.id).await?).warned(saved))
        }
        Customer::FromLicence { file } => {
            let licence = desk.read_licence(&input::latin_text(file)?)?;
            Ok(Answer::record(json!({
                "fields": licence.fields(),
                "expires_on": licence.expires_on,
                "is_truncated": licence.is_truncated,
            })))
        }
        Customer::Delete { id } => {
            let id = input::id(kind, id)?;
            Ok(Answer::deleted(&desk.delete(kind, id).await?))
        }
    }
}

async fn list(desk: &Desk, search: Option<&str>, page: Option<&str>) -> Result<Answer, CliError> {
    let query = ListQuery {
        search: search.unwrap_or_default().to_owned(),
        ..ListQuery::ordered(NEWEST_FIRST)
    };
    let rows = page::Rows::load(page::wanted(page)?, async |offset, limit| {
        desk.customer_page(&query, offset, limit).await
    })
    .await?;
    Ok(rows.answer(COLUMNS, |row| {
        wire::customer::basic(&row.record, row.active_vehicles.unsigned_abs())
    }))
}

/// The contract's full form.
async fn full(desk: &Desk, id: Uuid) -> Result<Json, CliError> {
    let customer = desk.record(EntityKind::Customer, id).await?;
    let vehicles = desk
        .records_of(EntityKind::Vehicle, "customer_id", id)
        .await?;
    let preferences = desk.preferences(id).await?;
    let today = desk.today().await?;
    let mut documents = desk
        .records_of(EntityKind::Document, "customer_id", id)
        .await?;
    documents.retain(|document| document.get("is_active").as_flag());
    let around = wire::customer::Surroundings {
        vehicles: &vehicles,
        active_vehicles_count: active(&vehicles),
        preferences: &preferences,
        recent_documents: documents
            .iter()
            .rev()
            .take(RECENT_DOCUMENTS)
            .map(|document| {
                wire::document::full(document, document.get("file_name").as_text(), today)
            })
            .collect(),
    };
    Ok(wire::customer::full(&customer, around))
}

fn active(vehicles: &[Record]) -> u64 {
    vehicles
        .iter()
        .filter(|vehicle| vehicle.get("is_active").as_flag())
        .count() as u64
}
