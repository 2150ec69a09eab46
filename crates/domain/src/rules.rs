//! Rules about a whole record: what must be there, and what must fit together. Rules that
//! need other records (uniqueness, the last odometer reading) are asked of the storage by
//! the use cases, in the same transaction as the write.

use crate::consequences::{dated_by, is_from_future};
use crate::kind::EntityKind;
use crate::problem::{Code, Problem, WHOLE_RECORD};
use crate::reading::Context;
use crate::record::{Record, Values};

/// Fields of which one at least holds something: a customer whom nobody can reach and a vehicle that
/// nobody can tell from others are no use.
pub const ONE_OF: &[(EntityKind, [&str; 2], Code)] = &[
    (
        EntityKind::Customer,
        ["phone", "email"],
        Code::ContactMissing,
    ),
    (
        EntityKind::Vehicle,
        ["license_plate", "vin"],
        Code::PlateOrVinMissing,
    ),
];

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
    for (kind, names, code) in ONE_OF {
        let is_missing = names.iter().all(|name| record.get(name).is_blank());
        if *kind == record.kind && any_touched(names) && is_missing {
            problems.push(Problem::new(WHOLE_RECORD, *code));
        }
    }
    match record.kind {
        EntityKind::Customer => {
            // A person with one name, and a company of which no person is known, are customers
            // like any other.
            let names = ["first_name", "last_name", "company_name"];
            if any_touched(&names) && names.iter().all(|name| record.get(name).is_blank()) {
                problems.push(Problem::new("first_name", Code::Required));
                problems.push(Problem::new("last_name", Code::Required));
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
