//! `kill -9` at any moment loses no edit that was confirmed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use serde_json::Value as Json;

use crate::support::{Folder, id, program};

/// How often the writers are killed; `SERVEASE_KILLS` sets another number.
const KILLS: u32 = 40;

/// Writes note after note. Each line on stdout is one that `servease` has confirmed.
const WRITER: &str = r#"
    n=0
    while :; do
        n=$((n + 1))
        "$SERVEASE" --json --data-dir "$FOLDER" note add --customer "$CUSTOMER" \
            --title "$ROUND-$n" --content "$CONTENT"
        "$SERVEASE" --json --data-dir "$FOLDER" customer edit "$CUSTOMER" \
            --set "city=$ROUND-$n" > /dev/null
    done
"#;

#[test]
fn every_confirmed_edit_outlives_kill_9() {
    let kills = std::env::var("SERVEASE_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(KILLS);
    let seed = rand::rng().random();
    println!("moments from seed {seed}");
    let mut random = rand::rngs::StdRng::seed_from_u64(seed);
    let folder = Folder::new();
    let began = Instant::now();
    let customer = folder.ann();
    // From before its first breath to some edits later, however long a program takes here.
    let longest = (began.elapsed() * 4).max(Duration::from_millis(250));
    let mut confirmed = BTreeSet::new();
    for round in 0..kills {
        let moment = longest.mul_f64(random.random_range(0.0..1.0));
        confirmed.extend(one_round(&folder, &customer, round, moment));
    }
    println!("{} edits confirmed", confirmed.len());
    assert!(!confirmed.is_empty());
    let kept: BTreeSet<String> = folder
        .json(&["note", "list", "--customer", &customer])
        .as_array()
        .unwrap()
        .iter()
        .map(id)
        .collect();
    let lost: Vec<&String> = confirmed.difference(&kept).collect();
    assert!(
        lost.is_empty(),
        "{} of {} lost: {lost:?}",
        lost.len(),
        confirmed.len()
    );
    assert_eq!(folder.json(&["doctor"])["ok"], true);
}

/// Lets writers write until the moment, kills them with everything they have started, and
/// returns what was confirmed.
fn one_round(folder: &Folder, customer: &str, round: u32, moment: Duration) -> Vec<String> {
    let started = Instant::now();
    let mut writer = Command::new("sh")
        .args(["-c", WRITER])
        .env("SERVEASE", program())
        .env("FOLDER", folder.path())
        .env("CUSTOMER", customer)
        .env("ROUND", round.to_string())
        .env("CONTENT", "x".repeat(20_000))
        .env_remove("RUST_LOG")
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (heard, lines) = mpsc::channel();
    let stdout = BufReader::new(writer.stdout.take().unwrap());
    // A line that was cut off is no confirmation.
    let reader = thread::spawn(move || {
        for line in stdout.lines().map_while(Result::ok) {
            if let Ok(json) = serde_json::from_str::<Json>(&line) {
                let _ = heard.send(id(&json));
            }
        }
    });
    let mut confirmed = Vec::new();
    while let Some(left) = moment.checked_sub(started.elapsed()) {
        match lines.recv_timeout(left) {
            Ok(note) => confirmed.push(note),
            Err(mpsc::RecvTimeoutError::Timeout) => break,
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("the writer stopped by itself"),
        }
    }
    let group = format!("-{}", writer.id());
    let killed = Command::new("kill")
        .args(["-9", "--", &group])
        .status()
        .unwrap();
    assert!(killed.success());
    writer.wait().unwrap();
    // The pipe closes when the last of the group is gone.
    reader.join().unwrap();
    confirmed.extend(lines.try_iter());
    confirmed
}
