//! The machine that Central runs on: other users of it, damaged disks, archives from elsewhere.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::json;
use servease_central::backup::{self, BackupError};

use crate::lines::{OTHERS, client, employee};
use crate::program::{Process, executable, serve};

async fn add_customers(service: &Process, count: usize) {
    for number in 0..count {
        let body = json!({"first_name": "N", "last_name": number.to_string(),
            "email": format!("n{number}@example.com")});
        let request = client(OTHERS).post(format!("{}/api/v1/customers/", service.url));
        let answer = request.bearer_auth(employee(1)).json(&body).send().await;
        assert_eq!(answer.unwrap().status(), 201);
    }
}

/// Everything below a folder.
fn everything(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(everything(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

fn run(data: &Path, args: &[&str]) -> Output {
    let mut command = executable();
    command
        .args(args)
        .arg("--data-dir")
        .arg(data)
        .output()
        .unwrap()
}

#[tokio::test]
async fn other_users_of_the_machine_can_read_nothing() {
    let around = tempfile::tempdir().unwrap();
    let folder = around.path().join("data");
    let backup = around.path().join("backup.tar.zst");
    let check = || {
        for path in everything(&folder).iter().chain([&backup]) {
            let mode = path.metadata().unwrap().permissions().mode() & 0o7777;
            assert_eq!(mode & 0o077, 0, "{} has {mode:o}", path.display());
        }
    };
    let service = serve(&folder, &[]);
    add_customers(&service, 1).await;
    assert!(
        run(&folder, &["backup", backup.to_str().unwrap()])
            .status
            .success()
    );
    check();
    drop(service);
    // As an older program left it.
    for path in everything(&folder) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let service = serve(&folder, &[]);
    add_customers(&service, 0).await;
    check();
}

async fn backed_up(around: &Path) -> PathBuf {
    let data = around.join("data");
    let service = serve(&data, &[]);
    add_customers(&service, 20).await;
    let file = around.join("backup.tar.zst");
    assert!(
        run(&data, &["backup", file.to_str().unwrap()])
            .status
            .success()
    );
    let refused = run(&data, &["restore", "--replace", file.to_str().unwrap()]);
    assert!(!refused.status.success(), "the service runs");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("service runs"));
    file
}

#[tokio::test]
async fn of_two_hundred_flipped_bits_every_one_is_found() {
    let around = tempfile::tempdir().unwrap();
    let file = backed_up(around.path()).await;
    let whole = fs::read(&file).unwrap();
    let found = backup::verify(&file).await.unwrap();
    assert!(found.has_checksums && found.rows > 20, "{found:?}");
    let damaged = around.path().join("damaged");
    let content = zstd::decode_all(&whole[..]).unwrap();
    let mut without_damage = 0;
    for number in 0..200 {
        // Spread over the whole file, at another bit each time.
        let at = number * (whole.len() - 1) / 199;
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (number % 8);
        // A bit that stands for nothing, as at the end of a stream of bits, is no damage.
        let is_damage = zstd::decode_all(&bytes[..]).map_or(true, |plain| plain != content);
        fs::write(&damaged, bytes).unwrap();
        let refused = backup::verify(&damaged).await;
        assert!(
            refused.is_err() || !is_damage,
            "byte {at} of {}",
            whole.len()
        );
        without_damage += usize::from(!is_damage);
    }
    assert!(without_damage < 5, "{without_damage}");
    // Cut short, and with something behind it.
    for bytes in [&whole[..whole.len() - 1], &[&whole[..], b"more"].concat()] {
        fs::write(&damaged, bytes).unwrap();
        assert!(backup::verify(&damaged).await.is_err());
    }
    let verify = |file: &Path| executable().arg("verify").arg(file).output().unwrap();
    assert!(verify(&file).status.success());
    assert!(!verify(&damaged).status.success());
    let data = around.path().join("data");
    let restore = |file: &Path| run(&data, &["restore", "--replace", file.to_str().unwrap()]);
    assert!(!restore(&damaged).status.success());
    assert!(restore(&file).status.success());
}

/// An archive with one more entry than a backup has.
fn archive(file: &Path, kind: tar::EntryType, path: &str, link: Option<&str>) {
    let encoder = zstd::Encoder::new(fs::File::create(file).unwrap(), 3).unwrap();
    let mut archive = tar::Builder::new(encoder);
    let manifest = br#"{"program":"servease-central","format":1,"version":"0"}"#;
    let mut header = tar::Header::new_gnu();
    header.set_size(manifest.len() as u64);
    archive
        .append_data(&mut header, "manifest.json", &manifest[..])
        .unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(0);
    // The library refuses such paths when it writes.
    let name = path.as_bytes();
    header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name);
    if let Some(link) = link {
        header.set_link_name(link).unwrap();
    }
    header.set_cksum();
    archive.append(&header, &b""[..]).unwrap();
    archive.into_inner().unwrap().finish().unwrap();
}

#[tokio::test]
async fn an_archive_cannot_lead_out_of_its_folder() {
    use tar::EntryType::{Block, Directory, Fifo, Link, Regular, Symlink};

    let around = tempfile::tempdir().unwrap();
    let file = around.path().join("crafted");
    let data = around.path().join("data");
    for (kind, path, link) in [
        (Symlink, "files", Some("/etc")),
        (Symlink, "tables/customers.jsonl", Some("/etc/passwd")),
        (Link, "tables/customers.jsonl", Some("/etc/passwd")),
        (Regular, "/tmp/servease-evil", None),
        (Regular, "../evil", None),
        (Regular, "tables/../../evil", None),
        (Regular, "files/evil", None),
        (Directory, "tables", None),
        (Block, "tables/customers.jsonl", None),
        (Fifo, "tables/customers.jsonl", None),
    ] {
        archive(&file, kind, path, link);
        let refused = backup::verify(&file).await;
        assert!(
            matches!(refused, Err(BackupError::Format)),
            "{kind:?} {path}: {refused:?}"
        );
        let restored = run(&data, &["restore", file.to_str().unwrap()]);
        assert!(!restored.status.success(), "{kind:?} {path}");
    }
    assert!(!around.path().join("evil").exists());
    assert!(!Path::new("/tmp/servease-evil").exists());
}

#[tokio::test]
async fn a_backup_names_what_it_cannot_read_and_holds_everything_else() {
    let around = tempfile::tempdir().unwrap();
    let data = around.path().join("data");
    let service = serve(&data, &[]);
    add_customers(&service, 1).await;
    let list = client(OTHERS).get(format!("{}/api/v1/customers/", service.url));
    let list = list.bearer_auth(employee(1)).send().await.unwrap();
    let list: serde_json::Value = list.json().await.unwrap();
    let customer = list["results"][0]["id"].as_str().unwrap().to_owned();
    for title in ["kept", "lost", "damaged"] {
        let part = reqwest::multipart::Part::bytes(title.as_bytes().to_vec());
        let form = reqwest::multipart::Form::new()
            .text("customer_id", customer.clone())
            .text("document_type", "other")
            .text("title", title)
            .part("file_path", part.file_name("a.txt"));
        let request = client(OTHERS).post(format!("{}/api/v1/documents/", service.url));
        let answer = request
            .bearer_auth(employee(1))
            .multipart(form)
            .send()
            .await;
        assert_eq!(answer.unwrap().status(), 201);
    }
    let files = everything(&data.join("files"));
    let of = |content: &str| {
        let is_it = |path: &&PathBuf| fs::read(path).is_ok_and(|read| read == content.as_bytes());
        files.iter().find(is_it).unwrap().clone()
    };
    let (lost, damaged) = (of("lost"), of("damaged"));
    fs::remove_file(lost).unwrap();
    fs::write(damaged, "other words").unwrap();
    drop(service);
    // As an older program may have let it in.
    let url = format!("sqlite://{}", data.join("central.db").display());
    let db = sqlx::SqlitePool::connect(&url).await.unwrap();
    let later = sqlx::query("UPDATE changes SET at = '+12345-01-01T00:00:00Z' WHERE seq = 1");
    later.execute(&db).await.unwrap();
    db.close().await;

    let file = around.path().join("backup");
    let done = run(&data, &["backup", file.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{done:?}");
    assert!(said.contains("1 files; 3 could not be read"), "{said}");
    let log = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(log.contains("left out"), "{log}");
    let found = backup::verify(&file).await.unwrap();
    assert_eq!(found.files, 1);
    let elsewhere = around.path().join("elsewhere");
    let restored = run(&elsewhere, &["restore", file.to_str().unwrap()]);
    assert!(restored.status.success(), "{restored:?}");
}
