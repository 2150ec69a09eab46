use serde_json::{Value, json};

use servease_tests::central::{Service, id};

pub async fn create_and_read(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let body = json!({"customer": ada["id"], "make": "VW", "model": "Golf", "year": "2015",
        "license_plate": " b-xy 1 ", "fuel_type": "diesel", "current_mileage": 5});
    let made = service.post("vehicles/", body).await.expect(201);
    assert_eq!(made["customer_id"], ada["id"]);
    assert_eq!(made["license_plate"], "b-xy 1");
    assert_eq!(made["year"], 2015);
    assert!(made["vehicle_age"].as_i64().unwrap() > 5);
    assert_eq!(made["is_service_due"], false);
    assert_eq!(made["last_service_date"], Value::Null);
    let path = format!("vehicles/{}/", id(&made));
    assert_eq!(service.get(&path).await.expect(200), made);
    let full = service
        .get(&format!("customers/{}/", id(&ada)))
        .await
        .expect(200);
    assert_eq!(full["vehicles"][0]["license_plate"], "b-xy 1");
    assert_eq!(full["active_vehicles_count"], 1);

    let body = json!({"make": "VW", "model": "Golf", "license_plate": "X"});
    let refused = service.post("vehicles/", body).await.expect(400);
    assert!(refused["customer_id"][0].is_string());
    let body = json!({"customer_id": ada["id"], "make": "VW", "model": "Golf"});
    let refused = service.post("vehicles/", body).await.expect(400);
    assert!(refused["non_field_errors"][0].is_string());
    for (field, value) in [
        ("year", json!(1899)),
        ("year", json!(9999)),
        ("fuel_type", json!("water")),
        ("current_mileage", json!(-1)),
        ("purchase_date", json!("31.12.2020")),
        ("customer_id", json!("nobody")),
        ("customer_id", json!("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")),
        ("license_plate", json!("1234567890123456")),
    ] {
        let mut body = json!({"customer_id": ada["id"], "make": "VW", "model": "Golf",
            "license_plate": "X"});
        body[field] = value;
        let refused = service.post("vehicles/", body).await.expect(400);
        assert!(refused[field][0].is_string(), "{field}: {refused}");
    }
}

pub async fn vin_rules_and_uniqueness(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let body =
        |vin: &str| json!({"customer_id": ada["id"], "make": "VW", "model": "Golf", "vin": vin});
    let made = service
        .post("vehicles/", body("wvwzzz1jz3w386752"))
        .await
        .expect(201);
    assert_eq!(made["vin"], "WVWZZZ1JZ3W386752");
    let refused = service
        .post("vehicles/", body("WVWZZZ1JZ3W386752"))
        .await
        .expect(400);
    assert!(refused["vin"][0].is_string());
    for bad in ["WVWZZZ1JZ3W38675", "WVWZZZ1JZ3W38675O", "1M8GDM9A0KP042788"] {
        let refused = service.post("vehicles/", body(bad)).await.expect(400);
        assert!(refused["vin"][0].is_string(), "{bad}");
    }
}

pub async fn update_mileage_rules(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let path = format!("vehicles/{}/update-mileage/", id(&car));
    let after = service
        .post(&path, json!({"mileage": 1000}))
        .await
        .expect(200);
    assert_eq!(after["current_mileage"], 1000);
    let same = service
        .post(&path, json!({"mileage": 1000}))
        .await
        .expect(200);
    assert_eq!(same["current_mileage"], 1000);
    for bad in [
        json!({"mileage": 999}),
        json!({"mileage": 0}),
        json!({"mileage": -5}),
        json!({"mileage": "much"}),
        json!({"mileage": 1.5}),
        json!({"mileage": 99_999_999_999_i64}),
        json!({}),
    ] {
        let refused = service.post(&path, bad.clone()).await.expect(400);
        assert!(refused["error"].is_string(), "{bad}: {refused}");
    }
    let lower = json!({"current_mileage": 5});
    let refused = service
        .patch(&format!("vehicles/{}/", id(&car)), lower)
        .await
        .expect(400);
    assert!(refused["current_mileage"][0].is_string());
    // A correction has a reason and may go down.
    let body = json!({"vehicle": car["id"], "value": 100, "is_correction": true});
    let refused = service.post("mileage-readings/", body).await.expect(400);
    assert!(refused["reason"][0].is_string());
    let body = json!({"vehicle": car["id"], "value": 100, "is_correction": true, "reason": "typo"});
    let reading = service.post("mileage-readings/", body).await.expect(201);
    let read = service
        .get(&format!("vehicles/{}/", id(&car)))
        .await
        .expect(200);
    assert_eq!(read["current_mileage"], 100);
    let list = service
        .get(&format!("mileage-readings/?vehicle={}", id(&car)))
        .await;
    assert_eq!(list.expect(200)["count"], 3);
    let path = format!("mileage-readings/{}/", id(&reading));
    service.patch(&path, json!({"value": 1})).await.expect(405);
    service.delete(&path).await.expect(405);
}

pub async fn improbable_readings_are_flagged(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let path = format!("vehicles/{}/update-mileage/", id(&car));
    service
        .post(&path, json!({"mileage": 1000}))
        .await
        .expect(200);
    let body = json!({"vehicle_id": car["id"], "value": 900_000});
    let reading = service
        .post("mileage-readings/", body.clone())
        .await
        .expect(201);
    assert_eq!(reading["is_improbable"], true);
    let car = service
        .get(&format!("vehicles/{}/", id(&car)))
        .await
        .expect(200);
    assert_eq!(car["current_mileage"], 1000);
    let body = json!({"vehicle_id": car["id"], "value": 900_000, "confirm": true});
    let reading = service.post("mileage-readings/", body).await.expect(201);
    assert_eq!(reading["is_improbable"], false);
    let car = service
        .get(&format!("vehicles/{}/", id(&car)))
        .await
        .expect(200);
    assert_eq!(car["current_mileage"], 900_000);
}

pub async fn transfer_writes_ownerships(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let bob = service.customer("Bob", "M").await;
    let car = service.vehicle(&ada, "B 1").await;
    let body = json!({"vehicle": car["id"], "service_type": "oil", "cost": "10"});
    service.post("service-records/", body).await.expect(201);
    let path = format!("vehicles/{}/", id(&car));
    let moved = service
        .patch(&path, json!({"customer": bob["id"]}))
        .await
        .expect(200);
    assert_eq!(moved["customer_id"], bob["id"]);
    let list = service
        .get(&format!("ownerships/?vehicle={}", id(&car)))
        .await
        .expect(200);
    assert_eq!(list["count"], 2);
    let [now, before] = [&list["results"][0], &list["results"][1]];
    assert_eq!(
        (&now["customer_id"], &now["until"]),
        (&bob["id"], &Value::Null)
    );
    assert_eq!(before["customer_id"], ada["id"]);
    assert!(before["until"].is_string());
    service.post("ownerships/", json!({})).await.expect(405);
    // The history of the work stays with whom it was done for.
    let records = service
        .get(&format!("service-records/?customer={}", id(&ada)))
        .await;
    assert_eq!(records.expect(200)["count"], 1);
}

pub async fn a_transfer_clears_the_former_owners_papers_where_it_says_so(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let bob = service.customer("Bob", "M").await;
    let car = service.vehicle(&ada, "B 1").await;
    let path = format!("vehicles/{}/", id(&car));
    let insured = json!({"insurance_company": "Acme", "insurance_policy_number": "P-1",
        "insurance_expiry_date": "2031-05-03", "registration_expiry_date": "2031-06-04"});
    service.patch(&path, insured.clone()).await.expect(200);
    // The contract's transfer changes nothing else, and the owner again is no transfer.
    let body = json!({"customer_id": bob["id"]});
    let moved = service.patch(&path, body).await.expect(200);
    assert_eq!(moved["insurance_company"], "Acme");
    let body = json!({"customer_id": bob["id"], "keep_insurance": false});
    let same = service.patch(&path, body).await.expect(200);
    assert_eq!(same["insurance_expiry_date"], "2031-05-03");

    let body = json!({"customer_id": ada["id"], "keep_insurance": "no"});
    let refused = service.patch(&path, body).await.expect(400);
    assert!(refused["keep_insurance"].is_array(), "{refused}");
    let body = json!({"customer_id": ada["id"], "keep_insurance": false});
    let moved = service.patch(&path, body).await.expect(200);
    assert_eq!(moved["customer_id"], ada["id"]);
    assert_eq!(moved["insurance_company"], "");
    assert_eq!(moved["insurance_policy_number"], "");
    assert_eq!(moved["insurance_expiry_date"], Value::Null);
    assert_eq!(moved["registration_expiry_date"], "2031-06-04");

    // What the new owner brought in the same moment is not cleared.
    let body = json!({"customer_id": bob["id"], "registration_expiry_date": "2031-06-04",
        "insurance_company": "Zenith", "keep_insurance": false, "keep_registration": false});
    let moved = service.patch(&path, body).await.expect(200);
    assert_eq!(moved["registration_expiry_date"], "2031-06-04");
    assert_eq!(moved["insurance_company"], "Zenith");
}

pub async fn service_records_move_the_due_point(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let path = format!("vehicles/{}/", id(&car));
    let body = json!({"service_interval_months": 12, "service_interval_distance": 15000});
    service.patch(&path, body).await.expect(200);
    let body = json!({"vehicle_id": car["id"], "performed_at": "2026-01-31 10:00:00",
        "mileage": 41000, "service_type": "inspection", "cost": "199.9", "currency": "EUR"});
    let record = service.post("service-records/", body).await.expect(201);
    assert_eq!(record["cost"], "199.90");
    assert_eq!(record["customer_id"], ada["id"]);
    assert_eq!(record["performed_at"], "2026-01-31T10:00:00Z");
    assert!(record["employee_id"].is_string());
    let car = service.get(&path).await.expect(200);
    assert_eq!(car["last_service_date"], "2026-01-31T10:00:00Z");
    assert_eq!(car["last_service_mileage"], 41000);
    assert_eq!(car["current_mileage"], 41000);
    assert_eq!(car["next_service_due_date"], "2027-01-31");
    assert_eq!(car["next_service_due_mileage"], 56000);
    let body = json!({"vehicle_id": car["id"], "service_type": "tyres", "cost": 50});
    service.post("service-records/", body).await.expect(201);
    let history = service
        .get(&format!("customers/{}/service-history/", id(&ada)))
        .await;
    let history = history.expect(200);
    assert_eq!(history["total_services"], 2);
    assert_eq!(
        history["total_spent"], "50.00",
        "in the garage's own currency"
    );
    assert_eq!(history["totals"], json!({"EUR": "199.90", "USD": "50.00"}));
    assert_eq!(history["services"].as_array().unwrap().len(), 2);
    assert_eq!(history["upcoming_services"][0]["vehicle_id"], car["id"]);
    assert!(history["last_service_date"].is_string());
    let filtered = service
        .get("service-records/?service_type=tyres")
        .await
        .expect(200);
    assert_eq!(filtered["count"], 1);
    let body = json!({"vehicle_id": car["id"], "service_type": "x", "cost": "1.234"});
    assert!(service.post("service-records/", body).await.expect(400)["cost"][0].is_string());
}

pub async fn service_status_and_due(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let path = format!("vehicles/{}/", id(&car));
    let body = json!({"current_mileage": 9000, "next_service_due_mileage": 10000});
    service.patch(&path, body).await.expect(200);
    let status = service
        .get(&format!("{path}service-status/"))
        .await
        .expect(200);
    assert_eq!(status["vehicle_id"], car["id"]);
    assert_eq!(status["service_interval_remaining"], 1000);
    assert_eq!(status["is_service_due"], false);
    let due = service
        .patch(&path, json!({"current_mileage": 10000}))
        .await
        .expect(200);
    assert_eq!(due["is_service_due"], true);
}
