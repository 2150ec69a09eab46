//! A desk and a Central: documents, sessions, and the end of power.

use reqwest::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use servease_tests::central::{Answer, Central, SECRET, Site, employee, id};
use servease_tests::processes::{Company, Desk};

async fn upload(central: &Central, customer: &str, content: &'static str) -> Answer {
    let form = Form::new()
        .text("customer", customer.to_owned())
        .text("document_type", "other")
        .text("title", "Prüfbericht")
        .part("file", Part::text(content).file_name("CON.txt"));
    let request = reqwest::Client::new()
        .post(format!("{}/api/v1/documents/", central.url()))
        .bearer_auth(employee())
        .multipart(form);
    Answer::of(request.send().await.unwrap()).await
}

async fn file(central: &Central, document: &Json) -> String {
    let url = document["file"].as_str().map(str::to_owned);
    let url = url.unwrap_or_else(|| {
        format!(
            "{}/api/v1/documents/{}/download/",
            central.url(),
            id(document)
        )
    });
    let request = reqwest::Client::new().get(url).bearer_auth(employee());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

#[tokio::test]
async fn an_uploaded_document_is_kept_over_kill_9_and_in_a_backup() {
    let secret = [("SERVEASE_JWT_SECRET", SECRET)];
    let site = Site::new();
    let central = Central::start_with(&site, &secret);
    let customer = reqwest::Client::new()
        .post(format!("{}/api/v1/customers/", central.url()))
        .bearer_auth(employee())
        .json(&json!({"first_name": "Ann", "last_name": "Ng", "phone": "+15550123456"}));
    let customer = Answer::of(customer.send().await.unwrap()).await.expect(201);
    let first = upload(&central, id(&customer), "one").await.expect(201);
    // The same paper, and the folder that it lies in is there already.
    let second = upload(&central, id(&customer), "one").await.expect(201);
    central.kill();

    let central = Central::start_with(&site, &secret);
    assert_eq!(file(&central, &first).await, "one");
    assert_eq!(file(&central, &second).await, "one");
    let backup = site.beside("Sicherung 車庫 ä.tar.zst");
    site.backup(&backup);
    central.stop();

    let other = Site::new();
    other.restore(&backup);
    let central = Central::start_with(&other, &secret);
    assert_eq!(file(&central, &first).await, "one");
    central.stop();
}

#[test]
fn two_desks_meet_over_a_central_that_is_killed() {
    let mut company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let ann = front.customer("Ann", "Ng");
    front.sync();
    back.sync();
    company.kill_central();
    back.set("customer", &ann, "city=Köln");
    front.set("customer", &ann, "last_name=Öz");
    company.start_central();
    for desk in [&front, &back, &front] {
        desk.sync();
    }
    for desk in [&front, &back] {
        let shown = desk.show("customer", &ann);
        assert_eq!(
            (&shown["city"], &shown["last_name"]),
            (&json!("Köln"), &json!("Öz"))
        );
    }
}

#[test]
fn the_session_is_kept_in_the_credential_manager_and_forgotten_with_it() {
    let company = Company::new();
    let desk = Desk::new();
    let account = company.sign_in(&desk);
    assert_eq!(account["is_in_keyring"], true, "{account}");
    desk.customer("Ann", "Ng");
    desk.sync();
    desk.json(&["logout"]);
    assert_eq!(desk.error(&["sync", "--once"])["code"], "not_signed_in");
}
