//! Ready databases with a few bytes changed: refused or taken in, never a crash, an endless answer
//! or a desk that cannot be read afterwards.
//!
//! The input is a list of changes: where (three bytes), how many bytes (one), and these.
#![no_main]

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use servease_domain::{EntityKind, Record, Value, Values};
use servease_store::ready::{Builder, Place, TakenIn, check};
use servease_store::{Store, rows};
use servease_wire::sync::Checkpoint;
use tokio::runtime::{self, Runtime};
use uuid::Uuid;

struct Ground {
    runtime: Runtime,
    /// A sound ready file.
    ready: Vec<u8>,
    /// The database of a desk that has nothing yet.
    desk: Vec<u8>,
}

fn customer() -> Record {
    let values = Values::from([
        ("last_name", Value::Text("Lovelace".to_owned())),
        ("phone", Value::Text("+15125550100".to_owned())),
    ]);
    let id = Uuid::from_u128(7);
    Record::new(EntityKind::Customer, id, values, DateTime::UNIX_EPOCH)
}

async fn ready_file(path: &Path) {
    let mut builder = Builder::open(path).await.expect("a new file");
    builder.add(&[customer()], "").await.expect("added");
    let place = Place {
        epoch: "e".to_owned(),
        seq: 1,
        stamp: 2,
        newest: Checkpoint { seq: 1, stamp: 2 },
    };
    builder
        .finish(&place, &mut |_, _| {})
        .await
        .expect("finished");
}

fn ground() -> &'static Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    GROUND.get_or_init(|| {
        let mut builder = runtime::Builder::new_multi_thread();
        let runtime = builder
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let (ready, desk) = (
            folder.path().join("ready.db"),
            folder.path().join("desk.db"),
        );
        runtime.block_on(async {
            ready_file(&ready).await;
            let store = Store::open(&desk, DateTime::UNIX_EPOCH)
                .await
                .expect("a desk");
            store.close().await;
        });
        Ground {
            runtime,
            ready: fs::read(ready).expect("read"),
            desk: fs::read(desk).expect("read"),
        }
    })
}

fn change(bytes: &mut Vec<u8>, mut changes: &[u8]) {
    while let [a, b, c, length, rest @ ..] = changes {
        let at = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let (new, left) = rest.split_at(rest.len().min(usize::from(*length)));
        let at = at % bytes.len();
        let end = (at + new.len()).min(bytes.len());
        bytes[at..end].copy_from_slice(&new[..end - at]);
        changes = left;
    }
}

fuzz_target!(|data: &[u8]| {
    let ground = ground();
    let mut changed = ground.ready.clone();
    change(&mut changed, data);
    let folder = tempfile::tempdir().expect("a folder");
    let (ready, desk) = (
        folder.path().join("ready.db"),
        folder.path().join("desk.db"),
    );
    fs::write(&ready, &changed).expect("written");
    ground.runtime.block_on(async {
        let is_sound = check(&ready).await.is_ok();
        if !is_sound && data.len() % 8 != 0 {
            // Mostly it is refused here: taking in costs as much as a hundred of these.
            return;
        }
        fs::write(&desk, &ground.desk).expect("written");
        let store = Store::open(&desk, DateTime::UNIX_EPOCH)
            .await
            .expect("a desk");
        let taken = store.take_in(&ready).await;
        if matches!(taken, Ok(TakenIn::Done)) {
            assert!(is_sound, "what is not sound was taken in");
        }
        let mut conn = store.read().await.expect("read");
        let _ = rows::find(&mut conn, EntityKind::Customer, Uuid::from_u128(7)).await;
        drop(conn);
        store.close().await;
    });
});
