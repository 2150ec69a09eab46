//! Merging two records of the same person or vehicle, and taking that back.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use servease_desk::Failure;
use servease_desk::views::{Did, Saved};
use servease_domain::{
    Code, Customer, Document, EntityKind, MileageReading, Note, Ownership, Preferences, Record,
    ServiceRecord, Vehicle,
};
use servease_store::rows;
use uuid::Uuid;

use crate::shop::Shop;

const KINDS: [EntityKind; 9] = [
    EntityKind::Customer,
    EntityKind::Vehicle,
    EntityKind::Preferences,
    EntityKind::Document,
    EntityKind::Note,
    EntityKind::ServiceRecord,
    EntityKind::MileageReading,
    EntityKind::Ownership,
    EntityKind::Conflict,
];

/// Every live record as it is, without when it was written.
async fn everything(shop: &Shop) -> BTreeMap<(EntityKind, Uuid), Json> {
    let mut conn = shop.desk.store().read().await.unwrap();
    let mut all = BTreeMap::new();
    for kind in KINDS {
        for record in rows::list_all(&mut conn, kind).await.unwrap() {
            let values: BTreeMap<_, _> = record
                .values
                .iter()
                .map(|(name, value)| (*name, value.to_json()))
                .collect();
            all.insert((kind, record.id), json!(values));
        }
    }
    all
}

struct Pair {
    shop: Shop,
    keep: Uuid,
    other: Uuid,
}

impl Pair {
    /// Two customers, of whom the other has a car with a service, a note and a paper.
    async fn of(keep: Json, other: Json) -> (Pair, Uuid) {
        let shop = Shop::new().await;
        let keep = shop.create(EntityKind::Customer, keep).await.unwrap().id;
        let other = shop.create(EntityKind::Customer, other).await.unwrap().id;
        let car = shop
            .vehicle(other, json!({"current_mileage": 25_000}))
            .await;
        shop.service(car, json!({"mileage": 25_100})).await;
        shop.note(other, "Key").await;
        let paper = json!({
            "customer_id": other, "vehicle_id": car, "title": "Policy", "document_type": "insurance",
        });
        shop.create(EntityKind::Document, paper).await.unwrap();
        (Pair { shop, keep, other }, car)
    }

    async fn merge(&self) -> Saved {
        let merged = self.shop.desk.merge_duplicates(self.keep, self.other);
        merged.await.unwrap()
    }

    async fn kept(&self) -> Customer {
        self.shop.get_customer(self.keep).await
    }

    async fn preferences_of(&self, id: Uuid) -> Preferences {
        self.shop.desk.preferences(id).await.unwrap().to()
    }
}

fn bo(more: Json) -> Json {
    let mut fields = json!({"first_name": "Bo", "last_name": "Diaz"});
    let all = fields.as_object_mut().unwrap();
    all.extend(more.as_object().unwrap().clone());
    fields
}

#[tokio::test]
async fn everything_that_refers_to_the_other_moves_and_comes_back() {
    let keep = bo(json!({"email": "bo@example.com"}));
    let (pair, car) = Pair::of(keep, bo(json!({"phone": "+12025550143"}))).await;
    let (shop, keep) = (&pair.shop, pair.keep);
    let before = everything(shop).await;
    let saved = pair.merge().await;
    assert_eq!(shop.get_vehicle(car).await.customer_id, Some(keep));
    assert_eq!(shop.list::<Note>("customer_id", keep).await.len(), 1);
    assert_eq!(shop.list::<Document>("customer_id", keep).await.len(), 1);
    assert_eq!(
        shop.list::<ServiceRecord>("customer_id", keep).await.len(),
        1
    );
    let owners: Vec<Ownership> = shop.list("vehicle_id", car).await;
    assert_eq!(owners.len(), 1, "the same person has it, as before");
    assert_eq!((owners[0].customer_id, owners[0].until), (Some(keep), None));
    let merged = everything(shop).await;

    // Back and forth, by undo and by what names the merge.
    let undone = shop.desk.undo().await.unwrap();
    assert_eq!((undone.did, undone.id), (Did::Merged, pair.other));
    assert_eq!(everything(shop).await, before);
    shop.desk.redo().await.unwrap();
    assert_eq!(everything(shop).await, merged);
    shop.desk.unmerge(pair.other).await.unwrap();
    assert_eq!(everything(shop).await, before);
    shop.desk.redo().await.unwrap();
    shop.desk.undo_step(saved.step.unwrap()).await.unwrap();
    assert_eq!(everything(shop).await, before);
}

#[tokio::test]
async fn values_that_only_the_other_knows_move_over() {
    let other = bo(json!({
        "email": "bo@example.com", "user_id": "42", "city": "Troy", "company_name": "Diaz Cabs",
        "is_business_customer": true, "secondary_phone": "+12025550199",
    }));
    let (pair, _) = Pair::of(bo(json!({"phone": "+12025550143"})), other).await;
    let before = everything(&pair.shop).await;
    let saved = pair.merge().await;
    assert!(saved.warnings.is_empty(), "{:?}", saved.warnings);
    let kept = pair.kept().await;
    assert_eq!(
        (
            kept.email.as_str(),
            kept.user_id.as_str(),
            kept.city.as_str()
        ),
        ("bo@example.com", "42", "Troy")
    );
    assert_eq!(
        (kept.phone.as_str(), kept.secondary_phone.as_str()),
        ("+12025550143", "+12025550199")
    );
    assert!(kept.is_business_customer);
    pair.shop.desk.unmerge(pair.other).await.unwrap();
    assert_eq!(everything(&pair.shop).await, before);
}

#[tokio::test]
async fn what_belongs_together_moves_together_or_not_at_all() {
    let keep = bo(json!({"phone": "+12025550143", "city": "Waco", "country": "Mexico"}));
    let other = bo(json!({
        "phone": "+12025550144 x12", "street_address": "1 Main St", "city": "Troy",
        "emergency_contact_name": "Eva", "emergency_contact_phone": "+12025550150 x3",
    }));
    let (pair, _) = Pair::of(keep, other).await;
    let before = everything(&pair.shop).await;
    pair.merge().await;
    let kept = pair.kept().await;
    assert_eq!(
        (kept.phone.as_str(), kept.phone_extension.as_str()),
        ("+12025550143", ""),
        "the extension of another number"
    );
    assert_eq!(
        (
            kept.secondary_phone.as_str(),
            kept.secondary_phone_extension.as_str()
        ),
        ("+12025550144", "12")
    );
    assert_eq!(
        (kept.street_address.as_str(), kept.city.as_str()),
        ("", "Waco"),
        "no street of Troy in Waco"
    );
    assert_eq!(
        (
            kept.emergency_contact_name.as_str(),
            kept.emergency_contact_phone.as_str(),
            kept.emergency_contact_phone_extension.as_str()
        ),
        ("Eva", "+12025550150", "3")
    );
    pair.shop.desk.unmerge(pair.other).await.unwrap();
    assert_eq!(everything(&pair.shop).await, before);
}

#[tokio::test]
async fn a_number_for_which_there_is_no_place_is_kept_beside_and_told() {
    let keep = bo(json!({"phone": "+12025550143", "secondary_phone": "+12025550144"}));
    let other = bo(json!({"phone": "+12025550144", "secondary_phone": "+12025550199"}));
    let (pair, _) = Pair::of(keep, other).await;
    let before = everything(&pair.shop).await;
    for _ in 0..2 {
        let saved = pair.merge().await;
        let told: Vec<_> = saved
            .warnings
            .iter()
            .map(|it| (it.field.as_str(), it.code, it.args["found"].as_str()))
            .collect();
        assert_eq!(
            told,
            [("secondary_phone", Code::KeptBeside, "+12025550199")]
        );
        let conflicts = pair.shop.desk.conflicts().await.unwrap();
        assert_eq!(conflicts.len(), 1);
        assert_eq!(
            (&conflicts[0].mine, &conflicts[0].theirs),
            (&json!("+12025550144"), &json!("+12025550199"))
        );
        pair.shop.desk.unmerge(pair.other).await.unwrap();
        assert_eq!(everything(&pair.shop).await, before);
    }
}

#[tokio::test]
async fn a_no_to_being_contacted_survives_whoever_said_it() {
    let flags = [
        "email_notifications",
        "sms_notifications",
        "push_notifications",
        "phone_call_notifications",
        "postal_mail_notifications",
        "marketing_emails",
        "promotional_sms",
        "service_reminders",
        "appointment_reminders",
        "data_sharing_consent",
        "analytics_consent",
    ];
    for (mine, theirs) in [(true, true), (true, false), (false, true), (false, false)] {
        let keep = bo(json!({"email": "bo@example.com"}));
        let (pair, _) = Pair::of(keep, bo(json!({"phone": "+12025550143"}))).await;
        for (id, flag) in [(pair.keep, mine), (pair.other, theirs)] {
            let fields: serde_json::Map<String, Json> = flags
                .iter()
                .map(|name| ((*name).to_owned(), json!(flag)))
                .collect();
            pair.shop
                .edit(EntityKind::Preferences, id, Json::Object(fields))
                .await
                .unwrap();
        }
        let before = everything(&pair.shop).await;
        pair.merge().await;
        let record: Record = pair.shop.desk.preferences(pair.keep).await.unwrap();
        for name in flags {
            assert_eq!(record.get(name).as_flag(), mine && theirs, "{name}");
        }
        pair.shop.desk.undo().await.unwrap();
        assert_eq!(everything(&pair.shop).await, before);
        assert_eq!(
            pair.preferences_of(pair.other).await.sms_notifications,
            theirs
        );
    }
}

#[tokio::test]
async fn merged_vehicles_have_one_history_and_the_vin_that_one_of_them_had() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let keep = shop.vehicle(ann, json!({"current_mileage": 20_000})).await;
    let vin = "1M8GDM9AXKP042788";
    let other = shop
        .vehicle(ann, json!({"current_mileage": 30_000, "vin": vin}))
        .await;
    shop.service(other, json!({"mileage": 30_500})).await;
    let paper = json!({
        "customer_id": ann, "vehicle_id": other, "title": "Policy", "document_type": "insurance",
    });
    shop.create(EntityKind::Document, paper).await.unwrap();
    let readings = shop.list::<MileageReading>("vehicle_id", keep).await.len()
        + shop.list::<MileageReading>("vehicle_id", other).await.len();
    let before = everything(&shop).await;
    shop.desk.merge_duplicates(keep, other).await.unwrap();
    assert_eq!(shop.get::<Vehicle>(keep).await.vin, vin);
    assert_eq!(
        shop.list::<ServiceRecord>("vehicle_id", keep).await.len(),
        1
    );
    assert_eq!(shop.list::<Document>("vehicle_id", keep).await.len(), 1);
    assert_eq!(shop.list::<Ownership>("vehicle_id", keep).await.len(), 2);
    assert_eq!(
        shop.list::<MileageReading>("vehicle_id", keep).await.len(),
        readings
    );
    shop.desk.unmerge(other).await.unwrap();
    assert_eq!(everything(&shop).await, before);
}

#[tokio::test]
async fn a_merge_on_which_others_have_built_stays_unless_somebody_means_it() {
    let keep = bo(json!({"email": "bo@example.com"}));
    let (pair, car) = Pair::of(keep, bo(json!({"phone": "+12025550143"}))).await;
    let saved = pair.merge().await;
    let shop = &pair.shop;
    let note = shop.note(pair.keep, "Since").await;
    let service = shop.service(car, json!({"mileage": 25_200})).await;
    for result in [
        shop.desk.undo_step(saved.step.unwrap()).await,
        shop.desk.unmerge(pair.other).await,
    ] {
        match result {
            Err(Failure::BuiltOn { records, more: 0 }) => {
                let ids: Vec<Uuid> = records.iter().map(|it| it.id).collect();
                assert_eq!(ids, [service, note]);
            }
            other => panic!("{other:?}"),
        }
    }
    shop.desk.unmerge_knowingly(pair.other).await.unwrap();
    assert_eq!(shop.get_vehicle(car).await.customer_id, Some(pair.other));
    let notes: Vec<Note> = shop.list("customer_id", pair.keep).await;
    assert_eq!((notes.len(), notes[0].id), (1, note));
}

#[tokio::test]
async fn what_comes_back_after_a_merge_belongs_to_who_was_kept() {
    let keep = bo(json!({"email": "bo@example.com"}));
    let (pair, _) = Pair::of(keep, bo(json!({"phone": "+12025550143"}))).await;
    let shop = &pair.shop;
    let note = shop.note(pair.other, "Gone").await;
    let gone = shop.desk.delete(EntityKind::Note, note).await.unwrap();
    pair.merge().await;
    shop.desk.undo_step(gone.step.unwrap()).await.unwrap();
    assert_eq!(shop.get::<Note>(note).await.customer_id, Some(pair.keep));
}

#[tokio::test]
async fn nobody_is_merged_into_themselves_by_an_alias_either() {
    let keep = bo(json!({"email": "bo@example.com"}));
    let (pair, _) = Pair::of(keep, bo(json!({"phone": "+12025550143"}))).await;
    pair.merge().await;
    for (one, two) in [(pair.keep, pair.other), (pair.other, pair.keep)] {
        let merged = pair.shop.desk.merge_duplicates(one, two).await;
        assert!(matches!(merged, Err(Failure::Invalid(_))), "{merged:?}");
    }
}
