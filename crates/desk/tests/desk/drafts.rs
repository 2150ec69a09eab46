//! Forms that somebody is filling in outlive the program.

use serde_json::json;
use servease_desk::Desk;
use tempfile::TempDir;

use crate::shop::clock;

#[tokio::test]
async fn a_draft_outlives_a_restart_until_it_is_discarded() {
    let folder = TempDir::new().unwrap();
    let (clock, _) = clock();
    let desk = Desk::open(folder.path(), clock.clone()).await.unwrap();
    assert_eq!(desk.find_draft("new-customer").await.unwrap(), None);
    desk.save_draft("new-customer", &json!({"first_name": "A"}))
        .await
        .unwrap();
    desk.save_draft("new-customer", &json!({"first_name": "Ann 🚗"}))
        .await
        .unwrap();
    desk.save_draft("check-in", &json!([1, null]))
        .await
        .unwrap();
    desk.close().await;

    let desk = Desk::open(folder.path(), clock).await.unwrap();
    let draft = desk.find_draft("new-customer").await.unwrap();
    assert_eq!(draft, Some(json!({"first_name": "Ann 🚗"})));
    desk.discard_draft("new-customer").await.unwrap();
    assert_eq!(desk.find_draft("new-customer").await.unwrap(), None);
    assert_eq!(
        desk.find_draft("check-in").await.unwrap(),
        Some(json!([1, null]))
    );
    desk.discard_draft("new-customer").await.unwrap();
}
