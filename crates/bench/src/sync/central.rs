//! A Central with a garage in it, and what a desk needs to talk to it.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use servease_central::auth::passwords;
use servease_central::auth::tokens::Tokens;
use servease_central::auth::users::{self, User};
use servease_central::caller::Role;
use servease_central::changes::{self, Author, Changeset};
use servease_central::db::{self, Db};
use servease_central::{Config, Running, start};
use servease_desk::demo::{self, DemoPlan};
use servease_desk::{Clock, Desk};
use servease_domain::calendar::Calendar;
use servease_domain::{EntityKind, Record};
use servease_store::{Store, rows};
use servease_sync::http::{HttpRemote, Session, client};
use servease_sync::{Limits, RemoteError, Report, sync};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Outcome;

const SECRET: &str = "the secret of a measurement, long enough";
pub const EMAIL: &str = "bench@example.com";
pub const PASSWORD: &str = "a password for measuring";

/// A household of the demo garage is about so many rows.
const ROWS_PER_CUSTOMER: u64 = 12;

/// Records of one transaction.
const BATCH: usize = 5_000;

pub fn now() -> DateTime<Utc> {
    Clock::system().now()
}

#[derive(Debug)]
pub struct Central {
    pub running: Running,
}

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

fn user() -> User {
    User {
        id: Uuid::from_u128(7),
        email: EMAIL.to_owned(),
        password_hash: passwords::hash(PASSWORD).unwrap_or_default(),
        role: Role::Employee,
        first_name: "Bench".to_owned(),
        last_name: "Mark".to_owned(),
        is_active: true,
    }
}

impl Central {
    /// Opens the data folder; fills it with about so many rows if it is new.
    pub async fn open(folder: &Path, rows: u64) -> Outcome<Central> {
        let mut config = Config::in_folder(folder.to_owned());
        config.jwt_secret = Some(SECRET.to_owned());
        let target = config.data.target();
        let database = db::open(&target, 2).await?;
        let last = changes::last_seq(&mut database.read().await?).await?;
        if last == 0 {
            fill(&database, rows).await?;
            users::add(&database, &user(), now()).await?;
        }
        database.close().await;
        Ok(Central {
            running: start(config).await?,
        })
    }

    pub fn remote(&self) -> Outcome<HttpRemote> {
        remote_at(&self.running.url)
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }
}

pub fn token() -> Outcome<String> {
    Ok(Tokens::new(SECRET.as_bytes())
        .access(&user(), now())
        .map_err(|_| "no token")?)
}

pub fn remote_at(url: &str) -> Outcome<HttpRemote> {
    let session = Arc::new(Employee(token()?));
    Ok(HttpRemote::new(
        client()?,
        format!("{url}/").parse()?,
        session,
    ))
}

/// The rows of a demo garage, through the change sequence.
async fn fill(database: &Db, rows: u64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("demo.db"), now()).await?;
    let plan = DemoPlan {
        customers: u32::try_from(rows / ROWS_PER_CUSTOMER)?,
        seed: 1,
    };
    demo::fill(&store, plan, now(), Calendar::default(), |_, _| {}).await?;
    let mut conn = store.read().await?;
    for kind in EntityKind::ALL {
        let mut after = None;
        loop {
            let page: Vec<Record> = rows::list_after(&mut conn, kind, after, BATCH).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.id);
            let mut work = Changeset::begin(database, Author::default(), now()).await?;
            for record in page {
                work.create(record).await?;
            }
            work.commit().await?;
        }
    }
    Ok(())
}

/// A desk on a new data folder.
pub async fn new_desk(folder: &Path) -> Outcome<Desk> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(Desk::open(folder, Clock::system()).await?)
}

/// One run that must succeed.
pub async fn run_once(
    desk: &Desk,
    remote: &impl servease_sync::Remote,
    limits: Limits,
) -> Outcome<Report> {
    let cancel = CancellationToken::new();
    let (report, result) = sync(desk.store(), remote, &now, limits, &cancel, &|_| {}).await;
    result?;
    Ok(report)
}
