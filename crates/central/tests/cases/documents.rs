use chrono::{Days, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use servease_central::caller::Role;
use servease_central::db;
use uuid::Uuid;

use servease_tests::central::{Answer, Service, id, now, token};

/// A picture of one pixel, as far as anybody looks at it.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0sums\
    \0\0\0\0IENDsums";

pub async fn upload_and_download(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let car = service.vehicle(&ada, "B 1").await;
    let fields = [
        ("customer", id(&ada)),
        ("vehicle", id(&car)),
        ("document_type", "insurance"),
        ("title", "Police"),
        ("expiry_date", "2020-01-01"),
        ("file_size", "1"),
    ];
    let name = "../../etc/Größe \"x\".txt";
    let made = service
        .upload(&fields, name, b"0123456789")
        .await
        .expect(201);
    assert_eq!(made["customer_id"], ada["id"]);
    assert_eq!(made["vehicle"], car["id"]);
    assert_eq!(made["file_size"], 10);
    assert_eq!(made["file_size_display"], "10 bytes");
    assert_eq!(made["mime_type"], "text/plain");
    assert_eq!(made["is_expired"], true);
    assert_eq!(made["sha256"].as_str().unwrap().len(), 64);
    assert!(made["uploaded_at"].is_string());
    let url = made["file_path"].as_str().unwrap();
    assert!(url.starts_with(&service.running.url));

    let file = service.request(Method::GET, url).send().await.unwrap();
    assert_eq!(file.status(), 200);
    let headers = file.headers().clone();
    assert_eq!(headers["content-type"], "text/plain");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(
        headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment; filename=\"Gr__e x.txt\""),
        "{disposition}"
    );
    assert_eq!(file.bytes().await.unwrap().as_ref(), b"0123456789");

    let range = |value: &str| {
        service
            .request(Method::GET, url)
            .header("Range", value)
            .send()
    };
    let part = range("bytes=2-4").await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()["content-range"], "bytes 2-4/10");
    assert_eq!(part.bytes().await.unwrap().as_ref(), b"234");
    assert_eq!(range("bytes=50-").await.unwrap().status(), 416);
    let known = service
        .request(Method::GET, url)
        .header("If-None-Match", &headers["etag"]);
    assert_eq!(known.send().await.unwrap().status(), 304);
    let bare = service.client.get(url).send().await.unwrap();
    assert_eq!(bare.status(), 401);

    let path = format!("documents/{}/", id(&made));
    let body = json!({"title": "Policy", "mime_type": "text/html", "sha256": "x"});
    let edited = service.patch(&path, body).await.expect(200);
    assert_eq!(edited["title"], "Policy");
    assert_eq!(edited["mime_type"], "text/plain");
    assert_eq!(edited["sha256"], made["sha256"]);
    let list = service
        .get(&format!("customers/{}/documents/?type=insurance", id(&ada)))
        .await;
    assert_eq!(list.expect(200)[0]["id"], made["id"]);
    let list = service
        .get(&format!("customers/{}/documents/?type=invoice", id(&ada)))
        .await;
    assert_eq!(list.expect(200), json!([]));
    let list = service
        .get(&format!("customers/{}/documents/?vehicle_id=x", id(&ada)))
        .await;
    list.expect(400);
    let full = service
        .get(&format!("customers/{}/", id(&ada)))
        .await
        .expect(200);
    assert_eq!(full["recent_documents"][0]["id"], made["id"]);
    assert_eq!(
        service.get("documents/?search=policy").await.expect(200)["count"],
        1
    );

    // What counts for a car goes with it; a licence stays with its holder.
    let license = [
        fields[0],
        fields[1],
        ("document_type", "license"),
        ("title", "L"),
    ];
    let license = service.upload(&license, "l.txt", b"licence").await;
    let license = format!("documents/{}/", id(&license.expect(201)));
    let car = format!("vehicles/{}/", id(&car));
    let gone = service.request(Method::DELETE, &car).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    service.get(&path).await.expect(404);
    service.get(&license).await.expect(200);
}

pub async fn refused_uploads_leave_nothing_behind(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let bob = service.customer("Bob", "M").await;
    let car = service.vehicle(&bob, "B 1").await;
    let good = [
        ("customer", id(&ada)),
        ("document_type", "other"),
        ("title", "t"),
    ];
    for (name, content) in [
        ("a.html", &b"<html><script>alert(1)</script>"[..]),
        ("a.txt", b"<svg onload=alert(1)>"),
        ("a.pdf", PNG),
        ("a.png", &PNG[..40]),
        ("a.pdf", b"MZ\x90\0\x03\0\0\0"),
        ("a.js", b"alert(1)"),
        ("a.exe", b"MZ\x90\0\x03\0\0\0"),
        ("a.txt", b""),
    ] {
        let refused = service.upload(&good, name, content).await.expect(400);
        assert!(refused["file_path"][0].is_string(), "{name}: {refused}");
    }
    let refused = service
        .upload(&[("title", "t")], "a.txt", b"hello")
        .await
        .expect(400);
    assert!(refused["customer_id"][0].is_string());
    assert_eq!(
        refused["document_type"],
        json!(["This field is required."]),
        "the first type on the list is nobody's choice"
    );
    let foreign = [good[0], good[1], good[2], ("vehicle", id(&car))];
    let refused = service
        .upload(&foreign, "a.txt", b"hello")
        .await
        .expect(400);
    assert!(refused["vehicle_id"][0].is_string());
    let form = reqwest::multipart::Form::new().text("title", "t");
    let request = service.request(Method::POST, "documents/").multipart(form);
    let refused = Answer::of(request.send().await.unwrap()).await.expect(400);
    assert!(refused["file_path"][0].is_string());
    service
        .post("documents/", json!({"title": "t"}))
        .await
        .expect(415);
    let huge = vec![b'a'; 26 * 1024 * 1024];
    service.upload(&good, "a.txt", &huge).await.expect(413);
    assert_eq!(service.stored().len(), 0);
    let made = service.upload(&good, "photo.png", PNG).await.expect(201);
    let path = format!("documents/{}/", id(&made));
    let refused = service
        .patch(&path, json!({"vehicle": car["id"]}))
        .await
        .expect(400);
    assert!(refused["vehicle_id"][0].is_string());
    let refused = service.patch(&path, json!({"document_type": ""})).await;
    assert!(refused.expect(400)["document_type"][0].is_string());
    let echoed = service.put(&path, made.clone()).await.expect(200);
    assert_eq!(echoed, made);
    service
        .upload(&good, "other name.png", PNG)
        .await
        .expect(201);
    assert_eq!(service.stored().len(), 1, "the same content is kept once");
    let broken = service
        .request(Method::POST, "documents/")
        .header("Content-Type", "multipart/form-data; boundary=x")
        .body("--x\r\nContent-Disposition: nonsense");
    Answer::of(broken.send().await.unwrap()).await.expect(400);
}

pub async fn sensitive_reads_are_logged(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let fields = [
        ("customer", id(&ada)),
        ("document_type", "license"),
        ("title", "t"),
        ("is_sensitive", "true"),
    ];
    let made = service.upload(&fields, "a.txt", b"hello").await.expect(201);
    let open = [fields[0], fields[1], fields[2]];
    service.upload(&open, "b.txt", b"hello").await.expect(201);
    let reader = token(Role::Employee, "reader@example.com", Uuid::from_u128(77));
    let path = format!("documents/{}/", id(&made));
    let customer = format!("customers/{}/", id(&ada));
    // Every way in which its record or its file can be read.
    for way in [
        path.clone(),
        "documents/".to_owned(),
        "documents/?search=t&is_active=true".to_owned(),
        format!("{customer}documents/"),
        customer.clone(),
        format!("{customer}dashboard/"),
    ] {
        service.get_as(&reader, &way).await.expect(200);
    }
    let edit = service
        .client
        .patch(service.url(&path))
        .bearer_auth(&reader);
    let edit = edit.json(&json!({"title": "u"})).send().await.unwrap();
    assert_eq!(edit.status(), 200);
    service.get_as(&reader, &format!("{path}download/")).await;
    let mut select = sea_query::Query::select();
    select
        .columns(["action", "document_id"])
        .from("access_log")
        .and_where(sea_query::ExprTrait::eq(
            sea_query::Expr::col("user_id"),
            Uuid::from_u128(77).to_string(),
        ))
        .order_by("id", sea_query::Order::Asc);
    let target = service.target.clone();
    let db = db::open(&target, 1).await.unwrap();
    let rows = db.read().await.unwrap().rows(&select).await.unwrap();
    let read: Vec<String> = rows
        .iter()
        .map(|row| row.text(0).unwrap().unwrap())
        .collect();
    let mut expected = vec!["metadata"; 7];
    expected.push("file");
    assert_eq!(read, expected);
    let ids = rows
        .iter()
        .map(|row| row.id(1).unwrap().unwrap().to_string());
    assert!(ids.into_iter().all(|read| read == id(&made)));
    db.close().await;
}

pub async fn expiring_soon(service: &Service) {
    let ada = service.customer("Ada", "L").await;
    let day = |days: u64| {
        let date = now().with_timezone(&Utc).date_naive() + Days::new(days);
        date.to_string()
    };
    for (title, expiry) in [
        ("today", day(0)),
        ("in 30 days", day(30)),
        ("later", day(31)),
        ("past", "2020-01-01".to_owned()),
        ("never", String::new()),
    ] {
        let fields = [
            ("customer", id(&ada)),
            ("document_type", "other"),
            ("title", title),
            ("expiry_date", expiry.as_str()),
        ];
        service.upload(&fields, "a.txt", b"hello").await.expect(201);
    }
    let soon = service.get("documents/expiring-soon/").await.expect(200);
    let titles: Vec<&Value> = soon
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["title"])
        .collect();
    assert_eq!(titles, [&json!("today"), &json!("in 30 days")]);
}

/// A car changes hands: who is shown which of its papers.
pub async fn papers_follow_the_car_or_stay_with_whom_they_name(service: &Service) {
    let (ada, bob) = (
        service.customer("Ada", "L").await,
        service.customer("Bob", "M").await,
    );
    let car = service.vehicle(&ada, "B 1").await;
    let soon = now().with_timezone(&Utc).date_naive() + Days::new(9);
    let soon = soon.to_string();
    let types = ["insurance", "license", "registration", "warranty"];
    let mut papers = Vec::new();
    for document_type in types {
        let fields = [
            ("customer", id(&ada)),
            ("vehicle", id(&car)),
            ("document_type", document_type),
            ("title", document_type),
            ("expiry_date", soon.as_str()),
        ];
        let made = service.upload(&fields, "a.txt", document_type.as_bytes());
        papers.push(made.await.expect(201));
    }
    let titles = |json: Value| {
        let list = json.get("results").unwrap_or(&json);
        let list = list.as_array().unwrap().iter();
        let titles = list.map(|it| it["title"].as_str().unwrap().to_owned());
        let mut titles: Vec<String> = titles.collect();
        titles.sort();
        titles
    };
    let staff = async |path: String| titles(service.get(&path).await.expect(200));
    let of_car = format!("documents/?vehicle={}", id(&car));
    assert_eq!(staff(of_car.clone()).await, types);

    let moved = json!({"customer_id": bob["id"]});
    let path = format!("vehicles/{}/", id(&car));
    service.patch(&path, moved).await.expect(200);
    assert_eq!(staff(of_car.clone()).await, ["warranty"]);
    let counted = service.get(&of_car).await.expect(200);
    assert_eq!(counted["count"], 1);
    // What Ada has brought stays on her card, as at a desk; also for this car.
    let of_ada = format!("documents/?customer={}", id(&ada));
    assert_eq!(staff(of_ada.clone()).await, types);
    let both = format!("{of_ada}&vehicle={}", id(&car));
    assert_eq!(staff(both).await, types);
    assert_eq!(
        staff(format!("customers/{}/documents/", id(&ada))).await,
        types
    );
    assert_eq!(
        staff("documents/expiring-soon/".to_owned()).await,
        ["license", "warranty"],
        "what counts no longer is nobody's to renew"
    );
    let insured = [
        ("customer", id(&bob)),
        ("vehicle", id(&car)),
        ("document_type", "insurance"),
        ("title", "his insurance"),
    ];
    service.upload(&insured, "b.txt", b"his").await.expect(201);
    assert_eq!(staff(of_car.clone()).await, ["his insurance", "warranty"]);

    // Who signs in sees what went along with his car, and nothing of hers.
    let (owner, former) = (
        own_token(service, &bob).await,
        own_token(service, &ada).await,
    );
    let his = ["his insurance", "warranty"];
    let shown = async |who: &str, path: &str| titles(service.get_as(who, path).await.expect(200));
    let (of_bob, of_her) = (id(&bob), id(&ada));
    for path in [
        "documents/".to_owned(),
        of_car.clone(),
        format!("documents/?customer={of_bob}"),
        format!("customers/{of_bob}/documents/"),
        format!("customers/{of_bob}/documents/?vehicle_id={}", id(&car)),
    ] {
        assert_eq!(shown(&owner, &path).await, his, "{path}");
    }
    let soon = shown(&owner, "documents/expiring-soon/").await;
    assert_eq!(soon, ["warranty"]);
    let full = service
        .get_as(&owner, &format!("customers/{of_bob}/"))
        .await;
    assert_eq!(titles(full.expect(200)["recent_documents"].clone()), his);
    assert_eq!(shown(&former, "documents/").await, types);
    assert_eq!(shown(&former, &of_car).await, ["warranty"]);
    assert_eq!(
        shown(&owner, &format!("documents/?customer={of_her}")).await,
        ["warranty"],
        "of what she brought, what went along"
    );
    for (paper, document_type) in papers.iter().zip(types) {
        let status = match document_type {
            "warranty" => 200,
            _ => 404,
        };
        let path = format!("documents/{}/", id(paper));
        service.get_as(&owner, &path).await.expect(status);
        let file = service.get_as(&owner, &format!("{path}download/")).await;
        assert_eq!(file.status, status, "{document_type}");
        service.get_as(&former, &path).await.expect(200);
    }
}

/// The token of an account of ours that is this customer's.
async fn own_token(service: &Service, customer: &Value) -> String {
    let user = Uuid::now_v7();
    let body = json!({"user_id": user.to_string()});
    let path = format!("customers/{}/", id(customer));
    service.patch(&path, body).await.expect(200);
    token(Role::Customer, customer["email"].as_str().unwrap(), user)
}
