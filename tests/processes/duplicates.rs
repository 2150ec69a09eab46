//! `servease duplicates`: the same e-mail or VIN, made on two desks while apart.

use serde_json::{Value as Json, json};
use servease_tests::processes::{Company, Desk, failure};

struct Twins {
    company: Company,
    front: Desk,
    back: Desk,
    /// Came first.
    first: String,
    second: String,
}

fn twins() -> Twins {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let make = |desk: &Desk, name: &str, more: Json| {
        let mut fields = json!({
            "first_name": name, "last_name": "Diaz", "email": "bo@diaz.example",
        });
        fields
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        desk.add_customer(fields)
    };
    let first = make(&front, "Bo", json!({"city": "Troy"}));
    let second = make(&back, "Beau", json!({"company_name": "Diaz Cabs"}));
    back.focus(&second);
    back.note(&second, "Key");
    front.sync();
    let report = back.sync();
    assert_eq!(report["duplicates"], 1, "{report}");
    company.settle(&[&front, &back]);
    Twins {
        company,
        front,
        back,
        first,
        second,
    }
}

impl Twins {
    fn both(&self) -> [&Desk; 2] {
        [&self.front, &self.back]
    }

    #[track_caller]
    fn settle(&self) {
        self.company.settle(&self.both());
    }
}

#[test]
fn both_are_kept_and_the_list_names_them() {
    let twins = twins();
    for desk in twins.both() {
        let list = desk.json(&["duplicates", "list"]);
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!(list[0]["kind"], "customer");
        assert_eq!(list[0]["id"], twins.first.as_str());
        assert_eq!(list[0]["duplicate_id"], twins.second.as_str());
        assert_eq!(list[0]["fields"], json!(["email"]));
        assert_eq!(desk.status()["duplicates"], 1);
        for (id, name) in [(&twins.first, "Bo"), (&twins.second, "Beau")] {
            assert_eq!(desk.show("customer", id)["first_name"], name);
        }
    }
}

#[test]
fn a_merge_moves_what_belongs_to_the_other_and_its_id_lives_on() {
    let twins = twins();
    twins
        .front
        .json(&["duplicates", "merge", &twins.first, &twins.second]);
    twins.settle();
    for desk in twins.both() {
        for id in [&twins.first, &twins.second] {
            let shown = desk.show("customer", id);
            assert_eq!(shown["id"], twins.first.as_str(), "asked for {id}");
            assert_eq!(shown["first_name"], "Bo");
            // What the kept one did not know is filled in.
            assert_eq!(shown["company_name"], "Diaz Cabs");
            assert_eq!(shown["vehicles"][0]["model"], "Focus");
        }
        let notes = desk.json(&["note", "list", "--customer", &twins.first]);
        assert_eq!(notes[0]["title"], "Key");
        assert_eq!(desk.json(&["duplicates", "list"]), json!([]));
        assert_eq!(desk.json(&["customer", "list"])["count"], 1);
        // The history of the other one stays.
        let history = desk.json(&["history", &twins.second]).to_string();
        assert!(history.contains("Beau"), "{history}");
    }
}

#[test]
fn a_merge_is_taken_back_on_every_desk() {
    let twins = twins();
    twins
        .front
        .json(&["duplicates", "merge", &twins.first, &twins.second]);
    twins.settle();
    // On the other desk, which did not merge.
    twins.back.json(&["duplicates", "unmerge", &twins.second]);
    twins.settle();
    for desk in twins.both() {
        let other = desk.show("customer", &twins.second);
        assert_eq!(other["id"], twins.second.as_str());
        assert_eq!(other["first_name"], "Beau");
        assert_eq!(other["vehicles"][0]["model"], "Focus");
        assert_eq!(desk.show("customer", &twins.first)["vehicles"], json!([]));
        assert_eq!(desk.show("customer", &twins.first)["company_name"], "");
        let notes = desk.json(&["note", "list", "--customer", &twins.second]);
        assert_eq!(notes[0]["title"], "Key");
        // They repeat each other as before.
        let list = desk.json(&["duplicates", "list"]);
        assert_eq!(list[0]["duplicate_id"], twins.second.as_str());
    }
}

#[test]
fn undo_takes_a_merge_back_too() {
    let twins = twins();
    twins
        .front
        .json(&["duplicates", "merge", &twins.first, &twins.second]);
    twins.front.json(&["undo"]);
    assert_eq!(
        twins.front.show("customer", &twins.second)["first_name"],
        "Beau"
    );
    twins.settle();
}

#[test]
fn the_second_may_be_the_one_that_is_kept() {
    let twins = twins();
    twins
        .back
        .json(&["duplicates", "merge", &twins.second, &twins.first]);
    twins.settle();
    for desk in twins.both() {
        let shown = desk.show("customer", &twins.first);
        assert_eq!(shown["id"], twins.second.as_str());
        assert_eq!(shown["email"], "bo@diaz.example");
        assert_eq!(shown["city"], "Troy");
        assert_eq!(desk.json(&["duplicates", "list"]), json!([]));
    }
}

#[test]
fn kept_apart_they_are_no_longer_asked_about() {
    let twins = twins();
    twins
        .front
        .json(&["duplicates", "keep-apart", &twins.second]);
    twins.settle();
    for desk in twins.both() {
        assert_eq!(desk.json(&["duplicates", "list"]), json!([]));
        assert_eq!(desk.json(&["customer", "list"])["count"], 2);
    }
}

#[test]
fn another_email_ends_the_repetition() {
    let twins = twins();
    twins
        .back
        .set("customer", &twins.second, "email=beau@diaz.example");
    twins.settle();
    for desk in twins.both() {
        assert_eq!(desk.json(&["duplicates", "list"]), json!([]));
    }
}

#[test]
fn both_desks_may_merge_at_once() {
    let twins = twins();
    for desk in twins.both() {
        desk.json(&["duplicates", "merge", &twins.first, &twins.second]);
    }
    twins.settle();
    for desk in twins.both() {
        let shown = desk.show("customer", &twins.second);
        assert_eq!(shown["id"], twins.first.as_str());
        assert_eq!(shown["vehicles"].as_array().unwrap().len(), 1);
        assert_eq!(desk.json(&["duplicates", "list"]), json!([]));
    }
}

#[test]
fn desks_that_merge_the_other_way_round_come_to_an_end() {
    let twins = twins();
    twins
        .front
        .json(&["duplicates", "merge", &twins.first, &twins.second]);
    twins
        .back
        .json(&["duplicates", "merge", &twins.second, &twins.first]);
    twins.settle();
    // Whatever came of it: both ids lead to somebody, with everything that was known.
    for desk in twins.both() {
        let shown = [&twins.first, &twins.second].map(|id| desk.show("customer", id));
        let text = format!("{shown:?}");
        for known in ["bo@diaz.example", "Troy", "Diaz Cabs", "Focus"] {
            assert!(text.contains(known), "{known}: {text}");
        }
    }
}

#[test]
fn an_edit_of_what_was_merged_away_is_not_lost() {
    let twins = twins();
    twins
        .front
        .json(&["duplicates", "merge", &twins.first, &twins.second]);
    twins.back.set("customer", &twins.second, "city=Rome");
    twins.settle();
    let front = twins.front.json(&["history", &twins.second]).to_string();
    assert!(front.contains("Rome"), "{front}");
    // It contradicts the deletion, so somebody is asked.
    for desk in twins.both() {
        let asked = [
            desk.json(&["conflicts", "list"]),
            desk.json(&["duplicates", "list"]),
        ];
        assert_ne!(asked, [json!([]), json!([])]);
    }
}

#[test]
fn vehicles_of_one_vin_are_found_as_well() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let customer = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let vin = "1HGCM82633A004352";
    let ids = [&front, &back].map(|desk| {
        desk.add_vehicle(
            &customer,
            json!({"make": "Honda", "model": "Accord", "vin": vin}),
        )
    });
    company.settle(&[&front, &back]);
    let list = back.json(&["duplicates", "list"]);
    assert_eq!(list[0]["kind"], "vehicle");
    assert_eq!(list[0]["fields"], json!(["vin"]));
    back.json(&["duplicates", "merge", &ids[0], &ids[1]]);
    company.settle(&[&front, &back]);
    assert_eq!(front.show("vehicle", &ids[1])["id"], ids[0].as_str());
    front.json(&["duplicates", "unmerge", &ids[1]]);
    company.settle(&[&front, &back]);
    assert_eq!(back.show("vehicle", &ids[1])["id"], ids[1].as_str());
}

#[test]
fn what_cannot_be_merged_is_named() {
    let twins = twins();
    let desk = &twins.front;
    let nobody = "00000000-0000-7000-8000-000000000000";
    let vehicle = desk.show("customer", &twins.second)["vehicles"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (keep, other, code) in [
        (&*twins.first, &*twins.first, "invalid"),
        (&twins.first, nobody, "not_found"),
        (nobody, &twins.first, "not_found"),
        (&twins.first, &vehicle, "not_found"),
    ] {
        let error = desk.error(&["duplicates", "merge", keep, other]);
        assert_eq!(error["code"], code, "{keep} {other}: {error}");
    }
    let error = desk.error(&["duplicates", "unmerge", &twins.second]);
    assert_eq!(error["code"], "not_found");
    let args = ["duplicates", "merge", &twins.first];
    assert_eq!(failure(&desk.output(&args, ""), 2, &args)["code"], "usage");
}
