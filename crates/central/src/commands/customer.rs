//! What is special about customers: nested preferences, verify, deactivate.

use async_trait::async_trait;
use serde_json::{Map, Value as Json, json};
use servease_domain::{EntityKind, Record, Value, Values};
use servease_wire::{customer, input};
use uuid::Uuid;

use super::{Command, Done, Request, inputs};
use crate::changes::Work;
use crate::failure::Failure;
use crate::store::records::Stored;

/// Takes nested preferences out of a customer's input.
pub fn take_preferences(
    fields: &mut Map<String, Json>,
) -> Result<Option<Map<String, Json>>, Failure> {
    input::take_preferences(fields).map_err(|found| {
        let body = servease_wire::error::not_an_object(&found);
        Failure::Refused(json!({"preferences": body}))
    })
}

/// Problems of nested preferences stand under their name, as the stock service nests them.
fn nested(failure: Failure) -> Failure {
    match failure {
        Failure::Problems(problems) => Failure::Refused(json!({
            "preferences": servease_wire::error::problems(&problems)
        })),
        other => other,
    }
}

/// The preferences of a new customer: what was said, and defaults for the rest.
pub fn new_preferences(
    customer: Uuid,
    said: Option<&Map<String, Json>>,
    request: &Request,
) -> Result<Record, Failure> {
    let mut said = said.cloned().unwrap_or_default();
    said.insert("customer_id".to_owned(), json!(customer));
    let (record, problems) =
        inputs::new_record(EntityKind::Preferences, customer, &said, &request.context);
    inputs::settle(problems).map_err(nested)?;
    Ok(record)
}

/// Changes the preferences of a customer; makes them where a customer arrived without.
pub async fn write_preferences(
    work: &mut Work,
    request: &Request,
    customer: Uuid,
    said: &Map<String, Json>,
) -> Result<Stored, Failure> {
    let mut said = said.clone();
    said.remove("customer_id");
    said.remove("customer");
    match work.find(EntityKind::Preferences, customer).await? {
        Some(stored) => {
            let (changes, problems) =
                inputs::changes_of(&stored.record, &said, &request.context, false);
            inputs::settle(problems)?;
            Ok(work.update(&stored, &changes).await?)
        }
        None => {
            let record = new_preferences(customer, Some(&said), request)?;
            Ok(work.create(record).await?)
        }
    }
}

/// The same for preferences inside a customer.
pub async fn write_nested_preferences(
    work: &mut Work,
    request: &Request,
    customer: Uuid,
    said: &Map<String, Json>,
) -> Result<(), Failure> {
    write_preferences(work, request, customer, said)
        .await
        .map(|_| ())
        .map_err(nested)
}

/// PUT and PATCH of `customers/{id}/preferences/`.
#[derive(Debug)]
pub struct EditPreferences {
    pub customer: Uuid,
    pub input: Map<String, Json>,
}

#[async_trait]
impl Command for EditPreferences {
    async fn run(&self, work: &mut Work, request: &Request) -> Result<Done, Failure> {
        let customer = work.find(EntityKind::Customer, self.customer).await?;
        let customer = customer.ok_or_else(Failure::no_record)?;
        if let Some(there) = work.find(EntityKind::Preferences, self.customer).await? {
            request.check_version(there.seq)?;
        }
        let stored = write_preferences(work, request, customer.record.id, &self.input).await?;
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
    async fn run(&self, work: &mut Work, request: &Request) -> Result<Done, Failure> {
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
    async fn run(&self, work: &mut Work, request: &Request) -> Result<Done, Failure> {
        let stored = set_flag(work, request, self.customer, "is_active", false).await?;
        Ok(Done::ok(customer::deactivated(&stored.record), stored.seq))
    }
}

async fn set_flag(
    work: &mut Work,
    request: &Request,
    id: Uuid,
    field: &'static str,
    to: bool,
) -> Result<Stored, Failure> {
    let stored = work.find(EntityKind::Customer, id).await?;
    let stored = stored.ok_or_else(Failure::no_record)?;
    request.check_version(stored.seq)?;
    let values = Values::from([(field, Value::Flag(to))]);
    Ok(work.update(&stored, &values).await?)
}
