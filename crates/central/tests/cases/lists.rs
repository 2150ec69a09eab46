use serde_json::{Value, json};
use servease_central::caller::Role;
use uuid::Uuid;

use servease_tests::central::{Service, id, token};

fn names(page: &Value) -> Vec<&str> {
    let results = page["results"].as_array().unwrap();
    results
        .iter()
        .map(|it| it["first_name"].as_str().unwrap())
        .collect()
}

pub async fn envelope_and_pages(service: &Service) {
    for number in 0..45 {
        service.customer(&format!("N{number:02}"), "L").await;
    }
    let first = service.get("customers/").await.expect(200);
    assert_eq!(first["count"], 45);
    assert_eq!(first["previous"], Value::Null);
    assert_eq!(first["results"].as_array().unwrap().len(), 20);
    assert_eq!(names(&first)[0], "N44", "newest first");
    let second = service
        .get(first["next"].as_str().unwrap())
        .await
        .expect(200);
    assert_eq!(names(&second)[0], "N24");
    assert!(
        second["previous"]
            .as_str()
            .unwrap()
            .ends_with("/api/v1/customers/")
    );
    let last = service.get("customers/?page=last").await.expect(200);
    assert_eq!(names(&last), ["N04", "N03", "N02", "N01", "N00"]);
    assert_eq!(last["next"], Value::Null);
    for bad in ["0", "4", "-1", "x", "99999999999999999999"] {
        let answer = service
            .get(&format!("customers/?page={bad}"))
            .await
            .expect(404);
        assert_eq!(answer, json!({"detail": "Invalid page."}));
    }
    let big = service.get("customers/?page_size=1000").await.expect(200);
    assert_eq!(big["results"].as_array().unwrap().len(), 45);
    let next = service
        .get("customers/?page_size=10&search=N")
        .await
        .expect(200);
    let next = next["next"].as_str().unwrap().to_owned();
    assert!(next.contains("page=2") && next.contains("page_size=10") && next.contains("search=N"));
    let basic = first["results"][0].as_object().unwrap();
    assert_eq!(basic.len(), 12);
    assert!(!basic.contains_key("updated_at"));
}

/// Walking all pages meets each row once, also where rows were deleted.
pub async fn walking_pages_meets_each_row_once(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let mut made = Vec::new();
    for number in 0..60 {
        let body = json!({"customer": ada["id"], "title": format!("{number}"), "content": "c"});
        made.push(service.post("notes/", body).await.expect(201));
    }
    for note in made.iter().step_by(3) {
        service
            .delete(&format!("notes/{}/", id(note)))
            .await
            .expect(204);
    }
    let mut titles = Vec::new();
    let mut next = Some("notes/?page_size=7".to_owned());
    while let Some(path) = next {
        let page = service.get(&path).await.expect(200);
        assert_eq!(page["count"], 40);
        for note in page["results"].as_array().unwrap() {
            titles.push(note["title"].as_str().unwrap().parse::<i32>().unwrap());
        }
        next = page["next"].as_str().map(str::to_owned);
    }
    let expected: Vec<i32> = (0..60).rev().filter(|number| number % 3 != 0).collect();
    assert_eq!(titles, expected);
}

pub async fn filters(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let bob = service.customer("Bob", "M").await;
    let path = format!("customers/{}/", id(&bob));
    let body = json!({"state": "NY", "is_business_customer": true, "is_active": false});
    service.patch(&path, body).await.expect(200);
    for (query, expected) in [
        ("state=NY", vec!["Bob"]),
        ("state=ny", vec![]),
        ("is_active=true", vec!["Ada"]),
        ("is_active=False", vec!["Bob"]),
        ("is_active=perhaps", vec!["Bob", "Ada"]),
        ("is_active=", vec!["Bob", "Ada"]),
        ("is_business_customer=true&state=NY", vec!["Bob"]),
        ("unknown=1", vec!["Bob", "Ada"]),
    ] {
        let page = service
            .get(&format!("customers/?{query}"))
            .await
            .expect(200);
        assert_eq!(names(&page), expected, "{query}");
        assert_eq!(page["count"], expected.len());
    }
    let car = service.vehicle(&ada, "B 1").await;
    service.vehicle(&bob, "B 2").await;
    for query in [
        format!("customer={}", id(&ada)),
        format!("customer_id={}", id(&ada).replace('-', "")),
    ] {
        let page = service.get(&format!("vehicles/?{query}")).await.expect(200);
        assert_eq!(page["results"][0]["id"], car["id"]);
        assert_eq!(page["count"], 1);
    }
    for (list, name) in [
        ("vehicles", "fuel_type"),
        ("vehicles", "customer"),
        ("vehicles", "customer_id"),
        ("documents", "document_type"),
        ("documents", "vehicle"),
        ("notes", "note_type"),
    ] {
        let refused = service
            .get(&format!("{list}/?{name}=bad"))
            .await
            .expect(400);
        let words = refused[name][0].as_str().unwrap();
        assert!(words.starts_with("Select a valid choice."), "{words}");
    }
}

pub async fn search(service: &Service) {
    for (first, last, company) in [
        ("Łukasz", "Müller", "Acme GmbH"),
        ("Ada", "Lovelace", "50% off_\\ \"quoted\""),
        ("Adam", "Smith", ""),
    ] {
        // Without an address: a random one could hold any two letters.
        let body = json!({"first_name": first, "last_name": last, "company_name": company,
            "phone": "+4915112345678"});
        service.post("customers/", body).await.expect(201);
    }
    for (query, expected) in [
        ("ada", vec!["Adam", "Ada"]),
        ("ADA love", vec!["Ada"]),
        ("love ada", vec!["Ada"]),
        ("ovel", vec!["Ada"]),
        ("müll", vec!["Łukasz"]),
        ("MÜLLER", vec!["Łukasz"]),
        ("łuk", vec!["Łukasz"]),
        ("ł", vec!["Ada", "Łukasz"]),
        ("mueller", vec!["Łukasz"]),
        ("adalovelace", vec![]),
        ("50%", vec!["Ada"]),
        ("off_", vec!["Ada"]),
        ("_\\", vec![]),
        ("\"quoted\"", vec!["Ada"]),
        ("151123", vec!["Adam", "Ada", "Łukasz"]),
        ("ada zzz", vec![]),
        ("zzz", vec![]),
        ("ad", vec!["Adam", "Ada"]),
        ("m a sm", vec!["Adam"]),
        ("%%%", vec![]),
        ("___", vec![]),
        ("a* OR b", vec![]),
        ("   ", vec!["Adam", "Ada", "Łukasz"]),
    ] {
        let request = service
            .request(reqwest::Method::GET, "customers/")
            .query(&[("search", query)]);
        let page = servease_tests::central::Answer::of(request.send().await.unwrap())
            .await
            .expect(200);
        assert_eq!(names(&page), expected, "{query:?}");
        assert_eq!(page["count"], expected.len(), "{query:?}");
    }
    let filtered = service
        .get("customers/?search=ada&is_active=true&ordering=first_name")
        .await;
    assert_eq!(names(&filtered.expect(200)), ["Ada", "Adam"]);
    let long = format!("customers/?search={}", "x".repeat(300));
    assert!(service.get(&long).await.expect(400)["search"][0].is_string());
    let none = service.get("customers/?search=a%00b").await.expect(200);
    assert_eq!(none["count"], 0);
}

pub async fn ordering(service: &Service) {
    for (first, last) in [("B", "X"), ("A", "Y"), ("C", "X")] {
        service.customer(first, last).await;
    }
    for (query, expected) in [
        ("first_name", ["A", "B", "C"]),
        ("-first_name", ["C", "B", "A"]),
        ("last_name,-first_name", ["C", "B", "A"]),
        ("created_at", ["B", "A", "C"]),
        ("-created_at", ["C", "A", "B"]),
        ("nonsense,-password", ["C", "A", "B"]),
        ("nonsense,first_name", ["A", "B", "C"]),
    ] {
        let page = service
            .get(&format!("customers/?ordering={query}"))
            .await
            .expect(200);
        assert_eq!(names(&page), expected, "{query}");
    }
    let ada = service.customer("Ada", "L").await;
    // As people look for them, whatever the case, the accents and the script.
    for (first, last) in [
        ("Z", "zimmer"),
        ("V", "de Vries"),
        ("A", "Ärzte"),
        ("O", "O'Brien"),
        ("P", "Obermann"),
        ("山", "山田"),
        ("G", "Garcia"),
    ] {
        service.customer(first, last).await;
    }
    let page = service
        .get("customers/?ordering=last_name")
        .await
        .expect(200);
    let order: Vec<&str> = (0..page["count"].as_u64().unwrap())
        .map(|index| {
            page["results"][usize::try_from(index).unwrap()]["last_name"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(
        order,
        [
            "Ärzte", "de Vries", "Garcia", "L", "Obermann", "O'Brien", "X", "X", "Y", "zimmer",
            "山田"
        ]
    );
    for year in [json!(2015), Value::Null, json!(1999)] {
        let body = json!({"customer": ada["id"], "make": "VW", "model": "Golf", "year": year,
            "license_plate": "X"});
        service.post("vehicles/", body).await.expect(201);
    }
    let page = service.get("vehicles/?ordering=year").await.expect(200);
    let years: Vec<&Value> = (0..3)
        .map(|index| &page["results"][index]["year"])
        .collect();
    assert_eq!(years, [&Value::Null, &json!(1999), &json!(2015)]);
}

/// Small pages of an order by several fields, put together, are the whole order: ties, blanks
/// and unknown years included.
pub async fn ordering_by_several(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let cars = [
        ("VW", "Polo", json!(2015)),
        ("VW", "Golf", Value::Null),
        ("Kia", "Rio", json!(2015)),
        ("VW", "Golf", json!(1999)),
        ("Kia", "Rio", Value::Null),
        ("Ora", "Cat", json!(1999)),
        ("Kia", "Eva", json!(2015)),
    ];
    for (make, model, year) in cars {
        let body = json!({"customer": ada["id"], "make": make, "model": model, "year": year,
            "license_plate": "X"});
        service.post("vehicles/", body).await.expect(201);
    }
    let told = |page: &Value| -> Vec<String> {
        let told = |car: &Value| {
            let (make, model) = (
                car["make"].as_str().unwrap(),
                car["model"].as_str().unwrap(),
            );
            format!("{} {make} {model}", car["year"])
        };
        page["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(told)
            .collect()
    };
    for (query, expected) in [
        (
            "-year,make,model",
            "2015 Kia Eva, 2015 Kia Rio, 2015 VW Polo, 1999 Ora Cat, 1999 VW Golf, \
             null Kia Rio, null VW Golf",
        ),
        (
            "year,-make,model",
            "null VW Golf, null Kia Rio, 1999 VW Golf, 1999 Ora Cat, 2015 VW Polo, \
             2015 Kia Eva, 2015 Kia Rio",
        ),
        (
            "make,-year",
            // Equals in the order of their ids, here the newest first.
            "2015 Kia Eva, 2015 Kia Rio, null Kia Rio, 1999 Ora Cat, 2015 VW Polo, \
             1999 VW Golf, null VW Golf",
        ),
    ] {
        let mut all = Vec::new();
        for page in 1..=4 {
            let path = format!("vehicles/?ordering={query}&page_size=2&page={page}");
            all.extend(told(&service.get(&path).await.expect(200)));
        }
        assert_eq!(all.join(", "), expected, "{query}");
    }
}

pub async fn notes_and_private_notes(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let body = json!({"customer": ada["id"], "title": "Secret", "content": "c",
        "is_private": true, "created_by": Uuid::now_v7(), "note_type": "complaint",
        "follow_up_date": "2026-05-01", "is_pinned": true});
    let note = service.post("notes/", body).await.expect(201);
    assert_eq!(
        note["created_by"],
        Uuid::from_u128(7).to_string(),
        "set from the caller"
    );
    assert_eq!(note["customer"], ada["id"]);
    assert_eq!(note["customer_id"], ada["id"]);
    assert_eq!(note["is_pinned"], true);
    let path = format!("notes/{}/", id(&note));
    let other = token(Role::Employee, "other@example.com", Uuid::from_u128(8));
    let admin = token(Role::Admin, "admin@example.com", Uuid::from_u128(9));
    service.get(&path).await.expect(200);
    service.get_as(&other, &path).await.expect(404);
    service.get_as(&admin, &path).await.expect(200);
    for (who, count) in [(&service.token, 1), (&other, 0), (&admin, 1)] {
        let page = service
            .get_as(who, "notes/?search=secret")
            .await
            .expect(200);
        assert_eq!(page["count"], count);
        let page = service.get_as(who, "notes/").await.expect(200);
        assert_eq!(page["count"], count);
    }
    let request = service
        .client
        .delete(service.url(&path))
        .bearer_auth(&other);
    assert_eq!(request.send().await.unwrap().status(), 404);
    let page = service
        .get("notes/?note_type=complaint&is_private=true")
        .await
        .expect(200);
    assert_eq!(page["count"], 1);
    let employee = format!("employees/{}/", Uuid::from_u128(7));
    assert_eq!(
        service.get(&employee).await.expect(200)["name"],
        "Test employee"
    );
}
