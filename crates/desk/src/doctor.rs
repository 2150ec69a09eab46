//! Whether the data folder is sound. A damaged database is what this is for, so each
//! question is asked for itself and a failed one is reported like anything else that is
//! wrong.

use std::path::{Path, PathBuf};

use serde::Serialize;
use servease_domain::EntityKind;
use servease_store::{log, rows};

use crate::documents::views::{FilesHealth, Trouble};
use crate::folder::DATABASE;
use crate::{Clock, Desk, Failure, FailureCode, Result};

/// What `servease doctor` reports. Sizes in bytes; None where the database did not answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Health {
    pub ok: bool,
    /// What is wrong, one sentence each, for whoever supports the garage.
    pub problems: Vec<String>,
    /// The kind of the first failure that was more than an answer, where there was one.
    #[serde(skip)]
    pub failure: Option<FailureCode>,
    pub version: String,
    pub sqlite_version: Option<String>,
    pub schema_version: Option<i64>,
    pub database: String,
    pub database_size: u64,
    pub wal_size: u64,
    pub customers: Option<i64>,
    pub vehicles: Option<i64>,
    pub mutations_waiting: Option<i64>,
    pub documents: Option<FilesHealth>,
}

impl Health {
    fn of_file(path: &Path) -> Health {
        let size = |suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            std::fs::metadata(PathBuf::from(name)).map_or(0, |metadata| metadata.len())
        };
        Health {
            ok: true,
            problems: Vec::new(),
            failure: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            sqlite_version: None,
            schema_version: None,
            database: path.display().to_string(),
            database_size: size(""),
            wal_size: size("-wal"),
            customers: None,
            vehicles: None,
            mutations_waiting: None,
            documents: None,
        }
    }

    /// The answer, or its failure as something that is wrong.
    fn ask<T>(&mut self, answer: Result<T>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(failure) => {
                self.report(&failure);
                None
            }
        }
    }

    fn tell_of_files(&mut self, troubles: &[Trouble]) {
        for trouble in troubles {
            self.ok = false;
            self.failure.get_or_insert(FailureCode::FileDamaged);
            let state = if trouble.is_damaged {
                "damaged"
            } else {
                "missing"
            };
            let (id, title) = (trouble.document, &trouble.title);
            self.problems
                .push(format!("the file of document {id} ({title}) is {state}"));
        }
    }

    fn report(&mut self, failure: &Failure) {
        self.ok = false;
        self.failure.get_or_insert(failure.code());
        let sentence = failure.with_causes();
        if !self.problems.contains(&sentence) {
            self.problems.push(sentence);
        }
    }
}

impl Desk {
    /// Checks integrity, references and versions. Reads the whole file.
    pub async fn examine(&self) -> Health {
        let mut health = Health::of_file(self.store.path().unwrap_or(Path::new("")));
        if let Some(versions) = health.ask(self.store.versions().await.map_err(Failure::from)) {
            health.sqlite_version = Some(versions.sqlite);
            health.schema_version = Some(versions.schema);
        }
        let found = self.store.integrity_problems().await;
        if let Some(found) = health.ask(found.map_err(Failure::from)) {
            if !found.is_empty() {
                health.ok = false;
                health.failure.get_or_insert(FailureCode::Damaged);
            }
            health.problems.extend(found);
        }
        health.customers = health.ask(self.count(EntityKind::Customer).await);
        health.vehicles = health.ask(self.count(EntityKind::Vehicle).await);
        health.mutations_waiting = health.ask(self.count_waiting().await);
        if let Some((files, troubles)) = health.ask(self.check_files().await) {
            health.documents = Some(files);
            health.tell_of_files(&troubles);
        }
        if self.has_files() {
            health.ask(self.collect_files().await);
        }
        health
    }

    async fn count(&self, kind: EntityKind) -> Result<i64> {
        Ok(rows::count(&mut *self.store.read().await?, kind).await?)
    }

    async fn count_waiting(&self) -> Result<i64> {
        Ok(log::count_waiting(&mut *self.store.read().await?).await?)
    }
}

/// Examines a data folder, also one whose database cannot be opened.
pub async fn examine_folder(folder: &Path, clock: Clock) -> Health {
    match Desk::open(folder, clock).await {
        Ok(desk) => {
            let health = desk.examine().await;
            desk.close().await;
            health
        }
        Err(failure) => {
            let mut health = Health::of_file(&folder.join(DATABASE));
            health.report(&failure);
            health
        }
    }
}
