//! The machines: disks that can be put back, clocks that may be years off.

use chrono::{DateTime, TimeDelta, Utc};
use servease_central::db::Db;
use servease_store::Store;
use sqlx::{AssertSqlSafe, SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::disks::{Cabinet, CentralFiles, Disk, FilesImage};
use super::edits::Known;
use super::image::Image;

/// How much a disk takes.
#[derive(Debug, Clone, Copy)]
pub enum Pages {
    /// What is on it, and nothing more.
    AsMany,
    Any,
}

/// Fills a disk, or makes room on it again.
pub async fn limit_pages(conn: &mut SqliteConnection, pages: Pages) {
    let limit: i64 = match pages {
        Pages::AsMany => sqlx::query_scalar("PRAGMA page_count")
            .fetch_one(&mut *conn)
            .await
            .expect("pages"),
        Pages::Any => 1_000_000,
    };
    let pragma = format!("PRAGMA max_page_count = {limit}");
    sqlx::query(AssertSqlSafe(pragma))
        .execute(conn)
        .await
        .expect("limit");
}

/// One PC at a front desk.
#[derive(Debug)]
pub struct DeskPc {
    pub store: Store,
    /// How far its clock is off.
    pub offset: TimeDelta,
    pub backup: Option<DeskBackup>,
    /// The newest line of its log that the scenario has noted.
    pub noted: i64,
    /// The desk of which this one, or the one that it was cloned from, is a copy; else itself: what
    /// was typed before the copy was made is in the logs of both.
    pub original: usize,
    /// What is on its disk beside the database.
    pub files: Cabinet,
}

#[derive(Debug, Clone)]
pub struct DeskBackup {
    pub image: Image,
    /// How many edits were known when it was made.
    pub noted: i64,
    pub files: Disk,
}

impl DeskPc {
    pub fn now(&self, world: DateTime<Utc>) -> DateTime<Utc> {
        world + self.offset
    }
}

/// Central's machine.
#[derive(Debug)]
pub struct CentralPc {
    pub pool: SqlitePool,
    pub db: Db,
    pub epoch: String,
    pub backup: Option<CentralBackup>,
    /// The files of documents, where the scenario has any.
    pub files: Option<CentralFiles>,
}

#[derive(Debug, Clone)]
pub struct CentralBackup {
    pub image: Image,
    pub epoch: String,
    pub files: FilesImage,
}

/// What a person did, as the desk confirmed it.
#[derive(Debug, Clone)]
pub struct Confirmed {
    pub desk: usize,
    pub edit: Known,
    /// The desk's disk died before the edit could have been sent.
    pub is_forgiven: bool,
}

pub type Edits = std::collections::BTreeMap<Uuid, Confirmed>;
