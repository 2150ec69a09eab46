//! Making, editing and deleting records. What is special about an entity stands in the
//! module of its noun; this one asks it.

mod built_on;
pub(crate) mod discards;
mod drafts;
mod history;
mod reads;
pub(crate) mod rules;
pub(crate) mod step_lines;
mod taking_back;
pub(crate) mod titles;
pub(crate) mod undo;
pub mod views;

use serde_json::{Map, Value as Json};
use servease_domain::consequences::{self, MILEAGE};
use servease_domain::reading::{self, Reading};
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values, rules as domain_rules};
use servease_store::rows;
use uuid::Uuid;

use crate::failure::refuse;
use crate::garage::context::Work;
use crate::records::rules::{check_others, to_heirs};
use crate::records::views::{Review, Saved};
use crate::vehicles::mileage;
use crate::vehicles::transfer;
use crate::{Desk, Failure, Result};

/// A record that is about to be made, with everything that is wrong or doubtful about it.
#[derive(Debug)]
pub(crate) struct Draft {
    pub record: Record,
    /// What a new vehicle's odometer shows.
    pub mileage: Option<i64>,
    pub preferences: Values,
    pub problems: Vec<Problem>,
    /// What somebody must confirm first.
    pub doubts: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

impl Desk {
    /// Makes a record. A customer may bring `preferences`.
    ///
    /// Errors: Invalid with every problem at once; Confirm when something is doubtful and
    /// `confirm` is false.
    pub async fn create(
        &self,
        kind: EntityKind,
        fields: &Map<String, Json>,
        confirm: bool,
    ) -> Result<Saved> {
        if !kind.is_created_by_people() {
            return Err(Failure::Invalid(vec![Problem::new("id", Code::Fixed)]));
        }
        let mut work = self.begin().await?;
        let draft = draft(&mut work, kind, fields).await?;
        let id = draft.record.id;
        refuse(draft.problems.clone(), draft.doubts.clone(), confirm)?;
        write(&mut work, draft).await?;
        work.save(id).await
    }

    /// Changes fields of a record. A vehicle's mileage and owner change as by
    /// [`Desk::update_mileage`] and [`Desk::transfer`].
    ///
    /// Errors: NotFound, Invalid, Confirm.
    pub async fn edit(
        &self,
        kind: EntityKind,
        id: Uuid,
        changes: &Map<String, Json>,
        confirm: bool,
    ) -> Result<Saved> {
        let mut work = self.begin().await?;
        let mut record = rows::find_heir(work.conn(), kind, id)
            .await?
            .ok_or(Failure::not_found(kind, id))?;
        let id = record.id;
        let (changes, nested) = split_preferences(kind, changes);
        let mut read = reading::read_edit(&record, &changes, &work.garage.rules());
        to_heirs(work.conn(), kind, &mut read.values).await?;
        let mileage = take_mileage(kind, &record, &mut read.values);
        consequences::state(&record, &mut read.values);
        let mut changed = record.difference(&read.values);
        let mut wanted = record.clone();
        wanted.values.extend(changed.clone());
        let mut problems = problems_of_reading(&read);
        add_broken_rules(
            &mut problems,
            domain_rules::check_edit(&wanted, &changed, &work.garage.rules()),
        );
        problems.extend(check_others(work.conn(), &wanted, &changed).await?);
        let (preferences, preference_problems) = read_preferences(&work, nested);
        problems.extend(preference_problems);
        let mut doubts = Vec::new();
        let new_reading = mileage.map(|value| mileage::reading_of(&mut work, id, value));
        if let Some(new) = &new_reading {
            mileage::judge(&mut work, new, MILEAGE, &mut problems, &mut doubts).await?;
        }
        let is_dated_anew =
            consequences::dated_by(kind).is_some_and(|name| changed.contains_key(name));
        let is_read_anew = changed.contains_key("mileage") || is_dated_anew;
        if kind == EntityKind::ServiceRecord && is_read_anew {
            mileage::judge(&mut work, &wanted, "mileage", &mut problems, &mut doubts).await?;
        }
        let is_doubtful = !doubts.is_empty();
        refuse(problems, doubts, confirm)?;
        work.warnings.extend(read.warnings);

        if let Some(mut new) = new_reading {
            new.values.insert("is_confirmed", Value::Flag(is_doubtful));
            work.step.create(&new).await?;
        }
        if kind == EntityKind::ServiceRecord && is_read_anew {
            changed.insert("is_confirmed", Value::Flag(is_doubtful));
        }
        if kind == EntityKind::Vehicle
            && let Some(Value::Id(owner)) = changed.remove("customer_id")
        {
            transfer::write(&mut work, &mut record, owner).await?;
        }
        work.step.update(&mut record, &changed, false).await?;
        if !preferences.is_empty()
            && let Some(mut own) = rows::find(work.conn(), EntityKind::Preferences, id).await?
        {
            work.step.update(&mut own, &preferences, false).await?;
        }
        work.save(id).await
    }

    /// Deletes a record and what belongs to it; undo brings all of it back.
    ///
    /// Errors: NotFound. MergedAway for an alias: whoever has the id of one record means to delete
    /// no other. Ownerships, and readings that are believed,
    /// are only ever added: Invalid.
    pub async fn delete(&self, kind: EntityKind, id: Uuid) -> Result<Saved> {
        if !kind.is_deleted_by_people() && kind != EntityKind::MileageReading {
            let code = match kind.about().lasts {
                true => Code::NeverDeleted,
                false => Code::Fixed,
            };
            return Err(Failure::Invalid(vec![Problem::new("id", code)]));
        }
        let mut work = self.begin().await?;
        let heir = rows::find_heir(work.conn(), kind, id).await?;
        let mut record = heir.ok_or(Failure::not_found(kind, id))?;
        if record.id != id {
            return Err(Failure::MergedAway {
                kind,
                id,
                into: record.id,
                title: record.title(),
            });
        }
        let is_doubtful = ["is_improbable", "is_from_future"]
            .iter()
            .any(|flag| record.get(flag).as_flag());
        if kind == EntityKind::MileageReading && !is_doubtful {
            return Err(Failure::Invalid(vec![Problem::new("id", Code::Fixed)]));
        }
        work.step.delete(&mut record).await?;
        work.save(id).await
    }

    /// What is wrong and what is doubtful in a form, without saving it. With an `id`, the
    /// fields are an edit of that record.
    pub async fn review(
        &self,
        kind: EntityKind,
        id: Option<Uuid>,
        fields: &Map<String, Json>,
    ) -> Result<Review> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let context = garage.rules();
        let existing = match id {
            Some(id) => rows::find_heir(&mut conn, kind, id).await?,
            None => None,
        };
        let mut read = match &existing {
            Some(record) => reading::read_edit(record, fields, &context),
            None => reading::read(kind, fields, &context),
        };
        to_heirs(&mut conn, kind, &mut read.values).await?;
        let mut problems = problems_of_reading(&read);
        let record = match existing {
            Some(mut record) => {
                take_mileage(kind, &record, &mut read.values);
                consequences::state(&record, &mut read.values);
                let changed = record.difference(&read.values);
                record.values.extend(changed.clone());
                add_broken_rules(
                    &mut problems,
                    domain_rules::check_edit(&record, &changed, &context),
                );
                record
            }
            None => {
                let blank = Record::new(kind, Uuid::nil(), Values::new(), garage.now);
                take_mileage(kind, &blank, &mut read.values);
                consequences::state(&blank, &mut read.values);
                let record = Record::new(kind, Uuid::nil(), read.values.clone(), garage.now);
                add_broken_rules(&mut problems, domain_rules::check_new(&record, &context));
                record
            }
        };
        problems.extend(check_others(&mut conn, &record, &read.values).await?);
        Ok(Review {
            problems: distinct(problems),
            warnings: read.warnings,
        })
    }
}

/// Reads and checks a new record; writes nothing.
pub(crate) async fn draft(
    work: &mut Work<'_>,
    kind: EntityKind,
    fields: &Map<String, Json>,
) -> Result<Draft> {
    let garage = work.garage.clone();
    let (fields, nested) = split_preferences(kind, fields);
    let read = reading::read(kind, &fields, &garage.rules());
    let mut problems = problems_of_reading(&read);
    let mut values = read.values;
    to_heirs(work.conn(), kind, &mut values).await?;
    fill_in(work, kind, &fields, &mut values).await?;
    let id = work.step.new_id();
    let blank = Record::new(kind, id, Values::new(), garage.now);
    let mileage = take_mileage(kind, &blank, &mut values);
    consequences::state(&blank, &mut values);
    let record = Record::new(kind, id, values.clone(), garage.now);
    add_broken_rules(
        &mut problems,
        domain_rules::check_new(&record, &garage.rules()),
    );
    problems.extend(check_others(work.conn(), &record, &values).await?);
    let (preferences, preference_problems) = read_preferences(work, nested);
    problems.extend(preference_problems);
    let mut doubts = Vec::new();
    if kind == EntityKind::ServiceRecord {
        mileage::judge(work, &record, "mileage", &mut problems, &mut doubts).await?;
    }
    Ok(Draft {
        record,
        mileage,
        preferences,
        problems: distinct(problems),
        doubts,
        warnings: read.warnings,
    })
}

/// Writes a draft that has no problems, with what goes with it.
pub(crate) async fn write(work: &mut Work<'_>, draft: Draft) -> Result<()> {
    let mut record = draft.record;
    work.warnings.extend(draft.warnings);
    if record.kind == EntityKind::ServiceRecord {
        let is_doubtful = !draft.doubts.is_empty();
        record
            .values
            .insert("is_confirmed", Value::Flag(is_doubtful));
    }
    work.step.create(&record).await?;
    match record.kind {
        EntityKind::Customer => {
            let mut values = Values::from([
                ("customer_id", Value::Id(record.id)),
                (
                    "timezone",
                    Value::Text(work.garage.settings.timezone.clone()),
                ),
                (
                    "currency",
                    Value::Text(work.garage.settings.currency.clone()),
                ),
            ]);
            values.extend(draft.preferences);
            let own = Record::new(EntityKind::Preferences, record.id, values, work.garage.now);
            work.step.create(&own).await?;
        }
        EntityKind::Vehicle => {
            transfer::write_first_owner(work, &record).await?;
            let now = work.garage.now;
            let mileage = draft.mileage.unwrap_or(0);
            if let Some(first) = consequences::first_reading(&record, mileage, now) {
                let id = work.step.new_id();
                let first = Record::new(EntityKind::MileageReading, id, first, now);
                work.step.create(&first).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// What the product itself knows about a new record.
async fn fill_in(
    work: &mut Work<'_>,
    kind: EntityKind,
    said: &Map<String, Json>,
    values: &mut Values,
) -> Result<()> {
    let author = work.step.moment().author.id;
    match kind {
        EntityKind::Customer if !said.contains_key("country") => {
            let country = crate::garage::settings::country_name(&work.garage.settings.country);
            values.insert("country", Value::Text(country));
        }
        EntityKind::Note => {
            values.insert("created_by", author.map_or(Value::Null, Value::Id));
        }
        EntityKind::ServiceRecord => {
            if values.get("currency").is_none_or(Value::is_blank) {
                let currency = work.garage.settings.currency.clone();
                values.insert("currency", Value::Text(currency));
            }
            if values.get("employee_id").is_none_or(Value::is_blank) {
                values.insert("employee_id", author.map_or(Value::Null, Value::Id));
            }
            if values.get("performed_at").is_none_or(Value::is_blank) {
                values.insert("performed_at", Value::Instant(work.garage.now));
            }
            if let Some(vehicle_id) = values.get("vehicle_id").and_then(Value::as_id)
                && let Some(vehicle) =
                    rows::find(work.conn(), EntityKind::Vehicle, vehicle_id).await?
            {
                values.insert("customer_id", vehicle.get("customer_id").clone());
            }
        }
        _ => {}
    }
    Ok(())
}

/// The mileage that was said of a vehicle, unless that is what it shows.
fn take_mileage(kind: EntityKind, record: &Record, said: &mut Values) -> Option<i64> {
    if kind != EntityKind::Vehicle {
        return None;
    }
    let value = said.remove(MILEAGE)?;
    (value != *record.get(MILEAGE))
        .then(|| value.as_integer())
        .flatten()
}

/// Preferences may stand inside a customer.
fn split_preferences(
    kind: EntityKind,
    fields: &Map<String, Json>,
) -> (Map<String, Json>, Option<Json>) {
    let mut fields = fields.clone();
    let nested = (kind == EntityKind::Customer)
        .then(|| fields.remove("preferences"))
        .flatten();
    (fields, nested)
}

fn read_preferences(work: &Work<'_>, nested: Option<Json>) -> (Values, Vec<Problem>) {
    let mut nested = match nested {
        None | Some(Json::Null) => return (Values::new(), Vec::new()),
        Some(Json::Object(nested)) => nested,
        Some(_) => {
            let problem = Problem::new("preferences", Code::NotAnObject);
            return (Values::new(), vec![problem]);
        }
    };
    nested.remove("customer_id");
    let read = reading::read(EntityKind::Preferences, &nested, &work.garage.rules());
    let problems = problems_of_reading(&read);
    (read.values, problems)
}

/// What could not be read, and what nobody knows. Names that only answers carry (derived
/// fields, ids) may be sent back and are passed over.
fn problems_of_reading(read: &Reading) -> Vec<Problem> {
    let mut problems = read.problems.clone();
    problems.extend(
        read.unknown
            .iter()
            .filter(|name| !DERIVED.contains(&name.as_str()))
            .map(|name| Problem::new(name, Code::UnknownField)),
    );
    problems
}

/// Names in the contract's answers that are no fields of ours.
const DERIVED: &[&str] = &[
    "id",
    "created_at",
    "updated_at",
    "full_name",
    "full_address",
    "active_vehicles_count",
    "vehicles",
    "recent_documents",
    "vehicle_age",
    "is_service_due",
    "due",
];

/// Adds what the rules find to what could not be read. A field that is there and could not
/// be read is not also reported as missing.
fn add_broken_rules(unreadable: &mut Vec<Problem>, broken: Vec<Problem>) {
    let said: Vec<String> = unreadable.iter().map(|p| p.field.clone()).collect();
    let is_said = |field: &str| said.iter().any(|name| name == field);
    unreadable.extend(broken.into_iter().filter(|problem| match problem.code {
        Code::ContactMissing => !is_said("phone") && !is_said("email"),
        Code::PlateOrVinMissing => !is_said("license_plate") && !is_said("vin"),
        _ => !is_said(&problem.field),
    }));
}

fn distinct(problems: Vec<Problem>) -> Vec<Problem> {
    let mut seen: Vec<Problem> = Vec::new();
    for problem in problems {
        if !seen
            .iter()
            .any(|other| other.field == problem.field && other.code == problem.code)
        {
            seen.push(problem);
        }
    }
    seen
}
