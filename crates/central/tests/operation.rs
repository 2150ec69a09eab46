//! Central as it is operated: the executable, backups, several instances, sudden ends.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

use serde_json::{Value, json};
use servease_central::backup;
use servease_central::caller::Role;
use servease_central::config::DataArgs;
use servease_tests::central::{
    Answer, Central, Postgres, SECRET, Service, Site, config, employee, id, now, program, run,
};
use uuid::Uuid;

fn customer(name: &str) -> Value {
    json!({"first_name": name, "last_name": "L", "phone": "+15550123456"})
}

async fn post(client: &reqwest::Client, url: &str, body: &Value) -> reqwest::Result<Answer> {
    let request = client.post(url).bearer_auth(employee()).json(body);
    Ok(Answer::of(request.send().await?).await)
}

#[test]
fn users_are_added_listed_and_disabled_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let user = |arguments: &[&str], password: &str| {
        let mut command = program();
        command
            .arg("user")
            .args(arguments)
            .env("SERVEASE_DATA_DIR", folder.path());
        let output = run(command, password);
        let out = String::from_utf8(output.stdout).unwrap();
        (output.status.success(), out.trim().to_owned())
    };
    let add = ["add", "--email", "ann@example.com", "--role", "admin"];
    assert_eq!(user(&add, "correct horse\n"), (true, String::new()));
    assert!(!user(&add, "correct horse\n").0, "one account an address");
    let (done, password) = user(
        &["add", "--email", "bo@example.com", "--role", "employee"],
        "",
    );
    assert!(done && password.len() == 20, "{password}");
    assert!(
        !user(
            &["add", "--email", "nobody", "--role", "admin"],
            "correct horse"
        )
        .0
    );
    let (_, list) = user(&["list"], "");
    assert_eq!(
        list,
        "ann@example.com\tadmin\tactive\nbo@example.com\temployee\tactive"
    );
    assert!(user(&["disable", "--email", "BO@example.com"], "").0);
    assert!(!user(&["disable", "--email", "nobody@example.com"], "").0);
    let (_, list) = user(&["list"], "");
    assert!(list.ends_with("bo@example.com\temployee\tdisabled"));
}

#[test]
fn calendar_tokens_are_made_listed_and_revoked_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let token = |arguments: &[&str]| {
        let mut command = program();
        command
            .arg("calendar-token")
            .args(arguments)
            .env("SERVEASE_DATA_DIR", folder.path());
        let output = run(command, "");
        let out = String::from_utf8(output.stdout).unwrap();
        (output.status.success(), out.trim().to_owned())
    };
    let (done, secret) = token(&["add", "--name", "Kitchen", "--language", "de"]);
    assert!(done && secret.len() == 64, "{secret}");
    let (_, list) = token(&["list"]);
    let columns: Vec<&str> = list.split('\t').collect();
    assert_eq!(
        (columns.len(), columns[1], columns[3]),
        (4, "Kitchen", "never")
    );
    assert!(!list.contains(&secret));
    for wrong in [
        &["add", "--name", " "][..],
        &["add", "--name", "x", "--language", "tlh"],
        &["revoke", "--id", "00000000-0000-4000-8000-000000000001"],
    ] {
        assert!(!token(wrong).0, "{wrong:?}");
    }
    assert!(token(&["revoke", "--id", columns[0]]).0);
    assert_eq!(token(&["list"]), (true, String::new()));
}

#[cfg(unix)]
#[tokio::test]
async fn calendar_tokens_are_in_no_log() {
    let site = Site::new();
    let variables = [("SERVEASE_JWT_SECRET", SECRET), ("SERVEASE_LOG", "trace")];
    let central = Central::start_with(&site, &variables);
    let client = reqwest::Client::new();
    let url = format!("{}/api/v1/calendar-tokens/", central.url());
    let made = post(&client, &url, &json!({"name": "Kitchen"})).await;
    let made = made.unwrap().expect(201);
    let (token, wrong) = (
        made["token"].as_str().unwrap(),
        "0123456789abcdef".repeat(4),
    );
    for (token, status) in [(token, 200), (&wrong, 401)] {
        let url = format!("{}/api/v1/calendar.ics?token={token}", central.url());
        assert_eq!(client.get(url).send().await.unwrap().status(), status);
    }
    central.stop();
    let log = std::fs::read_to_string(site.beside("central.log")).unwrap();
    assert!(
        log.contains("/api/v1/calendar.ics"),
        "the route is told: {log}"
    );
    assert!(!log.contains(token) && !log.contains(&wrong), "{log}");
}

#[test]
fn settings_that_would_leave_the_door_open_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (variable, value) in [
        ("SERVEASE_JWT_SECRET", ""),
        ("SERVEASE_JWT_SECRET", "31 bytes are one byte too few.."),
        ("SERVEASE_TRUSTED_PROXY", "the one in the cellar"),
        ("SERVEASE_PATIENCE", "0"),
        ("SERVEASE_METRICS_TOKEN", ""),
        ("SERVEASE_DATABASE_URL", ""),
        ("SERVEASE_KEEP_DAYS", "179"),
        ("SERVEASE_REQUEST_TIMEOUT", "0"),
        ("SERVEASE_MAX_UPLOAD_MIB", "0"),
        ("SERVEASE_PUBLIC_URL", "file:///etc"),
        ("SERVEASE_CURRENCY", "XYZW"),
        ("SERVEASE_TIME_ZONE", "Mars/Base"),
        ("SERVEASE_TLS_CERT", "alone.pem"),
    ] {
        let ended = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .env(variable, value)
            .output()
            .unwrap();
        assert!(!ended.status.success(), "{variable}={value}");
        assert!(!ended.stderr.is_empty(), "it says why");
        assert!(ended.stdout.is_empty());
    }
}

#[test]
fn every_flag_is_a_variable_too() {
    let help = program().args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let flags = help
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--"));
    let names: Vec<String> = flags
        .filter_map(|line| line.split(' ').next())
        .map(|flag| format!("[env: SERVEASE_{}", flag.replace('-', "_").to_uppercase()))
        .collect();
    assert!(names.len() > 15, "{help}");
    for name in names {
        let is_there = help.contains(&format!("{name}=")) || help.contains(&format!("{name}]"));
        assert!(is_there, "{name}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_stop_lets_requests_finish() {
    let secret = [("SERVEASE_JWT_SECRET", SECRET)];
    let site = Site::new();
    let central = Central::start_with(&site, &secret);
    let client = reqwest::Client::new();
    let url = format!("{}/api/v1/customers/", central.url());
    assert_eq!(
        post(&client, &url, &customer("Ada")).await.unwrap().status,
        201
    );
    central.stop();
}

#[tokio::test]
async fn a_backup_of_a_running_service_is_restored_elsewhere() {
    let service = Service::start(None).await;
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let fields = [
        ("customer", id(&ada)),
        ("document_type", "other"),
        ("title", "t"),
    ];
    let paper = service.upload(&fields, "a.txt", b"hello").await.expect(201);
    let path = format!("customers/{}/", id(&ada));
    let tag = service.get(&path).await.header("etag");
    let file = service.folder.path().join("backup.tar.zst");
    let data = config(&service.folder, None).data;
    let summary = backup::write(&data, &file).await.unwrap();
    assert_eq!(summary.files, 1);
    service.customer("Later", "L").await;
    let refused = backup::read(&data, &file, true).await;
    assert!(matches!(refused, Err(backup::BackupError::Running)));

    let postgres = Postgres::find();
    for url in [None, Some(postgres.database("restored"))] {
        let folder = tempfile::tempdir().unwrap();
        let target = DataArgs {
            data_dir: folder.path().to_owned(),
            database_url: url.clone(),
            files: None,
            bucket: None,
        };
        assert_eq!(backup::read(&target, &file, false).await.unwrap(), summary);
        let restored = Service::begin(config(&folder, url), folder).await;
        let list = restored.get("customers/?search=ada").await.expect(200);
        assert_eq!(
            (&list["count"], &list["results"][0]["id"]),
            (&json!(1), &ada["id"])
        );
        assert_eq!(restored.get("customers/").await.expect(200)["count"], 1);
        let there = restored
            .get(&format!("vehicles/{}/", id(&car)))
            .await
            .expect(200);
        assert_eq!(there, car);
        let download = format!("documents/{}/download/", id(&paper));
        let content = restored
            .request(reqwest::Method::GET, &download)
            .send()
            .await
            .unwrap();
        assert_eq!(content.bytes().await.unwrap().as_ref(), b"hello");
        // A new epoch: no version that was seen before the restore is the same.
        let stale = restored
            .request(reqwest::Method::PATCH, &path)
            .header("If-Match", &tag);
        let answer = stale.json(&json!({"city": "X"})).send().await.unwrap();
        assert_eq!(answer.status(), 412);
        restored.customer("New", "L").await;
        restored.stop().await;
    }
    let Service {
        running, folder, ..
    } = service;
    running.stop().await;
    let refused = backup::read(&data, &file, false).await;
    assert!(matches!(refused, Err(backup::BackupError::NotEmpty)));
    let damaged = folder.path().join("damaged");
    std::fs::write(&damaged, b"nonsense").unwrap();
    let refused = backup::read(&data, &damaged, true).await;
    assert!(matches!(refused, Err(backup::BackupError::Format)));
}

#[tokio::test]
async fn two_instances_share_one_postgres_and_one_folder() {
    let postgres = Postgres::find();
    let url = postgres.database("shared");
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(&folder, Some(url));
    // The secret then lives in the database.
    config.jwt_secret = None;
    let target = config.data.target();
    let (one, two) = tokio::join!(
        Service::begin(config.clone(), tempfile::tempdir().unwrap()),
        Service::begin(config, tempfile::tempdir().unwrap()),
    );
    let db = servease_central::db::open(&target, 1).await.unwrap();
    let secret = servease_central::meta::secret(&db).await.unwrap();
    let tokens = servease_central::auth::tokens::Tokens::new(secret.as_bytes());
    let user = servease_central::auth::users::User {
        id: Uuid::from_u128(7),
        email: "a@b.cd".to_owned(),
        password_hash: String::new(),
        role: Role::Admin,
        first_name: "A".to_owned(),
        last_name: "B".to_owned(),
        is_active: true,
    };
    let token = tokens.access(&user, now()).unwrap();
    let (one, two) = (
        Service {
            token: token.clone(),
            ..one
        },
        Service { token, ..two },
    );
    let ada = one.customer("Ada", "L").await;
    let path = format!("customers/{}/", id(&ada));
    assert_eq!(
        two.get(&path).await.expect(200),
        one.get(&path)
            .await
            .expect(200)
            .as_object()
            .map(|_| ada.clone())
            .unwrap()
    );
    let fields = [
        ("customer", id(&ada)),
        ("document_type", "other"),
        ("title", "t"),
    ];
    let paper = one.upload(&fields, "a.txt", b"hello").await.expect(201);
    let download = format!("documents/{}/download/", id(&paper));
    let content = two
        .request(reqwest::Method::GET, &download)
        .send()
        .await
        .unwrap();
    assert_eq!(content.bytes().await.unwrap().as_ref(), b"hello");

    // Both write at once, different fields of one record and records of their own: nothing is
    // lost, and the sequence has no gaps.
    let mut edits = Vec::new();
    for number in 0..10 {
        edits.push(
            one.patch(&path, json!({"city": format!("c{number}")}))
                .await
                .status,
        );
        let (a, b) = tokio::join!(
            one.patch(&path, json!({"zip_code": format!("{number}")})),
            two.patch(&path, json!({"company_name": format!("n{number}")})),
        );
        edits.extend([a.status, b.status]);
        tokio::join!(one.customer("One", "L"), two.customer("Two", "L"));
    }
    assert!(edits.iter().all(|status| *status == 200), "{edits:?}");
    let after = two.get(&path).await.expect(200);
    assert_eq!(
        (&after["zip_code"], &after["company_name"], &after["city"]),
        (&json!("9"), &json!("n9"), &json!("c9"))
    );
    let mut select = sea_query::Query::select();
    select
        .column("seq")
        .from("changes")
        .order_by("seq", sea_query::Order::Asc);
    let rows = db.read().await.unwrap().rows(&select).await.unwrap();
    let seqs: Vec<i64> = rows
        .iter()
        .map(|row| row.integer(0).unwrap().unwrap())
        .collect();
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    assert_eq!(one.get("customers/").await.expect(200)["count"], 21);
    db.close().await;
    one.stop().await;
    two.stop().await;
}
