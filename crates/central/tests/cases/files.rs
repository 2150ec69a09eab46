//! Files of documents that desks send part by part and fetch.

use reqwest::Method;
use serde_json::{Value, json};
use servease_central::caller::Role;
use servease_files::hash_of;
use servease_wire::sync::PROTOCOL;
use servease_wire::sync::files::PART_BYTES_MAX;
use uuid::Uuid;

use servease_tests::central::{Answer, Service, id, token};

/// The row of a document as a desk sends it before its file: its id.
async fn row(service: &Service, customer: &Value, content: &[u8], over: Value) -> String {
    let record = Uuid::now_v7();
    let mut after = json!({"customer_id": customer["id"], "document_type": "other", "title": "t",
        "file_name": "a.txt", "file_size": content.len(), "mime_type": "text/plain",
        "sha256": hash_of(content)});
    for (name, value) in over.as_object().unwrap() {
        after[name] = value.clone();
    }
    let mutation = json!({"id": Uuid::now_v7(), "step": Uuid::now_v7(), "entity": "document",
        "record": record, "action": "create", "at": "2026-03-02T08:00:00Z", "seen": 0,
        "after": after});
    let body = json!({"protocol": PROTOCOL, "desk": Uuid::now_v7(), "mutations": [mutation]});
    let answer = service.post("sync/mutations/", body).await.expect(200);
    assert_eq!(answer["answers"][0]["outcome"], "applied", "{answer}");
    record.to_string()
}

async fn ask(service: &Service, content: &[u8], size_bytes: usize) -> Value {
    let file = json!({"sha256": hash_of(content), "size_bytes": size_bytes});
    let body = json!({"protocol": PROTOCOL, "files": [file]});
    service.post("sync/files/", body).await.expect(200)["files"][0].clone()
}

async fn put(service: &Service, content: &[u8], at: usize, part: &[u8]) -> Answer {
    let (sha256, size) = (hash_of(content), content.len());
    let path = format!("sync/files/{sha256}/?size_bytes={size}&at={at}");
    let request = service.request(Method::PUT, &path).body(part.to_vec());
    let request = request.header("Content-Type", "application/octet-stream");
    Answer::of(request.send().await.unwrap()).await
}

fn arriving(so_far: usize) -> Value {
    json!({"state": "arriving", "so_far": so_far})
}

pub async fn a_file_comes_in_parts_and_is_kept_as_an_upload_is(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let content = b"0123456789";
    assert_eq!(ask(service, content, 10).await["state"], "unnamed");
    let refused = put(service, content, 0, content).await.expect(200);
    assert_eq!(refused["state"], "unnamed");
    let document = row(service, &ada, content, json!({})).await;
    let download = format!("documents/{document}/download/");
    service.get(&download).await.expect(404);
    assert_eq!(ask(service, content, 9).await["state"], "unnamed");
    assert_eq!(ask(service, content, 10).await, arriving(0));

    assert_eq!(
        put(service, content, 0, b"0123").await.expect(200),
        arriving(4)
    );
    // An answer that was lost, a part from nowhere, and one more than there is.
    assert_eq!(
        put(service, content, 0, b"0123").await.expect(200),
        arriving(4)
    );
    assert_eq!(
        put(service, content, 7, b"789").await.expect(200),
        arriving(4)
    );
    let over = put(service, content, 4, b"456789?").await;
    assert_eq!(over.expect(200), arriving(4));
    assert_eq!(ask(service, content, 10).await, arriving(4));
    let kept = put(service, content, 4, b"456789").await.expect(200);
    assert_eq!(kept, json!({"state": "kept"}));
    assert_eq!(ask(service, content, 10).await["state"], "kept");
    let again = put(service, content, 0, b"0123").await.expect(200);
    assert_eq!(again["state"], "kept");

    for path in [download, format!("sync/files/{}/", hash_of(content))] {
        let file = service.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(file.bytes().await.unwrap().as_ref(), content, "{path}");
        let part = service.request(Method::GET, &path);
        let part = part.header("Range", "bytes=4-").send().await.unwrap();
        assert_eq!(part.status(), 206);
        assert_eq!(part.bytes().await.unwrap().as_ref(), b"456789");
    }
    let stored = service.stored();
    assert_eq!(stored.len(), 1, "nothing is arriving any more: {stored:?}");
}

pub async fn what_is_not_what_its_document_says_is_refused_in_the_words_of_an_upload(
    service: &Service,
) {
    let ada = service.customer("Ada", "L").await;
    let good = [
        ("customer", id(&ada)),
        ("document_type", "other"),
        ("title", "t"),
    ];
    for (name, content) in [
        ("a.txt", &b"<html><script>alert(1)</script>"[..]),
        ("a.pdf", b"hello"),
        ("a.exe", b"MZ\x90\0\x03\0\0\0"),
    ] {
        row(service, &ada, content, json!({"file_name": name})).await;
        let refused = put(service, content, 0, content).await.expect(200);
        assert_eq!(refused["state"], "refused", "{name}");
        let upload = service.upload(&good, name, content).await.expect(400);
        assert_eq!(refused["detail"], upload["file_path"][0], "{name}");
        // It may be sent again, once its document says something else.
        assert_eq!(ask(service, content, content.len()).await, arriving(0));
    }
    // Another content than the hash says is forgotten.
    let content = b"what it says";
    row(service, &ada, content, json!({})).await;
    let wrong = put(service, content, 0, b"what it sayz").await.expect(200);
    assert_eq!(wrong, arriving(0));
    let kept = put(service, content, 0, content).await.expect(200);
    assert_eq!(kept["state"], "kept");
    // Nor is anything taken for a document that is deleted.
    let content = b"deleted meanwhile";
    let document = row(service, &ada, content, json!({})).await;
    service.delete(&format!("documents/{document}/")).await;
    let refused = put(service, content, 0, content).await.expect(200);
    assert_eq!(refused["state"], "unnamed");
    let path = format!("sync/files/{}/", hash_of(content));
    service.get(&path).await.expect(404);
}

pub async fn only_staff_sends_and_fetches_and_each_their_own(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let content = b"a licence of Ada";
    let document = row(service, &ada, content, json!({"is_sensitive": true})).await;
    let customer = token(Role::Customer, "ada@example.com", Uuid::from_u128(9));
    let path = format!("sync/files/{}/", hash_of(content));
    service.get_as(&customer, &path).await.expect(403);
    service.get("sync/files/no-hash/").await.expect(404);
    let part = &content[..5];
    put(service, content, 0, part).await.expect(200);
    // Another account begins by itself: nobody writes to what somebody else sends.
    let bob = token(Role::Employee, "bob@example.com", Uuid::from_u128(8));
    let file = json!({"sha256": hash_of(content), "size_bytes": content.len()});
    let request = service.client.post(service.url("sync/files/"));
    let body = json!({"protocol": PROTOCOL, "files": [file]});
    let answer = request.bearer_auth(&bob).json(&body).send().await.unwrap();
    let answer = Answer::of(answer).await.expect(200);
    assert_eq!(answer["files"][0], arriving(0));
    put(service, content, 5, &content[5..]).await.expect(200);
    let file = service.get_as(&bob, &path).await;
    assert_eq!(file.status, 200);
    // Whoever reads a sensitive one is written down, as everywhere.
    let db = servease_central::db::open(&service.target, 1)
        .await
        .unwrap();
    let mut select = sea_query::Query::select();
    select.columns(["document_id", "action"]).from("access_log");
    let rows = db.read().await.unwrap().rows(&select).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].id(0).unwrap().unwrap().to_string(), document);
    assert_eq!(rows[0].text(1).unwrap().as_deref(), Some("file"));
    db.close().await;
    // More at once than a part may be.
    let long = vec![b'x'; PART_BYTES_MAX + 1];
    put(service, &long, 0, &long).await.expect(413);
    let many: Vec<Value> = (0..501)
        .map(|_| json!({"sha256": hash_of(b""), "size_bytes": 1}))
        .collect();
    let body = json!({"protocol": PROTOCOL, "files": many});
    service.post("sync/files/", body).await.expect(413);
}
