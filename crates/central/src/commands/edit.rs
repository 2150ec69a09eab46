//! PUT and PATCH of a record of any kind that clients may change.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use servease_domain::consequences::{MILEAGE, dated_by, take_back_judgements};
use servease_domain::{EntityKind, Record, Value, Values};
use uuid::Uuid;

use super::{Command, Request, create, customer, employee, inputs, mileage, vehicle};
use crate::changes::Changeset;
use crate::failure::ApiFailure;
use crate::ledger::Done;
use crate::sync::{conflicts, unique};
use crate::views;

#[derive(Debug)]
pub struct Edit {
    pub kind: EntityKind,
    pub id: Uuid,
    pub input: Map<String, Json>,
    /// PUT: the whole record is sent, so that required fields must be there.
    pub is_whole: bool,
}

#[async_trait]
impl Command for Edit {
    async fn run(&self, work: &mut Changeset, request: &Request) -> Result<Done, ApiFailure> {
        let stored = work.find(self.kind, self.id).await?;
        let stored = stored.ok_or_else(ApiFailure::no_record)?;
        if !views::may_see(work.link().await?, &request.caller, &stored.record).await? {
            return Err(ApiFailure::no_record());
        }
        request.check_version(stored.seq)?;
        let mut input = self.input.clone();
        let nested = match self.kind {
            EntityKind::Customer => customer::take_preferences(&mut input)?,
            _ => None,
        };
        let (mut changes, mut problems) =
            inputs::changes_of(&stored.record, &input, &request.context, self.is_whole);
        inputs::to_heirs(work, self.kind, &mut changes).await?;
        let mut changes = stored.record.difference(&changes);
        let new_mileage = match self.kind {
            EntityKind::Vehicle => {
                let still = vehicle::still_holds(&input, &mut problems);
                vehicle::end_papers(&stored.record, &input, still, &mut changes);
                vehicle::take_mileage(&stored.record, &mut changes)
            }
            _ => None,
        };
        let mut reading = None;
        if let Some(value) = new_mileage {
            match mileage::check_not_lower(&stored.record, value) {
                Some(problem) => problems.push(problem),
                None => {
                    let mut new = mileage::new_reading(work, self.id, value);
                    mileage::judge(work, &input, &mut new, MILEAGE, &mut problems).await?;
                    reading = Some(new);
                }
            }
        }
        let mut wanted = with(&stored.record, &changes);
        let is_dated_anew = dated_by(self.kind).is_some_and(|name| changes.contains_key(name));
        take_back_judgements(&stored.record, &mut changes);
        if self.kind == EntityKind::ServiceRecord
            && (is_dated_anew || changes.contains_key("mileage"))
        {
            wanted.values.insert("is_confirmed", Value::Flag(false));
            mileage::judge(work, &input, &mut wanted, "mileage", &mut problems).await?;
            changes.insert("is_confirmed", wanted.get("is_confirmed").clone());
        }
        if self.kind == EntityKind::Employee {
            let before = stored.record.get("role").as_text();
            problems.extend(employee::check_role(request, before, &wanted));
        }
        let is_changed = |name: &str| changes.contains_key(name);
        inputs::check_against_others(work, &wanted, is_changed, &mut problems).await?;
        if self.kind == EntityKind::Document && is_changed("vehicle_id") {
            create::check_owner_of_vehicle(work, &wanted, &mut problems).await?;
        }
        let preferences = match nested {
            Some(said) => {
                let prepared =
                    customer::prepare_preferences(work, request, stored.record.id, &said);
                let (pending, found) = prepared.await?;
                problems.extend(customer::nested(found));
                Some(pending)
            }
            None => None,
        };
        inputs::settle(problems)?;

        let edited = work
            .update(&stored, &changes)
            .await
            .map_err(|error| ApiFailure::of_write(error, self.kind))?;
        if unique::touches(self.kind, &changes) {
            unique::settle_edited(work, &edited).await?;
        }
        conflicts::end(work, self.kind, self.id, changes.keys().copied()).await?;
        if let Some(preferences) = preferences {
            customer::write_preferences(work, preferences).await?;
        }
        if self.kind == EntityKind::Vehicle {
            vehicle::transfer(work, &stored.record, &edited.record).await?;
        }
        if let Some(reading) = reading {
            inputs::write(work, reading).await?;
        }
        work.settle().await?;
        let edited = work.reread(&edited).await?;
        let body = views::full(work.link().await?, &edited.record, &request.scene()).await?;
        Ok(Done::ok(body, edited.seq))
    }
}

fn with(record: &Record, changes: &Values) -> Record {
    let mut wanted = record.clone();
    wanted.values.extend(changes.clone());
    wanted
}
