//! What becomes of edits that were made without knowing of each other.

use crate::A_CUSTOMER;
use serde_json::{Value as Json, json};
use servease_domain::EntityKind;
use servease_tests::processes::{Company, Contents, Desk};

/// Two desks that know the same customer and vehicle.
struct Garage {
    company: Company,
    front: Desk,
    back: Desk,
    customer: String,
    vehicle: String,
}

fn garage() -> Garage {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let customer = front.customer("Bo", "Diaz");
    let vehicle = front.focus(&customer);
    company.settle(&[&front, &back]);
    Garage {
        company,
        front,
        back,
        customer,
        vehicle,
    }
}

impl Garage {
    /// The front desk's edits arrive first.
    #[track_caller]
    fn settle(&self) -> (Json, Json) {
        let reports = (self.front.sync(), self.back.sync());
        self.company.settle(&[&self.front, &self.back]);
        reports
    }

    fn both(&self) -> [&Desk; 2] {
        [&self.front, &self.back]
    }

    fn contents(&self) -> Contents {
        Contents::of(&self.company.site.database())
    }
}

#[test]
fn different_fields_of_one_record_both_survive() {
    let garage = garage();
    garage.front.set("customer", &garage.customer, "city=Troy");
    garage
        .back
        .set("customer", &garage.customer, "company_name=Diaz Cabs");
    let (_, second) = garage.settle();
    assert_eq!(second["conflicts"], 0);
    for desk in garage.both() {
        let bo = desk.show("customer", &garage.customer);
        assert_eq!(
            (&bo["city"], &bo["company_name"]),
            (&json!("Troy"), &json!("Diaz Cabs"))
        );
        assert_eq!(desk.json(&["conflicts", "list"]), json!([]));
    }
}

#[test]
fn of_one_field_the_later_arrival_counts_and_the_other_is_told() {
    let garage = garage();
    garage
        .front
        .set("customer", &garage.customer, "company_name=Troy");
    garage
        .back
        .set("customer", &garage.customer, "company_name=Rome");
    let (first, second) = garage.settle();
    assert_eq!(first["conflicts"], 0);
    assert_eq!(
        (&second["pushed"], &second["conflicts"]),
        (&json!(1), &json!(1))
    );
    for (desk, mine, theirs) in [
        (&garage.front, "Troy", "Rome"),
        (&garage.back, "Rome", "Troy"),
    ] {
        assert_eq!(
            desk.show("customer", &garage.customer)["company_name"],
            "Rome"
        );
        let conflicts = desk.json(&["conflicts", "list"]);
        assert_eq!(conflicts.as_array().unwrap().len(), 1);
        assert_eq!(conflicts[0]["field"], "company_name");
        assert_eq!(conflicts[0]["record_id"], garage.customer.as_str());
        assert_eq!(conflicts[0]["mine"], mine);
        assert_eq!(conflicts[0]["theirs"], theirs);
        assert_eq!(desk.status()["state"], "needs_attention");
        assert_eq!(desk.status()["open_conflicts"], 1);
    }
}

#[test]
fn the_same_value_twice_is_no_conflict() {
    let garage = garage();
    for desk in garage.both() {
        desk.set("customer", &garage.customer, "city=Troy");
    }
    let (_, second) = garage.settle();
    assert_eq!(second["conflicts"], 0);
    assert_eq!(garage.back.json(&["conflicts", "list"]), json!([]));
}

#[test]
fn of_two_odometer_readings_the_larger_counts_and_both_are_kept() {
    let garage = garage();
    let readings = garage.contents().count(EntityKind::MileageReading);
    garage
        .front
        .json(&["vehicle", "mileage", &garage.vehicle, "42000"]);
    garage
        .back
        .json(&["vehicle", "mileage", &garage.vehicle, "41000"]);
    let (_, second) = garage.settle();
    assert_eq!(second["conflicts"], 0);
    assert_eq!(second["merged"], 0, "what the car shows is nobody's edit");
    for desk in garage.both() {
        let vehicle = desk.show("vehicle", &garage.vehicle);
        assert_eq!(vehicle["current_mileage"], 42_000);
    }
    assert_eq!(
        garage.contents().count(EntityKind::MileageReading),
        readings + 2
    );
}

#[test]
fn a_correction_may_lower_the_odometer() {
    let garage = garage();
    garage
        .front
        .json(&["vehicle", "mileage", &garage.vehicle, "42000"]);
    garage.back.json(&[
        "vehicle",
        "mileage",
        &garage.vehicle,
        "4100",
        "--correction",
        "--reason",
        "a digit too many",
    ]);
    garage.settle();
    for desk in garage.both() {
        let vehicle = desk.show("vehicle", &garage.vehicle);
        assert_eq!(vehicle["current_mileage"], 4_100);
    }
}

#[test]
fn what_two_desks_create_both_stays() {
    let garage = garage();
    let ids = garage.both().map(|desk| desk.customer("Cy", "Moss"));
    let notes = garage.both().map(|desk| desk.note(&garage.customer, "Key"));
    let (first, second) = garage.settle();
    let made = json!(A_CUSTOMER + 1);
    assert_eq!((&first["pushed"], &second["pushed"]), (&made, &made));
    for desk in garage.both() {
        for id in &ids {
            assert_eq!(desk.show("customer", id)["first_name"], "Cy");
        }
        let listed = desk.json(&["note", "list", "--customer", &garage.customer]);
        for note in &notes {
            assert!(
                listed
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|row| row["id"] == note.as_str())
            );
        }
    }
}

/// The customer and what belongs to it live on both desks, and both say why.
#[track_caller]
fn all_came_back(garage: &Garage) {
    for desk in garage.both() {
        let bo = desk.show("customer", &garage.customer);
        assert_eq!(bo["vehicles"][0]["id"], garage.vehicle.as_str());
        let conflicts = desk.json(&["conflicts", "list"]);
        let told = conflicts.as_array().unwrap().iter();
        let told: Vec<_> = told.filter(|row| row["field"] == "deleted").collect();
        assert_eq!(told.len(), 1, "{conflicts}");
        // Whoever deleted is told that it lives; whoever edited, that it had been deleted.
        assert_ne!(told[0]["mine"], told[0]["theirs"]);
    }
}

#[test]
fn an_edit_that_comes_after_a_deletion_brings_everything_back() {
    let garage = garage();
    garage.front.json(&["customer", "delete", &garage.customer]);
    garage.back.set("customer", &garage.customer, "city=Troy");
    garage.settle();
    all_came_back(&garage);
    assert_eq!(
        garage.front.show("customer", &garage.customer)["city"],
        "Troy"
    );
}

#[test]
fn an_edit_that_comes_before_a_deletion_keeps_everything() {
    let garage = garage();
    garage.front.set("customer", &garage.customer, "city=Troy");
    garage.back.json(&["customer", "delete", &garage.customer]);
    garage.settle();
    all_came_back(&garage);
}

#[test]
fn an_edit_of_a_child_brings_its_owner_back() {
    let garage = garage();
    garage.front.json(&["customer", "delete", &garage.customer]);
    garage.back.set("vehicle", &garage.vehicle, "color=red");
    garage.settle();
    all_came_back(&garage);
    assert_eq!(
        garage.front.show("vehicle", &garage.vehicle)["color"],
        "red"
    );
}

#[test]
fn a_new_child_brings_its_owner_back() {
    let garage = garage();
    garage.front.json(&["customer", "delete", &garage.customer]);
    let note = garage.back.note(&garage.customer, "Key");
    garage.settle();
    all_came_back(&garage);
    let notes = garage
        .front
        .json(&["note", "list", "--customer", &garage.customer]);
    assert_eq!(notes[0]["id"], note.as_str());
}

#[test]
fn a_deletion_that_nobody_contradicts_reaches_everybody() {
    let garage = garage();
    garage.front.json(&["customer", "delete", &garage.customer]);
    garage.settle();
    assert_eq!(garage.back.json(&["customer", "list"])["count"], 0);
    assert_eq!(garage.back.json(&["conflicts", "list"]), json!([]));
    // And so does taking it back.
    garage.back.sync();
    garage.front.json(&["undo"]);
    garage.settle();
    assert_eq!(
        garage.back.show("customer", &garage.customer)["vehicles"][0]["id"],
        garage.vehicle.as_str()
    );
}

#[test]
fn each_edit_keeps_the_name_of_who_made_it() {
    let garage = garage();
    for (desk, name) in [(&garage.front, "Eve"), (&garage.back, "Max")] {
        desk.json(&["employee", "add", "--name", name]);
    }
    garage.front.json(&[
        "--as",
        "Eve",
        "customer",
        "edit",
        &garage.customer,
        "--set",
        "city=Troy",
    ]);
    garage.back.json(&[
        "--as",
        "Max",
        "customer",
        "edit",
        &garage.customer,
        "--set",
        "city=Rome",
    ]);
    garage.settle();
    for desk in garage.both() {
        let history = desk.json(&["history", &garage.customer]).to_string();
        assert!(
            history.contains("Eve") && history.contains("Max"),
            "{history}"
        );
    }
    let conflict = &garage.front.json(&["conflicts", "list"])[0];
    assert_eq!(
        (&conflict["mine_by"], &conflict["theirs_by"]),
        (&json!("Eve"), &json!("Max"))
    );
}
