use reqwest::Method;
use serde_json::{Value, json};
use servease_central::auth::passwords::hash;
use servease_central::auth::users::{self, User};
use servease_central::caller::Role;
use servease_central::db;
use uuid::Uuid;

use servease_tests::central::{Answer, Service, id, now, token};

async fn add_user(service: &Service, email: &str, role: Role) -> Uuid {
    let db = db::open(&service.target, 1).await.unwrap();
    let user = User {
        id: Uuid::now_v7(),
        email: email.to_owned(),
        password_hash: hash("correct horse").unwrap(),
        role,
        first_name: "Grace".to_owned(),
        last_name: "Hopper".to_owned(),
        is_active: true,
    };
    users::add(&db, &user, now()).await.unwrap();
    db.close().await;
    user.id
}

async fn login(service: &Service, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    let request = service.client.post(service.url("auth/login/")).json(&body);
    Answer::of(request.send().await.unwrap()).await
}

async fn refresh(service: &Service, token: &Value) -> Answer {
    let body = json!({"refresh": token});
    let request = service
        .client
        .post(service.url("auth/token/refresh/"))
        .json(&body);
    Answer::of(request.send().await.unwrap()).await
}

pub async fn tokens_rotate(service: &Service) {
    let user = add_user(service, "Grace@example.com", Role::Employee).await;
    let signed = login(service, "grace@EXAMPLE.com", "correct horse")
        .await
        .expect(200);
    assert_eq!(signed["email"], "Grace@example.com");
    assert_eq!(signed["user_role"], "employee");
    assert_eq!(signed["first_name"], "Grace");
    let access = signed["tokens"]["access"].as_str().unwrap();
    service.get_as(access, "customers/").await.expect(200);
    let r1 = &signed["tokens"]["refresh"];
    service
        .get_as(r1.as_str().unwrap(), "customers/")
        .await
        .expect(401);
    // The answer to the first use gets lost: the token may be repeated.
    let lost = refresh(service, r1).await.expect(200);
    let r2 = refresh(service, r1).await.expect(200)["refresh"].clone();
    // Either successor goes on.
    let r3 = refresh(service, &r2).await.expect(200)["refresh"].clone();
    refresh(service, &lost["refresh"]).await.expect(200);
    // Its successor was used: somebody holds a copy, and the family ends.
    refresh(service, r1).await.expect(401);
    refresh(service, &r3).await.expect(401);
    refresh(service, &json!("nonsense")).await.expect(401);
    // A disabled account ends at once.
    let db = db::open(&service.target, 1).await.unwrap();
    assert!(
        users::disable(&db, "grace@example.com", now())
            .await
            .unwrap()
    );
    db.close().await;
    service.get_as(access, "customers/").await.expect(401);
    login(service, "grace@example.com", "correct horse")
        .await
        .expect(401);
    let employee = service.get(&format!("employees/{user}/")).await.expect(200);
    assert_eq!(employee["name"], "Grace Hopper");
}

pub async fn wrong_passwords_slow_down(service: &Service) {
    add_user(service, "grace@example.com", Role::Employee).await;
    let unknown = login(service, "nobody@example.com", "x").await;
    let wrong = login(service, "grace@example.com", "x").await;
    assert_eq!(
        unknown.expect(401),
        wrong.expect(401),
        "nobody learns which accounts there are"
    );
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(login(service, "grace@example.com", "x").await);
    }
    let slowed = statuses.iter().find(|answer| answer.status == 429);
    let slowed = slowed.expect("guessing is slowed down");
    assert!(slowed.header("retry-after").parse::<u64>().unwrap() >= 1);
    let body = json!({"email": "grace@example.com"});
    let missing = service.post("auth/login/", body).await.expect(400);
    assert_eq!(missing, json!({"password": ["This field is required."]}));
}

pub async fn roles_have_limits(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let bob = service.customer("Bob", "M").await;
    let user = add_user(service, ada["email"].as_str().unwrap(), Role::Customer).await;
    let own = token(Role::Customer, ada["email"].as_str().unwrap(), user);
    let car = service.vehicle(&ada, "B 1").await;
    let foreign = service.vehicle(&bob, "B 2").await;
    let path = format!("customers/{}/", id(&ada));
    service.get_as(&own, &path).await.expect(200);
    service
        .get_as(&own, &format!("{path}dashboard/"))
        .await
        .expect(200);
    service
        .get_as(&own, &format!("vehicles/{}/", id(&car)))
        .await
        .expect(200);
    service
        .get_as(&own, &format!("customers/{}/", id(&bob)))
        .await
        .expect(404);
    service
        .get_as(&own, &format!("vehicles/{}/", id(&foreign)))
        .await
        .expect(404);
    let list = service.get_as(&own, "customers/").await.expect(200);
    assert_eq!(
        (&list["count"], &list["results"][0]["id"]),
        (&json!(1), &ada["id"])
    );
    let list = service.get_as(&own, "vehicles/").await.expect(200);
    assert_eq!(list["count"], 1);
    for forbidden in [
        "notes/",
        "employees/",
        "customers/stats/",
        "mileage-readings/",
    ] {
        service.get_as(&own, forbidden).await.expect(403);
    }
    service
        .get_as(&own, &format!("{path}history/"))
        .await
        .expect(403);
    for (method, path) in [
        (Method::POST, "customers/".to_owned()),
        (Method::PATCH, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}verify/")),
        (Method::POST, "documents/".to_owned()),
    ] {
        let request = service.client.request(method, service.url(&path));
        let request = request.bearer_auth(&own).json(&json!({}));
        assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
    }
    let preferences = |owner: &Value| service.url(&format!("customers/{}/preferences/", id(owner)));
    let patch = |url: String| {
        let request = service.client.patch(url).bearer_auth(&own);
        request.json(&json!({"sms_notifications": false})).send()
    };
    assert_eq!(patch(preferences(&ada)).await.unwrap().status(), 200);
    assert_eq!(patch(preferences(&bob)).await.unwrap().status(), 404);
}

pub async fn every_path_needs_credentials(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    for path in [
        "customers/".to_owned(),
        format!("customers/{}/", id(&ada)),
        format!("customers/{}/dashboard/", id(&ada)),
        "vehicles/".to_owned(),
        "documents/expiring-soon/".to_owned(),
        "notes/".to_owned(),
    ] {
        let answer = Answer::of(service.client.get(service.url(&path)).send().await.unwrap()).await;
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
        assert!(answer.expect(401)["detail"].is_string());
    }
    for bad in [
        "Bearer x",
        "Token x",
        "Basic eDp5",
        "Bearer",
        "Bearer a.b.c",
    ] {
        let request = service.client.get(service.url("customers/"));
        let answer = request.header("Authorization", bad).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{bad}");
    }
}
