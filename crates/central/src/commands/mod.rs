//! What clients can have done: one command for each kind of change. A command validates
//! through the domain, writes through the change sequence and answers with the record as it
//! is then, all in one transaction.
//!
//! HTTP is not known here.

mod create;
mod customer;
mod delete;
mod edit;
mod employee;
mod inputs;
mod look;
mod mileage;
mod service;
mod vehicle;

pub use create::Create;
pub use customer::{Deactivate, EditPreferences, Verify};
pub use delete::Delete;
pub use edit::Edit;
pub use look::GiveOut;
pub use mileage::UpdateMileage;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use servease_domain::reading::Context;

use crate::caller::Caller;
use crate::changes::Changeset;
use crate::clock::World;
use crate::db::{Db, DbError};
use crate::failure::ApiFailure;
use crate::ledger::{self, Done};
use crate::views::Scene;

/// Transactions that stood in each other's way are repeated this often. Five collisions in a
/// row mean overload, which the client has to be told.
const ATTEMPTS: u32 = 5;

/// What every command knows of its caller and of the moment.
#[derive(Debug, Clone)]
pub struct Request {
    pub caller: Caller,
    pub now: DateTime<Utc>,
    pub context: Context,
    pub world: World,
    /// The part of URLs before the path.
    pub base_url: String,
    /// A client's key for harmless repetition, with the digest of what it asked for.
    pub idempotency: Option<(String, String)>,
    /// The version that the client last saw (`If-Match`): numbers of which one must be the
    /// record's last change. None: not asked for.
    pub if_match: Option<Vec<i64>>,
}

impl Request {
    /// What the form of the answer depends on.
    pub fn scene(&self) -> Scene {
        Scene {
            today: self.context.today,
            base_url: self.base_url.clone(),
            is_customers: self.caller.is_customer(),
        }
    }

    /// Errors: [`ApiFailure::PreconditionFailed`] if the client saw another version.
    pub fn check_version(&self, seq: i64) -> Result<(), ApiFailure> {
        match &self.if_match {
            Some(seen) if !seen.contains(&seq) => Err(ApiFailure::PreconditionFailed),
            _ => Ok(()),
        }
    }
}

/// One change that a client asks for. It may be run several times: only the last run counts.
#[async_trait]
pub trait Command: Send + Sync {
    async fn run(&self, work: &mut Changeset, request: &Request) -> Result<Done, ApiFailure>;
}

/// Runs a command in a transaction of its own, once for each idempotency key.
pub async fn execute(
    db: &Db,
    request: &Request,
    command: &dyn Command,
) -> Result<Done, ApiFailure> {
    let mut attempt = 1;
    loop {
        match attempt_once(db, request, command).await {
            Err(ApiFailure::Database(DbError::Collision(_))) if attempt < ATTEMPTS => attempt += 1,
            // The same key at the same moment on another instance: its answer is there now.
            Err(ApiFailure::Database(DbError::Unique { index }))
                if index.starts_with("ledger") && attempt < ATTEMPTS =>
            {
                attempt += 1;
            }
            other => return other,
        }
    }
}

/// Runs a command and takes it back: every failure shows, nothing stays. Answers what was
/// answered before under the same idempotency key, if anything was.
pub async fn rehearse(
    db: &Db,
    request: &Request,
    command: &dyn Command,
) -> Result<Option<Done>, ApiFailure> {
    let mut work = Changeset::begin(db, request.caller.author(), request.now).await?;
    work.employee = Some(request.caller.employee_id());
    if let Some((key, digest)) = &request.idempotency
        && let Some(done) = ledger::find(work.link().await?, key, digest).await?
    {
        return Ok(Some(done));
    }
    command.run(&mut work, request).await?;
    // Asking for the link writes what the command has changed.
    work.link().await?;
    Ok(None)
}

async fn attempt_once(
    db: &Db,
    request: &Request,
    command: &dyn Command,
) -> Result<Done, ApiFailure> {
    let mut work = Changeset::begin(db, request.caller.author(), request.now).await?;
    work.employee = Some(request.caller.employee_id());
    if let Some((key, digest)) = &request.idempotency
        && let Some(done) = ledger::find(work.link().await?, key, digest).await?
    {
        return Ok(done);
    }
    let done = command.run(&mut work, request).await?;
    if let Some((key, digest)) = &request.idempotency {
        ledger::keep(work.link().await?, key, digest, &done, request.now).await?;
    }
    work.commit().await?;
    Ok(done)
}
