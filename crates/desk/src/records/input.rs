//! What people give, read and checked in one way, whether a record is made, edited, looked over
//! before it is saved, or decided on. Nothing is written here.

use serde_json::{Map, Value as Json};
use servease_domain::consequences::{self, MILEAGE};
use servease_domain::reading::{self, Reading};
use servease_domain::{Code, EntityKind, Problem, Record, Value, Values, rules};
use servease_store::{Connection, rows};
use uuid::Uuid;

use crate::failure::refuse;
use crate::garage::context::{Garage, Work};
use crate::records::rules::{check_others, to_heirs};
use crate::vehicles::readings;
use crate::{Result, garage};

/// A record as it would stand, with everything that is wrong or doubtful about it.
#[derive(Debug)]
pub(crate) struct Input {
    pub record: Record,
    /// What is new in it; of a new record all that was given.
    pub changed: Values,
    /// What is said of a vehicle's odometer, where it shows something else.
    pub mileage: Option<i64>,
    pub preferences: Values,
    pub problems: Vec<Problem>,
    /// What somebody must confirm first.
    pub doubts: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

impl Input {
    /// Errors: Invalid with every problem at once; Confirm when something is doubtful and
    /// `confirm` is false.
    pub fn refuse(&self, confirm: bool) -> Result<()> {
        refuse(self.problems.clone(), self.doubts.clone(), confirm)
    }

    /// Somebody who saves it all the same has confirmed it.
    fn confirm(&mut self) {
        let is_confirmed = Value::Flag(!self.doubts.is_empty());
        self.record
            .values
            .insert("is_confirmed", is_confirmed.clone());
        self.changed.insert("is_confirmed", is_confirmed);
    }

    async fn judge(&mut self, conn: &mut Connection, new: &Record, field: &str) -> Result<()> {
        readings::judge(conn, new, field, &mut self.problems, &mut self.doubts).await
    }
}

/// Reads what was given among the records that are there.
#[derive(Debug)]
pub(crate) struct Reader<'c> {
    conn: &'c mut Connection,
    garage: &'c Garage,
    author: Option<Uuid>,
}

impl<'c> Reader<'c> {
    pub fn new(conn: &'c mut Connection, garage: &'c Garage, author: Option<Uuid>) -> Self {
        Self {
            conn,
            garage,
            author,
        }
    }

    pub fn of(work: &'c mut Work<'_>) -> Self {
        let author = work.step.moment().author.id;
        Self::new(work.step.conn(), &work.garage, author)
    }

    /// A new record. Customers may bring `preferences`.
    pub async fn read_new(
        &mut self,
        kind: EntityKind,
        id: Uuid,
        fields: &Map<String, Json>,
    ) -> Result<Input> {
        let (fields, nested) = split_preferences(kind, fields);
        let mut read = reading::read(kind, &fields, &self.garage.rules());
        to_heirs(self.conn, kind, &mut read.values).await?;
        self.fill_in(kind, &fields, &mut read.values).await?;
        let blank = Record::new(kind, id, Values::new(), self.garage.now);
        let mileage = take_mileage(&blank, &mut read.values);
        consequences::state(&blank, &mut read.values);
        let record = Record::new(kind, id, read.values.clone(), self.garage.now);
        let broken = rules::check_new(&record, &self.garage.rules());
        let mut input = self.check(read, record, broken, nested).await?;
        input.mileage = mileage;
        if let Some(name) = readings::field_of(kind) {
            let new = input.record.clone();
            input.judge(self.conn, &new, name).await?;
            input.confirm();
        }
        Ok(input)
    }

    /// An edit of `record`.
    pub async fn read_edit(
        &mut self,
        record: &Record,
        fields: &Map<String, Json>,
    ) -> Result<Input> {
        let (fields, nested) = split_preferences(record.kind, fields);
        let mut read = reading::read_edit(record, &fields, &self.garage.rules());
        to_heirs(self.conn, record.kind, &mut read.values).await?;
        let mileage = take_mileage(record, &mut read.values);
        consequences::state(record, &mut read.values);
        let mut input = self.change(record, read, nested).await?;
        input.mileage = mileage;
        if let Some(value) = mileage {
            let new = readings::reading_of(record.id, value, self.garage.now);
            input.judge(self.conn, &new, MILEAGE).await?;
        }
        Ok(input)
    }

    /// An edit of `record` by values that were read before: those of a conflict's other side.
    pub async fn take(&mut self, record: &Record, values: Values) -> Result<Input> {
        let read = Reading {
            values,
            ..Reading::default()
        };
        self.change(record, read, None).await
    }

    async fn change(
        &mut self,
        record: &Record,
        mut read: Reading,
        nested: Option<Json>,
    ) -> Result<Input> {
        let changed = record.difference(&read.values);
        let mut wanted = record.clone();
        wanted.values.extend(changed.clone());
        let broken = rules::check_edit(&wanted, &changed, &self.garage.rules());
        read.values = changed;
        let mut input = self.check(read, wanted, broken, nested).await?;
        if let Some(name) = readings::field_of(record.kind) {
            let is_dated_anew = consequences::dated_by(record.kind)
                .is_some_and(|date| input.changed.contains_key(date));
            if input.changed.contains_key(name) || is_dated_anew {
                let new = input.record.clone();
                input.judge(self.conn, &new, name).await?;
                input.confirm();
            }
        }
        Ok(input)
    }

    /// What is the same for every record, new or not.
    async fn check(
        &mut self,
        read: Reading,
        record: Record,
        broken: Vec<Problem>,
        nested: Option<Json>,
    ) -> Result<Input> {
        let mut problems = problems_of_reading(&read);
        add_broken_rules(&mut problems, broken);
        problems.extend(check_others(self.conn, &record, &read.values).await?);
        let (preferences, preference_problems) = self.read_preferences(nested);
        problems.extend(preference_problems);
        Ok(Input {
            record,
            changed: read.values,
            mileage: None,
            preferences,
            problems: distinct(problems),
            doubts: Vec::new(),
            warnings: read.warnings,
        })
    }

    /// What the product itself knows about a new record.
    async fn fill_in(
        &mut self,
        kind: EntityKind,
        said: &Map<String, Json>,
        values: &mut Values,
    ) -> Result<()> {
        let settings = &self.garage.settings;
        let author = self.author.map_or(Value::Null, Value::Id);
        let is_blank = |values: &Values, name| values.get(name).is_none_or(Value::is_blank);
        match kind {
            EntityKind::Customer if !said.contains_key("country") => {
                let country = garage::settings::country_name(&settings.country);
                values.insert("country", Value::Text(country));
            }
            EntityKind::Note => {
                values.insert("created_by", author);
            }
            EntityKind::ServiceRecord => {
                if is_blank(values, "currency") {
                    values.insert("currency", Value::Text(settings.currency.clone()));
                }
                if is_blank(values, "employee_id") {
                    values.insert("employee_id", author);
                }
                if is_blank(values, "performed_at") {
                    values.insert("performed_at", Value::Instant(self.garage.now));
                }
                if let Some(vehicle_id) = values.get("vehicle_id").and_then(Value::as_id)
                    && let Some(vehicle) =
                        rows::find(self.conn, EntityKind::Vehicle, vehicle_id).await?
                {
                    values.insert("customer_id", vehicle.get("customer_id").clone());
                }
            }
            EntityKind::MileageReading if is_blank(values, "read_at") => {
                values.insert("read_at", Value::Instant(self.garage.now));
            }
            _ => {}
        }
        Ok(())
    }

    fn read_preferences(&self, nested: Option<Json>) -> (Values, Vec<Problem>) {
        let mut nested = match nested {
            None | Some(Json::Null) => return (Values::new(), Vec::new()),
            Some(Json::Object(nested)) => nested,
            Some(_) => {
                let problem = Problem::new("preferences", Code::NotAnObject);
                return (Values::new(), vec![problem]);
            }
        };
        nested.remove("customer_id");
        let read = reading::read(EntityKind::Preferences, &nested, &self.garage.rules());
        let problems = problems_of_reading(&read);
        (read.values, problems)
    }
}

/// The mileage that was said of a vehicle, unless that is what it shows.
fn take_mileage(record: &Record, said: &mut Values) -> Option<i64> {
    if record.kind != EntityKind::Vehicle {
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
