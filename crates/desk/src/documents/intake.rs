//! Taking files in: looked over first, then kept, with the record that names them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};
use servease_domain::{Code, EntityKind, Problem, Record, Value};
use servease_files::picked::{self, Picked};
use servease_files::sealed::Hold;
use servease_files::{MAX_BYTES, MAX_PIXELS, Recognised, Refusal, StoredFile, hash_of};
use servease_store::{Connection, documents, files, rows};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::guess;
use super::vault::blocking;
use super::views::{FileLook, Keep};
use crate::garage::context::Work;
use crate::records::input::{Input, Reader};
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

/// A file that is to be kept, and what its document says.
#[derive(Debug, Clone, Copy)]
pub struct ToKeep<'a> {
    pub source: &'a Source,
    pub fields: &'a Map<String, Json>,
    pub keep: &'a Keep,
}

/// The same once it is sealed on the disk, and no row names it yet.
struct Sealed {
    fields: Map<String, Json>,
    name: String,
    recognised: Recognised,
    stored: StoredFile,
    dates_vehicle: bool,
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
        let one = ToKeep {
            source,
            fields,
            keep,
        };
        let kept = self.keep_documents(&[one]).await?;
        let nothing = Failure::not_found(EntityKind::Document, Uuid::nil());
        kept.into_iter().next().unwrap_or(Err(nothing))
    }

    /// Takes several files in as one step, which one undo takes back. What is refused is told in its
    /// place, and does not keep the others from being kept.
    ///
    /// Errors: those of the store, then nothing is kept. In its place: those of
    /// [`Desk::keep_document`].
    pub async fn keep_documents(&self, files: &[ToKeep<'_>]) -> Result<Vec<Result<Saved>>> {
        // What is sealed is nobody's until the rows are written: collectors stay away that long.
        let mut hold = None;
        let mut sealed = Vec::with_capacity(files.len());
        for file in files {
            sealed.push(self.seal(file, &mut hold).await);
        }
        let is_any_sealed = hold.is_some();
        let kept = self.write_rows(sealed).await;
        drop(hold);
        let is_any_refused = match &kept {
            Ok(kept) => kept.iter().any(Result::is_err),
            Err(_) => true,
        };
        if is_any_sealed && is_any_refused {
            // Nobody names it, unless somebody has had it before.
            if let Err(error) = self.collect_files().await {
                tracing::warn!(%error, "a file that no document names is collected later");
            }
        }
        kept
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

    /// Looks a file over and seals it. What is wrong is found before anything is kept.
    async fn seal(&self, file: &ToKeep<'_>, hold: &mut Option<Hold>) -> Result<Sealed> {
        let mut fields = Map::new();
        if let Some(id) = file.keep.renews {
            let old = self.record(EntityKind::Document, id).await?;
            for name in [
                "customer_id",
                "vehicle_id",
                "document_type",
                "title",
                "is_sensitive",
            ] {
                fields.insert(name.to_owned(), old.get(name).to_json());
            }
            fields.extend(file.fields.clone());
            fields.insert("renews".to_owned(), old.id.to_string().into());
        } else {
            fields.extend(file.fields.clone());
        }
        let picked = file.source.pick().await?;
        guess_rest(&mut fields, &picked)?;
        {
            let mut conn = self.store.read().await?;
            let garage = self.garage(&mut conn).await?;
            let mut reader = Reader::new(&mut conn, &garage, None);
            let input = reader
                .read_new(EntityKind::Document, Uuid::nil(), &fields)
                .await?;
            input.refuse(false)?;
        }
        let vault = self.vault().await?;
        let Picked {
            name,
            content,
            recognised,
        } = picked;
        let is_held = hold.is_some();
        let (stored, held) = blocking(move || {
            let held = match is_held {
                true => None,
                false => Some(vault.hold()?),
            };
            Ok((vault.put(&content)?, held))
        })
        .await?;
        if held.is_some() {
            *hold = held;
        }
        Ok(Sealed {
            fields,
            name,
            recognised,
            stored,
            dates_vehicle: file.keep.dates_vehicle,
        })
    }

    async fn write_rows(&self, sealed: Vec<Result<Sealed>>) -> Result<Vec<Result<Saved>>> {
        let mut work = self.begin().await?;
        let mut kept = Vec::with_capacity(sealed.len());
        for file in sealed {
            let written = match file {
                Ok(file) => write_row(&mut work, file).await,
                Err(refused) => {
                    kept.push(Err(refused));
                    continue;
                }
            };
            let warnings = std::mem::take(&mut work.warnings);
            kept.push(match written {
                Ok(id) => Ok(Saved {
                    id,
                    step: None,
                    warnings,
                }),
                // Found before anything of it was written.
                Err(refused @ Failure::Invalid(_)) => Err(refused),
                Err(failure) => return Err(failure),
            });
        }
        let step = work.step.commit().await?;
        for saved in kept.iter_mut().flatten() {
            saved.step = step;
        }
        Ok(kept)
    }
}

/// Writes the document of a sealed file, with its vehicle's date. What is refused writes nothing.
async fn write_row(work: &mut Work<'_>, file: Sealed) -> Result<Uuid> {
    let id = work.step.new_id();
    let mut input = Reader::of(work)
        .read_new(EntityKind::Document, id, &file.fields)
        .await?;
    input.refuse(false)?;
    let customer = input.record.get("customer_id").as_id();
    let sha256 = file.stored.sha256;
    if let Some(same) = told_same(work.conn(), customer, &sha256).await? {
        input.warnings.push(same);
    }
    if file.recognised.is_locked {
        input.warnings.push(Problem::new(FILE, Code::FileLocked));
    }
    let size_bytes = i64::try_from(file.stored.size_bytes).unwrap_or(i64::MAX);
    let media_type = file.recognised.kind.media_type.to_owned();
    input.record.values.extend([
        ("file_name", Value::Text(file.name)),
        ("file_size", Value::Integer(size_bytes)),
        ("mime_type", Value::Text(media_type)),
        ("sha256", Value::Text(sha256.clone())),
    ]);
    let dating = match file.dates_vehicle {
        true => vehicles_date(work, &input.record).await?,
        false => None,
    };
    write_new(work, input).await?;
    files::note_taken_in(work.conn(), &sha256).await?;
    if let Some((vehicle, input)) = dating {
        write_edit(work, vehicle, input).await?;
    }
    Ok(id)
}

/// What a document's expiry date changes of its vehicle, in the same step. Errors: Invalid.
async fn vehicles_date(work: &mut Work<'_>, document: &Record) -> Result<Option<(Record, Input)>> {
    let document_type = document.get("document_type").as_text();
    let field = DATES.iter().find(|(name, _)| *name == document_type);
    let (Some((_, field)), Some(date), Some(vehicle)) = (
        field,
        document.get("expiry_date").as_date(),
        document.get("vehicle_id").as_id(),
    ) else {
        return Ok(None);
    };
    let Some(vehicle) = rows::find_heir(work.conn(), EntityKind::Vehicle, vehicle).await? else {
        return Ok(None);
    };
    if vehicle.get(field).as_date() == Some(date) {
        return Ok(None);
    }
    let input = Reader::of(work)
        .read_edit(&vehicle, &dated(field, date))
        .await?;
    input.refuse(false)?;
    Ok(Some((vehicle, input)))
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
    let Some(other) = documents::find_with_content(conn, sha256, customer).await? else {
        return Ok(None);
    };
    let holder = other.get("customer_id").as_id();
    let whose = match holder {
        Some(id) => rows::find(conn, EntityKind::Customer, id).await?,
        None => None,
    };
    Ok(Some(
        Problem::new(FILE, Code::SameFile)
            .with("document", other.id)
            .with("title", other.title())
            .with("customer", whose.map_or(String::new(), |it| it.title()))
            .with("is_same_customer", holder == customer),
    ))
}

fn refused(refusal: Refusal) -> Failure {
    let problem = Problem::new(FILE, Code::FileRefused)
        .with("why", refusal.word())
        .with("max_mib", MAX_BYTES / (1024 * 1024))
        .with("max_megapixels", MAX_PIXELS / 1_000_000);
    Failure::Invalid(vec![problem])
}
