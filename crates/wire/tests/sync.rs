//! Frozen JSON of the sync extension. Desks and Centrals of different ages speak it: a
//! difference here must be additive, and what is added may be missing. Anything else raises
//! [`PROTOCOL`]. After a wanted change, run with `SERVEASE_UPDATE_GOLDEN=1` and read the diff.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the message"
)]

mod common;

use std::fmt::Debug;

use chrono::{DateTime, TimeZone, Utc};
use common::compare;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};
use servease_wire::sync::files::{FileName, FileStanding, FilesAnswer, FilesQuery};
use servease_wire::sync::{
    Answer, Author, BeginAnswer, BeginQuery, Change, ChangesAnswer, ChangesQuery, Checkpoint,
    CommonAnswer, CommonQuery, Entry, FileState, Logged, Mutation, Obstacle, Outcome, PROTOCOL,
    Push, PushAnswer, ReadyFile, Refusal, RefusalCode, Row, RowsAnswer, RowsQuery, WireAction,
};
use uuid::Uuid;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn at(second: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 4, 5, 6, second).unwrap()
}

fn object(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

fn eve() -> Author {
    Author {
        id: Some(id(9).to_string()),
        name: "Eve".to_owned(),
    }
}

/// What is always there.
fn least() -> Mutation {
    Mutation {
        id: id(1),
        step: id(2),
        entity: "customer".to_owned(),
        record: id(3),
        action: WireAction::Create,
        author: Author::default(),
        at: at(1),
        seen: 0,
        before: Map::new(),
        after: object(json!({"first_name": "Bo", "loyalty": {"level": 3}})),
        replaced: Vec::new(),
        below: Map::new(),
        is_correction: false,
        undoes: None,
        deleted_with: None,
        is_relayed: false,
    }
}

/// Everything there is.
fn most() -> Mutation {
    Mutation {
        id: id(4),
        entity: "vehicle".to_owned(),
        record: id(5),
        action: WireAction::Update,
        author: eve(),
        seen: 17,
        before: object(json!({"current_mileage": 42_000, "purchase_date": null})),
        after: object(json!({"current_mileage": 4_200, "purchase_date": "2020-02-29"})),
        replaced: vec!["purchase_date".to_owned()],
        below: object(json!({"purchase_mileage": null})),
        is_correction: true,
        undoes: Some(id(6)),
        deleted_with: Some(id(3)),
        is_relayed: true,
        ..least()
    }
}

fn push() -> Push {
    Push {
        protocol: PROTOCOL,
        desk: id(7),
        epoch: Some("0123456789abcdef".to_owned()),
        known: Some(Checkpoint {
            seq: 17,
            stamp: 5_577_006_791_947_779_410,
        }),
        mutations: vec![least(), most()],
    }
}

fn answer(number: u128, outcome: Outcome) -> Answer {
    Answer {
        id: id(number),
        outcome,
        seq: 18,
        values: Map::new(),
        line: None,
        logged: None,
        is_deleted: false,
        deleted_with: None,
        duplicate_of: None,
        errors: Map::new(),
        problem: None,
    }
}

fn push_answer() -> PushAnswer {
    PushAnswer {
        epoch: "0123456789abcdef".to_owned(),
        seq: 18,
        stamp: 8_674_665_223_082_153_551,
        own_after: None,
        answers: vec![
            Answer {
                line: Some(18),
                ..answer(1, Outcome::Applied)
            },
            Answer {
                values: object(json!({"current_mileage": 50_000})),
                line: Some(17),
                logged: Some(Logged {
                    before: object(json!({"purchase_date": "2020-02-28"})),
                    after: object(json!({"purchase_date": "2020-02-29"})),
                }),
                ..answer(2, Outcome::Merged)
            },
            Answer {
                is_deleted: true,
                deleted_with: Some(id(3)),
                ..answer(3, Outcome::Conflict)
            },
            Answer {
                duplicate_of: Some(id(8)),
                ..answer(4, Outcome::Duplicate)
            },
            Answer {
                seq: 0,
                problem: Some(Obstacle::MissingReference),
                ..answer(5, Outcome::Parked)
            },
            Answer {
                seq: 0,
                errors: object(json!({"email": ["not_an_email"]})),
                ..answer(6, Outcome::Rejected)
            },
        ],
    }
}

fn changes_answer() -> ChangesAnswer {
    let whole = Change {
        step: Some(id(2)),
        entity: "customer".to_owned(),
        record: id(3),
        action: WireAction::Delete,
        author: eve(),
        at: at(2),
        before: object(json!({"first_name": "Bo", "loyalty": {"level": 3}})),
        after: object(json!({"deleted_with": id(5)})),
        is_correction: true,
        undoes: Some(id(6)),
    };
    let least = Change {
        step: None,
        action: WireAction::Update,
        author: Author::default(),
        before: Map::new(),
        after: object(json!({"duplicate_of": null})),
        is_correction: false,
        undoes: None,
        ..whole.clone()
    };
    ChangesAnswer {
        epoch: "0123456789abcdef".to_owned(),
        entries: vec![
            Entry {
                seq: 18,
                id: id(1),
                change: None,
            },
            Entry {
                seq: 19,
                id: id(2),
                change: Some(whole),
            },
            Entry {
                seq: 20,
                id: id(3),
                change: Some(least),
            },
        ],
        unreadable: Vec::new(),
        cursor: 20,
        stamp: 8_674_665_223_082_153_551,
        seq: 25,
    }
}

fn changes_query() -> ChangesQuery {
    ChangesQuery {
        protocol: PROTOCOL,
        desk: id(7),
        epoch: Some("0123456789abcdef".to_owned()),
        after: 17,
        known_seq: Some(17),
        known_stamp: Some(5_577_006_791_947_779_410),
        limit: 1_000,
        full: true,
    }
}

fn common_query() -> CommonQuery {
    CommonQuery {
        known: vec![
            Checkpoint { seq: 17, stamp: 11 },
            Checkpoint { seq: 5, stamp: 7 },
        ],
    }
}

fn common_answer() -> CommonAnswer {
    CommonAnswer {
        epoch: "0123456789abcdef".to_owned(),
        base: 5,
    }
}

fn rows_query() -> RowsQuery {
    RowsQuery {
        protocol: PROTOCOL,
        entity: Some("customer".to_owned()),
        after: Some(id(3)),
        limit: 1_000,
        particular: false,
    }
}

fn rows_answer() -> RowsAnswer {
    let whole = Row {
        entity: "customer".to_owned(),
        record: id(3),
        seq: 18,
        values: object(json!({"first_name": "Bo", "loyalty": {"level": 3}})),
        created_at: at(1),
        updated_at: at(2),
        deleted_at: Some(at(3)),
        deleted_with: Some(id(5)),
        duplicate_of: Some(id(8)),
        is_unreadable: false,
    };
    let least = Row {
        deleted_at: None,
        deleted_with: None,
        duplicate_of: None,
        values: Map::new(),
        ..whole.clone()
    };
    RowsAnswer {
        epoch: "0123456789abcdef".to_owned(),
        seq: 25,
        stamp: 8_674_665_223_082_153_551,
        rows: vec![whole, least],
        total: 2,
        is_last: true,
    }
}

fn refusal() -> Refusal {
    Refusal {
        code: RefusalCode::EpochChanged,
        detail: "This server was restored from a backup.".to_owned(),
    }
}

/// The file is what is written, it is read again as it was, and what a newer program has put
/// between is passed over.
#[track_caller]
fn frozen<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, value: &T) {
    let json = serde_json::to_value(value).unwrap();
    compare(name, &json);
    let back: T = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(&back, value, "{name}");
    let mut newer = json;
    add_everywhere(&mut newer);
    let read: T = serde_json::from_value(newer).unwrap();
    assert_eq!(&read, value, "{name} stumbles over what it does not know");
}

/// Adds a member to every object of the message itself. Values of records are passed on as
/// they are: there an addition is content.
fn add_everywhere(json: &mut Json) {
    match json {
        Json::Object(map) => {
            for (name, inner) in map.iter_mut() {
                if !["before", "after", "below", "values", "errors"].contains(&name.as_str()) {
                    add_everywhere(inner);
                }
            }
            map.insert("of_a_newer_program".to_owned(), json!({"x": [1, null]}));
        }
        Json::Array(items) => items.iter_mut().for_each(add_everywhere),
        _ => {}
    }
}

#[test]
fn messages_are_frozen() {
    frozen("sync_push", &push());
    frozen("sync_push_answer", &push_answer());
    frozen("sync_changes_query", &changes_query());
    frozen("sync_changes_answer", &changes_answer());
    frozen("sync_common_query", &common_query());
    frozen("sync_common_answer", &common_answer());
    frozen("sync_rows_query", &rows_query());
    frozen("sync_rows_answer", &rows_answer());
    frozen("sync_refusal", &refusal());
}

#[test]
fn how_a_desk_begins_is_frozen() {
    let query = BeginQuery {
        protocol: PROTOCOL,
        schema: 3,
        worth_from: 2_000,
        takes_particular: false,
    };
    frozen("sync_begin_query", &query);
    let query = BeginQuery {
        takes_particular: true,
        ..query
    };
    frozen("sync_begin_query_beside", &query);
    let ready = ReadyFile {
        schema: 3,
        epoch: "0123456789abcdef".to_owned(),
        seq: 20,
        stamp: 8_674_665_223_082_153_551,
        rows: 12,
        size_bytes: 4_096,
        sha256: "ab".repeat(32),
        unpacked_bytes: 65_536,
    };
    for (name, file) in [
        ("sync_begin_none", FileState::None),
        (
            "sync_begin_building",
            FileState::Building { rows: 5, total: 12 },
        ),
        ("sync_begin_ready", FileState::Ready(ready)),
    ] {
        let answer = BeginAnswer {
            epoch: "0123456789abcdef".to_owned(),
            seq: 25,
            file,
        };
        frozen(name, &answer);
    }
}

#[test]
fn how_files_are_asked_for_is_frozen() {
    let file = FileName {
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        size_bytes: 5_242_880,
    };
    let query = FilesQuery {
        protocol: PROTOCOL,
        files: vec![file],
    };
    frozen("sync_files_query", &query);
    let files = vec![
        FileStanding::Kept,
        FileStanding::Arriving { so_far: 1_048_576 },
        FileStanding::Unnamed,
        FileStanding::Refused {
            why: "kind".to_owned(),
            detail: "This is no document.".to_owned(),
        },
    ];
    frozen("sync_files_answer", &FilesAnswer { files });
}

#[test]
fn what_may_be_missing_is_frozen_too() {
    let first_push = Push {
        epoch: None,
        known: None,
        mutations: vec![least()],
        ..push()
    };
    frozen("sync_push_first", &first_push);
    let first_question = ChangesQuery {
        epoch: None,
        after: 0,
        known_seq: None,
        known_stamp: None,
        full: false,
        ..changes_query()
    };
    frozen("sync_changes_query_first", &first_question);
    let first_page = RowsQuery {
        entity: None,
        after: None,
        ..rows_query()
    };
    frozen("sync_rows_query_first", &first_page);
    let particular = RowsQuery {
        particular: true,
        ..first_page
    };
    frozen("sync_rows_query_particular", &particular);
}

/// Every word of the protocol. A word is never given another meaning, and never taken away.
#[test]
fn words_are_frozen() {
    let actions = [
        WireAction::Create,
        WireAction::Update,
        WireAction::Delete,
        WireAction::Restore,
    ];
    let outcomes = [
        Outcome::Applied,
        Outcome::Merged,
        Outcome::Conflict,
        Outcome::Duplicate,
        Outcome::Parked,
        Outcome::Rejected,
    ];
    let problems = [
        Obstacle::IdReused,
        Obstacle::UnknownEntity,
        Obstacle::MissingReference,
        Obstacle::MissingRecord,
        Obstacle::Behind,
        Obstacle::Failed,
    ];
    let refusals = [
        RefusalCode::EpochChanged,
        RefusalCode::Diverged,
        RefusalCode::Expired,
        RefusalCode::DeskTooOld,
        RefusalCode::CentralTooOld,
        RefusalCode::TooMuch,
    ];
    let words = json!({
        "protocol": PROTOCOL,
        "actions": actions,
        "outcomes": outcomes,
        "problems": problems,
        "refusals": refusals,
    });
    compare("sync_words", &words);
    let back: [WireAction; 4] = serde_json::from_value(words["actions"].clone()).unwrap();
    assert_eq!(back, actions);
    let back: [Outcome; 6] = serde_json::from_value(words["outcomes"].clone()).unwrap();
    assert_eq!(back, outcomes);
    let back: [Obstacle; 6] = serde_json::from_value(words["problems"].clone()).unwrap();
    assert_eq!(back, problems);
    let back: [RefusalCode; 6] = serde_json::from_value(words["refusals"].clone()).unwrap();
    assert_eq!(back, refusals);
}

#[test]
fn words_of_a_newer_program_are_unknown_and_no_error() {
    let word = json!("transmogrify");
    let action: WireAction = serde_json::from_value(word.clone()).unwrap();
    assert_eq!(action, WireAction::Unknown);
    let problem: Obstacle = serde_json::from_value(word.clone()).unwrap();
    assert_eq!(problem, Obstacle::Unknown);
    let code: RefusalCode = serde_json::from_value(word.clone()).unwrap();
    assert_eq!(code, RefusalCode::Unknown);
    // What became of an edit must not be guessed: a new outcome raises the protocol.
    assert!(serde_json::from_value::<Outcome>(word).is_err());
}

/// Values of fields that this program does not know go through it unchanged.
#[test]
fn unknown_values_go_through() {
    let sent = serde_json::to_value(push()).unwrap();
    let read: Push = serde_json::from_value(sent.clone()).unwrap();
    assert_eq!(read.mutations[0].after["loyalty"], json!({"level": 3}));
    assert_eq!(serde_json::to_value(&read).unwrap(), sent);
}

/// A message of before a field was added is still read.
#[test]
fn messages_without_what_was_added_are_read() {
    let answer: PushAnswer =
        serde_json::from_value(json!({"epoch": "e", "seq": 1, "answers": []})).unwrap();
    assert_eq!(answer.stamp, 0);
    let mutation: Mutation = serde_json::from_value(json!({
        "id": id(1), "step": id(2), "entity": "note", "record": id(3), "action": "delete",
        "at": "2026-03-04T05:06:07Z", "seen": 3,
    }))
    .unwrap();
    assert_eq!(
        (mutation.author, mutation.is_relayed),
        (Author::default(), false)
    );
}

#[test]
fn one_part_that_cannot_be_read_keeps_nobody_from_the_others() {
    let whole = serde_json::to_value(changes_answer()).unwrap();
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let first = &whole["entries"][1];
    let mut nested = first.clone();
    nested["seq"] = json!(6);
    nested["change"]["after"]["deep"] = json!("DEEP");
    let text = nested.to_string().replace("\"DEEP\"", &deep);
    let bad_date = r#"{"seq":7,"id":"x","change":{"at":"never"}}"#;
    let text = text.replacen(&format!("\"seq\":{}", first["seq"]), "\"else\":0", 1);
    let page = format!(
        r#"{{"epoch":"e","entries":[{text},{bad_date},{first}],"cursor":9,"stamp":3,"seq":9}}"#
    );
    let page: ChangesAnswer = serde_json::from_str(&page).unwrap();
    let seqs = |page: &ChangesAnswer| -> Vec<i64> {
        page.unreadable.iter().map(|entry| entry.seq).collect()
    };
    assert_eq!((page.entries.len(), seqs(&page)), (1, vec![6, 7]));
    assert_eq!(page.unreadable[1].text, bad_date);

    let mut rows = serde_json::to_value(rows_answer()).unwrap();
    rows["rows"][0]["created_at"] = json!("never");
    let text = rows
        .to_string()
        .replace("\"level\":3", &format!("\"level\":{deep}"));
    let rows: RowsAnswer = serde_json::from_str(&text).unwrap();
    let flags: Vec<bool> = rows.rows.iter().map(|row| row.is_unreadable).collect();
    assert_eq!(flags, [true, false]);
    assert_eq!(rows.rows[0].record, id(3));
}
