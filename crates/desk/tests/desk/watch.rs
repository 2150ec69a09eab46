//! Noticing what is committed, here and by another program.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use servease_desk::views::Saved;
use servease_desk::{Desk, News, Watch};
use servease_domain::EntityKind;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::shop::{clock, object};

async fn add(desk: &Desk, name: &str) -> Saved {
    let email = format!("{name}@example.com");
    let fields = object(json!({"first_name": name, "last_name": "N", "email": email}));
    desk.create(EntityKind::Customer, &fields, false)
        .await
        .unwrap()
}

async fn next(watch: &mut Watch) -> News {
    timeout(Duration::from_secs(20), watch.next())
        .await
        .unwrap()
        .unwrap()
}

/// Whether news come of the record, within a few tellings.
async fn hears_of(watch: &mut Watch, saved: &Saved) -> bool {
    for _ in 0..5 {
        match next(watch).await {
            News::Records(changed) if changed.iter().any(|one| one.id == saved.id) => return true,
            _ => {}
        }
    }
    false
}

#[tokio::test]
async fn a_watch_hears_of_its_own_program_and_of_others() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let here = Desk::open(folder.path(), clock.clone()).await.unwrap();
    let there = Desk::open(folder.path(), clock).await.unwrap();
    add(&here, "before").await;
    let mut watch = here.watch().await.unwrap();
    let own = add(&here, "own").await;
    assert!(hears_of(&mut watch, &own).await);
    let other = add(&there, "other").await;
    assert!(hears_of(&mut watch, &other).await);
    // Settings are no records.
    let dark = BTreeMap::from([("theme".to_owned(), "dark".to_owned())]);
    there.save_settings(&dark).await.unwrap();
    assert_eq!(next(&mut watch).await, News::Everything);
}

#[tokio::test]
async fn a_watch_that_is_dropped_halfway_misses_nothing() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let here = Desk::open(folder.path(), clock.clone()).await.unwrap();
    let there = Desk::open(folder.path(), clock).await.unwrap();
    let mut watch = here.watch().await.unwrap();
    let waited = timeout(Duration::from_millis(1), watch.next()).await;
    assert!(waited.is_err());
    let other = add(&there, "other").await;
    assert!(hears_of(&mut watch, &other).await);
}
