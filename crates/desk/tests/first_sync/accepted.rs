//! What Central accepts, over HTTP or from a desk, every reader can read: lists, rows, the feed,
//! ready files, backups and desks, on both databases.

use reqwest::{Method, StatusCode};
use serde_json::{Map, Value as Json, json};
use servease_central::{backup, config::DataArgs};
use servease_domain::kind::Identity;
use servease_domain::{EntityKind, Kind};
use servease_sync::Remote as _;
use servease_wire::sync::{
    ChangesQuery, Mutation, Obstacle, Outcome, PROTOCOL, RowsQuery, WireAction,
};
use uuid::Uuid;

use super::central::{BY_CHANGES, BY_FILE, Central, Pc, access, creation, push};
use super::content;
use super::same::OtherSchema;
use servease_tests::central::Postgres;

/// Values at and beyond the edges of what some reader knows, for a field of any kind.
fn hostile() -> Vec<Json> {
    let deep = (0..123).fold(json!(1), |inner, _| json!([inner]));
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(1e-300),
        json!(12.5),
        json!(""),
        json!(" "),
        json!("a\0b"),
        json!("line\nline\u{2028}\u{1b}[31m"),
        json!("x".repeat(70_000)),
        json!("ß".repeat(255)),
        json!("\u{202e}\u{feff}🚗"),
        json!("9999-12-31"),
        json!("+12345-01-01"),
        json!("0000-01-01"),
        json!("0001-01-01T00:00:00+14:00"),
        json!("9999-12-31T23:59:59-14:00"),
        json!("9999-12-31T23:59:60Z"),
        json!("2024-02-29T12:00:00.123456789Z"),
        json!("23:59:60"),
        json!("24:00:00"),
        json!("12:00:00.5"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("urn:uuid:0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"),
        json!({"a": {"b": 1}}),
        deep,
    ]
}

/// Records to which others refer.
struct Ground {
    customer: Uuid,
    vehicle: Uuid,
    employee: Uuid,
}

impl Ground {
    /// A record of a kind with nothing wrong about it.
    fn sound(&self, kind: EntityKind, number: usize) -> Map<String, Json> {
        let mut fields = Map::new();
        for field in kind.fields().iter().filter(|field| field.required) {
            let value = match field.kind {
                Kind::Reference(EntityKind::Customer) => json!(self.customer),
                Kind::Reference(EntityKind::Vehicle) => json!(self.vehicle),
                Kind::Reference(EntityKind::Employee) => json!(self.employee),
                // A look may name what is not there any more.
                Kind::Reference(EntityKind::Document) => json!(Uuid::now_v7()),
                Kind::Choice { of, .. } => json!(of[0]),
                Kind::Integer { .. } | Kind::Money => json!(number),
                _ => json!(format!("{} {number}", field.name)),
            };
            fields.insert(field.name.to_owned(), value);
        }
        match kind {
            EntityKind::Customer => _ = fields.insert("phone".to_owned(), json!("+15125550100")),
            EntityKind::Vehicle => _ = fields.insert("license_plate".to_owned(), json!("B-XY 1")),
            _ => {}
        }
        fields
    }
}

fn mutation(
    kind: EntityKind,
    record: Uuid,
    action: WireAction,
    after: Map<String, Json>,
) -> Mutation {
    Mutation {
        entity: kind.name().to_owned(),
        action,
        after,
        ..creation(record, json!({}))
    }
}

/// For every field of every kind, and one that nobody knows: a new record with each hostile
/// value, and an edit to it.
fn mutations(ground: &Ground) -> Vec<Mutation> {
    let mut all = Vec::new();
    for kind in EntityKind::ALL {
        if kind.about().identity != Identity::Own {
            continue;
        }
        let mut names: Vec<&str> = kind.fields().iter().map(|field| field.name).collect();
        names.push("mood");
        for (at, name) in names.into_iter().enumerate() {
            let edited = Uuid::now_v7();
            let sound = ground.sound(kind, at);
            all.push(mutation(kind, edited, WireAction::Create, sound.clone()));
            for (number, value) in hostile().into_iter().enumerate() {
                // Of neighbours, which are mostly alike, each meets a part of them.
                if number % 5 == at % 5 {
                    let mut fields = sound.clone();
                    fields.insert(name.to_owned(), value.clone());
                    all.push(mutation(kind, Uuid::now_v7(), WireAction::Create, fields));
                }
                if number % 2 == at % 2 {
                    let after = Map::from_iter([(name.to_owned(), value)]);
                    all.push(mutation(kind, edited, WireAction::Update, after));
                }
            }
        }
        let long = "n".repeat(1_900_000);
        let mut fields = ground.sound(kind, 0);
        fields.insert(long, json!(1));
        all.push(mutation(kind, Uuid::now_v7(), WireAction::Create, fields));
    }
    all
}

/// Sends them as desks do; answers how many were accepted and how many refused.
async fn send(central: &Central, all: Vec<Mutation>) -> (usize, usize) {
    let (mut accepted, mut refused) = (0, 0);
    let mut batch = Vec::new();
    let mut bytes = 0;
    let mut batches = Vec::new();
    for mutation in all {
        let length = serde_json::to_string(&mutation).unwrap().len();
        if batch.len() == 200 || bytes + length > 1_000_000 {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += length;
        batch.push(mutation);
    }
    batches.push(batch);
    for batch in batches.into_iter().filter(|batch| !batch.is_empty()) {
        let sent: Vec<String> = batch.iter().map(shortened).collect();
        // Too long or too deep for a message: nothing of it was taken.
        let Ok(answer) = central.remote().push(&push(batch)).await else {
            refused += 1;
            continue;
        };
        for (answer, sent) in answer.answers.iter().zip(sent) {
            match answer.outcome {
                Outcome::Rejected => {
                    refused += 1;
                    let problem = answer.problem;
                    assert!(!answer.errors.is_empty() || problem.is_some(), "{answer:?}");
                    assert_ne!(problem, Some(Obstacle::Failed), "{sent}");
                }
                Outcome::Parked => {}
                _ => accepted += 1,
            }
        }
    }
    (accepted, refused)
}

/// A mutation as a failed test names it.
fn shortened(mutation: &Mutation) -> String {
    let text = format!("{:?}", mutation);
    text.chars().take(2_000).collect()
}

struct Http<'c> {
    central: &'c Central,
    client: reqwest::Client,
    token: String,
}

impl Http<'_> {
    async fn ask(&self, method: Method, path: &str, body: Option<&Json>) -> (StatusCode, Json) {
        let url = format!("{}/api/v1/{path}", self.central.service.running.url);
        let mut request = self.client.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Json::Null))
    }

    /// The same values by HTTP: refused or accepted, never a failure of the server.
    async fn write(&self, ground: &Ground) -> usize {
        let mut accepted = 0;
        for kind in EntityKind::listed().filter(|kind| kind.is_created_by_people()) {
            let segment = kind.list_segment().unwrap();
            for (at, field) in kind.fields().iter().enumerate() {
                for (number, value) in hostile().into_iter().enumerate() {
                    if number % 5 != at % 5 {
                        continue;
                    }
                    let mut body = ground.sound(kind, at);
                    body.insert(field.name.to_owned(), value);
                    let body = Json::Object(body);
                    let path = format!("{segment}/");
                    let (status, said) = self.ask(Method::POST, &path, Some(&body)).await;
                    assert!(status.as_u16() < 500, "{path} {}: {said}", field.name);
                    accepted += usize::from(status == 201);
                }
            }
        }
        accepted
    }

    async fn lists_can_be_read(&self, ground: &Ground) {
        for kind in EntityKind::listed() {
            let segment = kind.list_segment().unwrap();
            let mut path = format!("{segment}/?page_size=1000");
            loop {
                let (status, page) = self.ask(Method::GET, &path, None).await;
                assert_eq!(status, 200, "{path}: {page}");
                for record in page["results"].as_array().unwrap().iter().step_by(97) {
                    let path = format!("{segment}/{}/", record["id"].as_str().unwrap());
                    let has_history = matches!(kind, EntityKind::Customer | EntityKind::Vehicle);
                    let history = has_history.then(|| format!("{path}history/"));
                    for path in history.into_iter().chain([path]) {
                        let (status, page) = self.ask(Method::GET, &path, None).await;
                        assert_eq!(status, 200, "{path}: {page}");
                    }
                }
                let Some(next) = page["next"].as_str() else {
                    break;
                };
                path = next.split_once("/api/v1/").unwrap().1.to_owned();
            }
            for field in kind.fields().iter().filter(|field| field.ordered) {
                let path = format!("{segment}/?page_size=1000&ordering=-{}", field.name);
                let (status, page) = self.ask(Method::GET, &path, None).await;
                assert_eq!(status, 200, "{path}: {page}");
            }
        }
        let customer = format!("customers/{}/", ground.customer);
        for path in ["dashboard/", "service-history/", "documents/", "vehicles/"] {
            let path = format!("{customer}{path}");
            let (status, page) = self.ask(Method::GET, &path, None).await;
            assert_eq!(status, 200, "{path}: {page}");
        }
    }
}

async fn what_is_accepted_can_be_read(database_url: Option<String>) {
    let central = Central::start(database_url.clone()).await;
    let ground = Ground {
        customer: Uuid::now_v7(),
        vehicle: Uuid::now_v7(),
        employee: Uuid::now_v7(),
    };
    let create = |kind, id| mutation(kind, id, WireAction::Create, ground.sound(kind, 1));
    let first = vec![
        create(EntityKind::Employee, ground.employee),
        create(EntityKind::Customer, ground.customer),
        create(EntityKind::Vehicle, ground.vehicle),
    ];
    assert_eq!(send(&central, first).await, (3, 0));
    let (accepted, refused) = send(&central, mutations(&ground)).await;
    assert!(accepted > 300 && refused > 300, "{accepted} and {refused}");
    let http = Http {
        central: &central,
        client: reqwest::Client::new(),
        token: access(),
    };
    assert!(http.write(&ground).await > 20);
    http.lists_can_be_read(&ground).await;

    feed_and_rows_can_be_read(&central).await;
    let by_file = Pc::new().await;
    by_file.sync(&central.remote(), BY_FILE).await.unwrap();
    let by_rows = Pc::new().await;
    let other = OtherSchema(central.remote());
    by_rows.sync(&other, BY_FILE).await.unwrap();
    let by_changes = Pc::new().await;
    let report = by_changes
        .sync(&central.remote(), BY_CHANGES)
        .await
        .unwrap();
    assert_eq!(report.set_aside, 0);
    let held = content::of(&by_file.desk).await;
    content::assert_same(&held, &content::of(&by_rows.desk).await);
    for desk in [&by_file.desk, &by_rows.desk, &by_changes.desk] {
        content::assert_sound(desk).await;
        desk.customer_card(ground.customer).await.unwrap();
    }

    let data = DataArgs {
        data_dir: central.service.folder.path().to_owned(),
        database_url,
        files: None,
        bucket: None,
    };
    let file = central.service.folder.path().join("backup");
    let written = backup::write(&data, &file).await.unwrap();
    assert_eq!(written.left_out, 0);
    backup::verify(&file).await.unwrap();
    central.stop().await;
}

async fn feed_and_rows_can_be_read(central: &Central) {
    let remote = central.remote();
    let mut query = ChangesQuery {
        protocol: PROTOCOL,
        desk: Uuid::now_v7(),
        epoch: None,
        after: 0,
        known_seq: None,
        known_stamp: None,
        limit: 1_000,
        full: true,
    };
    loop {
        let page = remote.changes(&query).await.unwrap();
        assert!(page.unreadable.is_empty(), "{:?}", page.unreadable);
        if page.cursor == query.after {
            break;
        }
        query.after = page.cursor;
    }
    let mut query = RowsQuery {
        protocol: PROTOCOL,
        entity: None,
        after: None,
        limit: 1_000,
        particular: false,
    };
    loop {
        let page = remote.rows(&query).await.unwrap();
        assert!(page.rows.iter().all(|row| !row.is_unreadable));
        let Some(last) = page.rows.last().filter(|_| !page.is_last) else {
            break;
        };
        query.entity = Some(last.entity.clone());
        query.after = Some(last.record);
    }
}

#[tokio::test]
async fn what_is_accepted_can_be_read_by_every_reader_on_sqlite() {
    what_is_accepted_can_be_read(None).await;
}

#[tokio::test]
async fn what_is_accepted_can_be_read_by_every_reader_on_postgres() {
    let postgres = Postgres::start();
    what_is_accepted_can_be_read(Some(postgres.database("accepted"))).await;
}
