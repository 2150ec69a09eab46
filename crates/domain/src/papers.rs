//! To whom a paper belongs, said once for desk, REST and sync.
//!
//! A paper is its customer's, and often about one of their cars. When the car goes to another
//! customer, what is about the car itself is shown with it; what is about the person stays with
//! them and counts for the car no longer.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::kind::EntityKind;
use crate::record::{Record, Values};

/// Papers that every active vehicle needs.
pub const NEEDED: &[&str] = &["insurance", "registration"];

/// Papers that are about a car, whoever owns it.
pub const OF_THE_CAR: &[&str] = &["warranty", "service_history", "invoice"];

/// Papers that are somebody's own, whatever becomes of the car that they were given for.
pub const OF_THE_PERSON: &[&str] = &["license"];

/// What a car's own fields tell of its owner's papers.
pub const TOLD_BY_THE_CAR: &[(&str, &[&str])] = &[
    ("registration", &["registration_expiry_date"]),
    (
        "insurance",
        &[
            "insurance_company",
            "insurance_policy_number",
            "insurance_expiry_date",
        ],
    ),
];

/// Whoever does the same with a paper again so soon has looked at it once: they turn a page, come back
/// to it, or the line breaks off and goes on. Somebody who reads for an hour is noted six times.
pub const ONE_LOOK: TimeDelta = TimeDelta::minutes(10);

/// Between which moments, both left out, the same look counts as the one at this moment. On both
/// sides: a clock that was set back begins no second look.
pub fn one_look(at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let from = at.checked_sub_signed(ONE_LOOK);
    let until = at.checked_add_signed(ONE_LOOK);
    (
        from.unwrap_or(DateTime::<Utc>::MIN_UTC),
        until.unwrap_or(DateTime::<Utc>::MAX_UTC),
    )
}

/// Which papers of its former owner still hold for a car that changes hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StillHolds {
    pub registration: bool,
    pub insurance: bool,
}

impl StillHolds {
    pub const NOTHING: StillHolds = StillHolds {
        registration: false,
        insurance: false,
    };
    pub const EVERYTHING: StillHolds = StillHolds {
        registration: true,
        insurance: true,
    };

    fn holds(self, document_type: &str) -> bool {
        match document_type {
            "registration" => self.registration,
            "insurance" => self.insurance,
            _ => true,
        }
    }
}

/// What a transfer clears: fields of the car that tell of its former owner's papers and hold no
/// longer.
pub fn ended_by_transfer(vehicle: &Record, still: StillHolds) -> Values {
    TOLD_BY_THE_CAR
        .iter()
        .filter(|(document_type, _)| !still.holds(document_type))
        .flat_map(|(_, names)| names.iter())
        .filter_map(|name| vehicle.kind.field(name))
        .filter(|field| !vehicle.get(field.name).is_blank())
        .map(|field| (field.name, field.kind.blank()))
        .collect()
}

/// Whether a type of paper goes with the car. Every other one is its owner's: registration and
/// insurance name them, a licence is theirs alone, and of what nobody knows it is not shown to
/// a stranger.
pub fn goes_with_the_car(document_type: &str) -> bool {
    OF_THE_CAR.contains(&document_type)
}

/// Whether a paper counts for its vehicle: `owner` is the vehicle's customer now.
pub fn counts_for_vehicle(document_type: &str, holder: Option<Uuid>, owner: Option<Uuid>) -> bool {
    goes_with_the_car(document_type) || (holder.is_some() && holder == owner)
}

/// Whether a record goes when one that it belongs to is deleted. With a car go papers about it and
/// those of its present owner; a former owner's and a licence stay with whom they name.
pub fn goes_along(member: &Record, owner: &Record) -> bool {
    if (member.kind, owner.kind) != (EntityKind::Document, EntityKind::Vehicle) {
        return true;
    }
    let customer = |record: &Record| record.get("customer_id").as_id();
    let document_type = member.get("document_type").as_text();
    !OF_THE_PERSON.contains(&document_type)
        && counts_for_vehicle(document_type, customer(member), customer(owner))
}

/// Whose business a paper is now: of a paper that went with its car, the car's owner; of any other,
/// the customer who brought it.
pub fn holder(document: &Record, vehicle: Option<&Record>) -> Option<Uuid> {
    let went_along = vehicle.filter(|_| goes_with_the_car(document.get("document_type").as_text()));
    went_along
        .and_then(|vehicle| vehicle.get("customer_id").as_id())
        .or(document.get("customer_id").as_id())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};

    use super::*;
    use crate::entities::DOCUMENT_TYPES;
    use crate::value::Value;

    #[test]
    fn a_former_owners_papers_count_for_him_and_the_cars_for_the_car() {
        let (ann, bob) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
        for name in DOCUMENT_TYPES {
            assert!(counts_for_vehicle(name, ann, ann), "{name}");
            let counts = counts_for_vehicle(name, ann, bob);
            assert_eq!(counts, OF_THE_CAR.contains(name), "{name}");
        }
        assert!(!counts_for_vehicle("insurance", None, None));
        for name in NEEDED.iter().chain(OF_THE_CAR).chain(OF_THE_PERSON) {
            assert!(DOCUMENT_TYPES.contains(name), "{name}");
        }
    }

    #[test]
    fn the_same_look_within_some_minutes_is_one_and_later_another() {
        let at = DateTime::UNIX_EPOCH + TimeDelta::days(365);
        let (from, until) = one_look(at);
        let is_one = |after: TimeDelta| from < at + after && at + after < until;
        assert!(is_one(TimeDelta::zero()) && is_one(TimeDelta::minutes(9)));
        assert!(is_one(-TimeDelta::minutes(9)), "a clock that was set back");
        assert!(!is_one(ONE_LOOK) && !is_one(-ONE_LOOK));
        assert_eq!(
            one_look(DateTime::<Utc>::MAX_UTC).1,
            DateTime::<Utc>::MAX_UTC
        );
    }

    #[test]
    fn a_transfer_clears_what_the_car_tells_of_papers_that_hold_no_longer() {
        let day = Value::Date(NaiveDate::MAX);
        let insured = Values::from([
            ("insurance_company", Value::Text("Acme".to_owned())),
            ("insurance_expiry_date", day.clone()),
            ("registration_expiry_date", day.clone()),
            ("warranty_expiry_date", day),
        ]);
        let now = DateTime::UNIX_EPOCH;
        let car = Record::new(EntityKind::Vehicle, Uuid::nil(), insured, now);
        let cleared = |registration, insurance| {
            let still = StillHolds {
                registration,
                insurance,
            };
            let ended = ended_by_transfer(&car, still);
            assert!(ended.values().all(Value::is_blank), "{ended:?}");
            ended.into_keys().collect::<Vec<_>>()
        };
        let insurance = ["insurance_company", "insurance_expiry_date"];
        assert_eq!(cleared(true, false), insurance, "what is blank stays so");
        assert_eq!(cleared(false, true), ["registration_expiry_date"]);
        assert_eq!(cleared(false, false).len(), 3);
        assert_eq!(cleared(true, true).len(), 0);
        for (document_type, names) in TOLD_BY_THE_CAR {
            assert!(!goes_with_the_car(document_type), "{document_type}");
            assert!(names.iter().all(|name| car.kind.field(name).is_some()));
        }
    }
}
