//! Values that belong together, and values that say the same.

use serde_json::json;
use servease_desk::views::Resolution;
use servease_domain::{EntityKind, Record};
use servease_tests::simulation::Arena;

use crate::{BACK, FRONT, Garage, add, block_on, edit, record};

#[test]
fn two_parts_of_one_address_are_one_conflict() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage
            .set(FRONT, json!({"city": "Waco", "zip_code": "76701"}))
            .await;
        garage
            .set(BACK, json!({"street_address": "1 Main St"}))
            .await;
        garage.arrive(FRONT).await;
        // The later address as a whole: no street of Austin in Waco.
        assert_eq!(garage.field("street_address").await, "1 Main St");
        assert_eq!(garage.field("city").await, "Austin");
        assert_eq!(garage.field("zip_code").await, "78701");
        let conflict = garage.conflict(FRONT).await;
        assert_eq!(conflict.field, "address");
        assert_eq!(conflict.mine["city"], "Waco");
        assert_eq!(conflict.mine["street_address"], "");
        assert_eq!(conflict.theirs["street_address"], "1 Main St");
        assert!(!conflict.is_mine_in_use);
        assert!(garage.conflict(BACK).await.is_mine_in_use);

        garage.decide(FRONT, conflict.id, Resolution::Mine).await;
        garage.arrive(FRONT).await;
        assert_eq!(garage.field("city").await, "Waco");
        assert_eq!(garage.field("zip_code").await, "76701");
        assert_eq!(garage.field("street_address").await, "");
        garage.no_conflict().await;
        // Undone with one step.
        garage.undo(FRONT).await;
        garage.arrive(FRONT).await;
        assert_eq!(garage.field("city").await, "Austin");
        assert_eq!(garage.field("street_address").await, "1 Main St");
        assert_eq!(garage.conflict(BACK).await.id, conflict.id);
    });
}

#[test]
fn what_two_people_state_is_told_and_decided_under_the_name_that_they_know() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        let visit = |day: u8| json!({"last_service_date": format!("2020-05-{day:02}T12:00:00Z")});
        garage.set(FRONT, visit(4)).await;
        garage.set(BACK, visit(5)).await;
        garage.arrive(FRONT).await;
        let conflict = garage.conflict(FRONT).await;
        assert_eq!(conflict.field, "last_service_date");
        let third = json!("2020-05-06T12:00:00Z");
        garage
            .decide(FRONT, conflict.id, Resolution::Edit(third))
            .await;
        garage.arrive(FRONT).await;
        for at in [FRONT, BACK] {
            let shown = garage.bo(at).await.get("last_service_date").as_instant();
            assert_eq!(
                shown.map(|it| it.date_naive().to_string()).as_deref(),
                Some("2020-05-06")
            );
        }
        garage.no_conflict().await;
    });
}

#[test]
fn an_extension_belongs_to_its_number() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(FRONT, json!({"phone": "+1 212 555 0150"})).await;
        garage
            .set(BACK, json!({"phone": "+1 212 555 0160 x5"}))
            .await;
        garage.arrive(BACK).await;
        garage.arrive(FRONT).await;
        // The later number, without the extension of the other one.
        let number = |one: &Record| {
            let text = |name: &str| one.get(name).as_text().to_owned();
            (text("phone"), text("phone_extension"))
        };
        let conflict = garage.conflict(FRONT).await;
        assert_eq!(conflict.field, "phone");
        assert_eq!(conflict.mine, json!("+12125550150"));
        assert_eq!(conflict.theirs, json!("+12125550160 x5"));
        let (mine, theirs) = (
            ("+12125550150".to_owned(), String::new()),
            ("+12125550160".to_owned(), "5".to_owned()),
        );
        let in_use = match conflict.is_mine_in_use {
            true => &mine,
            false => &theirs,
        };
        assert_eq!(&number(&garage.bo(BACK).await), in_use);
        // Decided for the one, then for the other, then typed anew.
        garage.decide(FRONT, conflict.id, Resolution::Theirs).await;
        garage.arrive(FRONT).await;
        assert_eq!(number(&garage.bo(BACK).await), theirs);
        garage.no_conflict().await;
    });
}

#[test]
fn a_number_is_typed_anew_with_its_extension() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        for (at, phone) in [(FRONT, "+1 212 555 0150 x1"), (BACK, "+1 212 555 0160 x2")] {
            garage.set(at, json!({"phone": phone})).await;
        }
        garage.arrive(BACK).await;
        garage.arrive(FRONT).await;
        let conflict = garage.conflict(FRONT).await;
        let typed = json!("(212) 555-0170 ext. 3");
        garage
            .decide(FRONT, conflict.id, Resolution::Edit(typed))
            .await;
        garage.arrive(FRONT).await;
        for at in [FRONT, BACK] {
            let bo = garage.bo(at).await;
            assert_eq!(bo.get("phone").as_text(), "+12125550170");
            assert_eq!(bo.get("phone_extension").as_text(), "3");
        }
        garage.no_conflict().await;
    });
}

#[test]
fn fields_that_do_not_belong_together_both_stay() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(FRONT, json!({"city": "Waco"})).await;
        garage.set(BACK, json!({"company_name": "Diaz Cabs"})).await;
        garage.arrive(FRONT).await;
        assert_eq!(garage.field("city").await, "Waco");
        assert_eq!(garage.field("company_name").await, "Diaz Cabs");
        garage.no_conflict().await;
    });
}

#[test]
fn what_an_edit_leaves_as_it_was_is_not_its_change() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(FRONT, json!({"city": "Waco"})).await;
        let desk = garage.pair.desk(FRONT);
        let history = desk.history(EntityKind::Customer, garage.customer).await;
        let newest = &history.expect("a history")[0];
        assert_eq!(newest.changes.len(), 1, "{newest:?}");
        garage.set(FRONT, json!({"zip_code": "76701"})).await;
        // The newer edit of the same address stands in nobody's way.
        let desk = garage.pair.desk(FRONT);
        let step = desk.history(EntityKind::Customer, garage.customer).await;
        let step = step.expect("a history")[1].step;
        desk.undo_step(step).await.expect("an undo");
        garage.arrive(FRONT).await;
        assert_eq!(garage.field("city").await, "Austin");
        assert_eq!(garage.field("zip_code").await, "76701");
    });
}

#[test]
fn what_says_the_same_is_no_conflict_and_the_later_spelling_stays() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        garage.set(FRONT, json!({"email": "Bo@New.example"})).await;
        garage.set(BACK, json!({"email": "bo@new.example"})).await;
        let vehicle = garage.vehicle;
        for (at, plate) in [(FRONT, "W-AC 1"), (BACK, "WAC1")] {
            let desk = garage.pair.desk(at);
            let plate = json!({ "license_plate": plate });
            edit(&desk, EntityKind::Vehicle, vehicle, plate).await;
        }
        garage.arrive(FRONT).await;
        garage.no_conflict().await;
        assert_eq!(garage.field("email").await, "bo@new.example");
        for at in [FRONT, BACK] {
            let car = record(&garage.pair, at, EntityKind::Vehicle, vehicle).await;
            assert_eq!(car.get("license_plate").as_text(), "WAC1");
        }
    });
}

/// A colleague who did not know of a merge edits the record that was merged away.
#[test]
fn what_belongs_together_goes_to_the_record_that_stands_as_one() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        let front = garage.pair.desk(FRONT);
        let twin = json!({"first_name": "Bo", "last_name": "Diaz", "email": "twin@diaz.example",
            "phone": "+12125550170", "city": "Waco", "zip_code": "76701"});
        let twin = add(&front, EntityKind::Customer, twin).await;
        garage.pair.settle().await;
        let front = garage.pair.desk(FRONT);
        let merged = front.merge_duplicates(garage.customer, twin).await;
        merged.expect("a merge");
        let back = garage.pair.desk(BACK);
        for fields in [
            json!({"street_address": "1 Main St"}),
            json!({"phone": "+12125550180 x7"}),
            json!({"emergency_contact_name": "Eva", "emergency_contact_phone": "+12125550190 x2"}),
        ] {
            edit(&back, EntityKind::Customer, twin, fields).await;
        }
        garage.arrive(FRONT).await;
        // No street of Waco in Austin, no extension of another number; the contact is new.
        for (name, wanted) in [
            ("city", "Austin"),
            ("street_address", ""),
            ("phone", "+15125550123"),
            ("phone_extension", ""),
            ("emergency_contact_name", "Eva"),
            ("emergency_contact_phone", "+12125550190"),
            ("emergency_contact_phone_extension", "2"),
        ] {
            assert_eq!(garage.field(name).await, wanted, "{name}");
        }
        let conflicts = garage.conflicts(FRONT).await;
        let told = |field: &str| {
            let of = conflicts.iter().find(|it| it.field == field);
            let of = of.expect("a conflict");
            let other = match of.is_mine_in_use {
                true => &of.theirs,
                false => &of.mine,
            };
            other.clone()
        };
        assert_eq!(told("phone"), json!("+12125550180 x7"));
        assert_eq!(told("address")["street_address"], "1 Main St");
        assert_eq!(told("address")["city"], "Waco");
    });
}
