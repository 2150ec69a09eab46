//! Files of documents: what one desk takes in another one opens, and what became of it shows on both.

use std::path::Path;
use std::sync::Mutex;

use chrono::TimeDelta;
use serde_json::json;
use servease_desk::views::{FileState, FilesPace};
use servease_desk::{Desk, Failure, FileKey, FilesEnd, FilesProgress, FilesReport};
use servease_domain::EntityKind;
use servease_store::files;
use servease_sync::HttpRemote;
use servease_tests::central::Postgres;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::central::{BY_CHANGES, Central, Pc, now};

async fn pc() -> Pc {
    let mut pc = Pc::new().await;
    pc.desk = pc.desk.with_file_key(FileKey::random());
    pc
}

async fn add(pc: &Pc, customer: Uuid, name: &str, content: &[u8]) -> Uuid {
    let path = pc.folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let fields = json!({"customer_id": customer, "document_type": "other", "title": name});
    let saved = pc.desk.add_document(&path, fields.as_object().unwrap());
    saved.await.unwrap().id
}

async fn send(pc: &Pc, remote: &HttpRemote) -> (FilesReport, FilesEnd) {
    let cancel = CancellationToken::new();
    let (report, end) = pc.desk.send_files_to(remote, &cancel, &|_| {}).await;
    (report, end.unwrap())
}

async fn fetch(pc: &Pc, remote: &HttpRemote, id: Uuid) -> Result<(), Failure> {
    let document = pc.desk.record(EntityKind::Document, id).await.unwrap();
    let cancel = CancellationToken::new();
    pc.desk
        .fetch_from(remote, &document, &cancel, &|_| {})
        .await
}

/// What is in a file of this length: nothing twice, so that no part stands for another.
fn text(length: u32, seed: u32) -> Vec<u8> {
    let letter = |at: u32| (at.wrapping_add(seed).wrapping_mul(2_654_435_761) >> 24) as u8;
    (0..length).map(|at| b'a' + letter(at) % 26).collect()
}

async fn state(desk: &Desk, id: Uuid) -> FileState {
    let document = desk.record(EntityKind::Document, id).await.unwrap();
    desk.file_standings(&[document]).await.unwrap()[0].file_state
}

/// A server is known, without a session.
async fn know_server(pc: &Pc) {
    let mut tx = pc.desk.store().begin_plain().await.unwrap();
    servease_store::settings::set(&mut tx, "account.server", "http://central.example/")
        .await
        .unwrap();
    pc.desk.store().commit(tx, Vec::new()).await.unwrap();
}

fn sealed_files(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder.join("documents")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += std::fs::read_dir(path).unwrap().count();
        }
    }
    count
}

async fn what_one_desk_takes_in_another_one_opens(database_url: Option<String>) {
    let central = Central::start(database_url).await;
    let remote = central.remote();
    let (front, back) = (pc().await, pc().await);
    for pc in [&front, &back] {
        know_server(pc).await;
    }
    let ada = json!({"first_name": "Ada", "last_name": "L", "phone": "+493012345"});
    let ada = front.customer(&ada).await;
    // Of several parts, and small.
    let long = text(700_000, 0);
    let first = add(&front, ada, "long.txt", &long).await;
    let second = add(&front, ada, "short.txt", b"short").await;
    let gone = add(&front, ada, "gone.txt", b"gone").await;
    front.desk.delete(EntityKind::Document, gone).await.unwrap();
    assert_eq!(state(&front.desk, first).await, FileState::OnItsWay);

    // Rows go first: while they wait, no file does.
    front.sync(&remote, BY_CHANGES).await.unwrap();
    front.desk.set_files_pace(FilesPace::Paused).await.unwrap();
    let (report, _) = send(&front, &remote).await;
    assert_eq!(report, FilesReport::default());
    front.desk.set_files_pace(FilesPace::Idle).await.unwrap();
    let edit = json!({"title": "Long"});
    let edit = edit.as_object().unwrap();
    let kind = EntityKind::Document;
    front.desk.edit(kind, first, edit, true).await.unwrap();
    let (report, end) = send(&front, &remote).await;
    assert_eq!((report.sent, end), (0, FilesEnd::GaveWay));
    front.sync(&remote, BY_CHANGES).await.unwrap();
    back.sync(&remote, BY_CHANGES).await.unwrap();
    assert_eq!(state(&back.desk, first).await, FileState::AtCentral);
    let early = fetch(&back, &remote, first).await.unwrap_err();
    assert!(matches!(early, Failure::FileNotHere(_)), "{early}");

    let (report, end) = send(&front, &remote).await;
    assert_eq!((report.sent, end), (2, FilesEnd::Through));
    assert_eq!(
        report.sent_bytes, 700_005,
        "nothing twice, the deleted one never"
    );
    assert_eq!(state(&front.desk, first).await, FileState::Here);
    assert_eq!(send(&front, &remote).await.0, FilesReport::default());

    let (health, _) = (back.desk.examine().await, ());
    assert!(health.ok, "{:?}", health.problems);
    for (id, content) in [(first, &long[..]), (second, b"short")] {
        assert!(back.desk.document_file(id).await.is_err());
        fetch(&back, &remote, id).await.unwrap();
        let (_, file) = back.desk.document_file(id).await.unwrap();
        assert!(*file == content);
        assert_eq!(state(&back.desk, id).await, FileState::Here);
    }
    // What was fetched is nobody's to send, and collecting leaves it.
    assert_eq!(send(&back, &remote).await.0, FilesReport::default());
    assert_eq!(back.desk.collect_files().await.unwrap(), Some(0));
    assert_eq!(sealed_files(back.folder.path()), 2);

    // Undo brings the document back, and its file goes after it.
    front.desk.undo().await.unwrap();
    front.desk.undo().await.unwrap();
    front.sync(&remote, BY_CHANGES).await.unwrap();
    assert_eq!(send(&front, &remote).await.0.sent, 1);
    central.stop().await;
}

#[tokio::test]
async fn what_one_desk_takes_in_another_one_opens_on_sqlite() {
    what_one_desk_takes_in_another_one_opens(None).await;
}

#[tokio::test]
async fn what_one_desk_takes_in_another_one_opens_on_postgres() {
    let postgres = Postgres::find();
    let url = postgres.database("papers");
    what_one_desk_takes_in_another_one_opens(Some(url)).await;
}

/// Central does not take what the desk took: its operator wants smaller ones.
#[tokio::test]
async fn a_refused_file_waits_for_somebody_and_its_row_stays() {
    let central = Central::start(None).await;
    let remote = central.remote();
    let front = pc().await;
    know_server(&front).await;
    let ada = json!({"first_name": "Ada", "last_name": "L", "phone": "+493012345"});
    let ada = front.customer(&ada).await;
    let id = add(&front, ada, "a.txt", b"hello").await;
    // Central goes by the name that the row has by now.
    let mut tx = front.desk.store().begin_plain().await.unwrap();
    let forged = "UPDATE mutations SET after = json_set(after, '$.file_name', 'a.pdf') \
         WHERE record_id = ? AND action = 'create'";
    sqlx::query(forged)
        .bind(id)
        .execute(&mut *tx)
        .await
        .unwrap();
    front.desk.store().commit(tx, Vec::new()).await.unwrap();
    front.sync(&remote, BY_CHANGES).await.unwrap();
    let (report, end) = send(&front, &remote).await;
    assert_eq!(
        (report.sent, report.refused, end),
        (0, 1, FilesEnd::Through)
    );
    assert_eq!(state(&front.desk, id).await, FileState::Refused);
    let waiting = front.desk.waiting_edits().await.unwrap();
    assert_eq!((waiting.len(), waiting[0].id), (1, id));
    assert_eq!(waiting[0].errors[0].code, "name");
    assert!(front.desk.document_file(id).await.is_ok());
    // Not again by itself.
    assert_eq!(send(&front, &remote).await.0, FilesReport::default());
    front.desk.retry_edit(id).await.unwrap();
    assert_eq!(send(&front, &remote).await.0.refused, 1);
    front.desk.discard_edit(id).await.unwrap();
    assert_eq!(front.desk.waiting_edits().await.unwrap(), []);
    assert!(front.desk.take_up_file(id).await.unwrap());
    assert_eq!(front.desk.waiting_edits().await.unwrap().len(), 1);
    central.stop().await;
}

/// A Central that was put back without saying so has lost files alone. What it said that it keeps is
/// believed for a day, and not at all when it was said on a day that has not come.
#[tokio::test]
async fn what_central_has_lost_is_sent_again_also_after_a_clock_was_ahead() {
    let central = Central::start(None).await;
    let remote = central.remote();
    let front = pc().await;
    let ada = json!({"first_name": "Ada", "last_name": "L", "phone": "+493012345"});
    let ada = front.customer(&ada).await;
    let id = add(&front, ada, "a.txt", b"once").await;
    front.sync(&remote, BY_CHANGES).await.unwrap();
    assert_eq!(send(&front, &remote).await.0.sent, 1);
    let document = front.desk.record(EntityKind::Document, id).await.unwrap();
    let sha256 = document.get("sha256").as_text().to_owned();
    let kept = central.service.folder.path().join("files");
    let kept = kept.join(&sha256[..2]).join(&sha256);
    for (days, sent) in [(0, 0), (-2, 1), (3_650, 1)] {
        std::fs::remove_file(&kept).unwrap();
        let asked_at = now() + TimeDelta::days(days);
        let mut tx = front.desk.store().begin_plain().await.unwrap();
        let noted = files::note_central(&mut tx, &sha256, true, asked_at).await;
        noted.unwrap();
        front.desk.store().commit(tx, Vec::new()).await.unwrap();
        assert_eq!(send(&front, &remote).await.0.sent, sent, "{days}");
        std::fs::write(&kept, b"once").unwrap();
    }
    central.stop().await;
}

#[tokio::test]
async fn how_far_a_file_is_grows_until_it_is_whole() {
    let central = Central::start(None).await;
    let remote = central.remote();
    let front = pc().await;
    let ada = json!({"first_name": "Ada", "last_name": "L", "phone": "+493012345"});
    let ada = front.customer(&ada).await;
    let (long, short) = (2_000_000, 5);
    add(&front, ada, "long.txt", &text(long, 1)).await;
    add(&front, ada, "short.txt", b"short").await;
    front.sync(&remote, BY_CHANGES).await.unwrap();

    let told = Mutex::new(Vec::new());
    let cancel = CancellationToken::new();
    let note = |progress: FilesProgress| told.lock().unwrap().push(progress);
    let (report, end) = front.desk.send_files_to(&remote, &cancel, &note).await;
    assert_eq!((report.sent, end.unwrap()), (2, FilesEnd::Through));
    let told = told.into_inner().unwrap();
    let mut seen = Vec::new();
    for of_file in told.chunk_by(|one, next| one.sha256 == next.sha256) {
        let total = of_file[0].total;
        let done: Vec<u64> = of_file.iter().map(|it| it.done).collect();
        assert!(done.is_sorted_by(|one, next| one < next), "{done:?}");
        assert_eq!((done[0], done.last()), (0, Some(&total)));
        assert!(of_file.iter().all(|it| it.total == total));
        seen.push((total, done.len() > 3));
    }
    assert_eq!(seen, [(short, false), (u64::from(long), true)], "each once");
    // Of everything together no byte is counted twice, and none is missing.
    let all = u64::from(long) + short;
    assert!(told.iter().all(|it| it.sent + it.left == all), "{told:?}");
    assert_eq!(told.last().map(|it| (it.sent, it.left)), Some((all, 0)));
    central.stop().await;
}

#[tokio::test]
async fn what_was_looked_at_longest_ago_makes_room_and_what_is_not_sent_never() {
    let central = Central::start(None).await;
    let remote = central.remote();
    let (front, back) = (pc().await, pc().await);
    for pc in [&front, &back] {
        know_server(pc).await;
    }
    let ada = json!({"first_name": "Ada", "last_name": "L", "phone": "+493012345"});
    let ada = front.customer(&ada).await;
    let mut ids = Vec::new();
    for seed in 0..4 {
        let name = format!("{seed}.txt");
        ids.push(add(&front, ada, &name, &text(100_000, seed * 1_000_000)).await);
    }
    front.sync(&remote, BY_CHANGES).await.unwrap();
    assert_eq!(send(&front, &remote).await.0.sent, 4);
    back.sync(&remote, BY_CHANGES).await.unwrap();
    // Taken in here and not sent, before anything else was here.
    let own = add(&back, ada, "own.txt", &text(900_000, 9)).await;
    for id in &ids {
        fetch(&back, &remote, *id).await.unwrap();
    }
    // One of them is taken in here as well: it is no guest any more.
    add(&back, ada, "3.txt", &text(100_000, 3_000_000)).await;
    // The first one is looked at again.
    back.desk.document_file(ids[0]).await.unwrap();
    // Looking whether a file is here is no look at it.
    let here = async || {
        let mut here = Vec::new();
        for id in &ids {
            here.push(state(&back.desk, *id).await == FileState::Here);
        }
        here
    };
    back.desk.make_room(300_000).await.unwrap();
    assert_eq!(here().await, [true; 4]);
    back.desk.make_room(299_999).await.unwrap();
    assert_eq!(here().await, [true, false, true, true]);
    // What was looked at last stays whatever room there is, and what is no guest.
    back.desk.make_room(0).await.unwrap();
    assert_eq!(here().await, [true, false, false, true]);
    assert_eq!(sealed_files(back.folder.path()), 3);
    assert_eq!(state(&back.desk, own).await, FileState::OnItsWay);
    back.sync(&remote, BY_CHANGES).await.unwrap();
    assert_eq!(send(&back, &remote).await.0.sent, 1);
    // Sent, it is still what somebody took in here.
    back.desk.make_room(0).await.unwrap();
    assert!(back.desk.document_file(own).await.is_ok());

    let gone = back.desk.document_file(ids[1]).await.unwrap_err();
    assert!(matches!(gone, Failure::FileNotHere(_)), "{gone}");
    fetch(&back, &remote, ids[1]).await.unwrap();
    assert_eq!(here().await, [true, true, false, true]);
    central.stop().await;
}
