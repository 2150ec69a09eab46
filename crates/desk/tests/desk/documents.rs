//! Papers among customers, vehicles and undo.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use servease_desk::views::Saved;
use servease_desk::{Failure, FileKey};
use servease_domain::papers::StillHolds;
use servease_domain::{Code, Document, EntityKind};
use tempfile::TempDir;
use uuid::Uuid;

use crate::shop::{Shop, object};

struct Papers {
    shop: Shop,
    folder: TempDir,
}

impl Papers {
    async fn new() -> Papers {
        let folder = tempfile::tempdir().unwrap();
        let mut shop = Shop::in_folder(folder.path()).await;
        shop.desk = shop.desk.with_file_key(FileKey::random());
        Papers { shop, folder }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn try_add(&self, content: &str, fields: Json) -> Result<Saved, Failure> {
        let path = self.file("paper.txt", content);
        self.shop.desk.add_document(&path, &object(fields)).await
    }

    async fn add(&self, customer: Uuid, vehicle: Uuid, document_type: &str) -> Uuid {
        let fields = json!({
            "customer_id": customer, "vehicle_id": vehicle, "document_type": document_type,
            "title": document_type, "expiry_date": "2025-03-20",
        });
        let content = format!("{document_type} of {customer} for {vehicle}");
        self.try_add(&content, fields).await.unwrap().id
    }

    async fn missing(&self) -> Vec<(Uuid, Vec<String>)> {
        let rows = self.shop.desk.missing_papers().await.unwrap();
        rows.into_iter()
            .map(|row| (row.vehicle.id, row.missing))
            .collect()
    }

    async fn expiring(&self) -> Vec<Uuid> {
        let found = self.shop.desk.expiring_documents(30).await.unwrap();
        found.iter().map(|document| document.id).collect()
    }

    async fn of_vehicle(&self, vehicle: Uuid) -> Vec<Uuid> {
        let found = self.shop.desk.documents(None, Some(vehicle)).await.unwrap();
        found.iter().map(|document| document.id).collect()
    }

    async fn is_readable(&self, id: Uuid) -> bool {
        self.shop.desk.document_file(id).await.is_ok()
    }
}

fn sealed_count(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder.join("documents"))
        .into_iter()
        .flatten()
    {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("incoming") {
            count += std::fs::read_dir(path).unwrap().count();
        }
    }
    count
}

#[tokio::test]
async fn a_vehicle_in_use_misses_papers_until_its_owner_has_brought_them() {
    let papers = Papers::new().await;
    let ann = papers.shop.customer("Ann").await;
    let car = papers.shop.vehicle(ann, json!({})).await;
    let both = vec!["insurance".to_owned(), "registration".to_owned()];
    assert_eq!(papers.missing().await, [(car, both.clone())]);
    papers.add(ann, car, "insurance").await;
    assert_eq!(papers.missing().await, [(car, both[1..].to_vec())]);
    let registration = papers.add(ann, car, "registration").await;
    assert_eq!(papers.missing().await, []);
    // Put away, it counts no longer.
    let put_away = json!({"is_active": false});
    let kind = EntityKind::Document;
    papers
        .shop
        .edit(kind, registration, put_away)
        .await
        .unwrap();
    assert_eq!(papers.missing().await, [(car, both[1..].to_vec())]);
    let kind = EntityKind::Vehicle;
    let off_the_road = json!({"is_active": false});
    papers.shop.edit(kind, car, off_the_road).await.unwrap();
    assert_eq!(papers.missing().await, []);
}

#[tokio::test]
async fn after_a_transfer_the_persons_papers_stay_and_the_cars_go_along() {
    let papers = Papers::new().await;
    let ann = papers.shop.customer("Ann").await;
    let bob = papers.shop.customer("Bob").await;
    let car = papers.shop.vehicle(ann, json!({})).await;
    let insurance = papers.add(ann, car, "insurance").await;
    papers.add(ann, car, "registration").await;
    let license = papers.add(ann, car, "license").await;
    let warranty = papers.add(ann, car, "warranty").await;
    assert_eq!(papers.of_vehicle(car).await.len(), 4);
    assert_eq!(papers.expiring().await.len(), 4);

    papers
        .shop
        .desk
        .transfer(car, bob, StillHolds::NOTHING)
        .await
        .unwrap();
    assert_eq!(papers.of_vehicle(car).await, [warranty]);
    let mut expiring = papers.expiring().await;
    expiring.sort_unstable();
    let mut expected = [license, warranty];
    expected.sort_unstable();
    assert_eq!(
        expiring, expected,
        "a licence is its holder's, whatever car"
    );
    let missing = papers.missing().await;
    assert_eq!(missing[0].1, ["insurance", "registration"]);
    let of_ann = papers.shop.desk.documents(Some(ann), None).await.unwrap();
    assert_eq!(of_ann.len(), 4, "they stay with whoever brought them");

    // Whoever must act on the car's paper is its owner now.
    let raised = papers.shop.desk.check_alerts(None).await.unwrap().raised;
    let whose = |id: Uuid| raised.iter().find(|line| line.record == id).unwrap();
    assert_eq!(whose(warranty).customer, "Bob Ng");
    assert_eq!(whose(license).customer, "Ann Ng");
    assert!(!raised.iter().any(|line| line.record == insurance));

    papers.shop.desk.undo().await.unwrap();
    assert_eq!(papers.missing().await, []);
    assert_eq!(papers.of_vehicle(car).await.len(), 4);
}

#[tokio::test]
async fn papers_go_with_a_deleted_vehicle_and_undo_brings_them_back_with_their_files() {
    let papers = Papers::new().await;
    let ann = papers.shop.customer("Ann").await;
    let car = papers.shop.vehicle(ann, json!({})).await;
    let insurance = papers.add(ann, car, "insurance").await;
    let own = json!({"customer_id": ann, "document_type": "other", "title": "own"});
    let own = papers.try_add("own", own).await.unwrap().id;
    papers
        .shop
        .desk
        .delete(EntityKind::Vehicle, car)
        .await
        .unwrap();
    assert!(!papers.is_readable(insurance).await);
    assert!(papers.is_readable(own).await);
    assert_eq!(papers.shop.desk.collect_files().await.unwrap(), Some(0));
    papers.shop.desk.undo().await.unwrap();
    assert!(papers.is_readable(insurance).await);
}

#[tokio::test]
async fn a_former_owners_papers_stay_when_the_car_is_deleted() {
    let papers = Papers::new().await;
    let ann = papers.shop.customer("Ann").await;
    let bob = papers.shop.customer("Bob").await;
    let car = papers.shop.vehicle(ann, json!({})).await;
    let insurance = papers.add(ann, car, "insurance").await;
    let license = papers.add(ann, car, "license").await;
    let warranty = papers.add(ann, car, "warranty").await;
    papers
        .shop
        .desk
        .transfer(car, bob, StillHolds::NOTHING)
        .await
        .unwrap();
    let own = papers.add(bob, car, "insurance").await;
    // With its owner goes the car, and with the car its papers and their alerts.
    papers.shop.desk.check_alerts(None).await.unwrap();
    papers
        .shop
        .desk
        .delete(EntityKind::Customer, bob)
        .await
        .unwrap();
    for (id, stays) in [
        (insurance, true),
        (license, true),
        (warranty, false),
        (own, false),
    ] {
        assert_eq!(papers.is_readable(id).await, stays);
    }
    papers.shop.desk.undo().await.unwrap();
    for id in [insurance, license, warranty, own] {
        assert!(papers.is_readable(id).await);
    }
}

#[tokio::test]
async fn undo_brings_a_paper_back_with_its_file() {
    let papers = Papers::new().await;
    let ann = papers.shop.customer("Ann").await;
    let car = papers.shop.vehicle(ann, json!({})).await;
    let insurance = papers.add(ann, car, "insurance").await;
    papers
        .shop
        .desk
        .delete(EntityKind::Document, insurance)
        .await
        .unwrap();
    assert_eq!(papers.shop.desk.collect_files().await.unwrap(), Some(0));
    papers.shop.desk.undo().await.unwrap();
    assert!(papers.is_readable(insurance).await);
    // Adding is undone and redone with the file as well.
    let added = papers.add(ann, car, "registration").await;
    papers.shop.desk.undo().await.unwrap();
    papers.shop.desk.collect_files().await.unwrap();
    assert!(!papers.is_readable(added).await);
    papers.shop.desk.redo().await.unwrap();
    assert!(papers.is_readable(added).await);
}

#[tokio::test]
async fn a_renewed_paper_counts_again_when_its_next_one_is_taken_back() {
    let papers = Papers::new().await;
    let ann = papers.shop.customer("Ann").await;
    let car = papers.shop.vehicle(ann, json!({})).await;
    let old = papers.add(ann, car, "insurance").await;
    let file = papers.file("next.txt", "next");
    let fields = object(json!({"expiry_date": "2026-03-20"}));
    let next = papers
        .shop
        .desk
        .renew_document(old, &file, &fields)
        .await
        .unwrap();
    let record: Document = papers
        .shop
        .desk
        .record(EntityKind::Document, next.id)
        .await
        .unwrap()
        .to();
    assert_eq!((record.renews, record.vehicle_id), (Some(old), Some(car)));
    assert_eq!(record.title, "insurance");
    assert_eq!(papers.expiring().await, Vec::<Uuid>::new());
    papers.shop.desk.undo().await.unwrap();
    assert_eq!(papers.expiring().await, [old]);
}

#[tokio::test]
async fn the_same_file_is_told_and_a_foreign_car_is_refused() {
    let papers = Papers::new().await;
    let ann = papers.shop.customer("Ann").await;
    let bob = papers.shop.customer("Bob").await;
    let car = papers.shop.vehicle(ann, json!({})).await;
    let of = |customer: Uuid| json!({"customer_id": customer, "document_type": "other"});
    assert_eq!(papers.try_add("x", of(ann)).await.unwrap().warnings, []);
    for (customer, is_same) in [(ann, "true"), (bob, "false")] {
        let warnings = papers.try_add("x", of(customer)).await.unwrap().warnings;
        assert_eq!(warnings[0].code, Code::SameFile);
        assert_eq!(warnings[0].args["is_same_customer"], is_same);
    }
    assert_eq!(sealed_count(papers.folder.path()), 1);
    let mut foreign = of(bob);
    foreign["vehicle_id"] = json!(car);
    let refused = papers.try_add("y", foreign).await.unwrap_err();
    assert_eq!(refused.problems()[0].field, "vehicle_id");
    assert_eq!(sealed_count(papers.folder.path()), 1);
}
