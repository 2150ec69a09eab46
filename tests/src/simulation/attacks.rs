//! A colleague who sends Central by hand what no desk would: what only Central may write, others'
//! private notes, and values that nobody could read. Nothing of it may come to anything.

use chrono::{DateTime, Utc};
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Map, Value as Json, json};
use servease_central::caller::{Caller, Role};
use servease_central::sync::screening::Sender;
use servease_central::sync::{feed, push, rows};
use servease_domain::{EntityKind, Record};
use servease_wire::sync::{
    Answer, ChangesQuery, Mutation, Outcome, PROTOCOL, Push, RowsQuery, WireAction,
};
use uuid::Uuid;

use super::machine::CentralPc;
use super::{Sabotage, Tally, rest};

/// What one attack sends, and what must not come of it.
struct Attack {
    name: &'static str,
    kind: EntityKind,
    record: Uuid,
    action: WireAction,
    before: Json,
    after: Json,
}

/// Sends one message that is no desk's. Errors: what it should not have come to.
pub async fn attack(
    central: &CentralPc,
    now: DateTime<Utc>,
    sabotage: Option<Sabotage>,
    random: &mut StdRng,
    tally: &mut Tally,
) -> Result<(), String> {
    let Some(attack) = random_attack(central, random).await else {
        return Ok(());
    };
    let was = stored(central, &attack).await;
    let sender = match sabotage {
        Some(Sabotage::Rights) => Sender::trusted(),
        _ => Sender::of(&colleague(), false),
    };
    let answer = send(central, now, &sender, &attack, random).await?;
    tally.count(attack.name);
    let is = stored(central, &attack).await;
    if is != was {
        return Err(format!(
            "{} came through, answered {:?}: {was:?} -> {is:?}",
            attack.name, answer.outcome
        ));
    }
    let is_private = attack.name == OPENS_A_NOTE;
    if is_private && (answer.outcome != Outcome::Rejected || !answer.values.is_empty()) {
        return Err(format!("{} was answered: {answer:?}", attack.name));
    }
    Ok(())
}

const OPENS_A_NOTE: &str = "attack: another's private note";

/// An employee without any right of their own beside those of all staff.
fn colleague() -> Caller {
    Caller {
        user_id: Uuid::from_u128(0xeee).to_string(),
        email: "eve@example.com".to_owned(),
        name: "Eve".to_owned(),
        role: Role::Employee,
    }
}

async fn send(
    central: &CentralPc,
    now: DateTime<Utc>,
    sender: &Sender,
    attack: &Attack,
    random: &mut StdRng,
) -> Result<Answer, String> {
    let fields = |json: &Json| json.as_object().cloned().unwrap_or_default();
    let mutation = Mutation {
        id: Uuid::from_u128(random.random()),
        step: Uuid::from_u128(random.random()),
        entity: attack.kind.name().to_owned(),
        record: attack.record,
        action: attack.action,
        author: servease_wire::sync::Author {
            id: None,
            name: "Boss".to_owned(),
        },
        at: now,
        seen: i64::MAX,
        before: fields(&attack.before),
        after: fields(&attack.after),
        replaced: Vec::new(),
        below: Map::new(),
        is_correction: false,
        undoes: None,
        deleted_with: None,
        is_relayed: random.random(),
    };
    let message = Push {
        protocol: PROTOCOL,
        desk: Uuid::from_u128(0xeee),
        epoch: None,
        known: None,
        mutations: vec![mutation],
    };
    let taken = push::push(&central.db, &central.epoch, now, sender, &message).await;
    let mut taken = taken.map_err(|error| format!("{}: {error:?}", attack.name))?;
    taken
        .answers
        .pop()
        .ok_or_else(|| format!("{}: no answer", attack.name))
}

/// The record as Central holds it, alive or not.
async fn stored(central: &CentralPc, attack: &Attack) -> Option<Record> {
    let mut link = central.db.read().await.expect("link");
    let found = servease_central::store::records::find_any_for_update(
        &mut link,
        attack.kind,
        attack.record,
    )
    .await;
    found.expect("record").map(|stored| stored.record)
}

async fn random_attack(central: &CentralPc, random: &mut StdRng) -> Option<Attack> {
    use EntityKind::{Conflict, Customer, Document, ServiceRecord, Vehicle};
    let new = Uuid::from_u128(random.random());
    let customer = rest::pick(central, Customer, random).await?;
    let update = |name, record: &Record, after: Json| {
        let names = after.as_object().into_iter().flat_map(Map::keys);
        let before = names.map(|name| (name.clone(), record.get(name).to_json()));
        Attack {
            name,
            kind: record.kind,
            record: record.id,
            action: WireAction::Update,
            before: Json::Object(before.collect()),
            after,
        }
    };
    let create = |name, kind, after| Attack {
        name,
        kind,
        record: new,
        action: WireAction::Create,
        before: json!({}),
        after,
    };
    Some(match random.random_range(0..8_u32) {
        0 => update(
            "attack: an account's id",
            &customer,
            json!({"user_id": "7"}),
        ),
        1 => {
            let into = rest::pick(central, Customer, random).await?.id;
            let city = customer.get("city").to_json();
            let after = json!({"merged_into": into, "city": city});
            update("attack: a hidden merge", &customer, after)
        }
        2 => {
            let after = json!({"record_kind": "customer", "record_id": customer.id,
                "field": "city", "kept": "\"a\"", "lost": "\"b\"", "state": "open"});
            create("attack: a forged conflict", Conflict, after)
        }
        3 => {
            let after = json!({"customer_id": customer.id, "title": "T", "document_type": "other",
                "mime_type": "text/html", "sha256": "0".repeat(64)});
            create("attack: a paper without its file", Document, after)
        }
        4 => {
            let note = private_note(central, random).await?;
            let mut attack = update(OPENS_A_NOTE, &note, json!({"is_private": false}));
            attack.action = match random.random_range(0..3_u32) {
                0 => WireAction::Delete,
                1 => WireAction::Restore,
                _ => WireAction::Update,
            };
            attack
        }
        5 => {
            let service = rest::pick(central, ServiceRecord, random).await?;
            let after = match random.random_range(0..3_u32) {
                0 => json!({"cost": i64::MAX}),
                1 => json!({"performed_at": "+12026-03-02T08:00:00Z"}),
                _ => json!({"service_type": "x".repeat(1_900_000)}),
            };
            update("attack: an unreadable service", &service, after)
        }
        6 => {
            let deep = (0..123).fold(json!(1), |inner, _| json!([inner]));
            let after = match random.random_range(0..4_u32) {
                0 => json!({"is_active": null}),
                1 => json!({"mood": deep}),
                2 => json!({"mood": 1e308}),
                _ => json!({"last_name": "a\u{0}b"}),
            };
            update("attack: an unreadable customer", &customer, after)
        }
        _ => {
            let vehicle = rest::pick(central, Vehicle, random).await?;
            let after = match random.random_range(0..3_u32) {
                0 => json!({"next_service_due_date": "12026-03-02"}),
                1 => json!({"current_mileage": -1}),
                _ => json!({"customer_id": "nobody"}),
            };
            update("attack: an unreadable vehicle", &vehicle, after)
        }
    })
}

/// A private note that is not the colleague's: nobody's notes in a scenario are.
async fn private_note(central: &CentralPc, random: &mut StdRng) -> Option<Record> {
    let note = rest::pick(central, EntityKind::Note, random).await?;
    note.get("is_private").as_flag().then_some(note)
}

/// What the colleague can read, from the first change on and as rows, tells nothing of a note that
/// is private.
pub async fn sees_no_private_note(central: &CentralPc) -> Result<(), String> {
    let private: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM notes WHERE is_private = 1")
        .fetch_all(&central.pool)
        .await
        .expect("private notes");
    let account = colleague().account();
    let is_hidden = |entity: &str, record: &Uuid| entity == "note" && private.contains(record);
    let mut after = oldest_change(central).await;
    loop {
        let query = ChangesQuery {
            protocol: PROTOCOL,
            desk: Uuid::from_u128(0xeee),
            epoch: None,
            after,
            known_seq: None,
            known_stamp: None,
            limit: 500,
            full: true,
        };
        let page = feed::changes(&central.db, &central.epoch, account, &query).await;
        let page = page.map_err(|error| format!("the feed of a colleague: {error:?}"))?;
        for change in page.entries.iter().filter_map(|it| it.change.as_ref()) {
            let tells = !change.after.is_empty() || !change.before.is_empty();
            if is_hidden(&change.entity, &change.record) && tells {
                return Err(format!("a colleague reads a private note: {change:?}"));
            }
        }
        if page.cursor <= after {
            break;
        }
        after = page.cursor;
    }
    let query = RowsQuery {
        protocol: PROTOCOL,
        entity: None,
        after: None,
        limit: 1_000,
        particular: false,
    };
    let page = rows::rows(&central.db, &central.epoch, account, &query).await;
    let page = page.map_err(|error| format!("the rows of a colleague: {error:?}"))?;
    match page
        .rows
        .iter()
        .find(|row| is_hidden(&row.entity, &row.record))
    {
        Some(row) => Err(format!("a colleague reads a private note: {row:?}")),
        None => Ok(()),
    }
}

/// The number after which Central still knows all changes.
async fn oldest_change(central: &CentralPc) -> i64 {
    sqlx::query_scalar(
        "SELECT coalesce((SELECT min(seq) - 1 FROM changes), value) FROM counters \
         WHERE name = 'changes'",
    )
    .fetch_one(&central.pool)
    .await
    .expect("number")
}
