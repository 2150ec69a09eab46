//! Taking files in: looked over first, then kept, with the record that names them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};
use servease_domain::{Code, EntityKind, Problem, Record, Value};
use servease_files::picked::{self, Picked};
use servease_files::{MAX_BYTES, MAX_PIXELS, Recognised, Refusal, StoredFile, hash_of};
use servease_store::{Connection, documents, files, rows};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::guess;
use super::vault::blocking;
use super::views::{FileLook, Keep};
use crate::garage::context::Work;
use crate::records::input::Reader;
use crate::records::views::Saved;
use crate::records::{write_edit, write_new};
use crate::{Desk, Failure, Result};

/// The field under which problems of a file are reported.
const FILE: &str = "file";

/// Reading 25 MiB takes a slow stick a few seconds. A network drive that has gone away answers
/// never.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a document says of the vehicle that it is about: its type, and the vehicle's date.
const DATES: &[(&str, &str)] = &[
    ("registration", "registration_expiry_date"),
    ("insurance", "insurance_expiry_date"),
];

/// Where a file comes from.
#[derive(Debug, Clone)]
pub enum Source {
    File(PathBuf),
    /// What somebody pasted, and what it is called.
    Content(String, Zeroizing<Vec<u8>>),
}

impl Source {
    /// The content and its media type, for whoever shows it before it is kept.
    ///
    /// Errors: Invalid, of the file (`file`).
    pub async fn content(&self) -> Result<(&'static str, Zeroizing<Vec<u8>>)> {
        let picked = self.pick().await?;
        Ok((picked.recognised.kind.media_type, picked.content))
    }

    /// Reads what somebody has chosen. Errors: Invalid, with the reason.
    pub(super) async fn pick(&self) -> Result<Picked> {
        let source = self.clone();
        let (answer, heard) = tokio::sync::oneshot::channel();
        // A thread of its own: one that hangs must not keep the program from ending, as one of
        // the runtime's would.
        std::thread::spawn(move || {
            let picked = match source {
                Source::File(path) => picked::read(&path, MAX_BYTES),
                Source::Content(name, content) => picked::take(&name, content, MAX_BYTES),
            };
            let _ = answer.send(picked);
        });
        match tokio::time::timeout(PATIENCE, heard).await {
            Ok(Ok(Ok(picked))) => Ok(picked),
            Ok(Ok(Err(refusal))) => Err(refused(refusal)),
            _ => Err(refused(Refusal::Unreadable)),
        }
    }
}

impl Desk {
    /// Takes a file in as a document of a customer. A type and a title that are not given are
    /// guessed from its name and content.
    ///
    /// The same content that is here already is kept once, and told as a warning.
    ///
    /// Errors: Invalid, of the file too (`file`); those of the vault.
    pub async fn add_document(&self, file: &Path, fields: &Map<String, Json>) -> Result<Saved> {
        let source = Source::File(file.to_owned());
        self.keep_document(&source, fields, &Keep::default()).await
    }

    /// Takes a file in as the next of a document, which counts no longer: its customer, vehicle, type
    /// and title, unless something else is said.
    ///
    /// Errors: NotFound, Invalid.
    pub async fn renew_document(
        &self,
        id: Uuid,
        file: &Path,
        fields: &Map<String, Json>,
    ) -> Result<Saved> {
        let source = Source::File(file.to_owned());
        let keep = Keep {
            renews: Some(id),
            dates_vehicle: false,
        };
        self.keep_document(&source, fields, &keep).await
    }

    /// Takes a file in: as [`Desk::add_document`], or as [`Desk::renew_document`].
    ///
    /// Errors: NotFound, Invalid, of the file too (`file`); those of the vault.
    pub async fn keep_document(
        &self,
        source: &Source,
        fields: &Map<String, Json>,
        keep: &Keep,
    ) -> Result<Saved> {
        let mut all = Map::new();
        if let Some(id) = keep.renews {
            let old = self.record(EntityKind::Document, id).await?;
            for name in [
                "customer_id",
                "vehicle_id",
                "document_type",
                "title",
                "is_sensitive",
            ] {
                all.insert(name.to_owned(), old.get(name).to_json());
            }
            all.extend(fields.clone());
            all.insert("renews".to_owned(), old.id.to_string().into());
        } else {
            all.extend(fields.clone());
        }
        let picked = source.pick().await?;
        guess_rest(&mut all, &picked)?;
        self.take_in(picked, &all, keep.dates_vehicle).await
    }

    /// What a file is, before somebody says what it is for; `customer` is theirs, where that is
    /// known.
    ///
    /// Errors: Invalid, of the file (`file`).
    pub async fn look_at_file(&self, source: &Source, customer: Option<Uuid>) -> Result<FileLook> {
        let picked = source.pick().await?;
        let media_type = picked.recognised.kind.media_type;
        let sha256 = hash_of(&picked.content);
        let mut warnings = Vec::new();
        let mut conn = self.store.read().await?;
        warnings.extend(told_same(&mut conn, customer, &sha256).await?);
        if picked.recognised.is_locked {
            warnings.push(Problem::new(FILE, Code::FileLocked));
        }
        Ok(FileLook {
            document_type: guess::document_type(&picked.name, media_type, &picked.content)
                .map(str::to_owned),
            title: guess::title(&picked.name),
            size_bytes: i64::try_from(picked.content.len()).unwrap_or(i64::MAX),
            media_type: media_type.to_owned(),
            name: picked.name,
            warnings,
            sha256,
        })
    }

    async fn take_in(
        &self,
        picked: Picked,
        fields: &Map<String, Json>,
        dates_vehicle: bool,
    ) -> Result<Saved> {
        // What is wrong is found before anything is kept.
        {
            let mut conn = self.store.read().await?;
            let garage = self.garage(&mut conn).await?;
            let mut reader = Reader::new(&mut conn, &garage, None);
            let input = reader
                .read_new(EntityKind::Document, Uuid::nil(), fields)
                .await?;
            input.refuse(false)?;
        }
        let vault = self.vault().await?;
        let Picked {
            name,
            content,
            recognised,
        } = picked;
        let (stored, hold) = {
            let vault = vault.clone();
            blocking(move || {
                let hold = vault.hold()?;
                Ok((vault.put(&content)?, hold))
            })
            .await?
        };
        let saved = self
            .write_row(fields, name, recognised, stored, dates_vehicle)
            .await;
        drop(hold);
        if saved.is_err() {
            // Nobody names it, unless somebody has had it before.
            if let Err(error) = self.collect_files().await {
                tracing::warn!(%error, "a file that no document names is collected later");
            }
        }
        saved
    }

    async fn write_row(
        &self,
        fields: &Map<String, Json>,
        name: String,
        recognised: Recognised,
        stored: StoredFile,
        dates_vehicle: bool,
    ) -> Result<Saved> {
        let mut work = self.begin().await?;
        let id = work.step.new_id();
        let mut input = Reader::of(&mut work)
            .read_new(EntityKind::Document, id, fields)
            .await?;
        input.refuse(false)?;
        let customer = input.record.get("customer_id").as_id();
        if let Some(same) = told_same(work.conn(), customer, &stored.sha256).await? {
            input.warnings.push(same);
        }
        if recognised.is_locked {
            input.warnings.push(Problem::new(FILE, Code::FileLocked));
        }
        let size_bytes = i64::try_from(stored.size_bytes).unwrap_or(i64::MAX);
        input.record.values.extend([
            ("file_name", Value::Text(name)),
            ("file_size", Value::Integer(size_bytes)),
            (
                "mime_type",
                Value::Text(recognised.kind.media_type.to_owned()),
            ),
            ("sha256", Value::Text(stored.sha256.clone())),
        ]);
        let document = input.record.clone();
        write_new(&mut work, input).await?;
        files::note_taken_in(work.conn(), &stored.sha256).await?;
        if dates_vehicle {
            date_vehicle(&mut work, &document).await?;
        }
        work.save(id).await
    }
}

/// A document's expiry date becomes its vehicle's, in the same step.
async fn date_vehicle(work: &mut Work<'_>, document: &Record) -> Result<()> {
    let document_type = document.get("document_type").as_text();
    let field = DATES.iter().find(|(name, _)| *name == document_type);
    let (Some((_, field)), Some(date), Some(vehicle)) = (
        field,
        document.get("expiry_date").as_date(),
        document.get("vehicle_id").as_id(),
    ) else {
        return Ok(());
    };
    let Some(vehicle) = rows::find_heir(work.conn(), EntityKind::Vehicle, vehicle).await? else {
        return Ok(());
    };
    if vehicle.get(field).as_date() == Some(date) {
        return Ok(());
    }
    let input = Reader::of(work)
        .read_edit(&vehicle, &dated(field, date))
        .await?;
    input.refuse(false)?;
    write_edit(work, vehicle, input).await
}

fn dated(field: &str, date: NaiveDate) -> Map<String, Json> {
    Map::from_iter([(field.to_owned(), json!(date))])
}

/// The type and the title, where nobody has said them.
fn guess_rest(fields: &mut Map<String, Json>, picked: &Picked) -> Result<()> {
    let is_said =
        |fields: &Map<String, Json>, name| !matches!(fields.get(name), None | Some(Json::Null));
    if !is_said(fields, "document_type") {
        let media_type = picked.recognised.kind.media_type;
        let guessed = guess::document_type(&picked.name, media_type, &picked.content);
        let Some(guessed) = guessed else {
            // The first type on the list is nobody's choice.
            let problem = Problem::new("document_type", Code::Required);
            return Err(Failure::Invalid(vec![problem]));
        };
        fields.insert("document_type".to_owned(), guessed.into());
    }
    if !is_said(fields, "title") {
        fields.insert("title".to_owned(), guess::title(&picked.name).into());
    }
    Ok(())
}

/// That a customer's file is here already: theirs first, else somebody else's.
async fn told_same(
    conn: &mut Connection,
    customer: Option<Uuid>,
    sha256: &str,
) -> Result<Option<Problem>> {
    let same = documents::with_content(conn, sha256).await?;
    let own = same
        .iter()
        .find(|other| other.get("customer_id").as_id() == customer);
    let Some(other) = own.or(same.first()) else {
        return Ok(None);
    };
    let whose = match other.get("customer_id").as_id() {
        Some(id) => rows::find(conn, EntityKind::Customer, id).await?,
        None => None,
    };
    Ok(Some(
        Problem::new(FILE, Code::SameFile)
            .with("document", other.id)
            .with("title", other.title())
            .with("customer", whose.map_or(String::new(), |it| it.title()))
            .with("is_same_customer", own.is_some()),
    ))
}

fn refused(refusal: Refusal) -> Failure {
    let problem = Problem::new(FILE, Code::FileRefused)
        .with("why", refusal.word())
        .with("max_mib", MAX_BYTES / (1024 * 1024))
        .with("max_megapixels", MAX_PIXELS / 1_000_000);
    Failure::Invalid(vec![problem])
}
