//! `servease conflicts`.

use serde_json::{Value as Json, json};
use servease_tests::processes::{Company, Desk, id_of};

/// Two desks that have set one customer's city without knowing of each other: Troy at the
/// front, Rome in the back, which came later.
fn quarrel() -> (Company, Desk, Desk, String) {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let customer = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    front.set("customer", &customer, "city=Troy");
    back.set("customer", &customer, "city=Rome");
    company.settle(&[&front, &back]);
    (company, front, back, customer)
}

fn only(desk: &Desk) -> Json {
    let list = desk.json(&["conflicts", "list"]);
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    list[0].clone()
}

#[test]
fn a_conflict_names_record_field_values_people_and_times() {
    let (_company, front, _back, customer) = quarrel();
    let conflict = only(&front);
    for name in ["id", "mine_at", "theirs_at"] {
        assert!(conflict[name].is_string(), "{name}: {conflict}");
    }
    assert_eq!(conflict["kind"], "customer");
    assert_eq!(conflict["record_id"], customer.as_str());
    assert_eq!(conflict["title"], "Bo Diaz");
    assert_eq!(conflict["field"], "city");
    assert_eq!(
        (&conflict["mine"], &conflict["theirs"]),
        (&json!("Troy"), &json!("Rome"))
    );
    assert_eq!(conflict["is_mine_in_use"], false);
}

#[test]
fn keeping_mine_swaps_the_value_on_every_desk() {
    let (company, front, back, customer) = quarrel();
    let id = id_of(&only(&front));
    front.json(&["conflicts", "resolve", &id, "--keep", "mine"]);
    assert_eq!(front.show("customer", &customer)["city"], "Troy");
    assert_eq!(front.json(&["conflicts", "list"]), json!([]));
    company.settle(&[&front, &back]);
    assert_eq!(back.show("customer", &customer)["city"], "Troy");
    assert_eq!(back.json(&["conflicts", "list"]), json!([]));
    assert_eq!(back.status()["state"], "synced");
}

#[test]
fn taking_theirs_settles_it_and_changes_nothing_else() {
    let (company, front, back, customer) = quarrel();
    let id = id_of(&only(&front));
    front.json(&["conflicts", "resolve", &id, "--keep", "theirs"]);
    company.settle(&[&front, &back]);
    for desk in [&front, &back] {
        assert_eq!(desk.show("customer", &customer)["city"], "Rome");
        assert_eq!(desk.json(&["conflicts", "list"]), json!([]));
    }
}

#[test]
fn mine_is_what_this_desk_wrote() {
    let (company, front, back, customer) = quarrel();
    let id = id_of(&only(&back));
    back.json(&["conflicts", "resolve", &id, "--keep", "mine"]);
    company.settle(&[&front, &back]);
    assert_eq!(front.show("customer", &customer)["city"], "Rome");
    assert_eq!(front.json(&["conflicts", "list"]), json!([]));
}

#[test]
fn a_resolution_is_undone_like_any_edit() {
    let (company, front, back, customer) = quarrel();
    let id = id_of(&only(&front));
    front.json(&["conflicts", "resolve", &id, "--keep", "mine"]);
    front.json(&["undo"]);
    assert_eq!(front.show("customer", &customer)["city"], "Rome");
    assert_eq!(id_of(&only(&front)), id);
    company.settle(&[&front, &back]);
}

#[test]
fn both_may_decide_at_once() {
    let (company, front, back, customer) = quarrel();
    for desk in [&front, &back] {
        let id = id_of(&only(desk));
        desk.json(&["conflicts", "resolve", &id, "--keep", "mine"]);
    }
    // They disagree again: nothing is lost, and it comes to an end.
    company.settle(&[&front, &back]);
    let city = front.show("customer", &customer)["city"].clone();
    assert_eq!(back.show("customer", &customer)["city"], city);
    let history = front.json(&["history", &customer]).to_string();
    assert!(history.contains("Troy") && history.contains("Rome"));
}

#[test]
fn an_edit_that_came_later_is_not_overwritten() {
    let (_company, front, _back, customer) = quarrel();
    let id = id_of(&only(&front));
    front.set("customer", &customer, "city=Oslo");
    let error = front.error(&["conflicts", "resolve", &id, "--keep", "mine"]);
    assert_eq!(error["code"], "superseded");
    assert_eq!(front.show("customer", &customer)["city"], "Oslo");
    // What is there may always be kept.
    front.json(&["conflicts", "resolve", &id, "--keep", "theirs"]);
    assert_eq!(front.show("customer", &customer)["city"], "Oslo");
    assert_eq!(front.json(&["conflicts", "list"]), json!([]));
}

#[test]
fn an_unknown_conflict_is_not_there() {
    let desk = Desk::new();
    let nobody = "00000000-0000-7000-8000-000000000000";
    for id in [nobody, "no-id"] {
        let error = desk.error(&["conflicts", "resolve", id, "--keep", "mine"]);
        assert_eq!(error["code"], "not_found", "{id}");
    }
}

#[test]
fn a_deletion_against_an_edit_is_decided_like_the_others() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let customer = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    front.json(&["customer", "delete", &customer]);
    back.set("customer", &customer, "city=Troy");
    company.settle(&[&front, &back]);
    let conflict = only(&front);
    assert_eq!(conflict["field"], "deleted");
    assert_eq!(
        (&conflict["mine"], &conflict["theirs"]),
        (&json!(true), &json!(false))
    );
    let id = id_of(&conflict);
    front.json(&["conflicts", "resolve", &id, "--keep", "mine"]);
    company.settle(&[&front, &back]);
    assert_eq!(back.json(&["customer", "list"])["count"], 0);
    for desk in [&front, &back] {
        assert_eq!(desk.json(&["conflicts", "list"]), json!([]));
    }
}
