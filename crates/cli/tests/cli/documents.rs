//! Documents on the command line: what is taken in comes back, whatever happens meanwhile.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value as Json, json};

use servease_tests::programs::are_under_wine;

use crate::support::{Folder, NOBODY, err, failure, id};

/// A text that repeats nothing, as long as three chunks of a sealed file.
fn long_text() -> String {
    let mut state = 88_172_645_463_325_252_u64;
    let mut text = String::from("Insurance certificate\n");
    while text.len() < 170_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(&format!("{state:016x}\n"));
    }
    text
}

fn file(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path),
        }
    }
    found
}

/// The sealed files of a data folder.
fn sealed(folder: &Folder) -> Vec<PathBuf> {
    let mut found = files_below(&folder.path().join("documents"));
    found.retain(|path| path.file_name().is_some_and(|name| name.len() == 64));
    found
}

/// What was done with a document, newest first.
fn looked_at(desk: &Folder, id: &str) -> Vec<String> {
    let looks = desk.json(&["document", "looks", id]);
    let deeds = looks.as_array().unwrap().iter();
    deeds
        .map(|look| look["deed"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_paper_is_taken_in_shown_renewed_and_given_out() {
    let (folder, desk) = (tempfile::tempdir().unwrap(), Folder::new());
    let ann = desk.ann();
    let car = desk.focus(&ann);
    let card = file(folder.path(), "insurance_card.txt", long_text());
    let made = desk.json(&[
        "document",
        "add",
        &card,
        "--customer",
        &ann,
        "--vehicle",
        &car,
        "--type",
        "insurance",
        "--expires",
        "2031-05-01",
        "--sensitive",
    ]);
    for (name, expected) in [
        ("customer_id", json!(ann)),
        ("vehicle_id", json!(car)),
        ("document_type", json!("insurance")),
        ("title", json!("insurance card")),
        ("expiry_date", json!("2031-05-01")),
        ("is_sensitive", json!(true)),
        ("file_name", json!("insurance_card.txt")),
        ("file_size", json!(long_text().len())),
        ("mime_type", json!("text/plain")),
        ("is_expired", json!(false)),
    ] {
        assert_eq!(made[name], expected, "{name}");
    }
    let first = id(&made);
    assert_eq!(desk.json(&["document", "show", &first]), made);
    assert_eq!(
        desk.json(&["document", "list", "--vehicle", &car]),
        json!([made])
    );
    let out = folder.path().join("copy.txt");
    let out = out.to_str().unwrap();
    let got = desk.json(&["document", "get", &first, "--out", out]);
    assert_eq!(got["file_size"], made["file_size"]);
    assert_eq!(fs::read_to_string(out).unwrap(), long_text());

    let missing = desk.json(&["document", "missing"]);
    assert_eq!(missing[0]["vehicle_id"], json!(car));
    assert_eq!(missing[0]["missing"], json!(["registration"]));
    assert_eq!(missing[0]["owner"], "Ann Ng");

    // What the name says stands where nothing else is said.
    let paper = file(
        folder.path(),
        "Zulassung.txt",
        "Vehicle registration of AB-12 C",
    );
    let registration = desk.json(&[
        "document",
        "add",
        &paper,
        "--customer",
        &ann,
        "--vehicle",
        &car,
    ]);
    assert_eq!(registration["document_type"], "registration");
    assert_eq!(desk.json(&["document", "missing"]), json!([]));

    let next = file(folder.path(), "next.txt", "the card of next year");
    let renewed = desk.json(&[
        "document",
        "renew",
        &first,
        &next,
        "--expires",
        "2032-05-01",
    ]);
    assert_eq!(renewed["renews"], json!(first));
    assert_eq!(renewed["title"], made["title"]);
    assert_eq!(renewed["is_sensitive"], true);
    let expiring = desk.json(&["document", "expiring", "--within", "36500"]);
    assert_eq!(expiring, json!([renewed]), "the old one counts no longer");
    let set = ["document", "edit", &first, "--set", "title=Old card"];
    assert_eq!(desk.json(&set)["title"], "Old card");

    desk.json(&["document", "delete", &first]);
    assert_eq!(looked_at(&desk, &first), ["copied"], "of what is gone, too");
    let nobodys = desk.error(&["document", "looks", &ann]);
    assert_eq!(nobodys["code"], "not_found");
    assert_eq!(
        desk.error(&["document", "show", &first])["code"],
        "not_found"
    );
    assert_eq!(desk.json(&["doctor"])["ok"], true);
    desk.json(&["undo"]);
    desk.json(&["document", "get", &first, "--out", out]);
    assert_eq!(fs::read_to_string(out).unwrap(), long_text());
    assert_eq!(
        looked_at(&desk, &first),
        ["copied"],
        "twice in a row is once"
    );
    let health = desk.json(&["doctor"]);
    assert_eq!(health["documents"]["files"], 3);
    assert_eq!(health["documents"]["missing"], 0);
}

#[test]
fn what_is_no_paper_is_refused_and_leaves_nothing_behind() {
    let (folder, desk) = (tempfile::tempdir().unwrap(), Folder::new());
    let ann = desk.ann();
    let refused = |path: &str| {
        let args = [
            "document",
            "add",
            path,
            "--customer",
            &ann,
            "--type",
            "other",
        ];
        let error = desk.error(&args);
        assert_eq!(error["code"], "invalid", "{error}");
        assert_eq!(error["problems"][0]["field"], "file", "{error}");
        let words = error["fields"]["file"][0].as_str().unwrap();
        assert!(words.len() > 20, "{words}");
        error["problems"][0]["args"]["why"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let make = |name: &str, content: &[u8]| file(folder.path(), name, content);
    assert_eq!(refused(&make("a.pdf", b"")), "empty");
    assert_eq!(refused(&make("b.pdf", b"MZ\x90\0\x03")), "kind");
    assert_eq!(refused(&make("c.png", b"<!doctype html>")), "kind");
    assert_eq!(
        refused(&make("d.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF")),
        "incomplete"
    );
    assert_eq!(refused(&make("e.pdf", b"hello")), "name");
    assert_eq!(refused(folder.path().to_str().unwrap()), "folder");
    assert_eq!(refused("nowhere.pdf"), "vanished");
    let huge = folder.path().join("huge.pdf");
    fs::File::create(&huge).unwrap().set_len(5 << 30).unwrap();
    assert_eq!(refused(huge.to_str().unwrap()), "too_big");
    #[cfg(unix)]
    {
        let link = folder.path().join("link.txt");
        std::os::unix::fs::symlink(folder.path().join("e.pdf"), &link).unwrap();
        // Wine follows them itself and shows its programs what is behind.
        if !are_under_wine() {
            assert_eq!(refused(link.to_str().unwrap()), "link");
            assert_eq!(refused("/dev/zero"), "special");
        }
    }
    let good = make("good.txt", b"hello");
    let args = [
        "document",
        "add",
        &good,
        "--customer",
        &ann,
        "--type",
        "nonsense",
    ];
    assert_eq!(desk.error(&args)["problems"][0]["code"], "not_a_choice");
    let args = [
        "document",
        "add",
        &good,
        "--customer",
        NOBODY,
        "--type",
        "other",
    ];
    assert_eq!(desk.error(&args)["code"], "not_found");
    let args = ["document", "add", &good, "--customer", &ann];
    assert_eq!(desk.error(&args)["problems"][0]["field"], "document_type");
    assert_eq!(sealed(&desk), Vec::<PathBuf>::new());
    assert_eq!(desk.json(&["document", "list"]), json!([]));
    assert_eq!(desk.json(&["document", "expiring"]), json!([]));
    let long = format!("{}.txt", "x".repeat(240));
    let odd = make(&long, b"hello");
    let args = [
        "document",
        "add",
        &odd,
        "--customer",
        &ann,
        "--type",
        "other",
    ];
    assert_eq!(desk.json(&args)["file_name"], json!(long));
}

#[test]
fn the_same_file_is_told_and_kept_once() {
    let (folder, desk) = (tempfile::tempdir().unwrap(), Folder::new());
    let (ann, bob) = (
        desk.ann(),
        id(&desk.add_customer(json!({"first_name": "Bob", "email": "bob@example.com"}))),
    );
    let paper = file(folder.path(), "paper.txt", "the same");
    let add = |customer: &str| {
        desk.json(&[
            "document",
            "add",
            &paper,
            "--customer",
            customer,
            "--type",
            "other",
        ])
    };
    assert_eq!(add(&ann)["warnings"], Json::Null);
    for customer in [&ann, &bob] {
        let made = add(customer);
        let words = made["warnings"]["file"][0].as_str().unwrap();
        assert!(words.contains("Ann Ng"), "{words}");
    }
    assert_eq!(sealed(&desk).len(), 1);
}

#[test]
fn nothing_of_a_document_can_be_read_in_the_data_folder() {
    let (folder, desk) = (tempfile::tempdir().unwrap(), Folder::new());
    let ann = desk.ann();
    let text = long_text();
    let paper = file(folder.path(), "paper.txt", &text);
    desk.json(&[
        "document",
        "add",
        &paper,
        "--customer",
        &ann,
        "--type",
        "other",
    ]);
    let runs: HashSet<&[u8]> = text.as_bytes().chunks_exact(12).collect();
    let files = files_below(desk.path());
    assert!(files.len() > 3, "{files:?}");
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let readable = bytes.windows(12).position(|window| runs.contains(window));
        assert_eq!(readable, None, "{}", path.display());
    }
}

#[test]
fn doctor_tells_files_that_are_damaged_or_missing_and_collects_orphans() {
    let (folder, desk) = (tempfile::tempdir().unwrap(), Folder::new());
    let ann = desk.ann();
    let paper = file(folder.path(), "paper.txt", long_text());
    let add = [
        "document",
        "add",
        &paper,
        "--customer",
        &ann,
        "--type",
        "other",
    ];
    let made = id(&desk.json(&add));
    let path = sealed(&desk)[0].clone();
    let whole = fs::read(&path).unwrap();
    let orphan = desk.path().join("documents/incoming/.tmp123");
    fs::write(&orphan, "half").unwrap();
    assert_eq!(desk.json(&["doctor"])["ok"], true);
    assert!(!orphan.exists());

    let out = folder.path().join("copy.txt");
    let get = ["document", "get", &made, "--out", out.to_str().unwrap()];
    let doctor = || {
        let output = desk.output(&["doctor"], "");
        assert_eq!(output.status.code(), Some(1), "{}", err(&output));
        serde_json::from_slice::<Json>(&output.stdout).unwrap()
    };
    let mut bytes = whole.clone();
    bytes[100_000] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(doctor()["documents"]["damaged"], 1);
    assert_eq!(desk.error(&get)["code"], "file_damaged");
    fs::remove_file(&path).unwrap();
    let health = doctor();
    assert_eq!(health["documents"]["missing"], 1);
    assert!(health["problems"][0].as_str().unwrap().contains(&made));
    assert_eq!(desk.error(&get)["code"], "file_not_here");
    assert!(!out.exists());
    // Taking it in again mends it.
    desk.json(&add);
    assert_eq!(desk.json(&["doctor"])["ok"], true);
    desk.json(&get);
}

#[test]
fn a_restored_folder_opens_with_the_recovery_code() {
    let (folder, desk) = (tempfile::tempdir().unwrap(), Folder::new());
    let ann = desk.ann();
    let paper = file(folder.path(), "paper.txt", "hello");
    let made = id(&desk.json(&[
        "document",
        "add",
        &paper,
        "--customer",
        &ann,
        "--type",
        "other",
    ]));
    assert_eq!(
        desk.error(&["document", "recovery-code"])["code"],
        "shows_a_secret"
    );
    let code = desk.json(&["document", "recovery-code", "--confirm"]);
    let words = code["recovery_code"].as_str().unwrap();
    assert_eq!(words.split(' ').count(), 12);

    let other = Folder::new();
    for path in files_below(desk.path()) {
        let to = other.path().join(path.strip_prefix(desk.path()).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&path, to).unwrap();
    }
    let out = folder.path().join("copy.txt");
    let get = ["document", "get", &made, "--out", out.to_str().unwrap()];
    assert_eq!(other.error(&get)["code"], "file_key_lost");
    let add = [
        "document",
        "add",
        &paper,
        "--customer",
        &ann,
        "--type",
        "other",
    ];
    assert_eq!(
        other.error(&add)["code"],
        "file_key_lost",
        "no second key is made"
    );
    let health = other.output(&["doctor"], "");
    assert_eq!(health.status.code(), Some(1));
    assert!(err(&health).contains("file_key_lost"), "{}", err(&health));
    let restore = |words: &str| {
        let args = ["document", "recovery-code", "--restore"];
        other.output(&args, words)
    };
    let wrong = "abandon ".repeat(11);
    for words in [
        "two words".to_owned(),
        format!("{wrong}about"),
        format!("{wrong}garage"),
    ] {
        let error = failure(&restore(&words), 1, &["restore"]);
        assert_eq!(error["code"], "not_a_recovery_code", "{words}");
    }
    let done = restore(&words.to_uppercase());
    assert!(done.status.success(), "{}", err(&done));
    other.json(&get);
    assert_eq!(fs::read_to_string(out).unwrap(), "hello");
}

/// Killed at whatever moment, a document is there with its file or not at all.
#[test]
fn a_program_that_is_killed_leaves_no_half_document() {
    let (folder, desk) = (tempfile::tempdir().unwrap(), Folder::new());
    let ann = desk.ann();
    // The key is there; what is killed is the taking in.
    desk.json(&["document", "recovery-code", "--confirm"]);
    let mut is_through = 0;
    for round in 0..40_u64 {
        let text = format!("{round}\n{}", long_text());
        let paper = file(folder.path(), &format!("paper{round}.txt"), text);
        let mut command = desk.command(&["--json", "document", "add", &paper]);
        command.args(["--customer", &ann, "--type", "other"]);
        let mut child = command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // The moment is what varies; nothing is waited for.
        let end = std::time::Instant::now() + Duration::from_millis(round * 6);
        while std::time::Instant::now() < end && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _ = child.kill();
        is_through += usize::from(child.wait().unwrap().success());
    }
    let health = desk.json(&["doctor"]);
    assert_eq!(health["ok"], true, "{health}");
    let documents = desk.json(&["document", "list"]);
    let documents = documents.as_array().unwrap();
    assert!(documents.len() >= is_through);
    assert_eq!(
        sealed(&desk).len(),
        documents.len(),
        "orphans are collected"
    );
    assert_eq!(health["documents"]["files"], documents.len());
    let out = folder.path().join("copy.txt");
    for document in documents {
        let args = [
            "document",
            "get",
            &id(document),
            "--out",
            out.to_str().unwrap(),
        ];
        desk.json(&args);
        assert_eq!(fs::metadata(&out).unwrap().len(), document["file_size"]);
    }
}
