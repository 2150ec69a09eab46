//! A Central with a past, and desks that sync with it.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value as Json, json};
use servease_desk::demo::DemoPlan;
use servease_desk::{Clock, Desk};
use servease_domain::EntityKind;
use servease_sync::http::{HttpRemote, Session, client};
use servease_sync::{Limits, Progress, Remote, RemoteError, Report, SyncFailure, sync};
pub use servease_tests::central::now;
use servease_tests::central::{Service, employee};
use servease_wire::sync::{Author, Mutation, PROTOCOL, Push, WireAction};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A first sync takes a file for ever so few changes, unless a test says otherwise.
pub const BY_FILE: Limits = Limits {
    mutations: 500,
    bytes: 1 << 19,
    entries: 1_000,
    rows: 100,
    begin_from: 1,
};

pub const BY_CHANGES: Limits = Limits {
    begin_from: i64::MAX,
    ..BY_FILE
};

#[derive(Debug)]
struct Employee(String);

#[async_trait]
impl Session for Employee {
    async fn access(&self) -> Result<String, RemoteError> {
        Ok(self.0.clone())
    }

    async fn renew(&self, _: &str) -> Result<String, RemoteError> {
        Err(RemoteError::SignedOut)
    }
}

pub struct Central {
    pub service: Service,
}

impl Central {
    pub async fn start(database_url: Option<String>) -> Central {
        Central {
            service: Service::start(database_url).await,
        }
    }

    /// With a garage of some years, its tombstones, doubles, and fields of a newer program.
    pub async fn with_past(database_url: Option<String>) -> Central {
        let central = Central::start(database_url).await;
        let (older, newer) = (Pc::new().await, Pc::new().await);
        let plan = DemoPlan {
            customers: 60,
            seed: 7,
        };
        older.desk.fill_demo(plan, |_, _| {}).await.unwrap();
        let remote = central.remote();
        older.sync(&remote, BY_CHANGES).await.unwrap();

        // Two desks make the same customer while apart.
        let twin = json!({"first_name": "Tove", "last_name": "Ågren", "email": "t@x.example"});
        older.customer(&twin).await;
        newer.customer(&twin).await;
        older.sync(&remote, BY_CHANGES).await.unwrap();
        newer.sync(&remote, BY_CHANGES).await.unwrap();

        // One is deleted with everything that belongs to it.
        let gone = older.some_customer().await;
        older.desk.delete(EntityKind::Customer, gone).await.unwrap();
        older.sync(&remote, BY_CHANGES).await.unwrap();

        remote.push(&of_a_newer_program()).await.unwrap();
        older.desk.close().await;
        newer.desk.close().await;
        central
    }

    pub fn remote(&self) -> HttpRemote {
        remote_at(&self.service.running.url)
    }

    /// Adds a customer over the line, as some other desk.
    pub async fn add_customer(&self, first_name: &str) -> Uuid {
        let record = Uuid::now_v7();
        let values = json!({"first_name": first_name, "last_name": "Late", "phone": "+493012345"});
        self.remote()
            .push(&push(vec![creation(record, values)]))
            .await
            .unwrap();
        record
    }

    /// The ready files that it keeps.
    pub fn ready_files(&self) -> Vec<PathBuf> {
        let folder = self.service.folder.path().join("ready");
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "zst"))
            .collect();
        files.sort();
        files
    }

    pub async fn stop(self) {
        self.service.stop().await;
    }
}

/// The token of an employee.
pub fn access() -> String {
    employee()
}

pub fn remote_at(url: &str) -> HttpRemote {
    remote_of(url, access())
}

/// The line of whoever has this token.
pub fn remote_of(url: &str, token: String) -> HttpRemote {
    let base = format!("{url}/").parse().unwrap();
    HttpRemote::new(client().unwrap(), base, Arc::new(Employee(token)))
}

pub fn creation(record: Uuid, values: Json) -> Mutation {
    let Json::Object(after) = values else {
        panic!("no object");
    };
    Mutation {
        id: Uuid::now_v7(),
        step: Uuid::now_v7(),
        entity: "customer".to_owned(),
        record,
        action: WireAction::Create,
        author: Author::default(),
        at: now(),
        seen: 0,
        before: Map::new(),
        after,
        is_correction: false,
        undoes: None,
        deleted_with: None,
        replaced: Vec::new(),
        below: Map::new(),
        is_relayed: false,
    }
}

pub fn push(mutations: Vec<Mutation>) -> Push {
    Push {
        protocol: PROTOCOL,
        desk: Uuid::now_v7(),
        epoch: None,
        known: None,
        mutations,
    }
}

fn of_a_newer_program() -> Push {
    let values = json!({"first_name": "Nova", "last_name": "Neu", "email": "n@x.example",
        "favourite_colour": "green", "loyalty": {"points": 3}});
    push(vec![creation(Uuid::now_v7(), values)])
}

/// A desk on a data folder of its own.
pub struct Pc {
    pub desk: Desk,
    pub folder: TempDir,
}

impl Pc {
    pub async fn new() -> Pc {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(folder.path(), Clock::system()).await.unwrap();
        Pc { desk, folder }
    }

    pub async fn sync(&self, remote: &impl Remote, limits: Limits) -> Result<Report, SyncFailure> {
        let cancel = CancellationToken::new();
        self.sync_until(remote, limits, &cancel, &|_| {}).await
    }

    pub async fn sync_until(
        &self,
        remote: &impl Remote,
        limits: Limits,
        cancel: &CancellationToken,
        on_progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Report, SyncFailure> {
        let store = self.desk.store();
        let (report, result) = sync(store, remote, &now, limits, cancel, on_progress).await;
        result.map(|()| report)
    }

    pub async fn customer(&self, fields: &Json) -> Uuid {
        let Json::Object(fields) = fields else {
            panic!("no object");
        };
        let created = self.desk.create(EntityKind::Customer, fields, true).await;
        created.unwrap().id
    }

    pub async fn some_customer(&self) -> Uuid {
        let mut conn = self.desk.store().read().await.unwrap();
        sqlx::query_scalar("SELECT id FROM customers WHERE deleted_at IS NULL ORDER BY id LIMIT 1")
            .fetch_one(&mut *conn)
            .await
            .unwrap()
    }

    /// What a first sync keeps on the way.
    pub fn leftovers(&self) -> PathBuf {
        self.folder.path().join("first-sync")
    }
}
