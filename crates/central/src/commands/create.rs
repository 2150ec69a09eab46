//! A new record of any kind that clients may create.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use servease_domain::consequences::MILEAGE;
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values};
use uuid::Uuid;

use super::{Command, Request, customer, employee, inputs, mileage, service, vehicle};
use crate::changes::Changeset;
use crate::failure::ApiFailure;
use crate::ledger::Done;
use crate::store::records;
use crate::views;

#[derive(Debug)]
pub struct Create {
    pub kind: EntityKind,
    pub input: Map<String, Json>,
    /// Fields that the service itself sets: those of a stored file.
    pub system: Values,
}

#[async_trait]
impl Command for Create {
    async fn run(&self, work: &mut Changeset, request: &Request) -> Result<Done, ApiFailure> {
        let mut input = self.input.clone();
        let mut problems = Vec::new();
        let id = match inputs::new_id(&input) {
            Ok((id, given)) => {
                if given && inputs::is_used(work, self.kind, id).await? {
                    problems.push(Problem::new("id", Code::Unique));
                }
                id
            }
            Err(problem) => {
                problems.push(problem);
                Uuid::now_v7()
            }
        };
        let nested = match self.kind {
            EntityKind::Customer => customer::take_preferences(&mut input)?,
            _ => None,
        };
        let (mut record, found) = inputs::new_record(self.kind, id, &input, &request.context);
        inputs::add(&mut problems, found);
        inputs::to_heirs(work, self.kind, &mut record.values).await?;
        record.values.extend(self.system.clone());
        let mileage = match self.kind {
            EntityKind::Vehicle => {
                let blank = Record::new(self.kind, id, Values::new(), request.now);
                let said = vehicle::take_mileage(&blank, &mut record.values);
                // It shows nothing before it was read.
                record.values.insert(MILEAGE, blank.get(MILEAGE).clone());
                said
            }
            _ => None,
        };
        if self.kind == EntityKind::Note {
            let author = request.caller.employee_id();
            record.values.insert("created_by", Value::Id(author));
        }
        if self.kind == EntityKind::Employee {
            problems.extend(employee::check_role(request, "", &record));
        }
        inputs::check_against_others(work, &record, |_| true, &mut problems).await?;
        match self.kind {
            EntityKind::ServiceRecord => {
                service::prepare(work, request, &mut record, &mut problems).await?;
                mileage::judge(work, &self.input, &mut record, "mileage", &mut problems).await?;
            }
            EntityKind::MileageReading => {
                mileage::judge(work, &self.input, &mut record, "value", &mut problems).await?;
            }
            EntityKind::Document => check_owner_of_vehicle(work, &record, &mut problems).await?,
            _ => {}
        }
        let preferences = match self.kind {
            EntityKind::Customer => {
                let (record, found) = customer::new_preferences(id, nested.as_ref(), request);
                problems.extend(customer::nested(found));
                Some(record)
            }
            _ => None,
        };
        inputs::settle(problems)?;

        if self.kind == EntityKind::Note {
            employee::ensure(work, request).await?;
        }
        let stored = inputs::write(work, record).await?;
        match self.kind {
            EntityKind::Customer => {
                if let Some(preferences) = preferences {
                    inputs::write(work, preferences).await?;
                }
            }
            EntityKind::Vehicle => {
                vehicle::begin(work, &stored.record, mileage.unwrap_or(0)).await?;
            }
            _ => {}
        }
        work.settle().await?;
        let stored = work.reread(&stored).await?;
        let body = views::full(work.link().await?, &stored.record, &request.scene()).await?;
        Ok(Done::created(body, stored.seq))
    }
}

/// A paper of a car belongs to somebody's card: the car must be that customer's.
pub async fn check_owner_of_vehicle(
    work: &mut Changeset,
    document: &Record,
    problems: &mut Vec<Problem>,
) -> Result<(), ApiFailure> {
    let Some(id) = document.get("vehicle_id").as_id() else {
        return Ok(());
    };
    let owner = records::find(work.link().await?, EntityKind::Vehicle, id)
        .await?
        .and_then(|vehicle| vehicle.record.get("customer_id").as_id());
    let customer = document.get("customer_id").as_id();
    if let (Some(owner), Some(customer)) = (owner, customer)
        && owner != customer
    {
        problems.push(Problem::new("vehicle_id", Code::NotFound).with("found", id));
    }
    Ok(())
}
