//! What one side cannot take in stands in nobody else's way.

use std::sync::Arc;

use crate::A_CUSTOMER;
use serde_json::{Value as Json, json};
use servease_tests::processes::{Company, Desk, Fault, sql};

/// Of an edit that set a city to Troy, what an older program may have let through and Central
/// does not take: a city of two hundred letters.
fn poison(desk: &Desk) {
    desk.sql(&[
        "UPDATE mutations SET after = json_set(after, '$.city', hex(zeroblob(100))) \
         WHERE after ->> '$.city' = 'Troy'",
        "UPDATE customers SET city = hex(zeroblob(100)) WHERE city = 'Troy'",
    ]);
}

#[test]
fn a_refused_edit_is_told_and_the_others_go_on() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    front.set("customer", &bo, "city=Troy");
    poison(&front);
    front.set("customer", &bo, "company_name=Diaz Cabs");
    let cy = front.customer("Cy", "Moss");
    let report = front.sync();
    assert_eq!(
        (&report["pushed"], &report["rejected"]),
        (&json!(1 + A_CUSTOMER), &json!(1))
    );
    assert_eq!(report["waiting"], 0);

    let status = front.status();
    assert_eq!(status["state"], "needs_attention");
    let edit = &status["edits"][0];
    assert_eq!(edit["reason"], "rejected");
    assert_eq!(edit["title"], "Bo Diaz");
    assert_eq!(
        edit["errors"],
        json!([{"field": "city", "code": "too_long"}])
    );
    back.sync();
    let shown = back.show("customer", &bo);
    assert_eq!(
        (&shown["company_name"], &shown["city"]),
        (&json!("Diaz Cabs"), &json!(""))
    );
    assert_eq!(back.show("customer", &cy)["last_name"], "Moss");

    // Mending the field mends the edit.
    front.set("customer", &bo, "city=Rome");
    let report = front.sync();
    assert_eq!(report["rejected"], 0);
    assert_eq!(front.status()["edits"], json!([]));
    company.settle(&[&front, &back]);
    assert_eq!(back.show("customer", &bo)["city"], "Rome");
}

#[test]
fn a_refused_new_record_waits_with_what_belongs_to_it() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.add_customer(json!({
        "first_name": "Bo", "last_name": "Diaz", "email": "bo@diaz.example", "city": "Troy",
    }));
    poison(&front);
    front.focus(&bo);
    let cy = front.customer("Cy", "Moss");
    let report = front.sync();
    assert_eq!(report["rejected"], 1);
    // The vehicle with its first reading and owner waits for its customer.
    assert!(report["waiting"].as_i64() > Some(0), "{report}");
    let reasons: Vec<Json> = front.status()["edits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| edit["reason"].clone())
        .collect();
    assert_eq!(reasons[0], "rejected");
    assert!(reasons.contains(&json!("missing_reference")), "{reasons:?}");
    back.sync();
    assert_eq!(back.show("customer", &cy)["last_name"], "Moss");

    front.set("customer", &bo, "city=Rome");
    company.settle(&[&front, &back]);
    let shown = back.show("customer", &bo);
    assert_eq!(shown["city"], "Rome");
    assert_eq!(shown["vehicles"][0]["model"], "Focus");
    assert_eq!(front.status()["waiting"], 0);
}

#[test]
fn a_mutation_on_which_central_fails_is_told_and_tried_again() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    sql(
        &company.site.database(),
        &[
            "CREATE TRIGGER poison BEFORE INSERT ON notes WHEN new.title = 'poison' \
           BEGIN SELECT raise(ABORT, 'disk on fire'); END",
        ],
    );
    let bo = front.customer("Bo", "Diaz");
    let notes = ["one", "poison", "two"].map(|title| front.note(&bo, title));
    let report = front.sync();
    assert_eq!(
        (&report["pushed"], &report["rejected"]),
        (&json!(2 + A_CUSTOMER), &json!(1))
    );
    let edit = front.status()["edits"][0].clone();
    assert_eq!(edit["reason"], "server_failed");
    assert_eq!(edit["record_id"], notes[1].as_str());
    back.sync();
    let list = back.json(&["note", "list", "--customer", &bo]);
    assert_eq!(list.as_array().unwrap().len(), 2);

    // The operator has mended it.
    sql(&company.site.database(), &["DROP TRIGGER poison"]);
    front.json(&["sync", "retry", edit["id"].as_str().unwrap()]);
    company.settle(&[&front, &back]);
    let list = back.json(&["note", "list", "--customer", &bo]);
    assert_eq!(list.as_array().unwrap().len(), 3);
}

#[test]
fn a_refused_edit_is_given_up_and_taken_back() {
    let company = Company::new();
    let desk = company.desk();
    let bo = desk.customer("Bo", "Diaz");
    desk.sync();
    desk.set("customer", &bo, "city=Troy");
    poison(&desk);
    desk.sync();
    let id = desk.status()["edits"][0]["id"].as_str().unwrap().to_owned();
    desk.json(&["sync", "discard", &id]);
    assert_eq!(desk.show("customer", &bo)["city"], "");
    assert_eq!(desk.status()["rejected"], 0);
    company.settle(&[&desk]);
    // Given up is not gone.
    desk.json(&["sync", "undiscard", &id]);
    assert_ne!(desk.show("customer", &bo)["city"], "");
    assert_eq!(desk.sync()["rejected"], 1);
    let error = desk.error(&["sync", "retry", "00000000-0000-7000-8000-000000000000"]);
    assert_eq!(error["code"], "nothing_to_undo");
}

#[test]
fn a_change_that_a_desk_cannot_take_in_is_set_aside() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    let note = front.note(&bo, "Key");
    let cy = front.customer("Cy", "Moss");
    front.sync();
    // On its way the note comes to belong to somebody whom nobody knows.
    let change = |json: &mut Json| {
        for entry in json["entries"].as_array_mut().unwrap() {
            if entry["change"]["entity"] == "note" {
                entry["change"]["after"]["customer_id"] =
                    json!("00000000-0000-7000-8000-000000000000");
            }
        }
    };
    company
        .proxy
        .fail("sync/changes/", 1, Fault::Rewrite(Arc::new(change)));
    let report = back.sync();
    assert_eq!(company.proxy.clear(), 0);
    assert_eq!(report["cursor"], front.status()["cursor"]);
    assert_eq!(back.status()["set_aside"], 1);
    assert_eq!(back.show("customer", &cy)["last_name"], "Moss");
    let list = back.json(&["note", "list", "--customer", &bo]);
    assert_eq!(list, json!([]), "{note}");
    // It stands in nobody's way.
    back.set("customer", &bo, "city=Troy");
    assert_eq!(back.sync()["pushed"], 1);
}
