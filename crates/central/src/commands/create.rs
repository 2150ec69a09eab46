//! A new record of any kind that clients may create.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use servease_domain::{Code, EntityKind, Problem, Record, Value};
use uuid::Uuid;

use super::{Command, Done, Request, customer, inputs, mileage, service, vehicle};
use crate::changes::Work;
use crate::failure::Failure;
use crate::store::records::{self, Stored};
use crate::views;

#[derive(Debug)]
pub struct Create {
    pub kind: EntityKind,
    pub input: Map<String, Json>,
    /// Fields that the service itself sets: those of a stored file.
    pub system: servease_domain::Values,
}

#[async_trait]
impl Command for Create {
    async fn run(&self, work: &mut Work, request: &Request) -> Result<Done, Failure> {
        let mut input = self.input.clone();
        let mut problems = Vec::new();
        let id = match inputs::new_id(&input) {
            Ok((id, given)) => {
                if given && is_used(work, self.kind, id).await? {
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
        record.values.extend(self.system.clone());
        if self.kind == EntityKind::Note {
            let author = request.caller.employee_id();
            record.values.insert("created_by", Value::Id(author));
        }
        inputs::check_against_others(work, &record, |_| true, &mut problems).await?;
        match self.kind {
            EntityKind::ServiceRecord => {
                service::prepare(work, request, &mut record, &mut problems).await?;
            }
            EntityKind::MileageReading => {
                mileage::prepare(work, &self.input, &mut record, &mut problems).await?;
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
            ensure_employee(work, request).await?;
        }
        let stored = write(work, record).await?;
        match self.kind {
            EntityKind::Customer => {
                if let Some(preferences) = preferences {
                    write(work, preferences).await?;
                }
            }
            EntityKind::Vehicle => vehicle::begin_ownership(work, &stored.record).await?,
            EntityKind::ServiceRecord => service::follow_up(work, &stored.record, request).await?,
            EntityKind::MileageReading => mileage::follow_up(work, &stored.record).await?,
            _ => {}
        }
        let body = views::full(
            work.link().await?,
            &stored.record,
            &views::Scene::of(request),
        )
        .await?;
        Ok(Done::created(body, stored.seq))
    }
}

async fn write(work: &mut Work, record: Record) -> Result<Stored, Failure> {
    let kind = record.kind;
    work.create(record)
        .await
        .map_err(|error| Failure::of_write(error, kind))
}

/// An id counts as used also when its record is deleted.
async fn is_used(work: &mut Work, kind: EntityKind, id: Uuid) -> Result<bool, Failure> {
    let found = records::find_any_for_update(work.link().await?, kind, id).await?;
    Ok(found.is_some())
}

/// A paper of a car belongs to somebody's card: the car must be that customer's.
pub async fn check_owner_of_vehicle(
    work: &mut Work,
    document: &Record,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
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

/// The caller's employee record, made when it is first needed: notes name their author.
pub async fn ensure_employee(work: &mut Work, request: &Request) -> Result<Uuid, Failure> {
    let id = request.caller.employee_id();
    if is_used(work, EntityKind::Employee, id).await? {
        return Ok(id);
    }
    let values = [
        ("name", Value::Text(request.caller.name.clone())),
        ("role", Value::Text(request.caller.role.name().to_owned())),
    ];
    let record = Record::new(EntityKind::Employee, id, values.into(), request.now);
    write(work, record).await?;
    Ok(id)
}
