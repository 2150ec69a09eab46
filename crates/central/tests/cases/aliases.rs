//! Ids of records that a desk merged into others stand for these, on every path.

use serde_json::{Value, json};
use uuid::Uuid;

use servease_tests::central::{Service, id};

/// A desk merges one record into another.
async fn merge(service: &Service, entity: &str, gone: &str, kept: &str) {
    let step = Uuid::now_v7();
    let line = |action: &str, after: Value| {
        json!({
            "id": Uuid::now_v7(), "step": step, "entity": entity, "record": gone,
            "action": action, "author": {"name": "Mia"}, "at": "2026-05-01T10:00:00Z",
            "seen": 1_000_000, "after": after,
        })
    };
    let body = json!({
        "protocol": servease_wire::sync::PROTOCOL, "desk": Uuid::now_v7(),
        "mutations": [
            line("update", json!({"merged_into": kept})),
            line("delete", json!({"merged_into": kept})),
        ],
    });
    let answer = service.post("sync/mutations/", body).await.expect(200);
    for one in answer["answers"].as_array().unwrap() {
        assert!(
            ["applied", "merged"].contains(&one["outcome"].as_str().unwrap()),
            "{answer}"
        );
    }
}

pub async fn paths_and_bodies_take_the_id_of_what_was_merged_away(service: &Service) {
    let kept = service.customer("Ada", "Lovelace").await;
    let middle = service.customer("Ida", "Lovelace").await;
    let gone = service.customer("Bo", "Ek").await;
    let car = service.vehicle(&gone, "AB 1").await;
    let twin = service.vehicle(&kept, "AB 2").await;
    merge(service, "customer", id(&gone), id(&middle)).await;
    merge(service, "customer", id(&middle), id(&kept)).await;
    merge(service, "vehicle", id(&twin), id(&car)).await;
    let alias = id(&gone);

    let read = service
        .get(&format!("customers/{alias}/"))
        .await
        .expect(200);
    assert_eq!(read["id"], kept["id"]);
    assert_eq!(read["vehicles"][0]["id"], car["id"], "{read}");
    let own = service.get(&format!("customers/{alias}/vehicles/")).await;
    assert_eq!(own.expect(200).as_array().unwrap().len(), 1);
    for path in [
        "dashboard",
        "preferences",
        "documents",
        "service-history",
        "history",
    ] {
        service
            .get(&format!("customers/{alias}/{path}/"))
            .await
            .expect(200);
    }
    let listed = service.get(&format!("vehicles/?customer={alias}")).await;
    assert_eq!(listed.expect(200)["count"], 1);
    let changed = service
        .patch(
            &format!("customers/{alias}/"),
            json!({"city": "Troy", "preferences": {"sms_notifications": false}}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&changed["id"], &changed["city"]),
        (&kept["id"], &json!("Troy"))
    );
    let preferences = service
        .patch(
            &format!("customers/{alias}/preferences/"),
            json!({"email_notifications": false}),
        )
        .await
        .expect(200);
    assert_eq!(preferences["sms_notifications"], false);
    let verified = service
        .post(&format!("customers/{alias}/verify/"), json!({}))
        .await;
    verified.expect(200);
    let kept_now = service.get(&format!("customers/{}/", id(&kept))).await;
    assert_eq!(kept_now.expect(200)["is_verified"], true);

    let made = service
        .post(
            "vehicles/",
            json!({
                "customer_id": alias, "make": "VW", "model": "Golf", "license_plate": "AB 3",
            }),
        )
        .await
        .expect(201);
    let owned = service
        .get(&format!("vehicles/?customer={}", id(&kept)))
        .await;
    assert_eq!(owned.expect(200)["count"], 2);
    let moved = service
        .patch(
            &format!("vehicles/{}/", id(&made)),
            json!({"customer_id": alias}),
        )
        .await;
    moved.expect(200);
    let mileage = service
        .post(
            &format!("vehicles/{}/update-mileage/", id(&twin)),
            json!({"mileage": 12_000}),
        )
        .await
        .expect(200);
    assert_eq!(mileage["id"], car["id"]);
    let service_record = service
        .post(
            "service-records/",
            json!({"vehicle_id": id(&twin), "service_type": "Oil"}),
        )
        .await
        .expect(201);
    assert_eq!(service_record["vehicle_id"], car["id"]);
    assert_eq!(service_record["customer_id"], kept["id"]);
    let due = service
        .get(&format!("vehicles/{}/service-status/", id(&twin)))
        .await;
    due.expect(200);
}

pub async fn an_alias_is_not_deleted(service: &Service) {
    let kept = service.customer("Ada", "Lovelace").await;
    let gone = service.customer("Bo", "Ek").await;
    merge(service, "customer", id(&gone), id(&kept)).await;
    let refused = service.delete(&format!("customers/{}/", id(&gone))).await;
    let refused = refused.expect(409);
    assert!(
        refused["detail"].as_str().unwrap().contains(id(&kept)),
        "{refused}"
    );
    let read = service.get(&format!("customers/{}/", id(&kept))).await;
    read.expect(200);
}
