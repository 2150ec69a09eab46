//! What is special about customers: nested preferences, verify, deactivate.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value as Json, json};
use servease_domain::{EntityKind, Problem, Record, Value, Values};
use servease_wire::{customer, input};
use uuid::Uuid;

use super::{Command, Request, inputs};
use crate::changes::Changeset;
use crate::failure::ApiFailure;
use crate::ledger::Done;
use crate::store::records::Stored;

/// Takes nested preferences out of a customer's input.
pub fn take_preferences(
    fields: &mut Map<String, Json>,
) -> Result<Option<Map<String, Json>>, ApiFailure> {
    input::take_preferences(fields).map_err(|found| {
        let body = servease_wire::error::not_an_object(&found);
        ApiFailure::Refused(json!({"preferences": body}))
    })
}

/// Problems of nested preferences stand under their name, as the stock service nests them.
pub fn nested(problems: Vec<Problem>) -> Vec<Problem> {
    let rename = |problem: Problem| Problem {
        field: format!("preferences.{}", problem.field),
        ..problem
    };
    problems.into_iter().map(rename).collect()
}

/// The preferences of a new customer: what was said, and defaults for the rest; and what is
/// wrong with them.
pub fn new_preferences(
    customer: Uuid,
    said: Option<&Map<String, Json>>,
    request: &Request,
) -> (Record, Vec<Problem>) {
    let mut said = said.cloned().unwrap_or_default();
    said.insert("customer_id".to_owned(), json!(customer));
    inputs::new_record(EntityKind::Preferences, customer, &said, &request.context)
}

/// Preferences that are about to be written.
#[derive(Debug)]
pub enum Pending {
    Changed(Box<Stored>, Values),
    /// Of a customer who arrived without.
    New(Record),
}

/// What an input makes of a customer's preferences, and what is wrong with it.
pub async fn prepare_preferences(
    work: &mut Changeset,
    request: &Request,
    customer: Uuid,
    said: &Map<String, Json>,
) -> Result<(Pending, Vec<Problem>), ApiFailure> {
    let mut said = said.clone();
    said.remove("customer_id");
    said.remove("customer");
    Ok(match work.find(EntityKind::Preferences, customer).await? {
        Some(stored) => {
            let (changes, problems) =
                inputs::changes_of(&stored.record, &said, &request.context, false);
            (Pending::Changed(Box::new(stored), changes), problems)
        }
        None => {
            let (record, problems) = new_preferences(customer, Some(&said), request);
            (Pending::New(record), problems)
        }
    })
}

pub async fn write_preferences(
    work: &mut Changeset,
    pending: Pending,
) -> Result<Arc<Stored>, ApiFailure> {
    Ok(match pending {
        Pending::Changed(stored, changes) => work.update(&stored, &changes).await?,
        Pending::New(record) => work.create(record).await?,
    })
}

/// PUT and PATCH of `customers/{id}/preferences/`.
#[derive(Debug)]
pub struct EditPreferences {
    pub customer: Uuid,
    pub input: Map<String, Json>,
}

#[async_trait]
impl Command for EditPreferences {
    async fn run(&self, work: &mut Changeset, request: &Request) -> Result<Done, ApiFailure> {
        let customer = work.find(EntityKind::Customer, self.customer).await?;
        let customer = customer.ok_or_else(ApiFailure::no_record)?;
        if let Some(there) = work
            .find(EntityKind::Preferences, customer.record.id)
            .await?
        {
            request.check_version(there.seq)?;
        }
        let id = customer.record.id;
        let (pending, problems) = prepare_preferences(work, request, id, &self.input).await?;
        inputs::settle(problems)?;
        let stored = write_preferences(work, pending).await?;
        Ok(Done::ok(customer::preferences(&stored.record), stored.seq))
    }
}

/// `customers/{id}/verify/`.
#[derive(Debug)]
pub struct Verify {
    pub customer: Uuid,
}

#[async_trait]
impl Command for Verify {
    async fn run(&self, work: &mut Changeset, request: &Request) -> Result<Done, ApiFailure> {
        let stored = set_flag(work, request, self.customer, "is_verified", true).await?;
        Ok(Done::ok(customer::verified(&stored.record), stored.seq))
    }
}

/// `customers/{id}/deactivate/`.
#[derive(Debug)]
pub struct Deactivate {
    pub customer: Uuid,
}

#[async_trait]
impl Command for Deactivate {
    async fn run(&self, work: &mut Changeset, request: &Request) -> Result<Done, ApiFailure> {
        let stored = set_flag(work, request, self.customer, "is_active", false).await?;
        Ok(Done::ok(customer::deactivated(&stored.record), stored.seq))
    }
}

async fn set_flag(
    work: &mut Changeset,
    request: &Request,
    id: Uuid,
    field: &'static str,
    to: bool,
) -> Result<Arc<Stored>, ApiFailure> {
    let stored = work.find(EntityKind::Customer, id).await?;
    let stored = stored.ok_or_else(ApiFailure::no_record)?;
    request.check_version(stored.seq)?;
    let values = Values::from([(field, Value::Flag(to))]);
    Ok(work.update(&stored, &values).await?)
}
