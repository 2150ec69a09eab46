//! `servease conflicts`.

use serde_json::{Value as Json, json};
use servease_tests::processes::{Company, Desk, id_of};

/// Two desks that have set one customer's company without knowing of each other: Troy at the
/// front, Rome in the back, which came later.
fn quarrel() -> (Company, Desk, Desk, String) {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let customer = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    front.set("customer", &customer, "company_name=Troy");
    back.set("customer", &customer, "company_name=Rome");
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
    assert_eq!(conflict["field"], "company_name");
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
    assert_eq!(front.show("customer", &customer)["company_name"], "Troy");
    assert_eq!(front.json(&["conflicts", "list"]), json!([]));
    company.settle(&[&front, &back]);
    assert_eq!(back.show("customer", &customer)["company_name"], "Troy");
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
        assert_eq!(desk.show("customer", &customer)["company_name"], "Rome");
        assert_eq!(desk.json(&["conflicts", "list"]), json!([]));
    }
}

#[test]
fn mine_is_what_this_desk_wrote() {
    let (company, front, back, customer) = quarrel();
    let id = id_of(&only(&back));
    back.json(&["conflicts", "resolve", &id, "--keep", "mine"]);
    company.settle(&[&front, &back]);
    assert_eq!(front.show("customer", &customer)["company_name"], "Rome");
    assert_eq!(front.json(&["conflicts", "list"]), json!([]));
}

#[test]
fn a_resolution_is_undone_like_any_edit() {
    let (company, front, back, customer) = quarrel();
    let id = id_of(&only(&front));
    front.json(&["conflicts", "resolve", &id, "--keep", "mine"]);
    front.json(&["undo"]);
    assert_eq!(front.show("customer", &customer)["company_name"], "Rome");
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
    // They disagree again: the later decision stands, and whoever is overruled is told.
    company.settle(&[&front, &back]);
    let stands = front.show("customer", &customer)["company_name"].clone();
    assert_eq!(back.show("customer", &customer)["company_name"], stands);
    for desk in [&front, &back] {
        let told = only(desk);
        let mut sides = [told["mine"].clone(), told["theirs"].clone()];
        sides.sort_by_key(ToString::to_string);
        assert_eq!(sides, ["Rome", "Troy"]);
    }
}

#[test]
fn whoever_writes_the_field_again_has_decided() {
    let (company, front, back, customer) = quarrel();
    front.set("customer", &customer, "company_name=Oslo");
    assert_eq!(front.json(&["conflicts", "list"]), json!([]));
    company.settle(&[&front, &back]);
    assert_eq!(back.json(&["conflicts", "list"]), json!([]));
    assert_eq!(back.show("customer", &customer)["company_name"], "Oslo");
    // Undone in the same step.
    front.json(&["undo"]);
    company.settle(&[&front, &back]);
    assert_eq!(only(&back)["mine"], "Rome");
}

#[test]
fn an_address_is_one_value_on_the_command_line() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let customer = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    front.set("customer", &customer, "city=Troy");
    back.set("customer", &customer, "zip_code=12180");
    company.settle(&[&front, &back]);
    let conflict = only(&front);
    assert_eq!(conflict["field"], "address");
    assert_eq!(conflict["mine"]["city"], "Troy");
    assert_eq!(conflict["theirs"]["zip_code"], "12180");
    let shown = front.command(&["conflicts", "list"]).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("Troy, United States"), "{shown}");
    front.json(&["conflicts", "resolve", &id_of(&conflict), "--keep", "mine"]);
    company.settle(&[&front, &back]);
    assert_eq!(back.show("customer", &customer)["city"], "Troy");
    assert_eq!(back.show("customer", &customer)["zip_code"], "");
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
    back.set("customer", &customer, "company_name=Troy");
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
