//! Staying signed in: tokens expire, answers get lost, accounts are closed.

use crate::A_CUSTOMER;
use serde_json::json;
use servease_tests::processes::{Canned, Company, EMAIL, Fault, Gate, PASSWORD, answer};

const REFRESH: &str = "auth/token/refresh/";
/// What a desk asks that has never synced.
const FIRST_QUESTION: &str = "sync/snapshot/";

#[test]
fn an_expired_access_token_is_renewed_silently() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    desk.expire_access();
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER);
    assert_eq!(company.proxy.seen(REFRESH).len(), 1);
    // The new one is kept: the next run needs no other.
    desk.sync();
    assert_eq!(company.proxy.seen(REFRESH).len(), 1);
}

#[test]
fn programs_of_one_folder_renew_it_once_between_them() {
    let company = Company::new();
    let desk = company.desk();
    let bo = desk.customer("Bo", "Diaz");
    let watch = desk.start(&["sync", "--watch"]);
    watch.line();
    for round in 1..=8 {
        let before = company.proxy.seen(REFRESH).len();
        desk.expire_access();
        // The one that watches wakes too.
        desk.note(&bo, &format!("{round}"));
        let runs: Vec<_> = (0..4).map(|_| desk.start(&["sync", "--once"])).collect();
        for run in runs {
            answer(&run.wait(), &["sync", "--once"]);
        }
        assert_eq!(
            company.proxy.seen(REFRESH).len(),
            before + 1,
            "round {round}"
        );
    }
    drop(watch);
    assert_eq!(desk.status()["account"]["is_signed_in"], true);
    company.settle(&[&desk]);
}

#[test]
fn those_that_meet_at_the_lock_take_what_the_first_got() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    desk.expire_access();
    let gate = Gate::default();
    company.proxy.fail(REFRESH, 1, Fault::Hold(gate.clone()));
    let first = desk.start(&["sync", "--once"]);
    gate.wait_for_arrival();
    // These meet 401 too, with what a first sync asks first, and wait for the first.
    let asked = company.proxy.seen(FIRST_QUESTION).len();
    let others: Vec<_> = (0..3).map(|_| desk.start(&["sync", "--once"])).collect();
    company.proxy.wait_for(FIRST_QUESTION, asked + 2);
    gate.open();
    for run in others.into_iter().chain([first]) {
        answer(&run.wait(), &["sync", "--once"]);
    }
    assert_eq!(company.proxy.seen(REFRESH).len(), 1);
}

#[test]
fn a_lost_answer_to_a_renewal_does_not_sign_out() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    for fault in [Fault::LoseAnswer, Fault::CutAnswer, Fault::LoseAnswer] {
        desk.expire_access();
        company.proxy.fail(REFRESH, 1, fault);
        assert_eq!(desk.error(&["sync", "--once"])["code"], "unreachable");
        assert_eq!(company.proxy.clear(), 0);
        assert_eq!(desk.status()["account"]["is_signed_in"], true);
    }
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER);
}

#[test]
fn kill_9_in_the_middle_of_a_renewal_does_not_sign_out() {
    let company = Company::new();
    let desk = company.desk();
    for _ in 0..4 {
        desk.expire_access();
        let gate = Gate::default();
        company.proxy.fail(REFRESH, 1, Fault::Hold(gate.clone()));
        let run = desk.start(&["sync", "--once"]);
        gate.wait_for_arrival();
        // It dies, the server goes on with what it was asked.
        drop(run);
        let answered = company.proxy.seen(REFRESH).len();
        gate.open();
        desk.sync();
        assert!(company.proxy.seen(REFRESH).len() > answered);
    }
}

#[test]
fn a_page_of_somebody_else_does_not_sign_out() {
    let company = Company::new();
    let desk = company.desk();
    desk.expire_access();
    company
        .proxy
        .fail(REFRESH, 1, Fault::Answer(Canned::html()));
    assert_eq!(desk.error(&["sync", "--once"])["code"], "not_central");
    company
        .proxy
        .fail(REFRESH, 1, Fault::Answer(Canned::busy(1)));
    assert_eq!(desk.error(&["sync", "--once"])["code"], "server_busy");
    desk.sync();
}

#[test]
fn a_closed_account_ends_the_session_and_loses_nothing() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    front.sync();
    company.site.disable_user(EMAIL);
    front.set("customer", &bo, "city=Troy");
    front.expire_access();
    let error = front.error(&["sync", "--once"]);
    assert_eq!(error["code"], "signed_out");
    // Again, and it stays so.
    assert_eq!(front.error(&["sync", "--once"])["code"], "signed_out");
    let status = front.status();
    assert_eq!(status["waiting"], 1);
    assert_eq!(status["account"]["is_signed_in"], false);
    assert_eq!(status["state"], "needs_attention");
    // The desk works on.
    front.set("customer", &bo, "company_name=Diaz Cabs");
    let error = front.login_error(&company.proxy.url(), EMAIL, PASSWORD);
    assert_eq!(error["code"], "wrong_credentials");

    company
        .site
        .add_user("eve@garage.example", ("Eve", "Orr"), PASSWORD);
    for desk in [&front, &back] {
        desk.login(&company.proxy.url(), "eve@garage.example", PASSWORD);
    }
    assert_eq!(front.status()["account"]["is_signed_in"], true);
    company.settle(&[&front, &back]);
    assert_eq!(back.show("customer", &bo)["city"], "Troy");
}

#[test]
fn a_token_revoked_between_push_and_pull_loses_nothing() {
    let company = Company::new();
    let (desk, other) = (company.desk(), company.desk());
    desk.sync();
    // Own changes do not come back; what somebody else did is read.
    other.customer("Cy", "Moss");
    other.sync();
    desk.customer("Bo", "Diaz");
    // The push goes through; then Central takes neither token any more.
    let no = || Canned::json(401, &json!({"detail": "Token is invalid or expired"}));
    company.proxy.fail("sync/changes/", 2, Fault::Answer(no()));
    company.proxy.fail(REFRESH, 1, Fault::Answer(no()));
    assert_eq!(desk.error(&["sync", "--once"])["code"], "signed_out");
    company.proxy.clear();
    assert_eq!(desk.status()["waiting"], 0);
    company.sign_in(&desk);
    company.settle(&[&desk, &other]);
}

#[test]
fn a_customers_account_may_not_sync() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    let no = Canned::json(403, &json!({"detail": "Staff only."}));
    company.proxy.fail("sync/mutations/", 1, Fault::Answer(no));
    assert_eq!(desk.error(&["sync", "--once"])["code"], "forbidden");
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER);
}
