//! What desks and clients make of the same field.

use serde_json::{Value, json};
use servease_wire::sync::PROTOCOL;
use uuid::Uuid;

use servease_tests::central::{Service, id};

fn update(record: &Value, before: Value, after: Value) -> Value {
    json!({"id": Uuid::now_v7(), "step": Uuid::now_v7(), "entity": "customer",
        "record": record["id"], "action": "update", "at": "2026-03-02T08:00:00Z", "seen": 0,
        "author": {"name": "Eve"}, "before": before, "after": after})
}

async fn push(service: &Service, desk: Uuid, mutations: Vec<Value>) -> Value {
    let body = json!({"protocol": PROTOCOL, "desk": desk, "mutations": mutations});
    service.post("sync/mutations/", body).await.expect(200)["answers"].clone()
}

async fn states(service: &Service) -> Vec<(String, String)> {
    let path = format!("sync/snapshot/rows/?protocol={PROTOCOL}&limit=1000");
    let rows = service.get(&path).await.expect(200);
    let conflicts = rows["rows"].as_array().unwrap().iter();
    let mut states: Vec<_> = conflicts
        .filter(|row| row["entity"] == "conflict")
        .map(|row| {
            let values = &row["values"];
            let text = |name: &str| values[name].as_str().unwrap_or("open").to_owned();
            (text("field"), text("state"))
        })
        .collect();
    states.sort();
    states
}

pub async fn whoever_writes_over_http_has_decided(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let path = format!("customers/{}/", id(&ada));
    for word in ["Troy", "Rome"] {
        let before = json!({"company_name": "", "city": "", "zip_code": ""});
        let after = json!({"company_name": word, "city": word});
        push(service, Uuid::now_v7(), vec![update(&ada, before, after)]).await;
    }
    let open = |field: &str| (field.to_owned(), "open".to_owned());
    let ended = |field: &str| (field.to_owned(), "edited".to_owned());
    assert_eq!(
        states(service).await,
        [open("address"), open("company_name")]
    );
    service.patch(&path, json!({"color": 1, "phone": ""})).await;
    assert_eq!(
        states(service).await,
        [open("address"), open("company_name")]
    );
    // One of an address is the address.
    service
        .patch(&path, json!({"zip_code": "12180"}))
        .await
        .expect(200);
    assert_eq!(
        states(service).await,
        [ended("address"), open("company_name")]
    );
    service
        .patch(&path, json!({"company_name": "Oslo"}))
        .await
        .expect(200);
    assert_eq!(
        states(service).await,
        [ended("address"), ended("company_name")]
    );
}

pub async fn an_answer_says_what_came_of_a_mutation(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let seen = || json!({"company_name": ""});
    let desks = [Uuid::now_v7(), Uuid::now_v7()];
    let troy = update(&ada, seen(), json!({"company_name": "Troy"}));
    let answers = push(service, desks[0], vec![troy.clone()]).await;
    assert!(answers[0]["line"].as_i64() > Some(0));
    assert_eq!(answers[0]["logged"], Value::Null);
    // The same value: nothing was changed.
    let same = update(&ada, seen(), json!({"company_name": "Troy"}));
    let answers = push(service, desks[1], vec![same]).await;
    assert_eq!(answers[0]["line"], 0);
    // From what it really was.
    let rome = update(&ada, seen(), json!({"company_name": "Rome"}));
    let answers = push(service, desks[1], vec![rome.clone()]).await;
    assert_eq!(answers[0]["outcome"], "conflict");
    let logged = json!({"before": {"company_name": "Troy"}, "after": {"company_name": "Rome"}});
    assert_eq!(answers[0]["logged"], logged);
    // Sent again, each says the same of itself.
    let again = push(service, desks[1], vec![troy, rome]).await;
    assert!(again[0]["line"].as_i64() > Some(0));
    assert_eq!(again[1]["logged"], logged);
}

pub async fn a_chain_is_judged_by_what_it_came_to(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let waco = update(
        &ada,
        json!({"company_name": ""}),
        json!({"company_name": "Waco"}),
    );
    push(service, Uuid::now_v7(), vec![waco]).await;
    let mut oops = update(
        &ada,
        json!({"company_name": ""}),
        json!({"company_name": "Oops"}),
    );
    oops["replaced"] = json!(["company_name"]);
    let undo = update(
        &ada,
        json!({"company_name": "Oops"}),
        json!({"company_name": ""}),
    );
    let answers = push(service, Uuid::now_v7(), vec![oops, undo]).await;
    for answer in answers.as_array().unwrap() {
        assert_eq!(answer["line"], 0, "{answer}");
        assert_eq!(answer["values"]["company_name"], "Waco");
    }
    assert_eq!(states(service).await, []);
}
