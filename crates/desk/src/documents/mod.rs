//! Papers: files taken in, kept sealed, renewed, given out. Their records are made, edited, deleted
//! and undone like any other; what is special about them is the file.
//!
//! A file is on the disk before its row is written, and goes when no row names it any more: undo
//! finds it again.

mod check;
mod guess;
pub(crate) mod lane;
mod lists;
pub(crate) mod vault;
pub mod views;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value as Json};
use servease_domain::{Code, EntityKind, Problem, Record, Value};
use servease_files::picked::{self, Picked};
use servease_files::{MAX_BYTES, MAX_PIXELS, Refusal};
use servease_store::{Connection, documents, files, rows};
use uuid::Uuid;
use zeroize::Zeroizing;

use self::vault::blocking;
use crate::records::input::Reader;
use crate::records::views::Saved;
use crate::records::write_new;
use crate::{Desk, Failure, Result};

/// The field under which problems of a file are reported.
const FILE: &str = "file";

/// Reading 25 MiB takes a slow stick a few seconds. A network drive that has gone away answers
/// never.
const PATIENCE: Duration = Duration::from_secs(60);

impl Desk {
    /// Takes a file in as a document of a customer. A type and a title that are not given are
    /// guessed from its name and content.
    ///
    /// The same content that is here already is kept once, and told as a warning.
    ///
    /// Errors: Invalid, of the file too (`file`); those of the vault.
    pub async fn add_document(&self, file: &Path, fields: &Map<String, Json>) -> Result<Saved> {
        let picked = pick(file).await?;
        let mut fields = fields.clone();
        let is_said =
            |fields: &Map<String, Json>, name| !matches!(fields.get(name), None | Some(Json::Null));
        if !is_said(&fields, "document_type") {
            let media_type = picked.recognised.kind.media_type;
            let guessed = guess::document_type(&picked.name, media_type, &picked.content);
            let Some(guessed) = guessed else {
                // The first type on the list is nobody's choice.
                let problem = Problem::new("document_type", Code::Required);
                return Err(Failure::Invalid(vec![problem]));
            };
            fields.insert("document_type".to_owned(), guessed.into());
        }
        if !is_said(&fields, "title") {
            fields.insert("title".to_owned(), guess::title(&picked.name).into());
        }
        self.take_in(picked, &fields).await
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
        let old = self.record(EntityKind::Document, id).await?;
        let picked = pick(file).await?;
        let mut all = Map::new();
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
        self.take_in(picked, &all).await
    }

    /// A document with the content of its file.
    ///
    /// Errors: NotFound; FileNotHere, FileDamaged, those of the vault.
    pub async fn document_file(&self, id: Uuid) -> Result<(Record, Zeroizing<Vec<u8>>)> {
        let document = self.record(EntityKind::Document, id).await?;
        let sha256 = document.get("sha256").as_text();
        let content = self.read_file(document.id, sha256).await?;
        self.note_looked_at(sha256).await?;
        Ok((document, content))
    }

    async fn take_in(&self, picked: Picked, fields: &Map<String, Json>) -> Result<Saved> {
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
        let saved = self.write_row(fields, name, recognised, stored).await;
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
        recognised: servease_files::Recognised,
        stored: servease_files::StoredFile,
    ) -> Result<Saved> {
        let mut work = self.begin().await?;
        let id = work.step.new_id();
        let mut input = Reader::of(&mut work)
            .read_new(EntityKind::Document, id, fields)
            .await?;
        input.refuse(false)?;
        if let Some(same) = told_same(work.conn(), &input.record, &stored.sha256).await? {
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
        write_new(&mut work, input).await?;
        files::note_taken_in(work.conn(), &stored.sha256).await?;
        work.save(id).await
    }
}

/// That a customer's file is here already: theirs first, else somebody else's.
async fn told_same(conn: &mut Connection, new: &Record, sha256: &str) -> Result<Option<Problem>> {
    let same = documents::with_content(conn, sha256).await?;
    let customer = new.get("customer_id").as_id();
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

/// Reads what somebody has chosen. Errors: Invalid, with the reason.
async fn pick(file: &Path) -> Result<Picked> {
    let path = PathBuf::from(file);
    let (answer, heard) = tokio::sync::oneshot::channel();
    // A thread of its own: one that hangs must not keep the program from ending, as one of
    // the runtime's would.
    std::thread::spawn(move || {
        let _ = answer.send(picked::read(&path, MAX_BYTES));
    });
    match tokio::time::timeout(PATIENCE, heard).await {
        Ok(Ok(Ok(picked))) => Ok(picked),
        Ok(Ok(Err(refusal))) => Err(refused(refusal)),
        _ => Err(refused(Refusal::Unreadable)),
    }
}

fn refused(refusal: Refusal) -> Failure {
    let problem = Problem::new(FILE, Code::FileRefused)
        .with("why", refusal.word())
        .with("max_mib", MAX_BYTES / (1024 * 1024))
        .with("max_megapixels", MAX_PIXELS / 1_000_000);
    Failure::Invalid(vec![problem])
}
