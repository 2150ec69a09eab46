//! Noticing what is committed, here and by another program.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use servease_desk::views::Saved;
use servease_desk::{Desk, News, RecordNews, Watch};
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

/// What is told of the record, within a few tellings.
async fn told_of(watch: &mut Watch, saved: &Saved) -> Option<RecordNews> {
    for _ in 0..5 {
        let news = next(watch).await;
        assert!(!news.everything);
        if let Some(found) = news.records.into_iter().find(|one| one.id == saved.id) {
            return Some(found);
        }
    }
    None
}

#[tokio::test]
async fn a_watch_tells_its_own_program_from_others() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let here = Desk::open(folder.path(), clock.clone()).await.unwrap();
    let there = Desk::open(folder.path(), clock).await.unwrap();
    add(&here, "before").await;
    let mut watch = here.watch().await.unwrap();
    let own = add(&here, "own").await;
    assert!(!told_of(&mut watch, &own).await.unwrap().is_from_elsewhere);
    let other = add(&there, "other").await;
    assert!(told_of(&mut watch, &other).await.unwrap().is_from_elsewhere);
}

#[tokio::test]
async fn each_commit_is_told_once() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let here = Desk::open(folder.path(), clock).await.unwrap();
    let mut watch = here.watch().await.unwrap();
    for name in ["one", "two", "three"] {
        let saved = add(&here, name).await;
        let news = next(&mut watch).await;
        assert!(news.records.iter().any(|one| one.id == saved.id));
    }
    // What follows is a draft, and nothing else is left to tell.
    here.save_draft("form", &json!({"text": "a"}))
        .await
        .unwrap();
    assert_eq!(next(&mut watch).await, News::default());
}

#[tokio::test]
async fn settings_announce_themselves_and_drafts_nothing() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let here = Desk::open(folder.path(), clock.clone()).await.unwrap();
    let there = Desk::open(folder.path(), clock).await.unwrap();
    let mut watch = here.watch().await.unwrap();
    // Of a row that is written as it was SQLite makes no commit.
    for (desk, text) in [(&here, "a"), (&there, "ab")] {
        desk.save_draft("form", &json!({"text": text}))
            .await
            .unwrap();
        assert_eq!(next(&mut watch).await, News::default());
    }
    for (desk, theme) in [(&here, "dark"), (&there, "light")] {
        let chosen = BTreeMap::from([("theme".to_owned(), theme.to_owned())]);
        desk.save_settings(&chosen).await.unwrap();
        let wanted = News {
            settings: true,
            ..News::default()
        };
        assert_eq!(next(&mut watch).await, wanted);
    }
}

#[tokio::test]
async fn a_record_is_told_with_those_that_it_names() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let here = Desk::open(folder.path(), clock).await.unwrap();
    let owner = add(&here, "owner").await;
    let fields = object(json!({
        "customer_id": owner.id, "make": "Volvo", "model": "240", "license_plate": "ABC 1"
    }));
    let car = here
        .create(EntityKind::Vehicle, &fields, false)
        .await
        .unwrap();
    let mut watch = here.watch().await.unwrap();
    let work = object(json!({"vehicle_id": car.id, "service_type": "Oil change"}));
    let service = here
        .create(EntityKind::ServiceRecord, &work, false)
        .await
        .unwrap();
    let told = told_of(&mut watch, &service).await.unwrap();
    assert!(told.of.contains(&car.id), "{told:?}");
}

#[tokio::test]
async fn what_follows_is_told_with_what_it_follows_from() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let here = Desk::open(folder.path(), clock.clone()).await.unwrap();
    let there = Desk::open(folder.path(), clock).await.unwrap();
    let owner = add(&here, "owner").await;
    let fields = object(json!({
        "customer_id": owner.id, "make": "Volvo", "model": "240", "license_plate": "ABC 1"
    }));
    let car = here
        .create(EntityKind::Vehicle, &fields, false)
        .await
        .unwrap();
    let mut watch = here.watch().await.unwrap();
    for (desk, is_from_elsewhere, mileage) in [(&here, false, 1_000), (&there, true, 2_000)] {
        let work = object(json!({
            "vehicle_id": car.id, "service_type": "Oil change", "mileage": mileage
        }));
        let service = desk
            .create(EntityKind::ServiceRecord, &work, false)
            .await
            .unwrap();
        let news = loop {
            let news = next(&mut watch).await;
            if news.records.iter().any(|one| one.id == service.id) {
                break news;
            }
        };
        // The car's odometer and last service, the owner's last visit.
        for (kind, id) in [
            (EntityKind::Vehicle, car.id),
            (EntityKind::Customer, owner.id),
        ] {
            let told: Vec<&RecordNews> = news.records.iter().filter(|it| it.id == id).collect();
            assert_eq!(told.len(), 1, "{kind:?}: {news:?}");
            assert_eq!(told[0].is_from_elsewhere, is_from_elsewhere, "{news:?}");
        }
    }
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
    assert!(told_of(&mut watch, &other).await.is_some());
}
