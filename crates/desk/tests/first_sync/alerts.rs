//! The alerts of a desk and of the Central with which it has synced are the same ones, whatever
//! their records went through.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value as Json, json};
use servease_central::caller::Role;
use servease_desk::views::AlertLine;
use servease_domain::EntityKind;
use servease_domain::alerts::AlertState;
use servease_tests::central::{Answer, Postgres, id, token};
use uuid::Uuid;

use super::central::{BY_CHANGES, Central, Pc, now};

const ALL: [AlertState; 5] = [
    AlertState::Scheduled,
    AlertState::Raised,
    AlertState::Seen,
    AlertState::Snoozed,
    AlertState::Done,
];

/// As far ahead as anybody lists.
const FAR: u32 = 3_650;

fn in_days(days: i64) -> String {
    // The garage is in New York and this machine may be elsewhere: no date here is today.
    (now() + TimeDelta::days(days)).date_naive().to_string()
}

async fn edit(pc: &Pc, kind: EntityKind, id: Uuid, fields: Json) {
    let fields = fields.as_object().unwrap();
    pc.desk.edit(kind, id, fields, true).await.unwrap();
}

async fn create(pc: &Pc, kind: EntityKind, fields: Json) -> Uuid {
    let fields = fields.as_object().unwrap();
    pc.desk.create(kind, fields, true).await.unwrap().id
}

async fn owner(pc: &Pc, name: &str) -> Uuid {
    let fields = json!({"first_name": name, "last_name": "L", "phone": "+493012345"});
    create(pc, EntityKind::Customer, fields).await
}

/// Cars with dates of every kind around today, in every way that matters.
async fn fill(pc: &Pc, central: &Central) {
    let (ada, bob) = (owner(pc, "Ada").await, owner(pc, "Bob").await);
    let (gone, resting) = (owner(pc, "Gone").await, owner(pc, "Resting").await);
    let twin = owner(pc, "Adah").await;
    let owners = [ada, bob, gone, resting, twin];
    let leads = ["", "5", "90, 60", "0", "365, 1"];
    let mut cars = Vec::new();
    for number in 0..25_usize {
        let days = i64::try_from(number).unwrap() * 13 - 60;
        let mut fields = json!({"customer_id": owners[number % owners.len()], "make": "VW",
            "model": "Golf", "license_plate": format!("B {number}"),
            "next_service_due_date": in_days(days), "registration_expiry_date": in_days(days + 3),
            "lead_days": leads[(number / 5) % leads.len()], "current_mileage": 50_000});
        if number % 2 == 0 {
            fields["insurance_expiry_date"] = json!(in_days(-days));
            fields["next_service_due_mileage"] = json!(49_500 + 250 * number);
        }
        if number % 3 == 0 {
            fields["warranty_expiry_date"] = json!(in_days(days * 2));
        }
        let car = create(pc, EntityKind::Vehicle, fields).await;
        let note = json!({"customer_id": owners[number % owners.len()], "title": "Call",
            "content": "back", "follow_up_date": in_days(days), "is_private": number % 4 == 0});
        create(pc, EntityKind::Note, note).await;
        cars.push(car);
    }
    edit(
        pc,
        EntityKind::Vehicle,
        cars[3],
        json!({"is_active": false}),
    )
    .await;
    edit(
        pc,
        EntityKind::Customer,
        resting,
        json!({"is_active": false}),
    )
    .await;
    pc.desk.delete(EntityKind::Vehicle, cars[5]).await.unwrap();
    pc.desk.delete(EntityKind::Customer, gone).await.unwrap();
    pc.desk.merge_duplicates(ada, twin).await.unwrap();
    pc.sync(&central.remote(), BY_CHANGES).await.unwrap();
    // It rests only once it has a paper.
    upload(central, ada, &cars).await;
    pc.sync(&central.remote(), BY_CHANGES).await.unwrap();
    edit(
        pc,
        EntityKind::Vehicle,
        cars[10],
        json!({"is_active": false}),
    )
    .await;
    pc.sync(&central.remote(), BY_CHANGES).await.unwrap();
}

/// Papers come with their files, which are Central's.
async fn upload(central: &Central, owner: Uuid, cars: &[Uuid]) {
    let mut papers = Vec::new();
    // A car of the owner's, one that is not driven, one that is deleted, none.
    for (number, car) in [Some(cars[0]), Some(cars[10]), Some(cars[5]), None, None]
        .into_iter()
        .enumerate()
    {
        let (owner, day) = (
            owner.to_string(),
            in_days(9 - 6 * i64::try_from(number).unwrap()),
        );
        let car = car.map(|car| car.to_string()).unwrap_or_default();
        let renews = match number {
            4 => id(&papers[3]).to_owned(),
            _ => String::new(),
        };
        let mut fields = vec![
            ("customer_id", owner.as_str()),
            ("document_type", "insurance"),
            ("title", "Policy"),
            ("expiry_date", &day),
        ];
        fields.extend(
            [("vehicle_id", car.as_str())]
                .into_iter()
                .filter(|it| !it.1.is_empty()),
        );
        fields.extend(
            [("renews", renews.as_str())]
                .into_iter()
                .filter(|it| !it.1.is_empty()),
        );
        let name = format!("{number}.txt");
        let made = central
            .service
            .upload(&fields, &name, name.as_bytes())
            .await;
        if made.status == 201 {
            papers.push(made.body);
        } else {
            assert_eq!(
                number, 2,
                "only a deleted car takes no paper: {}",
                made.body
            );
            papers.push(Json::Null);
        }
    }
}

async fn of_central(central: &Central, states: &str) -> Vec<Json> {
    let path = format!("alerts/?state={states}&within={FAR}&page_size=1000");
    let page = central.service.get(&path).await.expect(200);
    let found = page["results"].as_array().unwrap().clone();
    assert_eq!(page["count"], found.len());
    found
}

async fn assert_same(pc: &Pc, central: &Central) -> Vec<AlertLine> {
    let here = pc.desk.alerts(&ALL, FAR).await.unwrap();
    let mut there = of_central(central, "scheduled,raised,seen,snoozed,done").await;
    for entry in &mut there {
        let text = entry.as_object_mut().unwrap().remove("text").unwrap();
        assert!(
            text.as_str().is_some_and(|text| !text.is_empty()),
            "{entry}"
        );
    }
    let lines: Vec<Json> = here.iter().map(|line| json!(line)).collect();
    assert_eq!(lines, there);
    let open = [AlertState::Raised, AlertState::Seen, AlertState::Snoozed];
    let here_open = pc.desk.alerts(&open, 365).await.unwrap();
    let page = central
        .service
        .get("alerts/?page_size=1000")
        .await
        .expect(200);
    assert_eq!(page["count"], here_open.len());
    here
}

async fn both_sides_have_the_same_alerts(database_url: Option<String>) {
    let central = Central::start(database_url).await;
    let pc = Pc::new().await;
    fill(&pc, &central).await;
    let found = assert_same(&pc, &central).await;
    assert!(found.len() > 40, "{}", found.len());
    for state in [AlertState::Scheduled, AlertState::Raised] {
        assert!(found.iter().any(|line| line.state == state), "{state:?}");
    }
    // What people did.
    let raised: Vec<Uuid> = found
        .iter()
        .filter(|line| line.state == AlertState::Raised)
        .map(|line| line.id)
        .collect();
    pc.desk.see_alert(raised[0]).await.unwrap();
    let until = now() + TimeDelta::days(2);
    pc.desk.snooze_alert(raised[1], until).await.unwrap();
    pc.desk.finish_alert(raised[2]).await.unwrap();
    pc.desk.finish_alert(raised[3]).await.unwrap();
    pc.desk.undo().await.unwrap();
    pc.sync(&central.remote(), BY_CHANGES).await.unwrap();
    let found = assert_same(&pc, &central).await;
    let state = |id: Uuid| found.iter().find(|line| line.id == id).unwrap().state;
    let states = [0, 1, 2, 3].map(|number| state(raised[number]));
    assert_eq!(
        states,
        [
            AlertState::Seen,
            AlertState::Snoozed,
            AlertState::Done,
            AlertState::Raised
        ]
    );
    // Another zone, other lead days.
    let admin = token(Role::Admin, "admin@example.com", Uuid::from_u128(8));
    let service = &central.service;
    let body = json!({"timezone": "Pacific/Kiritimati", "service_lead_days": "200, 3",
        "insurance_lead_days": "2", "soon_distance": 3_000});
    let request = service
        .client
        .request(Method::PATCH, service.url("garage/"));
    let request = request.bearer_auth(admin).json(&body).send().await.unwrap();
    Answer::of(request).await.expect(200);
    pc.sync(&central.remote(), BY_CHANGES).await.unwrap();
    assert_same(&pc, &central).await;
    central.stop().await;
}

#[tokio::test]
async fn both_sides_have_the_same_alerts_on_sqlite() {
    both_sides_have_the_same_alerts(None).await;
}

#[tokio::test]
async fn both_sides_have_the_same_alerts_on_postgres() {
    let postgres = Postgres::start();
    both_sides_have_the_same_alerts(Some(postgres.database("alerts"))).await;
}
