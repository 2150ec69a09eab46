//! Ctrl+C ends both programs as they would end by themselves.

use std::fs;

use servease_tests::central::{Central, Site};
use servease_tests::processes::Company;

#[test]
fn ctrl_c_stops_central_in_order() {
    let site = Site::new();
    Central::start(&site).stop();
    let log = fs::read_to_string(site.beside("central.log")).unwrap();
    assert!(log.contains("\"stopping\""), "{log}");
    // A database that was closed has nothing left beside it.
    let wal = site.database().with_extension("db-wal");
    assert!(!wal.exists(), "{log}");
}

#[test]
fn ctrl_c_ends_watching_and_loses_nothing() {
    let company = Company::new();
    let desk = company.desk();
    let watching = desk.start(&["sync", "--watch"]);
    desk.customer("Ann", "Ng");
    watching.line_that(|report| report["pushed"].as_u64().is_some_and(|sent| sent > 0));
    let ended = watching.interrupt();
    assert!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert_eq!(desk.status()["waiting"], 0);
}
