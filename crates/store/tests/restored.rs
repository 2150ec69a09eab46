//! What a restoration brings back, and to whom it belongs then.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

mod garage;

use garage::{Garage, values};
use servease_domain::{EntityKind, MERGED_INTO, Value, Values};
use servease_store::rows;

#[tokio::test]
async fn what_comes_back_with_its_car_belongs_to_whom_its_owner_was_merged_into() {
    let garage = Garage::open().await;
    let kept = garage.customer(&[("last_name", "Ng")]).await;
    let other = garage.customer(&[("last_name", "Ng")]).await;
    let car = garage.vehicle(other, &[("make", "Ford")]).await;
    let mut paper = values(&[("title", "Policy"), ("document_type", "insurance")]);
    paper.insert("customer_id", Value::Id(other));
    paper.insert("vehicle_id", Value::Id(car));
    let paper = garage.add(EntityKind::Document, paper).await;
    garage.delete(EntityKind::Vehicle, car).await;
    let merged = Values::from([(MERGED_INTO, Value::Id(kept))]);
    garage.edit(EntityKind::Customer, other, merged).await;
    garage.delete(EntityKind::Customer, other).await;

    garage.restore(EntityKind::Vehicle, car).await;
    let mut conn = garage.store.read().await.unwrap();
    for (kind, id) in [(EntityKind::Vehicle, car), (EntityKind::Document, paper)] {
        let back = rows::find(&mut conn, kind, id).await.unwrap().unwrap();
        assert_eq!(back.get("customer_id"), &Value::Id(kept), "{kind:?}");
    }
}
