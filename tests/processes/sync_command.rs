//! `servease sync`: reports, the status, and errors.

use crate::A_CUSTOMER;
use serde_json::{Value as Json, json};
use servease_tests::processes::{
    Canned, Central, Company, Contents, Desk, EMAIL, Fault, PASSWORD, Site, answer, differences,
    error_line, failure,
};

const REPORT: [&str; 8] = [
    "pushed",
    "pulled",
    "merged",
    "conflicts",
    "duplicates",
    "waiting",
    "rejected",
    "cursor",
];

fn names(json: &Json) -> Vec<&str> {
    json.as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn a_report_has_these_numbers_of_this_run() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    // Central's accounts are the employees that a desk knows.
    for desk in [&front, &back] {
        assert_eq!(desk.sync()["pulled"], 1);
    }
    let bo = front.customer("Bo", "Diaz");
    let first = front.sync();
    // A run for once brings files through too.
    assert_eq!(names(&first), [&REPORT[..], &["files"]].concat());
    assert_eq!(first["pushed"], A_CUSTOMER);
    assert_eq!(first["pulled"], 0);
    let seen = back.sync();
    assert_eq!(
        (&seen["pushed"], &seen["pulled"]),
        (&json!(0), &json!(A_CUSTOMER))
    );
    assert_eq!(seen["cursor"], first["cursor"]);

    front.set("customer", &bo, "city=Troy");
    front.note(&bo, "Key");
    let second = front.sync();
    assert_eq!(
        (&second["pushed"], &second["pulled"]),
        (&json!(2), &json!(0))
    );
    assert!(second["cursor"].as_i64() > first["cursor"].as_i64());
    let third = front.sync();
    assert_eq!((&third["pushed"], &third["pulled"]), (&json!(0), &json!(0)));
    assert_eq!(third["cursor"], second["cursor"]);
    company.settle(&[&front, &back]);
}

#[test]
fn sync_alone_means_once() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    assert_eq!(desk.json(&["sync"])["pushed"], A_CUSTOMER);
}

#[test]
fn a_server_that_cannot_be_reached_fails_with_words() {
    let company = Company::new();
    let desk = company.desk();
    let bo = desk.customer("Bo", "Diaz");
    company.proxy.cut();
    let args = ["sync", "--once"];
    let error = desk.error(&args);
    assert_eq!(error["code"], "unreachable");
    assert_eq!(
        error["message"],
        "The server cannot be reached. What you change is kept here and sent later."
    );
    assert!(error["detail"].is_string(), "{error}");
    assert_eq!(desk.status()["waiting"], 1);
    assert_eq!(desk.status()["state"], "offline");
    // The desk works on.
    desk.set("customer", &bo, "city=Troy");
    company.proxy.restore();
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER + 1);
    assert_eq!(desk.status()["waiting"], 0);
    assert_eq!(desk.status()["state"], "synced");
}

#[test]
fn what_else_may_answer_is_told_apart() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    let cases = [
        (Canned::html(), "not_central"),
        (Canned::busy(7), "server_busy"),
        (Canned::json(500, &json!({"detail": "no"})), "server_busy"),
        (Canned::json(403, &json!({"detail": "no"})), "forbidden"),
        (Canned::json(200, &json!([1, 2])), "not_central"),
    ];
    for (canned, code) in cases {
        company
            .proxy
            .fail("sync/mutations/", 1, Fault::Answer(canned));
        let error = desk.error(&["sync", "--once"]);
        assert_eq!(error["code"], code, "{error}");
        assert_eq!(company.proxy.clear(), 0);
        assert_eq!(desk.status()["waiting"], 1, "{code}");
    }
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER);
}

#[test]
fn the_status_says_what_waits_and_why() {
    let company = Company::new();
    let desk = company.desk();
    let bo = desk.customer("Bo", "Diaz");
    let status = desk.status();
    assert_eq!(status["waiting"], 1);
    let edit = &status["edits"][0];
    assert_eq!(edit["kind"], "customer");
    assert_eq!(edit["record_id"], bo.as_str());
    assert_eq!(edit["title"], "Bo Diaz");
    assert_eq!(edit["action"], "create");
    assert_eq!(edit["reason"], "not_sent");
    desk.sync();
    let status = desk.status();
    assert_eq!(status["edits"], json!([]));
    assert_eq!(status["state"], "synced");
    assert!(status["last_success"].is_string());
    assert_eq!(status["rejected"], 0);
}

#[test]
fn watching_reports_every_run_that_did_something() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    front.customer("Bo", "Diaz");
    let watch = front.start(&["sync", "--watch"]);
    let first = watch.line_that(|_| true);
    assert_eq!(names(&first), REPORT);
    assert_eq!(first["pushed"], A_CUSTOMER);
    // What somebody types beside it goes out by itself.
    let cy = front.customer("Cy", "Moss");
    assert_eq!(
        watch.line_that(|report| report["pushed"] == A_CUSTOMER)["pulled"],
        0
    );
    back.sync();
    // What somebody else changes comes in by itself.
    back.set("customer", &cy, "city=Troy");
    back.sync();
    let came = watch.line_that(|report| report["pulled"] == 1);
    assert_eq!(names(&came), REPORT);
    assert_eq!(front.show("customer", &cy)["city"], "Troy");
    // Ctrl+C is how it is meant to end.
    let output = watch.interrupt();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn watching_outlives_an_outage_and_says_so() {
    let company = Company::new();
    let desk = company.desk();
    let watch = desk.start(&["sync", "--watch"]);
    watch.line();
    company.proxy.cut();
    desk.customer("Bo", "Diaz");
    assert_eq!(error_line(&watch.error_line())["code"], "unreachable");
    company.proxy.restore();
    let report = watch.line_that(|report| report["pushed"] == A_CUSTOMER);
    assert_eq!(report["waiting"], 0);
    let output = watch.interrupt();
    assert!(output.status.success(), "{output:?}");
    // An outage is told once, however often it is met.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn watching_outlives_a_server_that_dies_and_comes_back() {
    // Without the proxy: connections are kept and used again.
    let site = Site::new();
    site.add_user(EMAIL, ("Ann", "Ng"), PASSWORD);
    let central = Central::start(&site);
    let address = central.address();
    let desk = Desk::new();
    desk.login(&format!("http://{address}"), EMAIL, PASSWORD);
    let watch = desk.start(&["sync", "--watch"]);
    watch.line();
    for round in 0..3 {
        desk.customer("Bo", &format!("Diaz {round}"));
        watch.line_that(|report| report["pushed"] == A_CUSTOMER);
    }
    central.kill();
    desk.customer("Cy", "Moss");
    assert_eq!(error_line(&watch.error_line())["code"], "unreachable");
    let central = Central::start_at(&site, address);
    watch.line_that(|report| report["pushed"] == A_CUSTOMER);
    // And one that is stopped as an operator does, though somebody listens to its events.
    central.stop();
    let _central = Central::start_at(&site, address);
    desk.customer("Di", "Fox");
    watch.line_that(|report| report["pushed"] == A_CUSTOMER);
    assert!(watch.interrupt().status.success());
    let found = differences(
        &Contents::of(&site.database()),
        &Contents::of(&desk.database()),
    );
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn watching_needs_somebody_who_is_signed_in() {
    let desk = Desk::new();
    let args = ["sync", "--watch"];
    let error = failure(&desk.output(&args, ""), 1, &args);
    assert_eq!(error["code"], "not_signed_in");
}

#[test]
fn once_and_watch_exclude_each_other() {
    let desk = Desk::new();
    let args = ["sync", "--once", "--watch"];
    let error = failure(&desk.output(&args, ""), 2, &args);
    assert_eq!(error["code"], "usage");
}

#[test]
fn a_long_outbox_goes_out_in_batches_and_is_told_in_one_report() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    front.json(&["demo", "--customers", "120"]);
    let waiting = front.status()["waiting"].as_i64().unwrap();
    assert!(waiting > 0);
    let report = front.sync();
    assert!(company.proxy.seen("sync/mutations/").len() > 1);
    assert_eq!(report["waiting"], 0);
    assert_eq!(report["rejected"], 0);
    let args = ["sync", "--once"];
    let seen = answer(&back.output(&args, ""), &args);
    // An edit that changed nothing is confirmed, and is no change.
    assert_eq!(seen["pulled"], report["cursor"]);
    company.settle(&[&front, &back]);
}
