//! To whom a paper belongs, said once for desk, REST and sync.
//!
//! A paper is its customer's, and often about one of their cars. When the car goes to another
//! customer, what is about the car itself is shown with it; what is about the person stays with
//! them and counts for the car no longer.

use uuid::Uuid;

use crate::kind::EntityKind;
use crate::record::Record;

/// Papers that every active vehicle needs.
pub const NEEDED: &[&str] = &["insurance", "registration"];

/// Papers that are about a car, whoever owns it.
pub const OF_THE_CAR: &[&str] = &["warranty", "service_history", "invoice"];

/// Papers that are somebody's own, whatever becomes of the car that they were given for.
pub const OF_THE_PERSON: &[&str] = &["license"];

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
    use super::*;
    use crate::entities::DOCUMENT_TYPES;

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
}
