//! Looks at sensitive papers: what one desk notes every desk shows, and nobody writes it by hand.

use reqwest::Method;
use serde_json::{Map, Value as Json, json};
use servease_desk::FileKey;
use servease_desk::views::PaperDeed;
use servease_domain::EntityKind;
use servease_store::rows;
use servease_sync::{HttpRemote, Remote as _};
use servease_tests::central::Postgres;
use servease_wire::sync::{Author, Mutation, Outcome, WireAction};
use uuid::Uuid;

use super::central::{BY_CHANGES, BY_FILE, Central, Pc, creation, push};

async fn pc() -> Pc {
    let mut pc = Pc::new().await;
    pc.desk = pc.desk.with_file_key(FileKey::random());
    pc
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        other => panic!("no object: {other}"),
    }
}

async fn create(pc: &Pc, kind: EntityKind, fields: Json) -> Uuid {
    let saved = pc.desk.create(kind, &object(fields), true).await;
    saved.unwrap().id
}

async fn add(pc: &Pc, customer: Uuid, name: &str, is_sensitive: bool) -> Uuid {
    let path = pc.folder.path().join(name);
    std::fs::write(&path, name).unwrap();
    let fields = json!({"customer_id": customer, "document_type": "license", "title": name,
        "is_sensitive": is_sensitive});
    let saved = pc.desk.add_document(&path, &object(fields)).await;
    saved.unwrap().id
}

async fn sync(pc: &Pc, remote: &HttpRemote) {
    pc.sync(remote, BY_CHANGES).await.unwrap();
}

async fn told(pc: &Pc, paper: Uuid) -> Vec<(String, PaperDeed)> {
    let looks = pc.desk.looks(paper).await.unwrap();
    let told = looks.into_iter().map(|look| (look.author, look.deed));
    told.collect()
}

async fn looks_of(pc: &Pc, paper: Uuid) -> Vec<Uuid> {
    let mut conn = pc.desk.store().read().await.unwrap();
    let found = rows::list_by(&mut conn, EntityKind::Look, "document_id", paper).await;
    found.unwrap().iter().map(|record| record.id).collect()
}

async fn what_one_desk_notes_every_desk_shows(database_url: Option<String>) {
    let central = Central::start(database_url).await;
    let remote = central.remote();
    let (front, back) = (pc().await, pc().await);
    let ada = json!({"first_name": "Ada", "last_name": "L", "phone": "+493012345"});
    let ada = front.customer(&ada).await;
    let eve = create(&front, EntityKind::Employee, json!({"name": "Eve"})).await;
    let bob = create(&front, EntityKind::Employee, json!({"name": "Bob"})).await;
    let secret = add(&front, ada, "secret.txt", true).await;
    let plain = add(&front, ada, "plain.txt", false).await;
    for pc in [&front, &back] {
        sync(pc, &remote).await;
    }
    let (eves, bobs) = (
        front.desk.clone().working_as(eve),
        back.desk.clone().working_as(bob),
    );
    for id in [secret, plain] {
        eves.note_look(id, PaperDeed::Seen).await.unwrap();
        bobs.note_look(id, PaperDeed::Copied).await.unwrap();
    }
    // One is deleted at one desk while the other looks at it: both stand, and nobody is asked.
    let gone = add(&front, ada, "gone.txt", true).await;
    for pc in [&front, &back] {
        sync(pc, &remote).await;
    }
    front.desk.delete(EntityKind::Document, gone).await.unwrap();
    bobs.note_look(gone, PaperDeed::Printed).await.unwrap();
    for pc in [&back, &front, &back] {
        sync(pc, &remote).await;
    }

    let both = [
        ("Bob".to_owned(), PaperDeed::Copied),
        ("Eve".to_owned(), PaperDeed::Seen),
    ];
    for pc in [&front, &back] {
        assert_eq!(told(pc, secret).await, both);
        assert_eq!(
            told(pc, gone).await,
            [("Bob".to_owned(), PaperDeed::Printed)]
        );
        assert!(pc.desk.record(EntityKind::Document, gone).await.is_err());
        assert_eq!(pc.desk.conflicts().await.unwrap(), []);
        assert_eq!(pc.desk.waiting_edits().await.unwrap(), []);
    }
    assert_eq!(told(&front, plain).await, both[1..]);
    assert_eq!(told(&back, plain).await, both[..1]);
    // Undo at the other desk means what was done there: nothing was.
    assert!(back.desk.undo().await.is_err());

    // Its customer turns out to be another one: the look stays with the paper.
    let lea = json!({"first_name": "Lea", "last_name": "L", "phone": "+493054321"});
    let lea = front.customer(&lea).await;
    front.desk.merge_duplicates(lea, ada).await.unwrap();
    for pc in [&front, &back] {
        sync(pc, &remote).await;
    }
    assert_eq!(back.desk.paper_card(secret).await.unwrap().looks.len(), 2);

    // A desk that joins has them with its first sync.
    let third = pc().await;
    third.sync(&remote, BY_FILE).await.unwrap();
    assert_eq!(told(&third, secret).await, both);

    // Over HTTP a copy is given out: desks are told once, of whoever has it.
    let (report, _) = front
        .desk
        .send_files_to(&remote, &Default::default(), &|_| {})
        .await;
    assert_eq!(report.sent, 2);
    for id in [secret, secret, plain] {
        let path = format!("documents/{id}/download/");
        let answer = central.service.request(Method::GET, &path).send().await;
        assert_eq!(answer.unwrap().status(), 200);
    }
    sync(&back, &remote).await;
    let copied = told(&back, secret).await;
    assert_eq!((copied.len(), copied[0].1), (3, PaperDeed::Copied));
    assert!(
        !["", "Bob", "Eve"].contains(&copied[0].0.as_str()),
        "{copied:?}"
    );
    assert!(looks_of(&back, plain).await.is_empty());
    central.stop().await;
}

#[tokio::test]
async fn what_one_desk_notes_every_desk_shows_on_sqlite() {
    what_one_desk_notes_every_desk_shows(None).await;
}

#[tokio::test]
async fn what_one_desk_notes_every_desk_shows_on_postgres() {
    let postgres = Postgres::find();
    what_one_desk_notes_every_desk_shows(Some(postgres.database("looks"))).await;
}

fn by(name: &str, entity: EntityKind, mutation: Mutation) -> Mutation {
    Mutation {
        entity: entity.name().to_owned(),
        author: Author {
            id: None,
            name: name.to_owned(),
        },
        ..mutation
    }
}

#[tokio::test]
async fn a_forged_edit_or_deletion_of_a_look_comes_to_nothing() {
    let central = Central::start(None).await;
    let remote = central.remote();
    let front = pc().await;
    let ada = json!({"first_name": "Ada", "last_name": "L", "phone": "+493012345"});
    let ada = front.customer(&ada).await;
    let secret = add(&front, ada, "secret.txt", true).await;
    let eve = create(&front, EntityKind::Employee, json!({"name": "Eve"})).await;
    let eves = front.desk.clone().working_as(eve);
    eves.note_look(secret, PaperDeed::Printed).await.unwrap();
    sync(&front, &remote).await;
    let look = looks_of(&front, secret).await[0];

    let kind = EntityKind::Look;
    let forged = |action, before: Json, after: Json| {
        let mutation = Mutation {
            action,
            before: object(before),
            ..creation(look, after)
        };
        by("Mallory", kind, mutation)
    };
    let mut all = vec![
        forged(
            WireAction::Update,
            json!({"looked_by": "Eve", "deed": "printed"}),
            json!({"looked_by": "Bob", "deed": "seen"}),
        ),
        forged(WireAction::Delete, json!({}), json!({})),
        forged(WireAction::Restore, json!({}), json!({})),
        // Passed on, as after a restore that never was.
        Mutation {
            is_relayed: true,
            ..forged(WireAction::Delete, json!({}), json!({}))
        },
    ];
    // What is there is not made again.
    let fields = json!({"document_id": secret, "deed": "seen", "looked_by": "Mallory"});
    all.push(forged(WireAction::Create, json!({}), fields));
    let answer = remote.push(&push(all)).await.unwrap();
    let outcomes: Vec<Outcome> = answer.answers.iter().map(|it| it.outcome).collect();
    let mut expected = vec![Outcome::Rejected; 4];
    expected.push(Outcome::Merged);
    assert_eq!(outcomes, expected);

    // Nobody looks in another's name: whoever signs has looked.
    let other = Uuid::now_v7();
    let fields = json!({"document_id": secret, "deed": "seen", "looked_by": "Eve"});
    let in_her_name = by("Mallory", kind, creation(other, fields));
    let answer = remote.push(&push(vec![in_her_name])).await.unwrap();
    assert_eq!(answer.answers[0].outcome, Outcome::Merged);

    // What somebody writes over HTTP neither.
    for path in ["looks/".to_owned(), format!("looks/{look}/")] {
        let answer = central.service.request(Method::GET, &path).send().await;
        assert_eq!(answer.unwrap().status(), 404);
    }
    sync(&front, &remote).await;
    let told = told(&front, secret).await;
    assert_eq!(told.len(), 2);
    assert!(told.contains(&("Eve".to_owned(), PaperDeed::Printed)));
    assert!(told.contains(&(String::new(), PaperDeed::Seen)));
    assert_eq!(front.desk.conflicts().await.unwrap(), []);
    central.stop().await;
}
