//! Private notes: with a ready file, and when somebody else signs in on a PC.

use serde_json::json;
use servease_domain::EntityKind;
use servease_store::sync::outbox::{self, Place};
use servease_store::sync::{rewind, state};
use servease_sync::{HttpRemote, Remote as _};
use servease_wire::sync::{PROTOCOL, RowsQuery, WireAction};
use uuid::Uuid;

use super::central::{BY_CHANGES, BY_FILE, Central, Pc, remote_of};
use servease_central::caller::Role;
use servease_tests::central::{Postgres, token};

fn line(central: &Central, role: Role, number: u128) -> HttpRemote {
    let token = token(
        role,
        &format!("{number}@example.com"),
        Uuid::from_u128(number),
    );
    remote_of(&central.service.running.url, token)
}

async fn note(pc: &Pc, customer: Uuid, title: &str, is_private: bool) -> Uuid {
    let fields = json!({"customer_id": customer, "title": title, "content": title,
        "is_private": is_private});
    let fields = fields.as_object().unwrap();
    pc.desk
        .create(EntityKind::Note, fields, true)
        .await
        .unwrap()
        .id
}

/// The titles of the notes that a desk shows.
async fn titles(pc: &Pc) -> Vec<String> {
    let mut conn = pc.desk.store().read().await.unwrap();
    sqlx::query_scalar("SELECT title FROM notes WHERE deleted_at IS NULL ORDER BY title")
        .fetch_all(&mut *conn)
        .await
        .unwrap()
}

/// What signing in does when it is another account.
async fn let_somebody_else_in(pc: &Pc) {
    let store = pc.desk.store();
    let mut tx = store.begin_plain().await.unwrap();
    state::ask_for_particular(&mut tx).await.unwrap();
    store.commit(tx, Vec::new()).await.unwrap();
}

async fn private_notes_come_to_their_account_alone(database_url: Option<String>) {
    let central = Central::start(database_url).await;
    let (ann, bob) = (
        line(&central, Role::Employee, 1),
        line(&central, Role::Employee, 2),
    );
    let boss = line(&central, Role::Admin, 3);
    let anns = Pc::new().await;
    let ada = json!({"first_name": "Ada", "last_name": "L", "phone": "+493012345"});
    let ada = anns.customer(&ada).await;
    note(&anns, ada, "for all", false).await;
    note(&anns, ada, "of Ann", true).await;
    anns.sync(&ann, BY_CHANGES).await.unwrap();
    let bobs = Pc::new().await;
    bobs.sync(&bob, BY_FILE).await.unwrap();
    note(&bobs, ada, "of Bob", true).await;
    bobs.sync(&bob, BY_FILE).await.unwrap();
    assert_eq!(titles(&bobs).await, ["for all", "of Bob"]);
    assert_eq!(titles(&anns).await, ["for all", "of Ann"]);

    // One file is for everybody; who may see more has it afterwards.
    let pc = Pc::new().await;
    pc.sync(&ann, BY_FILE).await.unwrap();
    assert_eq!(central.ready_files().len(), 1);
    assert_eq!(titles(&pc).await, ["for all", "of Ann"]);
    let page = boss
        .rows(&RowsQuery {
            protocol: PROTOCOL,
            entity: None,
            after: None,
            limit: 100,
            particular: true,
        })
        .await
        .unwrap();
    assert_eq!((page.rows.len(), page.is_last), (2, true));

    // Whoever signs in next sees their own, and has them back when they return.
    for (remote, shown) in [
        (&bob, &["for all", "of Bob"][..]),
        (&boss, &["for all", "of Ann", "of Bob"]),
        (&ann, &["for all", "of Ann"]),
    ] {
        let_somebody_else_in(&pc).await;
        pc.sync(remote, BY_FILE).await.unwrap();
        assert_eq!(titles(&pc).await, shown);
    }

    // What waits stays until it is decided, and is nobody else's to decide.
    let id = {
        let mut conn = pc.desk.store().read().await.unwrap();
        let found = sqlx::query_scalar("SELECT id FROM notes WHERE title = 'of Ann'");
        found.fetch_one(&mut *conn).await.unwrap()
    };
    let edit = json!({"title": "of Ann, later"});
    let edited = pc
        .desk
        .edit(EntityKind::Note, id, edit.as_object().unwrap(), true);
    edited.await.unwrap();
    let_somebody_else_in(&pc).await;
    let report = pc.sync(&bob, BY_FILE).await.unwrap();
    assert_eq!(report.rejected, 1);
    assert_eq!(titles(&anns).await, ["for all", "of Ann"]);
    central.stop().await;
}

#[tokio::test]
async fn private_notes_come_to_their_account_alone_on_sqlite() {
    private_notes_come_to_their_account_alone(None).await;
}

#[tokio::test]
async fn private_notes_come_to_their_account_alone_on_postgres() {
    let postgres = Postgres::start();
    private_notes_come_to_their_account_alone(Some(postgres.database("private"))).await;
}

/// Whoever had seen a note that is private now has it no more; that is no deletion of theirs to pass
/// on to a Central that was put back from a backup.
#[tokio::test]
async fn a_note_that_went_from_sight_is_nobodys_deletion() {
    let central = Central::start(None).await;
    let (ann, bob) = (
        line(&central, Role::Employee, 1),
        line(&central, Role::Employee, 2),
    );
    let (anns, bobs) = (Pc::new().await, Pc::new().await);
    let ada = json!({"first_name": "Ada", "last_name": "L", "phone": "+493012345"});
    let ada = anns.customer(&ada).await;
    let shared = note(&anns, ada, "shared", false).await;
    anns.sync(&ann, BY_CHANGES).await.unwrap();
    bobs.sync(&bob, BY_CHANGES).await.unwrap();
    assert_eq!(titles(&bobs).await, ["shared"]);
    let hide = json!({"is_private": true});
    let edited = anns
        .desk
        .edit(EntityKind::Note, shared, hide.as_object().unwrap(), true);
    edited.await.unwrap();
    anns.sync(&ann, BY_CHANGES).await.unwrap();
    bobs.sync(&bob, BY_CHANGES).await.unwrap();
    assert!(titles(&bobs).await.is_empty());

    let mut tx = bobs.desk.store().begin_plain().await.unwrap();
    rewind::rewind(&mut tx, "another", 0).await.unwrap();
    let again = outbox::list_next(&mut tx, Place::FIRST, 100, 1 << 20).await;
    let again: Vec<_> = again
        .unwrap()
        .into_iter()
        .map(|out| out.mutation)
        .filter(|mutation| mutation.record == shared)
        .map(|mutation| mutation.action)
        .collect();
    assert_eq!(again, [WireAction::Create]);
    central.stop().await;
}
