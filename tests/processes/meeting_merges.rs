//! Merges that meet what other desks did while apart: additions, edits, and other merges.

use serde_json::{Value as Json, json};
use servease_tests::processes::{Company, Desk};

/// Three customers whom both desks know, each with a car.
struct Garage {
    company: Company,
    front: Desk,
    back: Desk,
    ids: [String; 3],
    cars: [String; 3],
}

fn garage() -> Garage {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let ids = ["Ann", "Bo", "Cleo"].map(|name| {
        front.add_customer(json!({
            "first_name": name, "last_name": "Ng", "phone": "+12025550143",
        }))
    });
    let cars = [0, 1, 2].map(|at: usize| {
        front.add_vehicle(
            &ids[at],
            json!({"make": "Ford", "model": format!("Model {at}"), "license_plate": format!("N {at}")}),
        )
    });
    company.settle(&[&front, &back]);
    Garage {
        company,
        front,
        back,
        ids,
        cars,
    }
}

impl Garage {
    fn both(&self) -> [&Desk; 2] {
        [&self.front, &self.back]
    }

    #[track_caller]
    fn settle(&self) {
        self.company.settle(&self.both());
    }

    /// Syncs one desk before the other, so that its edits arrive first.
    #[track_caller]
    fn settle_first(&self, first: &Desk) {
        first.sync();
        self.settle();
    }

    #[track_caller]
    fn owner_of(&self, desk: &Desk, car: &str) -> String {
        for id in &self.ids {
            let listed = desk.json(&["vehicle", "list", "--customer", id]);
            let rows = listed["results"].as_array().unwrap();
            if rows.iter().any(|row| row["id"] == car) {
                return desk.show("customer", id)["id"].as_str().unwrap().to_owned();
            }
        }
        panic!("nobody owns {car}");
    }

    /// Nobody is asked, and every one of these ids stands for the heir, who has all these cars.
    #[track_caller]
    fn check_one(&self, heir: &str, ids: &[&String], cars: &[&String]) {
        for desk in self.both() {
            for id in ids {
                assert_eq!(desk.show("customer", id)["id"], heir, "{id}");
            }
            for car in cars {
                assert_eq!(self.owner_of(desk, car), heir, "{car}");
            }
            assert_eq!(desk.json(&["conflicts", "list"]), json!([]));
            assert_eq!(desk.json(&["duplicates", "list"]), json!([]));
        }
    }
}

fn merge(desk: &Desk, keep: &str, other: &str) -> Json {
    desk.json(&["duplicates", "merge", keep, other])
}

#[test]
fn what_another_desk_added_to_the_one_that_went_is_moved_in_either_order() {
    for merge_is_first in [true, false] {
        let garage = garage();
        let [ann, bo, _] = &garage.ids;
        merge(&garage.front, ann, bo);
        let car = garage.back.focus(bo);
        garage.back.json_from(
            &[
                "service",
                "add",
                "--vehicle",
                &garage.cars[1],
                "--from",
                "-",
            ],
            &json!({"service_type": "Oil change"}),
        );
        garage.back.note(bo, "Key");
        garage.settle_first(match merge_is_first {
            true => &garage.front,
            false => &garage.back,
        });
        garage.check_one(ann, &[ann, bo], &[&garage.cars[0], &garage.cars[1], &car]);
        for desk in garage.both() {
            let notes = desk.json(&["note", "list", "--customer", ann]);
            assert_eq!(notes[0]["title"], "Key");
            let services = desk.json(&["service", "list", "--vehicle", &garage.cars[1]]);
            assert_eq!(services[0]["customer_id"], ann.as_str(), "{services}");
        }
    }
}

#[test]
fn what_comes_back_with_a_car_belongs_to_whom_its_owner_was_merged_into() {
    let garage = garage();
    let [ann, bo, _] = &garage.ids;
    let car = &garage.cars[1];
    let service = ["service", "add", "--vehicle", car, "--from", "-"];
    let done = json!({"service_type": "Oil change"});
    garage.front.json_from(&service, &done);
    garage.settle();

    garage.front.json(&["vehicle", "delete", car]);
    merge(&garage.front, ann, bo);
    // Whoever drives up knows nothing of that, and the car is there.
    garage.back.set("vehicle", car, "color=Red");
    garage.settle_first(&garage.front);
    for desk in garage.both() {
        assert_eq!(garage.owner_of(desk, car), *ann);
        let services = desk.json(&["service", "list", "--vehicle", car]);
        assert_eq!(services[0]["customer_id"], ann.as_str(), "{services}");
    }
}

#[test]
fn opposite_merges_end_in_one_and_ask_nobody() {
    for front_is_first in [true, false] {
        let garage = garage();
        let [ann, bo, _] = &garage.ids;
        for (id, email) in [(ann, "email=ann@ng.example"), (bo, "email=bo@ng.example")] {
            garage.front.set("customer", id, email);
        }
        garage.settle();
        merge(&garage.front, ann, bo);
        // The other way round, of two whose e-mails differ: one question about that is enough.
        merge(&garage.back, bo, ann);
        let (first, heir) = match front_is_first {
            true => (&garage.front, ann),
            false => (&garage.back, bo),
        };
        garage.settle_first(first);
        for desk in garage.both() {
            for id in [ann, bo] {
                assert_eq!(desk.show("customer", id)["id"], heir.as_str());
            }
            for car in &garage.cars[..2] {
                assert_eq!(&garage.owner_of(desk, car), heir);
            }
            let asked = desk.json(&["conflicts", "list"]);
            assert_eq!(asked.as_array().unwrap().len(), 1, "{asked}");
            assert_eq!(asked[0]["field"], "email");
        }
    }
}

#[test]
fn merges_that_follow_one_another_end_where_the_last_one_leads() {
    for front_is_first in [true, false] {
        let garage = garage();
        let [ann, bo, cleo] = &garage.ids;
        merge(&garage.front, bo, ann);
        merge(&garage.back, cleo, bo);
        garage.settle_first(match front_is_first {
            true => &garage.front,
            false => &garage.back,
        });
        let cars: Vec<&String> = garage.cars.iter().collect();
        garage.check_one(cleo, &[ann, bo, cleo], &cars);
    }
}

#[test]
fn a_no_that_was_said_elsewhere_meanwhile_survives_the_merge() {
    for merge_is_first in [true, false] {
        let garage = garage();
        let [ann, bo, _] = &garage.ids;
        merge(&garage.front, ann, bo);
        garage
            .back
            .set("preferences", bo, "sms_notifications=false");
        garage.settle_first(match merge_is_first {
            true => &garage.front,
            false => &garage.back,
        });
        for desk in garage.both() {
            let kept = desk.show("preferences", ann);
            assert_eq!(kept["sms_notifications"], false, "{kept}");
        }
    }
}

#[test]
fn a_merge_is_not_taken_back_from_under_what_came_since_unless_that_is_meant() {
    let garage = garage();
    let [ann, bo, _] = &garage.ids;
    garage.front.set("customer", bo, "email=bo@ng.example");
    garage.settle();
    merge(&garage.front, ann, bo);
    garage.settle();
    assert_eq!(garage.back.show("customer", ann)["email"], "bo@ng.example");
    let note = garage.back.note(bo, "Since");
    garage.settle();
    for args in [&["undo"][..], &["duplicates", "unmerge", bo]] {
        let error = garage.front.error(args);
        assert_eq!(error["code"], "built_on", "{error}");
        assert_eq!(error["records"][0]["id"], note.as_str());
    }
    garage
        .front
        .json(&["duplicates", "unmerge", bo, "--confirm"]);
    garage.settle();
    for desk in garage.both() {
        assert_eq!(&garage.owner_of(desk, &garage.cars[1]), bo);
        assert_eq!(desk.show("customer", bo)["email"], "bo@ng.example");
        assert_eq!(desk.show("customer", ann)["email"], "");
        let notes = desk.json(&["note", "list", "--customer", ann]);
        assert_eq!(notes[0]["id"], note.as_str());
    }
}

#[test]
fn every_command_takes_the_id_of_a_record_that_was_merged_away() {
    let garage = garage();
    let [ann, bo, cleo] = &garage.ids;
    merge(&garage.front, ann, bo);
    let desk = &garage.front;
    assert_eq!(desk.set("customer", bo, "city=Troy")["id"], ann.as_str());
    assert_eq!(desk.show("preferences", bo)["email_notifications"], true);
    desk.set("preferences", bo, "email_notifications=false");
    assert_eq!(desk.show("preferences", ann)["email_notifications"], false);
    desk.note(bo, "Key");
    assert_eq!(
        desk.json(&["note", "list", "--customer", bo])[0]["title"],
        "Key"
    );
    let car = desk.focus(bo);
    let listed = desk.json(&["vehicle", "list", "--customer", bo]);
    assert_eq!(listed["count"], 3, "{listed}");
    desk.json(&["vehicle", "transfer", &garage.cars[2], "--to", bo]);
    assert_eq!(&garage.owner_of(desk, &garage.cars[2]), ann);
    let [kept, gone, _] = &garage.cars;
    merge(desk, kept, gone);
    desk.json_from(
        &["service", "add", "--vehicle", gone, "--from", "-"],
        &json!({"service_type": "Oil change"}),
    );
    assert_eq!(
        desk.json(&["service", "list", "--vehicle", gone])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        desk.json(&["vehicle", "mileage", gone, "123"])["id"],
        kept.as_str()
    );
    assert_eq!(desk.set("vehicle", gone, "color=red")["id"], kept.as_str());
    desk.json(&["vehicle", "transfer", gone, "--to", cleo]);
    assert_eq!(&garage.owner_of(desk, kept), cleo);
    for (noun, alias, heir) in [("customer", bo, ann), ("vehicle", gone, kept)] {
        let error = desk.error(&[noun, "delete", alias]);
        assert_eq!(error["code"], "merged_away", "{error}");
        desk.show(noun, heir);
    }
    assert_eq!(desk.show("vehicle", &car)["model"], "Focus");
    garage.settle();
}
