//! `servease login` and `logout`.

use std::net::TcpListener;

use crate::A_CUSTOMER;
use serde_json::json;
use servease_tests::processes::{
    Canned, Central, Company, Desk, EMAIL, Fault, PASSWORD, Site, failure,
};

#[test]
fn a_sign_in_names_server_and_person() {
    let company = Company::new();
    let desk = Desk::new();
    let account = company.sign_in(&desk);
    assert_eq!(account["server"], format!("{}/", company.proxy.url()));
    assert_eq!(account["email"], EMAIL);
    assert_eq!(account["name"], "Ann Ng");
    assert_eq!(account["is_signed_in"], true);
    let status = desk.status();
    assert_eq!(status["account"], account);
}

#[test]
fn a_wrong_password_is_named_and_changes_nothing() {
    let company = Company::new();
    let desk = Desk::new();
    for (email, password) in [(EMAIL, "wrong horse"), ("eve@garage.example", PASSWORD)] {
        let error = desk.login_error(&company.proxy.url(), email, password);
        assert_eq!(error["code"], "wrong_credentials");
    }
    assert_eq!(desk.status()["account"], json!(null));
    assert_eq!(desk.status()["state"], "alone");
    assert_eq!(desk.error(&["sync", "--once"])["code"], "not_signed_in");
}

#[test]
fn an_empty_password_is_wrong_and_not_waited_for() {
    let company = Company::new();
    let desk = Desk::new();
    let error = desk.login_error(&company.proxy.url(), EMAIL, "");
    assert_eq!(error["code"], "wrong_credentials");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let desk = Desk::new();
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = desk.login_error(&format!("http://{address}"), EMAIL, PASSWORD);
    assert_eq!(error["code"], "unreachable");
    // Whoever supports the garage sees why.
    let detail = error["detail"].as_str().unwrap();
    assert!(detail.contains("refused"), "{error}");
    let error = desk.login_error("http://no-such-host.invalid", EMAIL, PASSWORD);
    assert_eq!(error["code"], "unreachable");
}

#[test]
fn what_is_no_address_is_named() {
    let desk = Desk::new();
    for address in ["", "ftp://garage.example", "http://", "two words"] {
        let error = desk.login_error(address, EMAIL, PASSWORD);
        assert_eq!(error["code"], "not_an_address", "{address:?}: {error}");
    }
}

#[test]
fn server_and_email_have_to_be_named() {
    let desk = Desk::new();
    for args in [
        ["login", "--email", EMAIL].as_slice(),
        &["login", "--server", "http://127.0.0.1:1"],
    ] {
        let error = failure(&desk.output(args, PASSWORD), 2, args);
        assert_eq!(error["code"], "usage");
    }
}

#[test]
fn a_page_of_somebody_else_is_not_central() {
    let company = Company::new();
    let desk = Desk::new();
    let url = company.proxy.url();
    for path in ["/api/v1/", "auth/login/"] {
        company.proxy.fail(path, 1, Fault::Answer(Canned::html()));
        let error = desk.login_error(&url, EMAIL, PASSWORD);
        assert_eq!(error["code"], "not_central", "{path}: {error}");
        assert_eq!(company.proxy.clear(), 0, "{path}");
    }
    company.sign_in(&desk);
}

#[test]
fn a_stock_service_is_not_central() {
    let company = Company::new();
    let desk = Desk::new();
    let customers = format!("{}/api/v1/customers/", company.proxy.url());
    let roots = [
        Canned::json(200, &json!({"customers": customers})),
        // Without credentials some installations say this.
        Canned::json(
            403,
            &json!({"detail": "Authentication credentials were not provided."}),
        ),
        Canned::json(404, &json!({"detail": "Not found."})),
    ];
    for root in roots {
        company.proxy.fail("/api/v1/", 1, Fault::Answer(root));
        let error = desk.login_error(&company.proxy.url(), EMAIL, PASSWORD);
        assert_eq!(error["code"], "not_central", "{error}");
    }
    // No password went to a server that is not Central.
    assert_eq!(company.proxy.seen("auth/login/"), []);
}

#[test]
fn a_busy_server_is_named() {
    let company = Company::new();
    let desk = Desk::new();
    company
        .proxy
        .fail("/api/v1/", 1, Fault::Answer(Canned::busy(5)));
    let error = desk.login_error(&company.proxy.url(), EMAIL, PASSWORD);
    assert_eq!(error["code"], "server_busy");
}

#[test]
fn signing_out_keeps_what_waits_and_the_server() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    assert_eq!(desk.json(&["logout"]), json!({"signed_out": true}));
    assert_eq!(desk.session_files(), [] as [std::path::PathBuf; 0]);
    let status = desk.status();
    assert_eq!(status["waiting"], 1);
    assert_eq!(status["account"]["is_signed_in"], false);
    assert_eq!(status["account"]["email"], EMAIL);
    assert_eq!(status["state"], "needs_attention");
    assert_eq!(desk.error(&["sync", "--once"])["code"], "not_signed_in");
    company.sign_in(&desk);
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER);
}

#[test]
fn a_folder_goes_over_to_another_server_only_when_told() {
    let (first, second) = (Company::new(), Company::new());
    let desk = first.desk();
    let bo = desk.customer("Bo", "Diaz");
    desk.sync();
    let error = desk.login_error(&second.proxy.url(), EMAIL, PASSWORD);
    assert_eq!(error["code"], "other_server");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(&first.proxy.url()), "{message}");
    // Nothing has changed: it goes on with the first.
    desk.set("customer", &bo, "city=Troy");
    assert_eq!(desk.sync()["pushed"], 1);

    let url = second.proxy.url();
    let args = ["login", "--server", &url, "--email", EMAIL, "--confirm"];
    let output = desk.output(&args, PASSWORD);
    assert!(output.status.success(), "{output:?}");
    // The new server gets everything that the desk has.
    second.settle(&[&desk]);
    let other = second.desk();
    second.settle(&[&desk, &other]);
    assert_eq!(other.show("customer", &bo)["city"], "Troy");
}

#[test]
fn text_tells_where_the_session_is_kept() {
    let company = Company::new();
    let desk = Desk::new();
    let url = company.proxy.url();
    let mut command = desk.command(&["login", "--server", &url, "--email", EMAIL]);
    command.stdin(std::process::Stdio::piped());
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("keyring"), "{said}");
    assert!(!said.contains("eyJ"), "a token was printed: {said}");
}

#[test]
fn a_certificate_that_nobody_known_has_signed_is_told_apart() {
    let site = Site::new();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (site.beside("cert.pem"), site.beside("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let central = Central::start_with(
        &site,
        &[
            ("SERVEASE_TLS_CERT", cert.to_str().unwrap()),
            ("SERVEASE_TLS_KEY", key.to_str().unwrap()),
        ],
    );
    let port = central.address().port();
    let error = Desk::new().login_error(&format!("https://localhost:{port}"), EMAIL, PASSWORD);
    assert_eq!(error["code"], "certificate_refused");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("has signed"), "{message}");
    assert!(
        error["detail"].as_str().unwrap().contains("ertificate"),
        "{error}"
    );
}

#[test]
fn whoever_signs_in_next_sees_their_own_private_notes() {
    let company = Company::new();
    company
        .site
        .add_user("bob@garage.example", ("Bob", "Oy"), PASSWORD);
    let (anns, bobs) = (company.desk(), Desk::new());
    bobs.login(&company.proxy.url(), "bob@garage.example", PASSWORD);
    let customer = anns.customer("Ada", "Lovelace");
    for title in ["of Ann", "for all"] {
        let mut words = vec!["note", "add", "--customer", &customer, "--title", title];
        words.extend(["--content", "x"]);
        words.extend((title == "of Ann").then_some("--private"));
        anns.json(&words);
    }
    anns.sync();
    let titles = |desk: &Desk| -> Vec<String> {
        let notes = desk.json(&["note", "list", "--customer", &customer]);
        let notes = notes.as_array().unwrap().iter();
        let mut titles: Vec<String> = notes
            .map(|note| note["title"].as_str().unwrap().to_owned())
            .collect();
        titles.sort();
        titles
    };
    bobs.sync();
    assert_eq!(titles(&bobs), ["for all"]);
    // On one PC after the other.
    anns.login(&company.proxy.url(), "bob@garage.example", PASSWORD);
    anns.sync();
    assert_eq!(titles(&anns), ["for all"]);
    company.sign_in(&anns);
    anns.sync();
    assert_eq!(titles(&anns), ["for all", "of Ann"]);
}
