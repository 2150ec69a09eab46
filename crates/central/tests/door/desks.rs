//! A colleague's desk: what goes through syncing is no more than what goes over HTTP.

use std::io::Read as _;

use serde_json::{Value, json};
use servease_central::caller::Role;
use servease_wire::sync::PROTOCOL;
use uuid::Uuid;

use crate::lines::{OTHERS, client, employee};
use crate::program::{Process, executable, serve};
use servease_tests::central::token;

const ANN: u128 = 1;
const BOB: u128 = 2;

/// Where the service keeps its records: in its folder, or in PostgreSQL under this URL.
struct Database(Option<String>);

impl Database {
    fn arguments(&self) -> Vec<&str> {
        match &self.0 {
            Some(url) => vec!["--database-url", url],
            None => vec![],
        }
    }
}

/// Each of these on each database.
macro_rules! on_both_databases {
    ($($case:ident)*) => {
        mod sqlite {$(
            #[tokio::test]
            async fn $case() {
                super::$case(&super::Database(None)).await;
            }
        )*}

        mod postgres {$(
            #[tokio::test]
            async fn $case() {
                let postgres = servease_tests::central::Postgres::find();
                let url = postgres.database(stringify!($case));
                super::$case(&super::Database(Some(url))).await;
            }
        )*}
    };
}

on_both_databases! {
    a_private_note_shows_to_nobody_else_by_any_way
    what_was_written_while_a_note_was_private_stays_its_authors
    a_private_note_shows_to_its_author_and_to_whose_account_wrote_it
    a_merge_takes_along_what_its_author_may_not_see
    what_central_sets_is_no_desks_to_write
    whatever_author_a_desk_names_its_account_is_kept_beside
    only_a_restored_central_believes_what_desks_say_it_had_said
}

/// Somebody's line to the service.
struct Line<'s> {
    service: &'s Process,
    client: reqwest::Client,
    token: String,
    desk: Uuid,
}

impl Line<'_> {
    fn of(service: &Process, token: String) -> Line<'_> {
        Line {
            service,
            client: client(OTHERS),
            token,
            desk: Uuid::now_v7(),
        }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}/api/v1/{path}", self.service.url);
        let mut request = self.client.request(method.parse().unwrap(), url);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.ask("POST", path, Some(body)).await;
        assert_eq!(status, 201, "{path}: {body}");
        body
    }

    /// The answer to one mutation. `more`: what it has beside its ids.
    async fn push(&self, entity: &str, record: &Value, action: &str, more: Value) -> Value {
        let mut mutation = json!({"id": Uuid::now_v7(), "step": Uuid::now_v7(), "entity": entity,
            "record": record, "action": action, "at": "2026-03-02T08:00:00Z", "seen": 0});
        for (name, value) in more.as_object().unwrap() {
            mutation[name] = value.clone();
        }
        let body = json!({"protocol": PROTOCOL, "desk": self.desk, "mutations": [mutation]});
        let (status, body) = self.ask("POST", "sync/mutations/", Some(body)).await;
        assert_eq!(status, 200, "{body}");
        body["answers"][0].clone()
    }

    /// All changes, as another desk of this account reads them.
    async fn feed(&self) -> Vec<Value> {
        let path = format!(
            "sync/changes/?protocol={PROTOCOL}&desk={}&after=0&limit=1000",
            Uuid::now_v7()
        );
        let page = self.get(&path).await;
        assert_eq!(page["cursor"], page["seq"]);
        page["entries"].as_array().unwrap().clone()
    }

    async fn rows(&self) -> String {
        let path = format!("sync/snapshot/rows/?protocol={PROTOCOL}&limit=1000");
        self.get(&path).await.to_string()
    }

    /// What shows to this account alone.
    async fn particular(&self) -> String {
        let path = format!("sync/snapshot/rows/?protocol={PROTOCOL}&limit=1000&particular=true");
        self.get(&path).await["rows"].to_string()
    }

    /// The content of the ready file; none: this account is given none.
    async fn ready_file(&self, takes_particular: bool) -> Option<Vec<u8>> {
        let schema = servease_store::known_schema();
        let path = format!(
            "sync/snapshot/?protocol={PROTOCOL}&schema={schema}&worth_from=1\
             &takes_particular={takes_particular}"
        );
        let answer = self.get(&path).await;
        if answer["file"]["state"] != "ready" {
            assert_eq!(answer["file"]["state"], "none");
            return None;
        }
        let url = format!(
            "{}/api/v1/sync/snapshot/file/?sha256={}",
            self.service.url,
            answer["file"]["sha256"].as_str().unwrap()
        );
        let answer = self.client.get(url).bearer_auth(&self.token).send().await;
        let packed = answer.unwrap().bytes().await.unwrap();
        let mut plain = Vec::new();
        zstd::Decoder::new(&packed[..])
            .unwrap()
            .read_to_end(&mut plain)
            .unwrap();
        Some(plain)
    }
}

fn has(content: &[u8], text: &str) -> bool {
    content
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

async fn customer(line: &Line<'_>, email: &str) -> Value {
    let body = json!({"first_name": "Ada", "last_name": "L", "email": email});
    line.post("customers/", body).await["id"].clone()
}

async fn a_private_note_shows_to_nobody_else_by_any_way(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &database.arguments());
    let ann = Line::of(&service, employee(ANN));
    let bob = Line::of(&service, employee(BOB));
    let admin = token(Role::Admin, "boss@example.com", Uuid::from_u128(9));
    let admin = Line::of(&service, admin);
    let ada = customer(&ann, "ada@example.com").await;
    let note = |title: &str| json!({"customer_id": ada, "title": title, "content": "hush-hush", "is_private": true});
    let by_http = ann.post("notes/", note("one")).await["id"].clone();
    let by_sync = json!(Uuid::now_v7());
    let mut after = note("two");
    after["created_by"] = json!(Uuid::from_u128(ANN));
    let author = json!({"id": Uuid::from_u128(ANN), "name": "Ann"});
    let more = json!({"after": after, "author": author});
    let created = ann.push("note", &by_sync, "create", more).await;
    assert_eq!(created["outcome"], "applied");

    // Two desks of hers clash about one: what the conflict tells is as private.
    for (desk, title) in [
        (&ann, "first"),
        (&Line::of(&service, employee(ANN)), "the later title"),
    ] {
        let more = json!({"before": {"title": "one"}, "after": {"title": title}});
        desk.push("note", &by_http, "update", more).await;
    }
    let tells = |feed: &[Value]| {
        let is_conflict = |entry: &&Value| entry["change"]["entity"] == "conflict";
        feed.iter().filter(is_conflict).count()
    };
    assert_eq!((tells(&ann.feed().await), tells(&bob.feed().await)), (1, 0));

    for line in [&ann, &admin] {
        let feed = json!(line.feed().await).to_string();
        let rows = line.rows().await;
        assert!(feed.contains("hush-hush") && rows.contains("hush-hush"));
        // Who sees more is told so: by rows alone, or beside the file that is for everybody.
        assert_eq!(line.ready_file(false).await, None);
        assert!(line.particular().await.contains("hush-hush"));
        let file = line.ready_file(true).await.unwrap();
        assert!(has(&file, "ada@example.com") && !has(&file, "hush-hush"));
    }
    assert_eq!(bob.particular().await, "[]");
    let feed = json!(bob.feed().await).to_string();
    let rows = bob.rows().await;
    let file = bob.ready_file(false).await.unwrap();
    assert!(feed.contains("ada@example.com") && has(&file, "ada@example.com"));
    for secret in ["hush-hush", "the later title"] {
        assert!(!feed.contains(secret) && !rows.contains(secret) && !has(&file, secret));
    }

    // Nor does it open, go away, or answer with what is in it.
    for (action, after) in [
        ("update", json!({"is_private": false})),
        ("update", json!({"created_by": Uuid::from_u128(BOB)})),
        ("delete", json!({})),
        ("restore", json!({})),
    ] {
        let more = json!({"before": {"is_private": true}, "after": after});
        let answer = bob.push("note", &by_sync, action, more).await;
        assert_eq!(answer["outcome"], "rejected", "{action}");
        assert_eq!(answer["problem"], "missing_record", "{action}");
    }
    let answer = bob
        .push("note", &by_sync, "create", json!({"after": note("x")}))
        .await;
    assert!(answer.get("values").is_none(), "{answer}");
    let path = format!("notes/{}/", by_sync.as_str().unwrap());
    assert_eq!(ann.get(&path).await["title"], "two");

    // Opened by its author it comes as a whole; closed again it goes.
    for (is_private, action) in [(false, "create"), (true, "delete")] {
        let (status, _) = ann
            .ask("PATCH", &path, Some(json!({"is_private": is_private})))
            .await;
        assert_eq!(status, 200);
        let feed = bob.feed().await;
        let last = &feed.last().unwrap()["change"];
        assert_eq!(
            (&last["action"], &last["record"]),
            (&json!(action), &by_sync)
        );
        let is_told = last.to_string().contains("hush-hush");
        assert_eq!(is_told, !is_private);
    }
}

async fn what_was_written_while_a_note_was_private_stays_its_authors(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &database.arguments());
    let (ann, bob) = (
        Line::of(&service, employee(ANN)),
        Line::of(&service, employee(BOB)),
    );
    let ada = customer(&ann, "ada@example.com").await;
    let body = json!({"customer_id": ada, "title": "T", "content": "shown at first"});
    let note = ann.post("notes/", body).await["id"].clone();
    let path = format!("notes/{}/", note.as_str().unwrap());
    for fields in [
        json!({"is_private": true, "content": "hush-hush"}),
        json!({"content": "hush again"}),
        json!({"content": "good for all"}),
        json!({"is_private": false}),
        json!({"title": "later"}),
    ] {
        assert_eq!(ann.ask("PATCH", &path, Some(fields)).await.0, 200);
    }
    let feed = bob.feed().await;
    let told = json!(feed).to_string();
    assert!(
        told.contains("good for all") && !told.contains("hush"),
        "{told}"
    );
    let of_note: Vec<&Value> = feed
        .iter()
        .map(|entry| &entry["change"])
        .filter(|change| change["record"] == note)
        .collect();
    let actions: Vec<&str> = of_note
        .iter()
        .map(|it| it["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["create", "update"], "{told}");
    let own = json!(ann.feed().await).to_string();
    assert!(own.contains("hush-hush") && own.contains("shown at first"));
}

/// On a PC several people write under one account: what its desk has sent it may go on with.
async fn a_private_note_shows_to_its_author_and_to_whose_account_wrote_it(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &database.arguments());
    let (ann, bob) = (
        Line::of(&service, employee(ANN)),
        Line::of(&service, employee(BOB)),
    );
    let eve = Line::of(&service, employee(3));
    let ada = customer(&bob, "ada@example.com").await;
    let named = json!({"after": {"name": "Ann"}});
    bob.push("employee", &json!(Uuid::from_u128(ANN)), "create", named)
        .await;
    let note = json!(Uuid::now_v7());
    let author = json!({"id": Uuid::from_u128(ANN), "name": "Ann"});
    let after = json!({"customer_id": ada, "title": "T", "content": "hush-hush",
        "is_private": true, "created_by": Uuid::from_u128(ANN)});
    let more = json!({"after": after, "author": author});
    assert_eq!(
        bob.push("note", &note, "create", more).await["outcome"],
        "applied"
    );
    let path = format!("notes/{}/", note.as_str().unwrap());
    for (line, is_shown) in [(&ann, true), (&bob, true), (&eve, false)] {
        let told = json!(line.feed().await).to_string();
        assert_eq!(told.contains("hush-hush"), is_shown);
        assert_eq!(line.rows().await.contains("hush-hush"), is_shown);
        assert_eq!(line.particular().await.contains("hush-hush"), is_shown);
        assert_eq!(line.ask("GET", &path, None).await.0 == 200, is_shown);
        assert_eq!(line.get("notes/").await["count"], u64::from(is_shown));
    }
    let more = json!({"before": {"title": "T"}, "after": {"title": "U"}, "author": author});
    assert_eq!(
        bob.push("note", &note, "update", more).await["outcome"],
        "applied"
    );
    // Once its author has opened and closed it, it is theirs alone.
    for is_private in [false, true] {
        let fields = json!({"is_private": is_private});
        assert_eq!(ann.ask("PATCH", &path, Some(fields)).await.0, 200);
    }
    assert_eq!(bob.ask("GET", &path, None).await.0, 404);
    let more = json!({"before": {"title": "U"}, "after": {"title": "V"}});
    let answer = bob.push("note", &note, "update", more).await;
    assert_eq!(answer["problem"], "missing_record");
}

/// Whoever merges two customers does not know of others' private notes: they move all the same.
async fn a_merge_takes_along_what_its_author_may_not_see(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &database.arguments());
    let (ann, bob) = (
        Line::of(&service, employee(ANN)),
        Line::of(&service, employee(BOB)),
    );
    let kept = customer(&bob, "ada@example.com").await;
    let gone = customer(&bob, "ada.l@example.com").await;
    let body = json!({"customer_id": gone, "title": "T", "content": "C", "is_private": true});
    let note = ann.post("notes/", body).await["id"].clone();
    let step = Uuid::now_v7();
    let more =
        json!({"step": step, "before": {"merged_into": null}, "after": {"merged_into": kept}});
    bob.push("customer", &gone, "update", more).await;
    let more = json!({"step": step, "after": {"merged_into": kept}});
    let answer = bob.push("customer", &gone, "delete", more).await;
    assert_eq!(answer["is_deleted"], true, "{answer}");
    let path = format!("notes/{}/", note.as_str().unwrap());
    let shown = ann.get(&path).await;
    assert_eq!(shown["customer_id"], kept, "{shown}");
}

async fn what_central_sets_is_no_desks_to_write(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &database.arguments());
    let bob = Line::of(&service, employee(BOB));
    let ada = customer(&bob, "ada@example.com").await;
    let eve = customer(&bob, "eve@example.com").await;
    let path = format!("customers/{}/", ada.as_str().unwrap());

    // The account of a customer: by itself, and as what a forged conflict says was lost.
    let forged = json!({"record_kind": "customer", "record_id": ada, "field": "user_id",
        "kept": "\"\"", "lost": "\"7\"", "kept_by": "Boss", "lost_by": "Boss", "state": "open"});
    let conflict = json!(Uuid::now_v7());
    bob.push("conflict", &conflict, "create", json!({"after": forged}))
        .await;
    let step = Uuid::now_v7();
    let taken = json!({"step": step, "before": {"state": "open"}, "after": {"state": "taken"}});
    bob.push("conflict", &conflict, "update", taken).await;
    let more = json!({"step": step, "before": {"user_id": ""}, "after": {"user_id": "7"}});
    let answer = bob.push("customer", &ada, "update", more).await;
    assert_eq!(answer["outcome"], "merged");
    assert_eq!(
        answer["values"]["user_id"], "",
        "the desk is told what is true"
    );
    // Into whom a record was merged, beside something else.
    let more = json!({"after": {"merged_into": eve, "city": "Ulm"}});
    bob.push("customer", &ada, "update", more).await;
    let shown = bob.get(&path).await;
    assert_eq!(shown["user_id"], Value::Null, "{shown}");
    assert_eq!(shown["city"], "Ulm");
    assert_eq!(bob.get("customers/").await["count"], 2);

    // Conflicts that no merge of a desk tells of.
    for (field, kind) in [
        ("city", "customer"),
        ("deleted", "customer"),
        ("role", "employee"),
    ] {
        let after = json!({"record_kind": kind, "record_id": ada, "field": field,
            "kept": "1", "lost": "2", "state": "open"});
        let new = json!(Uuid::now_v7());
        let answer = bob
            .push("conflict", &new, "create", json!({"after": after}))
            .await;
        assert_eq!(answer["outcome"], "rejected", "{field}");
    }
    let more = json!({"after": {"lost_by": "Boss", "kept": "\"x\""}});
    let answer = bob.push("conflict", &conflict, "update", more).await;
    assert_eq!(answer["values"]["kept"], "\"\"", "{answer}");

    // Papers without their file, and other words for what a file is.
    let paper = json!({"customer_id": ada, "document_type": "other", "title": "T",
        "sha256": "0".repeat(64), "mime_type": "text/html", "file_name": "x.html"});
    let new = json!(Uuid::now_v7());
    let answer = bob
        .push("document", &new, "create", json!({"after": paper}))
        .await;
    assert_eq!(answer["outcome"], "rejected");
    // Records do not wait for their files: a sound one is taken, and nothing is given out for it.
    let paper = json!({"customer_id": ada, "document_type": "other", "title": "T",
        "sha256": "0".repeat(64), "mime_type": "application/pdf", "file_name": "x.pdf",
        "file_size": 9, "is_active": true, "is_sensitive": false});
    for (name, value) in [
        ("sha256", json!("../../etc/passwd")),
        ("file_name", json!("../x.pdf")),
        ("file_size", json!(-1)),
        ("mime_type", json!("image/svg+xml")),
    ] {
        let mut bad = paper.clone();
        bad[name] = value;
        let new = json!(Uuid::now_v7());
        let answer = bob.push("document", &new, "create", json!({"after": bad}));
        assert_eq!(answer.await["outcome"], "rejected", "{name}");
    }
    let new = json!(Uuid::now_v7());
    let answer = bob.push("document", &new, "create", json!({"after": paper}));
    assert_eq!(answer.await["outcome"], "applied");
    let path = format!("documents/{}/", new.as_str().unwrap());
    assert_eq!(bob.get(&path).await["sha256"], "0".repeat(64));
    let (status, _) = bob.ask("GET", &format!("{path}download/"), None).await;
    assert_eq!(status, 404);
    let form = reqwest::multipart::Form::new()
        .text("customer_id", ada.as_str().unwrap().to_owned())
        .text("document_type", "other")
        .text("title", "T")
        .part(
            "file_path",
            reqwest::multipart::Part::bytes(b"words".to_vec()).file_name("a.txt"),
        );
    let url = format!("{}/api/v1/documents/", service.url);
    let upload = bob.client.post(url).bearer_auth(&bob.token).multipart(form);
    let document: Value = upload.send().await.unwrap().json().await.unwrap();
    let more = json!({"after": {"mime_type": "text/html", "title": "U", "sha256": ""}});
    bob.push("document", &document["id"], "update", more).await;
    let path = format!("documents/{}/", document["id"].as_str().unwrap());
    let shown = bob.get(&path).await;
    assert_eq!(
        (&shown["mime_type"], &shown["title"]),
        (&json!("text/plain"), &json!("U"))
    );

    // The words for what an account may do, over HTTP as well.
    let person = json!(Uuid::now_v7());
    let more = json!({"after": {"name": "Bob", "role": "admin"}});
    let answer = bob.push("employee", &person, "create", more).await;
    assert_eq!(answer["values"]["role"], "", "{answer}");
    let path = format!("employees/{}/", person.as_str().unwrap());
    let (status, _) = bob
        .ask("PATCH", &path, Some(json!({"role": "admin"})))
        .await;
    assert_eq!(status, 400);
    let more = json!({"after": {"role": "mechanic"}});
    bob.push("employee", &person, "update", more).await;
    assert_eq!(bob.get(&path).await["role"], "mechanic");
}

async fn whatever_author_a_desk_names_its_account_is_kept_beside(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let service = serve(folder.path(), &database.arguments());
    let bob = Line::of(&service, employee(BOB));
    let ada = customer(&bob, "ada@example.com").await;
    let boss = Uuid::from_u128(9);
    let author = json!({"id": boss, "name": "Boss"});
    let more = json!({"after": {"city": "Ulm"}, "author": author});
    bob.push("customer", &ada, "update", more).await;
    let path = format!("customers/{}/history/", ada.as_str().unwrap());
    let history = bob.get(&path).await;
    let last = &history["results"][0];
    assert_eq!(
        (&last["author"], &last["author_name"]),
        (&json!(boss), &json!("Boss"))
    );
    assert_eq!(last["account"], json!(Uuid::from_u128(BOB)));
    assert_eq!(last["account_name"], "Test employee");
    // Over HTTP they are the same.
    let first = &history["results"][1];
    assert_eq!(first["author_name"], first["account_name"]);

    // A note has no other author than its change.
    let note = json!(Uuid::now_v7());
    let after = json!({"customer_id": ada, "title": "T", "content": "C", "created_by": boss});
    let answer = bob
        .push("note", &note, "create", json!({"after": after}))
        .await;
    assert_eq!(answer["outcome"], "merged", "{answer}");
    let path = format!("notes/{}/", note.as_str().unwrap());
    assert_ne!(bob.get(&path).await["created_by"], json!(boss));
}

/// What desks pass on after a restore is taken as it is: Central has lost what it had set itself.
async fn only_a_restored_central_believes_what_desks_say_it_had_said(database: &Database) {
    let around = tempfile::tempdir().unwrap();
    let folder = around.path().join("data");
    let service = serve(&folder, &database.arguments());
    let bob = Line::of(&service, employee(BOB));
    let ada = customer(&bob, "ada@example.com").await;
    let told = json!({"is_relayed": true, "after": {"record_kind": "customer", "record_id": ada,
        "field": "city", "kept": "1", "lost": "2", "state": "open"}});
    let conflict = json!(Uuid::now_v7());
    let answer = bob
        .push("conflict", &conflict, "create", told.clone())
        .await;
    assert_eq!(answer["outcome"], "rejected");
    drop(service);
    let file = around.path().join("backup");
    for args in [vec!["backup"], vec!["restore", "--replace"]] {
        let done = executable()
            .args(args)
            .arg(&file)
            .arg("--data-dir")
            .arg(&folder)
            .args(database.arguments())
            .status();
        assert!(done.unwrap().success());
    }
    let service = serve(&folder, &database.arguments());
    let bob = Line::of(&service, employee(BOB));
    let answer = bob.push("conflict", &conflict, "create", told).await;
    assert_eq!(answer["outcome"], "applied");
}
