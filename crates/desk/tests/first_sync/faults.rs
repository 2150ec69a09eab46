//! Lines that are cut, files that are damaged, people who change their minds.

use servease_sync::remote::RemoteError;
use servease_sync::{Progress, Remote as _, Stage, SyncFailure};
use servease_wire::sync::{BeginQuery, FileState, PROTOCOL, ReadyFile};
use tokio_util::sync::CancellationToken;

use super::central::{BY_FILE, Central, Pc, remote_at};
use super::content;
use super::line::{Fault, Line};

async fn offer(central: &Central) -> ReadyFile {
    let query = BeginQuery {
        protocol: PROTOCOL,
        schema: servease_store::known_schema(),
        worth_from: 1,
        takes_particular: true,
    };
    loop {
        let answer = central.remote().begin(&query).await.unwrap().unwrap();
        match answer.file {
            FileState::Ready(offer) => return offer,
            FileState::Building { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_cut_line_costs_only_what_had_not_come() {
    let central = Central::with_past(None).await;
    let size = offer(&central).await.size_bytes;
    assert!(size > 80_000, "{size} bytes are too few to be cut");

    // Much had come: the rest is asked for in the same run.
    let line = Line::to(central.service.running.address, &[Fault::CutAfter(70_000)]).await;
    let pc = Pc::new().await;
    pc.sync(&remote_at(&line.url), BY_FILE).await.unwrap();
    let asked = line.asked_from();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!((60_000..70_000).contains(&asked[1]), "{asked:?}");
    content::assert_sound(&pc.desk).await;

    // Little had come: that is for the next run, which goes on there.
    let line = Line::to(central.service.running.address, &[Fault::CutAfter(20_000)]).await;
    let other = Pc::new().await;
    let cut = other.sync(&remote_at(&line.url), BY_FILE).await;
    assert!(
        matches!(cut, Err(SyncFailure::Remote(RemoteError::Unreachable(_)))),
        "{cut:?}"
    );
    assert_eq!(content::count(&other.desk, "customers").await, 0);
    other.sync(&remote_at(&line.url), BY_FILE).await.unwrap();
    let asked = line.asked_from();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!((1..20_000).contains(&asked[1]), "{asked:?}");
    content::assert_same(
        &content::of(&pc.desk).await,
        &content::of(&other.desk).await,
    );
    central.stop().await;
}

#[tokio::test]
async fn a_damaged_download_is_thrown_away_and_asked_for_again() {
    let central = Central::with_past(None).await;
    let line = Line::to(central.service.running.address, &[Fault::DamageAt(40_000)]).await;
    let pc = Pc::new().await;
    pc.sync(&remote_at(&line.url), BY_FILE).await.unwrap();
    assert_eq!(line.asked_from(), [0, 0]);
    content::assert_sound(&pc.desk).await;

    // A line that damages whatever passes: the rows are smaller pieces.
    let line = Line::to(
        central.service.running.address,
        &[Fault::DamageAt(40_000); 3],
    )
    .await;
    let other = Pc::new().await;
    other.sync(&remote_at(&line.url), BY_FILE).await.unwrap();
    assert_eq!(line.asked_from(), [0, 0]);
    content::assert_same(
        &content::of(&pc.desk).await,
        &content::of(&other.desk).await,
    );
    central.stop().await;
}

#[tokio::test]
async fn what_lies_in_the_folder_already_is_not_trusted() {
    let central = Central::with_past(None).await;
    let offer = offer(&central).await;
    let pc = Pc::new().await;
    // As much as the whole file has, of something else.
    let folder = pc.leftovers();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("offer.json"),
        serde_json::to_vec(&offer).unwrap(),
    )
    .unwrap();
    let size = usize::try_from(offer.size_bytes).unwrap();
    std::fs::write(folder.join("packed"), vec![7_u8; size]).unwrap();
    std::fs::write(folder.join("unpacked.db"), b"no database").unwrap();
    pc.sync(&central.remote(), BY_FILE).await.unwrap();
    content::assert_sound(&pc.desk).await;
    assert!(!folder.exists());
    central.stop().await;
}

/// Cancels when the work has come to a stage.
async fn cancel_at(central: &Central, pc: &Pc, stage: Stage, faults: &[Fault]) {
    let line = Line::to(central.service.running.address, faults).await;
    let cancel = CancellationToken::new();
    let at = cancel.clone();
    let on_progress = move |progress| {
        if matches!(progress, Progress::File { stage: found, .. } if found == stage) {
            at.cancel();
        }
    };
    let remote = remote_at(&line.url);
    let result = pc.sync_until(&remote, BY_FILE, &cancel, &on_progress).await;
    assert!(matches!(result, Err(SyncFailure::Cancelled)), "{result:?}");
}

#[tokio::test]
async fn cancelling_leaves_everything_as_it_was() {
    let central = Central::with_past(None).await;
    let pc = Pc::new().await;
    let own = pc
        .customer(
            &serde_json::json!({"first_name": "Ida", "last_name": "Own", "phone": "+493012341"}),
        )
        .await;
    let before = content::of(&pc.desk).await;
    // The line is held so that there is a middle.
    let held = [Fault::CutAfter(70_000), Fault::HoldAfter(5_000)];
    cancel_at(&central, &pc, Stage::Fetching, &held).await;
    cancel_at(&central, &pc, Stage::Unpacking, &[]).await;
    cancel_at(&central, &pc, Stage::TakingIn, &[]).await;
    content::assert_same(&before, &content::of(&pc.desk).await);
    // Whoever saves something now need not wait.
    pc.customer(
        &serde_json::json!({"first_name": "Ira", "last_name": "Own", "phone": "+493012342"}),
    )
    .await;

    let report = pc.sync(&central.remote(), BY_FILE).await.unwrap();
    assert!(report.pushed >= 2);
    content::assert_sound(&pc.desk).await;
    let sql = format!("customers WHERE id = x'{}'", own.simple());
    assert_eq!(content::count(&pc.desk, &sql).await, 1);
    central.stop().await;
}
