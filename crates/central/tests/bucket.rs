//! Files of documents in a bucket of an S3-compatible store: what is told at the start, a store that goes
//! away, several instances, backups from a bucket to a folder and back.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is the message"
)]

use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::Method;
use serde_json::{Value, json};
use servease_central::Config;
use servease_central::backup;
use servease_central::files::{BucketSettings, Files, Place, Put, Standing, Whole};
use servease_files::hash_of;
use servease_tests::central::{
    Answer, Bucket, PLACE, Service, Site, config, id, keep_in, program, run,
};
use servease_wire::sync::PROTOCOL;
use uuid::Uuid;

/// What a command says that cannot use the bucket.
fn said(arguments: &[&str], bucket: &Bucket, over: &[(&str, &str)]) -> String {
    let site = Site::new();
    let mut command = program();
    command
        .args(arguments)
        .env("SERVEASE_DATA_DIR", site.data())
        .env("SERVEASE_LISTEN", "127.0.0.1:0")
        .envs(bucket.variables());
    for (name, value) in over {
        match *value {
            "" => command.env_remove(name),
            value => command.env(name, value),
        };
    }
    let output = run(command, "");
    assert!(!output.status.success(), "{over:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    let secret = bucket.variables().pop().unwrap().1;
    assert!(!said.contains(&secret), "{said}");
    // The last line: what is before it is the log.
    said.trim().lines().last().unwrap().to_owned()
}

#[test]
fn what_keeps_a_bucket_from_being_used_is_told_at_the_start_with_its_remedy() {
    let bucket = Bucket::start();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    for (over, problem, remedy) in [
        (
            &[("SERVEASE_FILES", "s3://nobody/x")][..],
            "no such bucket",
            "create the bucket",
        ),
        (
            &[("AWS_ACCESS_KEY_ID", "somebody")],
            "refuses the credentials",
            "check AWS_ACCESS_KEY_ID",
        ),
        (
            &[("AWS_SECRET_ACCESS_KEY", "a guess")],
            "SignatureDoesNotMatch",
            "AWS_SECRET_ACCESS_KEY",
        ),
        (
            &[("AWS_SECRET_ACCESS_KEY", "")],
            "belong together",
            "set both",
        ),
        (
            &[("AWS_ALLOW_HTTP", "")],
            "http://",
            "set AWS_ALLOW_HTTP=true",
        ),
        (
            &[("AWS_ENDPOINT_URL", &closed)],
            "cannot be reached",
            "check AWS_ENDPOINT_URL",
        ),
    ] {
        for command in [&["serve"][..], &["backup", "unwritten"]] {
            let said = said(command, &bucket, over);
            let place = over.iter().find(|(name, _)| *name == "SERVEASE_FILES");
            let place = place.map_or(PLACE, |(_, place)| *place);
            assert!(said.contains(&format!("--files {place}: ")), "{said}");
            assert!(said.contains(problem) && said.contains(remedy), "{said}");
        }
    }
    let unknown = [("SERVEASE_FILES", "gs://papers/x")];
    let mut command = program();
    command.arg("serve").envs(unknown);
    let output = run(command, "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("--files") && said.contains("s3://bucket/prefix"),
        "{said}"
    );
    assert_eq!(bucket.objects(), []);
}

#[test]
fn a_store_that_never_answers_is_waited_for_within_a_bound() {
    let bucket = Bucket::start();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let started = std::time::Instant::now();
    let said = said(&["serve"], &bucket, &[("AWS_ENDPOINT_URL", &endpoint)]);
    assert!(said.contains("did not answer in time"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(30));
}

async fn upload(service: &Service, content: &[u8]) -> Answer {
    let ada = service.get("customers/").await.expect(200)["results"][0].clone();
    let fields = [
        ("customer", id(&ada)),
        ("document_type", "other"),
        ("title", "t"),
    ];
    service.upload(&fields, "a.txt", content).await
}

async fn download(service: &Service, document: &Value) -> Vec<u8> {
    let path = format!("documents/{}/download/", id(document));
    let file = service.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(file.status(), 200);
    file.bytes().await.unwrap().to_vec()
}

/// The row of a document that names a file which is still to come.
async fn announce(service: &Service, content: &[u8]) {
    let ada = service.get("customers/").await.expect(200)["results"][0].clone();
    let after = json!({"customer_id": ada["id"], "document_type": "other", "title": "t",
        "file_name": "a.txt", "file_size": content.len(), "mime_type": "text/plain",
        "sha256": hash_of(content)});
    let mutation = json!({"id": Uuid::now_v7(), "step": Uuid::now_v7(), "entity": "document",
        "record": Uuid::now_v7(), "action": "create", "at": "2026-03-02T08:00:00Z", "seen": 0,
        "after": after});
    let body = json!({"protocol": PROTOCOL, "desk": Uuid::now_v7(), "mutations": [mutation]});
    let answer = service.post("sync/mutations/", body).await.expect(200);
    assert_eq!(answer["answers"][0]["outcome"], "applied", "{answer}");
}

async fn put(service: &Service, content: &[u8], at: usize, part: &[u8]) -> Answer {
    let (sha256, size) = (hash_of(content), content.len());
    let path = format!("sync/files/{sha256}/?size_bytes={size}&at={at}");
    let request = service.request(Method::PUT, &path).body(part.to_vec());
    let request = request.header("Content-Type", "application/octet-stream");
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn while_the_store_is_away_files_wait_and_everything_else_goes_on() {
    let mut service = Service::with_bucket().await;
    service.customer("Ada", "L").await;
    let first = upload(&service, b"the first").await.expect(201);
    let content = b"from a desk, in two parts";
    announce(&service, content).await;
    put(&service, content, 0, &content[..9]).await.expect(200);

    let mut bucket = service.bucket.take().unwrap();
    bucket.go_away();
    let asked = json!({"protocol": PROTOCOL,
        "files": [{"sha256": hash_of(content), "size_bytes": content.len()}]});
    let file = format!("sync/files/{}/", hash_of(b"the first"));
    let file = service.get(&file);
    let download_path = format!("documents/{}/download/", id(&first));
    for answer in [
        upload(&service, b"the second").await,
        put(&service, content, 9, &content[9..]).await,
        service.post("sync/files/", asked.clone()).await,
        service.get(&download_path).await,
        file.await,
    ] {
        assert_eq!(answer.header("Retry-After"), "1", "{}", answer.body);
        let words = answer.expect(503)["detail"].clone();
        assert!(words.as_str().unwrap().contains("Files cannot be reached"));
    }
    service
        .get(&format!("documents/{}/", id(&first)))
        .await
        .expect(200);
    service.customer("Bo", "L").await;
    service.get("/health/").await.expect(200);

    bucket.come_back();
    service.bucket = Some(bucket);
    let so_far = service.post("sync/files/", asked).await.expect(200);
    assert_eq!(
        so_far["files"][0],
        json!({"state": "arriving", "so_far": 9})
    );
    let kept = put(&service, content, 9, &content[9..]).await.expect(200);
    assert_eq!(kept["state"], "kept");
    let second = upload(&service, b"the second").await.expect(201);
    assert_eq!(download(&service, &first).await, b"the first");
    assert_eq!(download(&service, &second).await, b"the second");
    let count = service.get("documents/").await.expect(200)["count"].clone();
    assert_eq!(count, 3, "nothing was made of what was refused");
    let stored = service.stored();
    assert_eq!(stored.len(), 3, "nothing half-written stays: {stored:?}");
    service.stop().await;
}

#[tokio::test]
async fn heads_and_ranges_say_the_same_of_a_folder_and_a_bucket() {
    let (folder, bucket) = (Service::start(None).await, Service::with_bucket().await);
    let content: Vec<u8> = (0..300_000_u32).map(|at| b'a' + (at % 23) as u8).collect();
    let mut answers = Vec::new();
    for service in [&folder, &bucket] {
        service.customer("Ada", "L").await;
        let made = upload(service, &content).await.expect(201);
        let path = format!("documents/{}/download/", id(&made));
        let etag = format!("\"{}\"", hash_of(&content));
        let mut seen = Vec::new();
        for path in [path, format!("sync/files/{}/", hash_of(&content))] {
            for (method, name, value) in [
                (Method::HEAD, "Accept", "*/*"),
                (Method::GET, "Range", "bytes=0-0"),
                (Method::GET, "Range", "bytes=299990-"),
                (Method::GET, "Range", "bytes=-7"),
                (Method::GET, "Range", "bytes=300000-"),
                (Method::GET, "Range", "bytes=7-3"),
                (Method::GET, "Range", "bytes=0-1,5-6"),
                (Method::GET, "Range", "lines=1-2"),
                (Method::HEAD, "Range", "bytes=5-9"),
            ] {
                let request = service.request(method, &path).header(name, value);
                let answer = request.send().await.unwrap();
                let header = |name: &str| {
                    let value = answer.headers().get(name);
                    value.map(|value| value.to_str().unwrap().to_owned())
                };
                let told = ["content-length", "content-range", "accept-ranges", "etag"];
                let told = told.map(header);
                let status = answer.status().as_u16();
                let body = answer.bytes().await.unwrap();
                seen.push((value, status, told, body));
            }
            for (known, status) in [(etag.as_str(), 206), ("\"another\"", 200)] {
                let request = service.request(Method::GET, &path);
                let request = request.header("Range", "bytes=1-2");
                let answer = request.header("If-Range", known).send().await.unwrap();
                assert_eq!(answer.status(), status, "{known}");
            }
        }
        assert_eq!((seen[0].1, seen[0].3.len()), (200, 0));
        assert_eq!(seen[0].2[0].as_deref(), Some("300000"));
        assert_eq!((seen[2].1, &seen[2].3[..]), (206, &content[299_990..]));
        assert_eq!(seen[4].1, 416);
        assert_eq!(seen[8].2[1].as_deref(), Some("bytes 5-9/300000"));
        answers.push(seen);
    }
    assert_eq!(answers[0], answers[1]);
    folder.stop().await;
    bucket.stop().await;
}

/// A service on what is in this bucket, and its settings.
fn in_bucket(folder: &tempfile::TempDir, bucket: &Bucket) -> Config {
    let mut config = config(folder, None);
    keep_in(&mut config, bucket.variables());
    config
}

#[tokio::test]
async fn a_backup_goes_from_a_bucket_to_a_folder_and_back() {
    let (bucket, folder) = (Bucket::start(), tempfile::tempdir().unwrap());
    let (there, place) = (tempfile::tempdir().unwrap(), folder.path().to_owned());
    let first = in_bucket(&folder, &bucket);
    let data = first.data.clone();
    let service = Service::begin(first, folder).await;
    service.customer("Ada", "L").await;
    let long: Vec<u8> = (0..3_000_000_u32)
        .map(|at| b'a' + (at % 19) as u8)
        .collect();
    let papers = [&long[..], b"short"];
    let mut documents = Vec::new();
    for content in papers {
        documents.push(upload(&service, content).await.expect(201));
    }
    let file = there.path().join("from-bucket");
    let written = backup::write(&data, &file).await.unwrap();
    assert_eq!((written.files, written.left_out), (2, 0));
    assert_eq!(backup::verify(&file).await.unwrap().files, 2);
    let names: Vec<String> = bucket.objects().into_iter().map(|(name, _)| name).collect();
    assert!(place.join("files/incoming").is_dir());

    // Into a folder, with its own service, and from there into another bucket.
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder, None);
    let read = backup::read(&config.data, &file, false).await.unwrap();
    assert_eq!(read.files, 2);
    let data = config.data.clone();
    let second = Service::begin(config, folder).await;
    let back = there.path().join("from-folder");
    backup::write(&data, &back).await.unwrap();
    let (other, folder) = (Bucket::start(), tempfile::tempdir().unwrap());
    let config = in_bucket(&folder, &other);
    let read = backup::read(&config.data, &back, false).await.unwrap();
    assert_eq!(read.files, 2);
    let others: Vec<String> = other.objects().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, others);
    let third = Service::begin(config, folder).await;
    for service in [&service, &second, &third] {
        for (document, content) in documents.iter().zip(papers) {
            assert!(download(service, document).await == content);
        }
    }
    // A store that is away spoils no backup that is there.
    let before = std::fs::read(&back).unwrap();
    let mut other = other;
    let data = in_bucket(&third.folder, &other).data;
    other.go_away();
    let failed = backup::write(&data, &back).await.unwrap_err().to_string();
    assert!(failed.contains("cannot be reached"), "{failed}");
    assert!(std::fs::read(&back).unwrap() == before);
    for service in [service, second, third] {
        service.stop().await;
    }
}

/// An instance of its own on a bucket.
async fn instance(bucket: &Bucket, folder: &tempfile::TempDir) -> Files {
    instance_with(bucket, folder, &[]).await
}

async fn instance_with(
    bucket: &Bucket,
    folder: &tempfile::TempDir,
    over: &[(&str, &str)],
) -> Files {
    let mut variables = bucket.variables();
    let over = over.iter();
    variables.extend(over.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let settings = BucketSettings::of(variables);
    let place = Place::read(PLACE).unwrap();
    let files = Files::open_to_write(&place, &settings, folder.path()).await;
    files.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_take_parts_of_one_file_without_a_lock() {
    let (bucket, folder) = (Bucket::start(), tempfile::tempdir().unwrap());
    let files = [
        instance(&bucket, &folder).await,
        instance(&bucket, &folder).await,
    ];
    let content: Bytes = (0..400_u32).map(|at| b'a' + (at % 26) as u8).collect();
    let sha256 = hash_of(&content);
    // Parts of different lengths, each sent by whoever thinks that it is next.
    let send = |files: Files, length: usize| {
        let (content, sha256) = (content.clone(), sha256.clone());
        async move {
            let mut at = 0;
            while at < content.len() {
                let part = content.slice(at..content.len().min(at + length));
                let name = ("ann", sha256.as_str());
                let put = files.put_part(name, 400, at as u64, part, SystemTime::now());
                let Put::At(so_far) = put.await.unwrap() else {
                    panic!("there is room");
                };
                at = usize::try_from(so_far).unwrap();
            }
        }
    };
    let both = [(0, 7), (1, 11), (0, 5)].map(|(at, length)| {
        let files: &Files = &files[at];
        tokio::spawn(send(files.clone(), length))
    });
    for one in both {
        one.await.unwrap();
    }
    let arrived = files[1].arrived("ann", &sha256, 400).await.unwrap();
    assert_eq!(arrived.unwrap().whole().content(), content);
    // Both keep it, and it is there once.
    for files in &files {
        files
            .keep_content(Whole::of(content.clone()))
            .await
            .unwrap();
    }
    files[0].forget("ann", &sha256).await.unwrap();
    let name = format!("{}/{sha256}", &sha256[..2]);
    assert_eq!(bucket.objects(), [(name, 400)]);
    let gone = files[0].arrived("ann", &sha256, 400).await.unwrap();
    assert!(gone.is_none(), "somebody else was quicker");
    // What lies there under its name and is something else is put right.
    let wrong = Bytes::from_static(b"half");
    let damaged = bucket.path_of(&bucket.objects()[0].0);
    std::fs::write(&damaged, &wrong).unwrap();
    files[0]
        .keep_content(Whole::of(content.clone()))
        .await
        .unwrap();
    assert_eq!(std::fs::read(&damaged).unwrap(), content);
}

#[tokio::test]
async fn what_arrives_is_bounded_in_number_bytes_and_age() {
    let (bucket, folder) = (Bucket::start(), tempfile::tempdir().unwrap());
    let files = instance(&bucket, &folder).await;
    let hash = |number: u32| hash_of(&number.to_le_bytes());
    let begin = async |owner: &str, number: u32, now: SystemTime| {
        let part = Bytes::from_static(b"abcd");
        let sha256 = hash(number);
        let put = files.put_part((owner, &sha256), 8, 0, part, now);
        assert_eq!(put.await.unwrap(), Put::At(4));
    };
    let now = SystemTime::now();
    for number in 0..34 {
        begin("ann", number, now).await;
    }
    assert_eq!(bucket.objects().len(), 32, "the oldest make room");
    begin("bob", 1, now).await;
    assert_eq!(bucket.objects().len(), 33, "of the same side only");
    let standing = files.standings("ann", &[hash(33), hash(99)]).await.unwrap();
    assert_eq!(standing[&hash(33)], Standing::Arriving(4));
    assert_eq!(standing[&hash(99)], Standing::Arriving(0));
    let sha256 = hash(33);
    let wrong = files.put_part(("ann", &sha256), 3, 4, Bytes::from_static(b"e"), now);
    assert_eq!(
        wrong.await.unwrap(),
        Put::At(0),
        "a content of another length"
    );
    let part = Bytes::from_static(b"abcd");
    let too_much = files.put_part(("bob", &sha256), 8 << 30, 0, part, now);
    assert_eq!(
        too_much.await.unwrap(),
        Put::Full,
        "with the others it would be too much"
    );
    begin("bob", 2, now + Duration::from_secs(15 * 24 * 3_600)).await;
    assert_eq!(
        bucket.objects().len(),
        1,
        "nobody goes on sending the others"
    );
}

#[tokio::test]
async fn a_store_that_knows_less_than_s3_does_all_the_same() {
    let (bucket, folder) = (Bucket::start(), tempfile::tempdir().unwrap());
    let less = [
        ("AWS_CONDITIONAL_PUT", "disabled"),
        ("AWS_DISABLE_BULK_DELETE", "true"),
    ];
    let files = instance_with(&bucket, &folder, &less).await;
    let content = Bytes::from_static(b"in two parts");
    let sha256 = hash_of(&content);
    for (at, part, end) in [(0, 0..5, 5), (0, 0..5, 5), (5, 5..12, 12)] {
        let part = content.slice(part);
        let put = files.put_part(("ann", &sha256), 12, at, part, SystemTime::now());
        assert_eq!(put.await.unwrap(), Put::At(end));
    }
    let arrived = files.arrived("ann", &sha256, 12).await.unwrap();
    assert_eq!(arrived.unwrap().whole().content(), content);
    for _ in 0..2 {
        files
            .keep_content(Whole::of(content.clone()))
            .await
            .unwrap();
    }
    files.forget("ann", &sha256).await.unwrap();
    assert_eq!(bucket.objects().len(), 1);
}
