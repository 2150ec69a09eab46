//! `servease document`.

use std::io::Read as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Map, Value as Json, json};
use servease_desk::views::PaperDeed;
use servease_desk::{Desk, Failure};
use servease_domain::{Code, EntityKind, Problem, Record};
use servease_platform::files;
use servease_wire as wire;
use uuid::Uuid;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;
use crate::options::{Confirm, Set};

const COLUMNS: &[&str] = &[
    "id",
    "document_type",
    "title",
    "expiry_date",
    "file_name",
    "file_state",
];

/// Twelve words of eight letters, numbered and on lines of their own, are 200 bytes.
const WORDS_MAX: u64 = 4096;

#[derive(Debug, Subcommand)]
pub enum Document {
    /// Take a file in as a document of a customer
    Add(Add),
    /// Documents, newest first; of a vehicle those about it and those of its owner
    List {
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
        #[arg(long, value_name = "ID")]
        vehicle: Option<String>,
    },
    /// One document
    Show { id: String },
    /// Change fields
    Edit {
        id: String,
        #[command(flatten)]
        set: Set,
    },
    /// Write a readable copy of the file; it is fetched first when only the server has it
    Get {
        id: String,
        /// The copy; one that is there is replaced
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Who looked at a document, newest first: at a sensitive one at every desk, at others on this
    /// PC; a deleted one too
    Looks { id: String },
    /// Take a file in as the next of a document, which counts no longer
    Renew {
        id: String,
        file: PathBuf,
        #[arg(long, value_name = "DATE")]
        expires: Option<String>,
    },
    /// Delete a document; undo brings it back with its file
    Delete { id: String },
    /// Documents that expire soon or have expired, soonest first
    Expiring {
        /// How many days ahead
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        within: u32,
    },
    /// Vehicles in use without insurance or registration papers
    Missing,
    /// Show the words that bring the files back on another PC, to be printed
    RecoveryCode {
        #[command(flatten)]
        confirm: Confirm,
        /// Take the words on standard input instead: this folder was restored here
        #[arg(long)]
        restore: bool,
    },
}

#[derive(Debug, Args)]
pub struct Add {
    file: PathBuf,
    #[arg(long, value_name = "ID")]
    customer: String,
    #[arg(long, value_name = "ID")]
    vehicle: Option<String>,
    /// license, insurance, registration, warranty, service_history, invoice, receipt or other;
    /// without it, what the file's name says
    #[arg(long = "type", value_name = "TYPE")]
    document_type: Option<String>,
    /// Without it, the file's name
    #[arg(long, allow_hyphen_values = true)]
    title: Option<String>,
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// Masked until somebody asks for it
    #[arg(long)]
    sensitive: bool,
}

pub async fn run(command: &Document, desk: &Desk) -> Result<Answer, CliError> {
    let kind = EntityKind::Document;
    match command {
        Document::Add(add) => {
            let saved = desk
                .add_document(&add.file, &add.fields(desk).await?)
                .await?;
            Ok(Answer::record(full(desk, saved.id).await?).warned(saved))
        }
        Document::List { customer, vehicle } => {
            let customer = named(EntityKind::Customer, customer.as_deref())?;
            let vehicle = named(EntityKind::Vehicle, vehicle.as_deref())?;
            let found = desk.documents(customer, vehicle).await?;
            listed(desk, &found).await
        }
        Document::Show { id } => {
            let id = input::id(kind, id)?;
            Ok(Answer::record(full(desk, id).await?))
        }
        Document::Edit { id, set } => {
            let id = input::id(kind, id)?;
            let changes = wire::input::with_described_names(kind, set.fields()?);
            let saved = desk.edit(kind, id, &changes, false).await?;
            Ok(Answer::record(full(desk, id).await?).warned(saved))
        }
        Document::Get { id, out } => {
            let id = input::id(kind, id)?;
            desk.fetch_document(id).await?;
            let (document, content) = desk.document_file(id).await?;
            files::write(out, &content).map_err(|cause| CliError::Unwritten {
                file: out.clone(),
                cause,
            })?;
            desk.note_look(document.id, PaperDeed::Copied).await?;
            Ok(Answer::record(json!({
                "id": document.id,
                "file": out.display().to_string(),
                "file_size": content.len(),
            })))
        }
        Document::Looks { id } => looks(desk, input::id(kind, id)?).await,
        Document::Renew { id, file, expires } => {
            let id = input::id(kind, id)?;
            let mut fields = Map::new();
            if let Some(expires) = expires {
                fields.insert("expiry_date".to_owned(), json!(expires));
            }
            let saved = desk.renew_document(id, file, &fields).await?;
            Ok(Answer::record(full(desk, saved.id).await?).warned(saved))
        }
        Document::Delete { id } => {
            let id = input::id(kind, id)?;
            Ok(Answer::deleted(&desk.delete(kind, id).await?))
        }
        Document::Expiring { within } => {
            let found = desk.expiring_documents(*within).await?;
            listed(desk, &found).await
        }
        Document::Missing => missing(desk).await,
        Document::RecoveryCode { confirm, restore } => {
            if *restore {
                desk.restore_file_key(&words()?).await?;
                return Ok(Answer::record(json!({"restored": true})));
            }
            if !confirm.confirm {
                let problem = Problem::new("recovery_code", Code::ShowsASecret);
                return Err(Failure::Confirm(vec![problem]).into());
            }
            let words = desk.recovery_code().await?;
            Ok(Answer::record(json!({"recovery_code": *words})))
        }
    }
}

impl Add {
    async fn fields(&self, desk: &Desk) -> Result<Map<String, Json>, CliError> {
        let customer = input::id(EntityKind::Customer, &self.customer)?;
        desk.record(EntityKind::Customer, customer).await?;
        let mut fields = Map::from_iter([
            ("customer_id".to_owned(), json!(customer)),
            ("is_sensitive".to_owned(), json!(self.sensitive)),
        ]);
        if let Some(vehicle) = named(EntityKind::Vehicle, self.vehicle.as_deref())? {
            desk.record(EntityKind::Vehicle, vehicle).await?;
            fields.insert("vehicle_id".to_owned(), json!(vehicle));
        }
        for (name, value) in [
            ("document_type", &self.document_type),
            ("title", &self.title),
            ("expiry_date", &self.expires),
        ] {
            if let Some(value) = value {
                fields.insert(name.to_owned(), json!(value));
            }
        }
        Ok(fields)
    }
}

async fn looks(desk: &Desk, id: Uuid) -> Result<Answer, CliError> {
    if desk.kind_of(id).await? != EntityKind::Document {
        return Err(Failure::not_found(EntityKind::Document, id).into());
    }
    let rows = desk
        .looks(id)
        .await?
        .into_iter()
        .map(|look| json!({"looked_at": look.at, "looked_by": look.author, "deed": look.deed}));
    let columns = &["looked_at", "looked_by", "deed"];
    Ok(Answer::list(rows.collect(), columns))
}

async fn missing(desk: &Desk) -> Result<Answer, CliError> {
    let rows = desk.missing_papers().await?.into_iter().map(|row| {
        json!({
            "vehicle_id": row.vehicle.id,
            "license_plate": row.vehicle.get("license_plate").as_text(),
            "make": row.vehicle.get("make").as_text(),
            "model": row.vehicle.get("model").as_text(),
            "owner": row.owner,
            "owner_phone": row.owner_phone,
            "missing": row.missing,
        })
    });
    let columns = &[
        "vehicle_id",
        "license_plate",
        "owner",
        "owner_phone",
        "missing",
    ];
    Ok(Answer::list(rows.collect(), columns))
}

fn named(kind: EntityKind, id: Option<&str>) -> Result<Option<Uuid>, CliError> {
    id.map(|id| input::id(kind, id)).transpose()
}

/// The words of a recovery code, from standard input: an argument would stand in the shell's history.
fn words() -> Result<String, CliError> {
    let mut words = String::new();
    std::io::stdin()
        .lock()
        .take(WORDS_MAX)
        .read_to_string(&mut words)
        .map_err(|cause| CliError::Input {
            file: PathBuf::from("-"),
            cause,
        })?;
    Ok(words)
}

async fn full(desk: &Desk, id: Uuid) -> Result<Json, CliError> {
    let document = desk.record(EntityKind::Document, id).await?;
    let mut rows = rows(desk, std::slice::from_ref(&document)).await?;
    Ok(rows.pop().unwrap_or_default())
}

async fn listed(desk: &Desk, documents: &[Record]) -> Result<Answer, CliError> {
    Ok(Answer::list(rows(desk, documents).await?, COLUMNS))
}

async fn rows(desk: &Desk, documents: &[Record]) -> Result<Vec<Json>, CliError> {
    let today = desk.today().await?;
    let standings = desk.file_standings(documents).await?;
    let rows = documents.iter().zip(standings).map(|(document, standing)| {
        let mut json = shown(document, today);
        json["file_state"] = json!(standing.file_state);
        json["file_refusal"] = json!(standing.file_refusal);
        json
    });
    Ok(rows.collect())
}

/// As over HTTP, without the address of the file: `get` writes it.
fn shown(document: &Record, today: NaiveDate) -> Json {
    let mut json = wire::document::full(document, "", today);
    if let Json::Object(fields) = &mut json {
        fields.shift_remove("file_path");
    }
    json
}
