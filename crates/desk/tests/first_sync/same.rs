//! However a desk begins, it comes to hold the same.

use servease_desk::{Clock, Desk};
use servease_domain::EntityKind;
use servease_store::Store;
use servease_store::sync::state;
use servease_sync::remote::FilePart;
use servease_sync::{HttpRemote, Remote, RemoteError, sync};
use servease_tests::central::Postgres;
use servease_wire::sync::{
    BeginAnswer, BeginQuery, ChangesAnswer, ChangesQuery, CommonAnswer, CommonQuery, FileState,
    Push, PushAnswer, RowsAnswer, RowsQuery,
};
use tokio_util::sync::CancellationToken;

use super::central::{BY_CHANGES, BY_FILE, Central, Pc, now};
use super::content;

/// A desk whose program has another schema than Central knows.
pub struct OtherSchema(pub HttpRemote);

impl Remote for OtherSchema {
    async fn push(&self, push: &Push) -> Result<PushAnswer, RemoteError> {
        self.0.push(push).await
    }

    async fn changes(&self, query: &ChangesQuery) -> Result<ChangesAnswer, RemoteError> {
        self.0.changes(query).await
    }

    async fn common(&self, query: &CommonQuery) -> Result<CommonAnswer, RemoteError> {
        self.0.common(query).await
    }

    async fn rows(&self, query: &RowsQuery) -> Result<RowsAnswer, RemoteError> {
        self.0.rows(query).await
    }

    async fn begin(&self, query: &BeginQuery) -> Result<Option<BeginAnswer>, RemoteError> {
        let other = BeginQuery {
            schema: query.schema + 1,
            ..query.clone()
        };
        let answer = self.0.begin(&other).await?;
        assert!(matches!(
            answer,
            Some(BeginAnswer {
                file: FileState::None,
                ..
            })
        ));
        Ok(answer)
    }

    async fn file(&self, _: &str, _: u64) -> Result<Option<FilePart>, RemoteError> {
        panic!("there is no file");
    }
}

async fn every_way_leads_to_the_same(database_url: Option<String>) {
    let central = Central::with_past(database_url).await;
    let remote = central.remote();

    let by_file = Pc::new().await;
    let report = by_file.sync(&remote, BY_FILE).await.unwrap();
    assert_eq!(report.pulled, 0, "the file holds everything");
    assert_eq!(central.ready_files().len(), 1);
    assert!(!by_file.leftovers().exists());

    let by_rows = Pc::new().await;
    let report = by_rows
        .sync(&OtherSchema(central.remote()), BY_FILE)
        .await
        .unwrap();
    assert_eq!(report.pulled, 0, "the rows are everything");
    assert!(!by_rows.leftovers().exists());

    // One row after the other into a database that is in use.
    let store = Store::in_memory(3, now()).await.unwrap();
    let mut tx = store.begin_plain().await.unwrap();
    let nowhere = r#"{"epoch":"","seq":0,"stamp":0,"entity":null,"after":null,"rows":0,"total":0,"too_early":0,"passes":0}"#;
    state::save_snapshot(&mut tx, nowhere).await.unwrap();
    store.commit(tx, Vec::new()).await.unwrap();
    let one_by_one = Desk::over(store, Clock::system());
    let cancel = CancellationToken::new();
    let store = one_by_one.store();
    let (_, result) = sync(store, &remote, &now, BY_FILE, &cancel, &|_| {}).await;
    result.unwrap();

    let by_changes = Pc::new().await;
    by_changes.sync(&remote, BY_CHANGES).await.unwrap();

    let held = content::of(&by_file.desk).await;
    for kind in [EntityKind::Customer, EntityKind::Vehicle, EntityKind::Note] {
        assert!(!held[kind.table()].is_empty());
    }
    content::assert_same(&held, &content::of(&by_rows.desk).await);
    content::assert_same(
        &content::unordered(&by_file.desk).await,
        &content::unordered(&one_by_one).await,
    );
    // Tombstones, doubles and fields of a newer program are among them.
    let customers = held["customers"].join("\n");
    assert!(customers.contains("favourite_colour"));
    assert!(content::count(&by_file.desk, "customers WHERE deleted_at IS NOT NULL").await > 0);
    assert!(content::count(&by_file.desk, "customers WHERE duplicate_of IS NOT NULL").await > 0);
    for desk in [&by_file.desk, &by_rows.desk, &by_changes.desk] {
        content::assert_sound(desk).await;
        assert_eq!(content::count(desk, "search_entries").await, {
            content::count(desk, "customers WHERE deleted_at IS NULL").await
                + content::count(desk, "vehicles WHERE deleted_at IS NULL").await
        });
    }
    // Nothing private of anybody is in the file, and the desk goes on from its place.
    assert_eq!(content::count(&by_file.desk, "mutations").await, 0);
    let mut places = Vec::new();
    for desk in [&by_file.desk, &by_rows.desk] {
        let mut conn = desk.store().read().await.unwrap();
        let mut state = state::load(&mut conn).await.unwrap();
        state.desk = None;
        places.push(state);
    }
    assert_eq!(places[0], places[1]);
    assert_eq!(places[0].cursor, places[0].known.unwrap().seq);

    // What comes later comes by the feed, and the same file serves the next desk.
    let late = central.add_customer("Lena").await;
    for pc in [&by_file, &by_rows] {
        assert_eq!(pc.sync(&remote, BY_FILE).await.unwrap().pulled, 1);
    }
    let next = Pc::new().await;
    assert_eq!(next.sync(&remote, BY_FILE).await.unwrap().pulled, 1);
    assert_eq!(central.ready_files().len(), 1);
    assert!(!next.desk.search("Lena", 5).await.unwrap().is_empty());
    let edit = serde_json::Map::from_iter([("city".to_owned(), "Ulm".into())]);
    next.desk
        .edit(EntityKind::Customer, late, &edit, true)
        .await
        .unwrap();
    assert_eq!(next.sync(&remote, BY_FILE).await.unwrap().pushed, 1);
    assert_eq!(by_file.sync(&remote, BY_FILE).await.unwrap().pulled, 1);
    central.stop().await;
}

#[tokio::test]
async fn every_way_leads_to_the_same_on_sqlite() {
    every_way_leads_to_the_same(None).await;
}

#[tokio::test]
async fn every_way_leads_to_the_same_on_postgres() {
    let postgres = Postgres::find();
    every_way_leads_to_the_same(Some(postgres.database("first_sync"))).await;
}

#[tokio::test]
async fn many_desks_that_begin_together_have_one_file_made() {
    let central = Central::with_past(None).await;
    let desks = [Pc::new().await, Pc::new().await, Pc::new().await];
    let remote = central.remote();
    let (one, two, three) = tokio::join!(
        desks[0].sync(&remote, BY_FILE),
        desks[1].sync(&remote, BY_FILE),
        desks[2].sync(&remote, BY_FILE),
    );
    for result in [one, two, three] {
        assert_eq!(result.unwrap().pulled, 0);
    }
    assert_eq!(central.ready_files().len(), 1);
    let held = content::of(&desks[0].desk).await;
    for pc in &desks[1..] {
        content::assert_same(&held, &content::of(&pc.desk).await);
    }
    central.stop().await;
}

#[tokio::test]
async fn few_changes_are_read_and_not_made_into_a_file() {
    let central = Central::start(None).await;
    central.add_customer("Lena").await;
    let pc = Pc::new().await;
    let report = pc
        .sync(&central.remote(), servease_sync::Limits::default())
        .await
        .unwrap();
    assert_eq!(report.pulled, 2, "a customer, and the garage's zone");
    assert!(central.ready_files().is_empty());
    assert_eq!(
        content::count(&pc.desk, "mutations").await,
        2,
        "its past is here"
    );
    central.stop().await;
}
