//! Programs of different ages, desks that were away for long, and clocks that are years off.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::A_CUSTOMER;
use async_trait::async_trait;
use chrono::{TimeZone as _, Utc};
use serde_json::{Map, Value as Json, json};
use servease_domain::EntityKind;
use servease_sync::{HttpRemote, Remote as _, RemoteError, Session, http};
use servease_tests::processes::{Canned, Company, Contents, Desk, Fault, sql};
use servease_wire::sync::{
    Author, ChangesQuery, Mutation, OLDEST_PROTOCOL, Obstacle, Outcome, PROTOCOL, Push,
    RefusalCode, WireAction,
};
use uuid::Uuid;

/// Another program that speaks the protocol, signed in with a desk's session.
#[derive(Debug)]
struct Token(String);

#[async_trait]
impl Session for Token {
    async fn access(&self) -> Result<String, RemoteError> {
        Ok(self.0.clone())
    }

    async fn renew(&self, _: &str) -> Result<String, RemoteError> {
        Err(RemoteError::SignedOut)
    }
}

fn other_program(company: &Company, desk: &Desk) -> HttpRemote {
    let file = desk.session_files().remove(0);
    let tokens: Json = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let token = Token(tokens["access"].as_str().unwrap().to_owned());
    HttpRemote::new(
        http::client().unwrap(),
        http::read_address(&company.proxy.url()).unwrap(),
        Arc::new(token),
    )
}

fn wait_for<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn object(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

/// A mutation of a record that is made here.
fn create(entity: &str, number: u128, after: Json) -> Mutation {
    Mutation {
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_1000 + number),
        step: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_2000 + number),
        entity: entity.to_owned(),
        record: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_3000 + number),
        action: WireAction::Create,
        author: Author::default(),
        at: Utc.with_ymd_and_hms(2026, 3, 4, 5, 6, 7).unwrap(),
        seen: 0,
        before: Map::new(),
        after: object(after),
        is_correction: false,
        undoes: None,
        deleted_with: None,
        replaced: Vec::new(),
        below: Map::new(),
        is_relayed: false,
    }
}

fn push(protocol: u32, mutations: Vec<Mutation>) -> Push {
    Push {
        protocol,
        desk: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_4000),
        epoch: None,
        known: None,
        mutations,
    }
}

fn customer_of_a_newer_desk() -> Mutation {
    create(
        "customer",
        1,
        json!({
            "first_name": "Bo", "last_name": "Diaz", "phone": "+12125550142",
            "loyalty": {"level": 3}, "nickname": "B",
        }),
    )
}

fn extra(contents: &Contents, id: Uuid) -> Json {
    let extra = contents.field(EntityKind::Customer, &id.to_string(), "extra");
    extra.cloned().unwrap()
}

#[test]
fn fields_of_a_newer_desk_survive_older_programs() {
    let mut company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let backup = company.site.beside("yesterday.tar.zst");
    company.site.backup(&backup);
    let made = customer_of_a_newer_desk();
    let id = made.record;
    let newer = other_program(&company, &front);
    let answer = wait_for(newer.push(&push(PROTOCOL, vec![made]))).unwrap();
    assert_eq!(answer.answers[0].outcome, Outcome::Applied);

    let known = json!({"loyalty": {"level": 3}, "nickname": "B"});
    company.settle(&[&front, &back]);
    front.set("customer", &id.to_string(), "city=Troy");
    company.settle(&[&front, &back]);
    // Central loses everything: the older desks pass on what they do not understand.
    company.restore_central(&backup);
    company.settle(&[&front, &back]);
    let central = Contents::of(&company.site.database());
    assert_eq!(extra(&central, id), known);
    assert_eq!(extra(&Contents::of(&back.database()), id), known);
    // A deletion that is taken back brings them along.
    back.json(&["customer", "delete", &id.to_string()]);
    company.settle(&[&front, &back]);
    back.json(&["undo"]);
    company.settle(&[&front, &back]);
    assert_eq!(extra(&Contents::of(&front.database()), id), known);
}

#[test]
fn an_edit_of_an_unknown_field_reaches_the_newer_desk() {
    let company = Company::new();
    let front = company.desk();
    let made = customer_of_a_newer_desk();
    let newer = other_program(&company, &front);
    wait_for(newer.push(&push(PROTOCOL, vec![made.clone()]))).unwrap();
    front.sync();
    let mut edit = create("customer", 2, json!({"nickname": "Bobby"}));
    edit.record = made.record;
    edit.action = WireAction::Update;
    edit.before = object(json!({"nickname": "B"}));
    let answer = wait_for(newer.push(&push(PROTOCOL, vec![edit]))).unwrap();
    assert_eq!(answer.answers[0].outcome, Outcome::Applied);
    company.settle(&[&front]);
    let here = extra(&Contents::of(&front.database()), made.record);
    assert_eq!(here["nickname"], "Bobby");
    assert_eq!(here["loyalty"], json!({"level": 3}));
}

#[test]
fn an_entity_that_central_does_not_know_is_refused_alone() {
    let company = Company::new();
    let front = company.desk();
    let newer = other_program(&company, &front);
    let batch = vec![
        create("loyalty_card", 7, json!({"number": "12"})),
        customer_of_a_newer_desk(),
    ];
    let answer = wait_for(newer.push(&push(PROTOCOL, batch))).unwrap();
    assert_eq!(answer.answers[0].outcome, Outcome::Rejected);
    assert_eq!(answer.answers[0].problem, Some(Obstacle::UnknownEntity));
    assert_eq!(answer.answers[1].outcome, Outcome::Applied);
}

#[test]
fn an_id_that_is_used_for_something_else_is_said() {
    let company = Company::new();
    let front = company.desk();
    let newer = other_program(&company, &front);
    let made = customer_of_a_newer_desk();
    let mut other = made.clone();
    other.after.insert("city".to_owned(), json!("Troy"));
    for (mutation, outcome) in [
        (&made, Outcome::Applied),
        (&made, Outcome::Applied),
        (&other, Outcome::Rejected),
    ] {
        let answer = wait_for(newer.push(&push(PROTOCOL, vec![mutation.clone()]))).unwrap();
        assert_eq!(answer.answers[0].outcome, outcome);
    }
}

#[test]
fn protocols_that_do_not_fit_are_refused_by_name() {
    let company = Company::new();
    let front = company.desk();
    let program = other_program(&company, &front);
    for (protocol, expected) in [
        (OLDEST_PROTOCOL - 1, RefusalCode::DeskTooOld),
        (PROTOCOL + 1, RefusalCode::CentralTooOld),
    ] {
        let refused = wait_for(program.push(&push(protocol, vec![customer_of_a_newer_desk()])));
        let Err(RemoteError::Refused { code, detail }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(code, expected);
        assert!(!detail.is_empty());
        let query = ChangesQuery {
            protocol,
            desk: Uuid::nil(),
            epoch: None,
            after: 0,
            known_seq: None,
            known_stamp: None,
            limit: 10,
            full: false,
        };
        let refused = wait_for(program.changes(&query));
        assert!(matches!(refused, Err(RemoteError::Refused { code, .. }) if code == expected));
    }
    assert_eq!(
        Contents::of(&company.site.database()).count(EntityKind::Customer),
        0
    );
}

#[test]
fn a_desk_that_is_too_old_says_so_and_keeps_its_outbox() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    for code in ["desk_too_old", "central_too_old"] {
        let refusal = json!({"code": code, "detail": "Update the program."});
        company.proxy.fail(
            "sync/mutations/",
            1,
            Fault::Answer(Canned::json(426, &refusal)),
        );
        let error = desk.error(&["sync", "--once"]);
        assert_eq!(error["code"], "update_needed");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("Update the older one"), "{message}");
        assert_eq!(desk.status()["waiting"], 1);
    }
    // Work goes on, and after the update everything goes out.
    desk.customer("Cy", "Moss");
    assert_eq!(desk.sync()["pushed"], 2 * A_CUSTOMER);
}

#[test]
fn a_refusal_of_a_newer_central_ends_the_run_and_nothing_else() {
    let company = Company::new();
    let desk = company.desk();
    desk.customer("Bo", "Diaz");
    let refusal = json!({"code": "mercury_retrograde", "detail": "?"});
    company.proxy.fail(
        "sync/mutations/",
        1,
        Fault::Answer(Canned::json(409, &refusal)),
    );
    assert_eq!(desk.error(&["sync", "--once"])["code"], "sync_stuck");
    assert_eq!(desk.sync()["pushed"], A_CUSTOMER);
}

#[test]
fn what_a_newer_central_adds_is_passed_over_or_set_aside() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let notes = ["one", "two", "three"].map(|title| front.note(&bo, title));
    front.sync();
    let newer = |json: &mut Json| {
        json["weather"] = json!("fine");
        let entries = json["entries"].as_array_mut().unwrap();
        for (number, entry) in entries.iter_mut().enumerate() {
            entry["weight"] = json!(number);
            entry["change"]["mood"] = json!("good");
        }
        // Words that this program does not know.
        entries[1]["change"]["action"] = json!("transmogrify");
    };
    company
        .proxy
        .fail("sync/changes/", 1, Fault::Rewrite(Arc::new(newer)));
    let report = back.sync();
    assert_eq!(company.proxy.clear(), 0);
    assert_eq!(report["cursor"], front.status()["cursor"]);
    assert_eq!(back.status()["set_aside"], 1);
    let list = back.json(&["note", "list", "--customer", &bo]).to_string();
    assert_eq!(notes.map(|note| list.contains(&note)), [true, false, true]);

    // Answers to edits may hold more as well.
    let newer = |json: &mut Json| {
        json["weather"] = json!("fine");
        json["answers"][0]["mood"] = json!("good");
    };
    back.set("customer", &bo, "city=Troy");
    company
        .proxy
        .fail("sync/mutations/", 1, Fault::Rewrite(Arc::new(newer)));
    assert_eq!(back.sync()["pushed"], 1);
    assert_eq!(company.proxy.clear(), 0);
}

#[test]
fn a_desk_that_was_away_too_long_takes_a_snapshot_and_keeps_its_outbox() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let bo = front.customer("Bo", "Diaz");
    let gone = front.customer("Gil", "Ode");
    company.settle(&[&front, &back]);
    // The other desk is put into a cupboard with two edits that nobody has seen.
    back.set("customer", &bo, "company_name=Diaz Cabs");
    let kept = back.customer("Kim", "Lee");
    front.json(&["customer", "delete", &gone]);
    front.set("customer", &bo, "city=Troy");
    let cy = front.customer("Cy", "Moss");
    front.focus(&cy);
    front.sync();
    // Half a year passes: Central forgets.
    sql(
        &company.site.database(),
        &[
            "INSERT INTO forgotten_changes (seq, stamp) SELECT seq, stamp FROM changes",
            "DELETE FROM changes",
        ],
    );
    let report = back.sync();
    assert_eq!(company.proxy.seen("sync/snapshot/rows/").len(), 1);
    assert_eq!(report["pushed"], 1 + A_CUSTOMER, "{report}");
    company.settle(&[&front, &back]);
    let shown = front.show("customer", &bo);
    assert_eq!(
        (&shown["city"], &shown["company_name"]),
        (&json!("Troy"), &json!("Diaz Cabs"))
    );
    assert_eq!(front.show("customer", &kept)["last_name"], "Lee");
    assert_eq!(back.show("customer", &cy)["vehicles"][0]["model"], "Focus");
    let all = back.json(&["customer", "list"]);
    assert_eq!(all["count"], 3);
}

#[test]
fn a_snapshot_that_was_interrupted_goes_on() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    // It has begun already, and takes no ready file.
    back.sync();
    front.json(&["demo", "--customers", "300"]);
    front.sync();
    sql(
        &company.site.database(),
        &[
            "INSERT INTO forgotten_changes (seq, stamp) SELECT seq, stamp FROM changes",
            "DELETE FROM changes",
        ],
    );
    // The first page comes through, the second does not.
    let open = servease_tests::processes::Gate::default();
    open.open();
    let rows = "sync/snapshot/rows/";
    company.proxy.fail(rows, 1, Fault::Hold(open));
    company.proxy.fail(rows, 1, Fault::CutAnswer);
    assert_eq!(back.error(&["sync", "--once"])["code"], "unreachable");
    assert_eq!(company.proxy.clear(), 0, "one page was all");
    let asked = company.proxy.seen(rows).len();
    back.sync();
    let again = &company.proxy.seen(rows)[asked];
    assert!(again.query.contains("after="), "it began anew: {again:?}");
    company.settle(&[&front, &back]);
}

#[test]
fn clocks_that_are_twenty_years_off_decide_nothing() {
    let company = Company::new();
    let future = Desk::new().with_clock("+20y");
    let past = Desk::new().with_clock("-20y");
    let right = Desk::new();
    let desks = [&future, &past, &right];
    for desk in desks {
        company.sign_in(desk);
    }
    let bo = future.customer("Bo", "Diaz");
    let year = |json: &Json| {
        json["created_at"].as_str().unwrap()[..4]
            .parse::<i32>()
            .unwrap()
    };
    let [ahead, behind] = [&future, &past].map(|desk| {
        let id = desk.customer("Who", "Knows");
        year(&desk.show("customer", &id))
    });
    assert_eq!(ahead - behind, 40, "the clocks are not off");
    company.settle(&desks);
    // The one from the past arrives last, and counts.
    future.set("customer", &bo, "city=Troy");
    right.set("customer", &bo, "city=Oslo");
    past.set("customer", &bo, "city=Rome");
    for desk in [&future, &right, &past] {
        desk.sync();
    }
    company.settle(&desks);
    let mut open = BTreeMap::new();
    for desk in desks {
        assert_eq!(desk.show("customer", &bo)["city"], "Rome");
        let conflicts = desk.json(&["conflicts", "list"]);
        open.insert(conflicts.as_array().unwrap().len(), ());
        let text = conflicts.to_string();
        assert!(text.contains("Troy") && text.contains("Oslo"), "{text}");
        assert_eq!(desk.status()["state"], "needs_attention");
    }
    assert_eq!(open.len(), 1, "the desks see different conflicts");
    // Sessions are judged by Central's clock: an expired token is renewed as ever.
    for desk in desks {
        desk.expire_access();
        desk.set("customer", &bo, "company_name=Cabs");
        desk.sync();
    }
    company.settle(&desks);
}
