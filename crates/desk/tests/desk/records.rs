//! Making, editing and deleting records: what belongs together, what may be there only once.

use serde_json::json;
use servease_desk::Failure;
use servease_domain::papers::StillHolds;
use servease_domain::{Code, Employee, EntityKind, Note, Preferences};
use uuid::Uuid;

use crate::shop::{Shop, invalid, object, one};

#[tokio::test]
async fn a_customer_has_preferences_from_the_beginning() {
    let shop = Shop::new().await;
    let fields = json!({
        "first_name": "Ann", "last_name": "Ng", "phone": "2125550142",
        "preferences": {"preferred_language": "fr"},
    });
    let ann = shop.create(EntityKind::Customer, fields).await.unwrap().id;
    let own: Preferences = shop.get(ann).await;
    assert_eq!(own.customer_id, Some(ann));
    assert_eq!(own.preferred_language, "fr");
    // Where the garage is, not where the contract's default is.
    assert_eq!(own.timezone, "America/New_York");
    let nested = json!({"city": "Troy", "preferences": {"sms_notifications": "no"}});
    shop.edit(EntityKind::Customer, ann, nested).await.unwrap();
    assert!(!shop.get::<Preferences>(ann).await.sms_notifications);
    shop.desk.undo().await.unwrap();
    assert!(shop.get::<Preferences>(ann).await.sms_notifications);
    assert_eq!(shop.get_customer(ann).await.city, "");
}

#[tokio::test]
async fn a_customer_is_deleted_with_everything_and_brought_back_with_it() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, json!({"current_mileage": 7})).await;
    let service = shop.service(focus, json!({})).await;
    let note = |title: &str| json!({"customer_id": ann, "title": title, "content": "c"});
    let kept = shop
        .create(EntityKind::Note, note("kept"))
        .await
        .unwrap()
        .id;
    let gone = shop
        .create(EntityKind::Note, note("gone before"))
        .await
        .unwrap()
        .id;
    shop.desk.delete(EntityKind::Note, gone).await.unwrap();

    let deleted = shop.desk.delete(EntityKind::Customer, ann).await.unwrap();
    for (kind, id) in [
        (EntityKind::Customer, ann),
        (EntityKind::Preferences, ann),
        (EntityKind::Vehicle, focus),
        (EntityKind::ServiceRecord, service),
        (EntityKind::Note, kept),
    ] {
        assert!(!shop.is_there(kind, id).await, "{kind:?}");
    }
    assert!(shop.is_there(EntityKind::Customer, ben).await);
    shop.desk.undo_step(deleted.step.unwrap()).await.unwrap();
    for (kind, id) in [
        (EntityKind::Customer, ann),
        (EntityKind::Preferences, ann),
        (EntityKind::Vehicle, focus),
        (EntityKind::ServiceRecord, service),
        (EntityKind::Note, kept),
    ] {
        assert!(shop.is_there(kind, id).await, "{kind:?}");
    }
    // What was deleted for itself stays deleted.
    assert!(!shop.is_there(EntityKind::Note, gone).await);
}

#[tokio::test]
async fn a_sold_car_outlives_its_former_owner() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, json!({})).await;
    let service = shop.service(focus, json!({})).await;
    shop.desk
        .transfer(focus, ben, StillHolds::NOTHING)
        .await
        .unwrap();
    shop.desk.delete(EntityKind::Customer, ann).await.unwrap();
    assert!(shop.is_there(EntityKind::Vehicle, focus).await);
    assert!(shop.is_there(EntityKind::ServiceRecord, service).await);
    let card = shop.desk.vehicle_card(focus).await.unwrap();
    assert_eq!(card.owners.len(), 2);
    assert_eq!(card.owners[1].name, "Ann Ng");
}

#[tokio::test]
async fn an_email_belongs_to_one_customer_whatever_its_case() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let taken = json!({"first_name": "A", "last_name": "B", "email": "ANN@example.com"});
    let unique = one("email", Code::Unique);
    assert_eq!(
        invalid(shop.create(EntityKind::Customer, taken.clone()).await),
        unique
    );
    let ben = shop.customer("Ben").await;
    let edit = json!({"email": "Ann@Example.com"});
    assert_eq!(
        invalid(shop.edit(EntityKind::Customer, ben, edit).await),
        unique
    );
    // Its own in another case is no other's.
    let own = json!({"email": "ANN@EXAMPLE.COM"});
    shop.edit(EntityKind::Customer, ann, own).await.unwrap();
    assert_eq!(shop.get_customer(ann).await.email, "ANN@EXAMPLE.COM");

    let deleted = shop.desk.delete(EntityKind::Customer, ann).await.unwrap();
    shop.create(EntityKind::Customer, taken).await.unwrap();
    let back = shop.desk.undo_step(deleted.step.unwrap()).await;
    assert_eq!(invalid(back), unique);
    assert!(!shop.is_there(EntityKind::Customer, ann).await);
}

#[tokio::test]
async fn a_vin_belongs_to_one_vehicle_and_a_plate_may_be_there_twice() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    shop.vehicle(ann, json!({"vin": "wvwzzz1jz3w386752"})).await;
    shop.vehicle(ann, json!({"license_plate": "ab-1"})).await;
    let again = json!({
        "customer_id": ann, "make": "VW", "model": "Golf", "vin": "WVWZZZ1JZ3W386752",
    });
    assert_eq!(
        invalid(shop.create(EntityKind::Vehicle, again).await),
        one("vin", Code::Unique)
    );
}

#[tokio::test]
async fn problems_of_other_fields_do_not_stand_in_the_way_of_an_edit() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    // Only what an edit touches is judged.
    let saved = shop
        .edit(EntityKind::Customer, ann, json!({"city": "Troy"}))
        .await
        .unwrap();
    assert!(saved.step.is_some());
    let result = shop
        .edit(EntityKind::Customer, ann, json!({"email": ""}))
        .await;
    assert_eq!(
        invalid(result),
        one("non_field_errors", Code::ContactMissing)
    );
    let result = shop
        .edit(
            EntityKind::Customer,
            ann,
            json!({"first_name": "", "last_name": " "}),
        )
        .await;
    assert_eq!(
        invalid(result),
        [
            ("first_name".to_owned(), Code::Required),
            ("last_name".to_owned(), Code::Required),
        ]
    );
}

#[tokio::test]
async fn an_edit_that_changes_nothing_leaves_no_trace() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let saved = shop
        .edit(EntityKind::Customer, ann, json!({"first_name": "Ann"}))
        .await
        .unwrap();
    assert_eq!(saved.step, None);
    assert_eq!(
        shop.desk
            .history(EntityKind::Customer, ann)
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    for kind in EntityKind::ALL {
        let edit = shop.edit(kind, Uuid::nil(), json!({})).await;
        assert!(matches!(edit, Err(Failure::NotFound { .. })), "{kind:?}");
        assert!(matches!(
            shop.desk.history(kind, Uuid::nil()).await,
            Err(Failure::NotFound { .. })
        ));
    }
    // An id of another entity is none of this one.
    let delete = shop.desk.delete(EntityKind::Vehicle, ann).await;
    assert!(matches!(delete, Err(Failure::NotFound { .. })));
    let note = json!({"customer_id": Uuid::nil(), "title": "T", "content": "C"});
    let result = shop.create(EntityKind::Note, note).await;
    assert_eq!(invalid(result), one("customer_id", Code::NotFound));
}

#[tokio::test]
async fn a_note_is_signed_by_its_author_whatever_the_input_says() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let (eve, bob) = (shop.employee("Eve").await, shop.employee("Bob").await);
    let fields = json!({"customer_id": ann, "title": "T", "content": "C", "created_by": bob});
    let desk = shop.desk.clone().working_as(eve);
    let saved = desk
        .create(EntityKind::Note, &object(fields), false)
        .await
        .unwrap();
    assert_eq!(shop.get::<Note>(saved.id).await.created_by, Some(eve));
    let card = desk.customer_card(ann).await.unwrap();
    assert_eq!(card.notes[0].author, "Eve");
    // Renamed, the employee is still the author.
    shop.edit(EntityKind::Employee, eve, json!({"name": "Eva"}))
        .await
        .unwrap();
    assert_eq!(shop.get::<Employee>(eve).await.name, "Eva");
    assert_eq!(
        desk.customer_card(ann).await.unwrap().notes[0].author,
        "Eva"
    );
}

#[tokio::test]
async fn a_form_is_reviewed_as_it_would_be_saved() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let fields = object(json!({"first_name": "A", "phone": "1", "email": "ann@example.com"}));
    let review = shop
        .desk
        .review(EntityKind::Customer, None, &fields)
        .await
        .unwrap();
    let mut found: Vec<_> = review
        .problems
        .iter()
        .map(|problem| (problem.field.as_str(), problem.code))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [("email", Code::Unique), ("phone", Code::NotAPhone),]
    );
    let own = object(json!({"email": "ANN@example.com"}));
    let review = shop
        .desk
        .review(EntityKind::Customer, Some(ann), &own)
        .await
        .unwrap();
    assert!(review.problems.is_empty(), "{:?}", review.problems);
    let doubtful = object(json!({"phone": "+19999999999"}));
    let review = shop
        .desk
        .review(EntityKind::Customer, Some(ann), &doubtful)
        .await
        .unwrap();
    assert_eq!(review.warnings[0].code, Code::PhoneDoubtful);
}

#[tokio::test]
async fn what_the_save_will_ask_is_told_while_the_form_is_filled_in() {
    let shop = Shop::new().await;
    let ann = shop.customer("Ann").await;
    let car = shop.vehicle(ann, json!({"current_mileage": 42_000})).await;
    let before = shop.get_vehicle(car).await.current_mileage;
    let service = json!({"vehicle_id": car, "service_type": "Oil", "mileage": 900_000});
    let reading = json!({"vehicle_id": car, "value": 900_000});
    let improbable = Code::MileageImprobable;
    for (kind, id, form, field) in [
        (EntityKind::ServiceRecord, None, service, "mileage"),
        (EntityKind::MileageReading, None, reading, "value"),
        (
            EntityKind::Vehicle,
            Some(car),
            json!({"current_mileage": 900_000}),
            "current_mileage",
        ),
    ] {
        let review = shop.desk.review(kind, id, &object(form)).await.unwrap();
        assert!(review.problems.is_empty(), "{kind:?}: {review:?}");
        let found: Vec<_> = review
            .doubts
            .iter()
            .map(|doubt| (doubt.field.as_str(), doubt.code))
            .collect();
        assert_eq!(found, [(field, improbable)], "{kind:?}");
    }
    assert_eq!(shop.get_vehicle(car).await.current_mileage, before);
    let gone = shop
        .desk
        .review(
            EntityKind::Vehicle,
            Some(uuid::Uuid::max()),
            &object(json!({})),
        )
        .await;
    assert!(matches!(gone, Err(servease_desk::Failure::NotFound { .. })));
}

#[tokio::test]
async fn what_comes_back_takes_nothing_from_what_came_after() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let vin = json!({"vin": "WVWZZZ1JZ3W386752"});
    shop.vehicle(ann, vin.clone()).await;
    let deleted = shop.desk.delete(EntityKind::Customer, ann).await.unwrap();
    shop.vehicle(ben, vin).await;
    // Ann could come back, her car could not.
    let back = shop.desk.undo_step(deleted.step.unwrap()).await;
    assert_eq!(invalid(back), one("vin", Code::Unique));
    assert!(!shop.is_there(EntityKind::Customer, ann).await);
}

#[tokio::test]
async fn what_comes_back_needs_what_it_belongs_to() {
    let shop = Shop::new().await;
    let (ann, ben) = (shop.customer("Ann").await, shop.customer("Ben").await);
    let focus = shop.vehicle(ann, json!({})).await;
    let sold = shop
        .desk
        .transfer(focus, ben, StillHolds::NOTHING)
        .await
        .unwrap();
    let scrapped = shop.desk.delete(EntityKind::Vehicle, focus).await.unwrap();
    let gone = shop.desk.delete(EntityKind::Customer, ben).await.unwrap();
    let owner_missing = one("customer_id", Code::NotFound);
    let back = shop.desk.undo_step(scrapped.step.unwrap()).await;
    assert_eq!(invalid(back), owner_missing);
    shop.desk.undo_step(gone.step.unwrap()).await.unwrap();
    shop.desk.undo_step(scrapped.step.unwrap()).await.unwrap();
    shop.desk.delete(EntityKind::Customer, ann).await.unwrap();
    let back = shop.desk.undo_step(sold.step.unwrap()).await;
    assert_eq!(invalid(back), owner_missing);
    assert_eq!(shop.get_vehicle(focus).await.customer_id, Some(ben));
}

#[tokio::test]
async fn what_could_not_be_read_is_not_also_missing() {
    let shop = Shop::new().await;
    let fields = json!({"first_name": "A", "last_name": "B", "phone": "12"});
    let result = shop.create(EntityKind::Customer, fields.clone()).await;
    assert_eq!(invalid(result), one("phone", Code::NotAPhone));
    let form = object(fields);
    let review = shop
        .desk
        .review(EntityKind::Customer, None, &form)
        .await
        .unwrap();
    assert_eq!(review.problems.len(), 1);
    let ann = shop.customer("Ann").await;
    let car = json!({"customer_id": ann, "make": "VW", "model": "Golf", "vin": "WVW"});
    assert_eq!(
        invalid(shop.create(EntityKind::Vehicle, car).await),
        one("vin", Code::VinLength)
    );
}
