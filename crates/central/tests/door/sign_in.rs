//! Guessing, forging and staying.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use servease_central::auth::users;
use servease_central::caller::Role;
use servease_central::db::{self, Target};
use uuid::Uuid;

use crate::lines::{ATTACKER, OTHERS, client, employee};
use crate::program::{Process, executable, serve};
use servease_tests::central::token;

/// The status of a failed sign-in that a proxy hands on.
async fn guess(service: &Process, email: &str, sender: &str) -> u16 {
    let request = client(ATTACKER)
        .post(format!("{}/api/v1/auth/login/", service.url))
        .header("X-Forwarded-For", sender)
        .json(&json!({"email": email, "password": "a guess"}));
    request.send().await.unwrap().status().as_u16()
}

/// Guesses at accounts that are all different, so that only the sender slows them down.
async fn guess_often(service: &Process, senders: impl Fn(usize) -> String) -> Vec<u16> {
    let mut statuses = Vec::new();
    for number in 0..24 {
        let email = format!("{}@example.com", Uuid::now_v7().simple());
        statuses.push(guess(service, &email, &senders(number)).await);
    }
    statuses
}

#[tokio::test]
async fn senders_are_told_apart_behind_a_trusted_proxy_and_only_there() {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &["--trusted-proxy", ATTACKER]);
    let statuses = guess_often(&service, |_| "203.0.113.1".to_owned()).await;
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(guess(&service, "a@example.com", "203.0.113.2").await, 401);
    // Whoever owns a network of IPv6 addresses is one.
    let statuses = guess_often(&service, |number| format!("2001:db8:1:1::{number:x}")).await;
    assert!(statuses.contains(&429), "{statuses:?}");
    let other = "2001:db8:1:2::1";
    assert_eq!(guess(&service, "b@example.com", other).await, 401);

    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &["--trusted-proxy", "192.0.2.0/24"]);
    let statuses = guess_often(&service, |number| format!("203.0.113.{number}")).await;
    assert!(statuses.contains(&429), "a stranger names no sender");
}

fn add_user(folder: &Path, email: &str, role: &str) {
    let mut child = executable()
        .args(["user", "add", "--email", email, "--role", role])
        .arg("--data-dir")
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"correct horse\n").unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

fn close_account(folder: &Path, email: &str) {
    let closed = executable()
        .args(["user", "disable", "--email", email, "--data-dir"])
        .arg(folder)
        .status();
    assert!(closed.unwrap().success());
}

async fn account_id(folder: &Path, email: &str) -> Uuid {
    let target = Target::Folder(folder.to_owned());
    let db = db::open(&target, 1).await.unwrap();
    let user = users::find_by_email(&mut db.read().await.unwrap(), email).await;
    db.close().await;
    user.unwrap().unwrap().id
}

#[tokio::test]
async fn spellings_of_an_address_share_the_slowing_down_of_their_account() {
    let folder = tempfile::tempdir().unwrap();
    add_user(folder.path(), "iris@example.com", "employee");
    let service = serve(folder.path(), &["--trusted-proxy", ATTACKER]);
    let spellings = [
        "iris@example.com",
        "IRIS@example.com",
        "İRİS@example.com",
        " iris@EXAMPLE.com",
    ];
    let mut statuses = Vec::new();
    for round in 0..4 {
        for (number, spelling) in spellings.iter().enumerate() {
            let sender = format!("203.0.{round}.{number}");
            statuses.push(guess(&service, spelling, &sender).await);
        }
    }
    // The dotted capital is another letter and another account: it opens nothing here.
    assert!(statuses.contains(&429), "{statuses:?}");
    let sign_in = |email: &str| {
        let request = client(OTHERS).post(format!("{}/api/v1/auth/login/", service.url));
        request
            .json(&json!({"email": email, "password": "correct horse"}))
            .send()
    };
    assert_eq!(sign_in("İRİS@example.com").await.unwrap().status(), 401);
    assert_eq!(sign_in("iris@example.com").await.unwrap().status(), 429);
}

#[tokio::test]
async fn a_closed_account_is_closed_under_every_spelling_of_its_id_and_hears_no_more_events() {
    let folder = tempfile::tempdir().unwrap();
    let email = "ann@example.com";
    add_user(folder.path(), email, "employee");
    let id = account_id(folder.path(), email).await;
    let service = serve(folder.path(), &[]);
    let ask = |token: String, path: &str| {
        let request = client(OTHERS).get(format!("{}/api/v1/{path}", service.url));
        request.bearer_auth(token).send()
    };
    let own = token(Role::Employee, email, id);
    let mut events = ask(own.clone(), "sync/events/")
        .await
        .unwrap()
        .bytes_stream();
    events.next().await.unwrap().unwrap();
    close_account(folder.path(), email);
    let began = Instant::now();
    while events.next().await.is_some() {
        assert!(began.elapsed() < Duration::from_secs(10), "still told");
    }
    assert_eq!(ask(own, "customers/").await.unwrap().status(), 401);
    for spelling in [
        format!("urn:uuid:{id}"),
        id.to_string().to_uppercase(),
        format!("{{{id}}}"),
    ] {
        let forged = forge(&json!({"user_id": spelling, "email": email,
            "user_role": "employee", "token_type": "access", "exp": 4_000_000_000_i64}));
        assert_eq!(
            ask(forged, "customers/").await.unwrap().status(),
            401,
            "{spelling}"
        );
    }
}

/// A token as somebody makes it who has the platform's secret.
fn forge(claims: &Value) -> String {
    use jsonwebtoken::{EncodingKey, Header, encode};
    let key = EncodingKey::from_secret(servease_tests::central::SECRET.as_bytes());
    encode(&Header::default(), claims, &key).unwrap()
}

#[tokio::test]
async fn an_address_in_a_token_of_the_platform_opens_nobodys_record() {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &[]);
    let make = |body: Value| {
        let request = client(OTHERS).post(format!("{}/api/v1/customers/", service.url));
        request.bearer_auth(employee(1)).json(&body).send()
    };
    let ada = json!({"first_name": "Ada", "last_name": "L", "email": "ada@example.com"});
    let bob = json!({"first_name": "Bob", "last_name": "M", "email": "bob@example.com",
        "user_id": 7});
    for body in [ada, bob] {
        assert_eq!(make(body).await.unwrap().status(), 201);
    }
    for (user, email, expected) in [
        (json!(8), "ada@example.com", 0),
        (json!(7), "ada@example.com", 1),
        (json!(Uuid::from_u128(99)), "bob@example.com", 0),
    ] {
        let token = forge(
            &json!({"user_id": user, "email": email, "user_role": "customer",
            "token_type": "access", "exp": 4_000_000_000_i64}),
        );
        let request = client(OTHERS).get(format!("{}/api/v1/customers/", service.url));
        let list = request.bearer_auth(token).send().await.unwrap();
        let list: Value = list.json().await.unwrap();
        assert_eq!(list["count"], expected, "{user} {email}");
        if expected == 1 {
            assert_eq!(list["results"][0]["first_name"], "Bob");
        }
    }
}
