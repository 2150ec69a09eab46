//! Rules about a whole record: what must be there, and what must fit together. Rules that
//! need other records (uniqueness, the last odometer reading) are asked of the storage by
//! the use cases, in the same transaction as the write.

use crate::consequences::{dated_by, is_from_future};
use crate::entities::{Customer, Vehicle};
use crate::kind::EntityKind;
use crate::problem::{Code, Problem, WHOLE_RECORD};
use crate::reading::Context;
use crate::record::{Record, Values};

/// Every problem of a record that is about to be made.
pub fn check_new(record: &Record, context: &Context) -> Vec<Problem> {
    let mut problems = missing(record, |_| true);
    problems.extend(together(record, context, |_| true));
    problems
}

/// Problems that an edit brings in: those of the fields it touches, and of the rules that
/// these fields take part in. What was wrong before stays editable.
pub fn check_edit(record: &Record, changed: &Values, context: &Context) -> Vec<Problem> {
    let touched = |name: &str| changed.contains_key(name);
    let mut problems = missing(record, touched);
    problems.extend(
        record
            .kind
            .fields()
            .iter()
            .filter(|field| field.fixed && touched(field.name))
            .map(|field| Problem::new(field.name, Code::Fixed)),
    );
    problems.extend(together(record, context, touched));
    problems
}

fn missing(record: &Record, touched: impl Fn(&str) -> bool) -> Vec<Problem> {
    record
        .kind
        .fields()
        .iter()
        .filter(|field| field.required && touched(field.name) && record.get(field.name).is_blank())
        .map(|field| Problem::new(field.name, Code::Required))
        .collect()
}

fn together(record: &Record, context: &Context, touched: impl Fn(&str) -> bool) -> Vec<Problem> {
    let any_touched = |names: &[&str]| names.iter().any(|name| touched(name));
    let mut problems = Vec::new();
    match record.kind {
        EntityKind::Customer => {
            let customer: Customer = record.to();
            let ways = ["phone", "email"];
            if any_touched(&ways) && customer.phone.is_empty() && customer.email.is_empty() {
                problems.push(Problem::new(WHOLE_RECORD, Code::ContactMissing));
            }
        }
        EntityKind::Vehicle => {
            let vehicle: Vehicle = record.to();
            let marks = ["license_plate", "vin"];
            if any_touched(&marks) && vehicle.license_plate.is_empty() && vehicle.vin.is_empty() {
                problems.push(Problem::new(WHOLE_RECORD, Code::PlateOrVinMissing));
            }
        }
        EntityKind::ServiceRecord | EntityKind::MileageReading => {
            if let Some(field) = dated_by(record.kind).filter(|field| touched(field))
                && let Some(at) = record.get(field).as_instant()
                && is_from_future(at, context.now)
            {
                problems.push(Problem::new(field, Code::InFuture));
            }
            if record.get("is_correction").as_flag() && record.get("reason").is_blank() {
                problems.push(Problem::new("reason", Code::ReasonMissing));
            }
        }
        _ => {}
    }
    problems
}
