//! `servease undo` and `redo` on what others have built on meanwhile.

use serde_json::{Value as Json, json};
use servease_tests::processes::{Company, Desk};

fn titles(error: &Json) -> Vec<&str> {
    let records = error["records"].as_array().unwrap();
    records
        .iter()
        .map(|record| record["title"].as_str().unwrap())
        .collect()
}

/// A customer that the front desk made and the back desk gave a car, a service and a note.
fn built_on() -> (Company, Desk, Desk, [String; 3]) {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let customer = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let car = back.focus(&customer);
    let service = json!({"service_type": "Oil change"});
    back.json_from(
        &["service", "add", "--vehicle", &car, "--from", "-"],
        &service,
    );
    let note = back.note(&customer, "Key");
    company.settle(&[&front, &back]);
    (company, front, back, [customer, car, note])
}

#[test]
fn a_creation_on_which_another_desk_has_built_is_not_undone_and_its_work_is_named() {
    let (company, front, back, [customer, car, note]) = built_on();
    let history = front.json(&["history", &customer]);
    let created = history
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["action"] == "create" && line["kind"] == "customer")
        .unwrap();
    let step = created["step"].as_str().unwrap();
    for args in [&["undo"][..], &["undo", "--step", step]] {
        let error = front.error(args);
        assert_eq!(error["code"], "built_on", "{error}");
        assert_eq!(
            titles(&error),
            ["AB-12 C Ford Focus", "Oil change", "Key"],
            "{error}"
        );
        assert_eq!(error["more"], 0);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("AB-12 C Ford Focus"), "{message}");
    }
    // Undo says which step it is about.
    assert_eq!(front.error(&["undo"])["step"]["title"], "Bo Diaz");
    company.settle(&[&front, &back]);
    for desk in [&front, &back] {
        assert_eq!(desk.show("vehicle", &car)["model"], "Focus");
        let notes = desk.json(&["note", "list", "--customer", &customer]);
        assert_eq!(notes[0]["id"], note.as_str());
    }
    // On purpose the customer can go, and come back with everything.
    front.json(&["customer", "delete", &customer]);
    company.settle(&[&front, &back]);
    assert_eq!(back.error(&["vehicle", "show", &car])["code"], "not_found");
    front.json(&["undo"]);
    company.settle(&[&front, &back]);
    assert_eq!(back.show("vehicle", &car)["model"], "Focus");
}

#[test]
fn undo_of_what_went_with_another_record_slips_to_nothing_older() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let ann = front.customer("Ann", "Ng");
    let bo = front.customer("Bo", "Diaz");
    front.note(&bo, "Key");
    company.settle(&[&front, &back]);
    back.json(&["customer", "delete", &bo]);
    company.settle(&[&front, &back]);
    let error = front.error(&["undo"]);
    assert_eq!(
        (&error["code"], &error["step"]["title"]),
        (&json!("nothing_left"), &json!("Key")),
        "{error}"
    );
    assert_eq!(front.error(&["undo"])["step"]["title"], "Bo Diaz");
    assert_eq!(front.json(&["undo"])["id"], ann.as_str());
}

#[test]
fn an_undo_is_redone_on_every_desk() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    let car = front.focus(&bo);
    company.settle(&[&front, &back]);
    let undone = front.json(&["undo"]);
    assert_eq!(
        (&undone["did"], &undone["is_redo"]),
        (&json!("added"), &json!(false))
    );
    company.settle(&[&front, &back]);
    assert_eq!(back.error(&["vehicle", "show", &car])["code"], "not_found");
    let redone = front.json(&["redo"]);
    assert_eq!(
        (&redone["id"], &redone["is_redo"]),
        (&json!(car), &json!(true))
    );
    assert_eq!(redone["card"]["id"], car.as_str());
    company.settle(&[&front, &back]);
    assert_eq!(back.show("vehicle", &car)["current_mileage"], 40_000);
    // The other desk sees which steps stand, too.
    let lines = back.json(&["history", &car]);
    let creation = lines.as_array().unwrap().last().unwrap();
    assert_eq!(creation["is_undone"], false, "{lines}");
    let error = front.error(&["redo"]);
    assert_eq!(error["code"], "nothing_to_redo");
    // Once the other desk builds on it, it is not undone any more.
    back.set("vehicle", &car, "color=red");
    company.settle(&[&front, &back]);
    assert_eq!(front.error(&["undo"])["code"], "built_on");
}
