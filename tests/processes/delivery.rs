//! What the network loses, cuts, repeats and delays.

use std::time::Duration;

use serde_json::json;
use servease_domain::EntityKind;
use servease_tests::processes::{Canned, Company, Contents, Fault, Gate, answer, error_line};

/// Edits reach the other side once, whatever happens to the requests of a path at first.
#[track_caller]
fn survives(path: &'static str, fault: &Fault, code: Option<&str>) {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let note = front.note(&bo, "Key");
    front.set("customer", &bo, "city=Troy");
    back.set("customer", &bo, "company_name=Diaz Cabs");
    back.sync();

    company.proxy.fail(path, 1, fault.clone());
    let output = front.output(&["sync", "--once"], "");
    assert_eq!(company.proxy.clear(), 0, "{path} was not asked for");
    match code {
        Some(code) => {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{fault:?}");
            assert_eq!(error_line(&stderr)["code"], code, "{fault:?}");
        }
        None => assert!(output.status.success(), "{fault:?}: {output:?}"),
    }
    company.settle(&[&front, &back]);
    let shown = back.show("customer", &bo);
    assert_eq!(
        (&shown["city"], &shown["company_name"]),
        (&json!("Troy"), &json!("Diaz Cabs"))
    );
    let notes = back.json(&["note", "list", "--customer", &bo]);
    assert_eq!(notes[0]["id"], note.as_str());
    assert_eq!(notes.as_array().unwrap().len(), 1);
    assert_eq!(back.json(&["conflicts", "list"]), json!([]));
    // Each change took effect once.
    let history = back.json(&["history", &bo]);
    let cities = history.to_string().matches("\"city\"").count();
    assert_eq!(cities, 1, "{history}");
}

#[test]
fn an_answer_lost_after_the_server_applied_the_edits() {
    survives("sync/mutations/", &Fault::LoseAnswer, Some("unreachable"));
}

#[test]
fn an_answer_cut_in_half() {
    survives("sync/mutations/", &Fault::CutAnswer, Some("unreachable"));
    survives("sync/changes/", &Fault::CutAnswer, Some("unreachable"));
}

#[test]
fn a_request_that_never_arrived() {
    survives("sync/mutations/", &Fault::LoseRequest, Some("unreachable"));
    survives("sync/changes/", &Fault::LoseRequest, Some("unreachable"));
}

#[test]
fn a_request_that_arrived_twice() {
    survives("sync/mutations/", &Fault::Duplicate, None);
    survives("sync/changes/", &Fault::Duplicate, None);
}

#[test]
fn a_page_of_somebody_else_with_200() {
    let html = Fault::Answer(Canned::html());
    survives("sync/mutations/", &html, Some("not_central"));
    survives("sync/changes/", &html, Some("not_central"));
}

#[test]
fn a_late_answer() {
    let late = Fault::Delay(Duration::from_millis(300));
    survives("sync/mutations/", &late, None);
}

#[test]
fn a_request_that_arrives_after_its_repetition() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    front.set("customer", &bo, "city=Troy");

    let gate = Gate::default();
    company
        .proxy
        .fail("sync/mutations/", 1, Fault::Hold(gate.clone()));
    let slow = front.start(&["sync", "--once"]);
    gate.wait_for_arrival();
    // The program was killed; the next run sends the edit again, and others follow.
    drop(slow);
    front.sync();
    back.sync();
    back.set("customer", &bo, "city=Rome");
    back.sync();
    // Now the first request arrives.
    let before = Contents::of(&company.site.database());
    gate.open();
    company.settle(&[&front, &back]);
    assert_eq!(Contents::of(&company.site.database()), before);
    assert_eq!(front.show("customer", &bo)["city"], "Rome");
    assert_eq!(front.json(&["conflicts", "list"]), json!([]));
}

#[test]
fn two_programs_of_one_folder_sync_at_once() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    for round in 0..6 {
        front.note(&bo, &format!("front {round}"));
        back.sync();
        back.note(&bo, &format!("back {round}"));
        back.sync();
        let runs: Vec<_> = (0..4).map(|_| front.start(&["sync", "--once"])).collect();
        let mut pushed = 0;
        for run in runs {
            let report = answer(&run.wait(), &["sync", "--once"]);
            pushed += report["pushed"].as_i64().unwrap();
        }
        assert!(pushed > 0);
        assert_eq!(front.status()["waiting"], 0);
    }
    company.settle(&[&front, &back]);
    let contents = Contents::of(&company.site.database());
    assert_eq!(contents.count(EntityKind::Note), 12);
}

#[test]
fn a_save_is_quick_while_syncing_hangs_on_the_network() {
    let company = Company::new();
    let desk = company.desk();
    let bo = desk.customer("Bo", "Diaz");
    for path in ["sync/mutations/", "sync/changes/"] {
        let gate = Gate::default();
        company.proxy.fail(path, 1, Fault::Hold(gate.clone()));
        let hanging = desk.start(&["sync", "--once"]);
        gate.wait_for_arrival();
        // A save gives up after five seconds when somebody holds the database.
        desk.set("customer", &bo, &format!("city=during {}", path.len()));
        assert_eq!(
            desk.show("customer", &bo)["city"],
            format!("during {}", path.len())
        );
        gate.open();
        answer(&hanging.wait(), &["sync", "--once"]);
    }
    company.settle(&[&desk]);
}

#[test]
fn a_long_answer_that_is_cut_goes_on_where_it_was() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    // It has begun already, so that it takes in changes and no ready file.
    back.sync();
    front.json(&["demo", "--customers", "150"]);
    front.sync();
    // Of several pages the second is cut each time.
    let mut runs = 0;
    loop {
        runs += 1;
        assert!(runs < 40, "a desk does not come forward on a poor line");
        let before = back.status()["cursor"].as_i64().unwrap();
        let gate = Gate::default();
        gate.open();
        company.proxy.fail("sync/changes/", 1, Fault::Hold(gate));
        company.proxy.fail("sync/changes/", 1, Fault::CutAnswer);
        let output = back.output(&["sync", "--once"], "");
        company.proxy.clear();
        let after = back.status()["cursor"].as_i64().unwrap();
        if output.status.success() {
            break;
        }
        assert!(after > before, "a page that had arrived was lost");
    }
    company.settle(&[&front, &back]);
}
