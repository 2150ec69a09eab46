//! Files of documents between real programs: over a poor line, killed at both ends.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use servease_tests::processes::{Company, Desk, Fault, Seen, id_of};

/// How often something is killed; `SERVEASE_KILLS` sets another number.
const KILLS: u32 = 200;

/// The longest part that is sent at once.
const PART_BYTES: u64 = 8 << 20;

/// Some six parts, each twice as long as the one before: long enough to be killed in the middle.
const FILE_BYTES: usize = 9_000_000;

fn kills() -> u32 {
    let chosen = std::env::var("SERVEASE_KILLS").ok();
    chosen.and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

pub fn text(length: usize, random: &mut StdRng) -> Vec<u8> {
    let mut content = vec![0; length];
    random.fill(content.as_mut_slice());
    content
        .iter_mut()
        .for_each(|byte| *byte = b'a' + *byte % 26);
    content
}

pub fn add(desk: &Desk, folder: &Path, customer: &str, content: &[u8]) -> String {
    let path = folder.join("scan.txt");
    fs::write(&path, content).unwrap();
    let path = path.to_str().unwrap();
    let args = [
        "document",
        "add",
        path,
        "--customer",
        customer,
        "--type",
        "other",
    ];
    id_of(&desk.json(&args))
}

pub fn get(desk: &Desk, id: &str, out: &Path) -> Vec<u8> {
    desk.json(&["document", "get", id, "--out", out.to_str().unwrap()]);
    fs::read(out).unwrap()
}

pub fn state(desk: &Desk, id: &str) -> String {
    let shown = desk.show("document", id);
    shown["file_state"].as_str().unwrap().to_owned()
}

pub fn out() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.txt");
    (folder, out)
}

#[test]
fn a_paper_taken_in_at_one_desk_is_opened_at_another() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let (folder, out) = out();
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let content = text(300_000, &mut StdRng::seed_from_u64(1));
    let id = add(&front, folder.path(), &bo, &content);
    assert_eq!(state(&front, &id), "on_its_way");
    assert_eq!(front.status()["files"]["waiting"], 1);
    let report = front.sync();
    assert_eq!(report["files"]["sent"], 1);
    assert_eq!(state(&front, &id), "here");
    back.sync();
    assert_eq!(state(&back, &id), "at_central");
    let health = back.json(&["doctor"]);
    assert_eq!(
        (&health["ok"], &health["documents"]["not_fetched"]),
        (&true.into(), &1.into())
    );
    // A line that is cut in the middle: what came is not asked for again.
    company.proxy.fail("", 1, Fault::CutAnswer);
    let args = ["document", "get", &id, "--out", out.to_str().unwrap()];
    back.output(&args, "");
    assert!(get(&back, &id, &out) == content);
    assert_eq!(state(&back, &id), "here");
    company.settle(&[&front, &back]);
}

#[test]
fn an_answer_to_a_part_that_is_lost_costs_one_part() {
    let company = Company::new();
    let desk = company.desk();
    let (folder, _) = out();
    let bo = desk.customer("Bo", "Diaz");
    let content = text(600_000, &mut StdRng::seed_from_u64(2));
    let id = add(&desk, folder.path(), &bo, &content);
    desk.json(&["sync", "files", "paused"]);
    desk.sync();
    desk.json(&["sync", "files", "idle"]);
    for fault in [
        Fault::LoseAnswer,
        Fault::CutAnswer,
        Fault::LoseRequest,
        Fault::Duplicate,
    ] {
        company.proxy.fail("/", 3, fault);
        desk.output(&["sync", "--once"], "");
        company.proxy.clear();
    }
    desk.sync();
    assert_eq!(state(&desk, &id), "here");
    in_order(&company.proxy.seen("/"));
}

#[test]
fn a_central_that_lost_a_file_is_given_it_again() {
    let mut company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let (folder, out) = out();
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    front.json(&["sync", "files", "paused"]);
    let id = add(&front, folder.path(), &bo, b"hello");
    front.sync();
    let backup = company.site.beside("backup");
    company.site.backup(&backup);
    front.json(&["sync", "files", "now"]);
    front.sync();
    assert_eq!(state(&front, &id), "here");
    // Its row is in the backup, its file is not.
    company.restore_central(&backup);
    front.sync();
    back.sync();
    assert_eq!(get(&back, &id, &out), b"hello");
}

/// What was sent of each file goes on where it ended: nothing but the last part is ever sent again.
pub fn in_order(seen: &[Seen]) {
    let mut last: HashMap<&str, (u64, u64)> = HashMap::new();
    let mut count = 0;
    for request in seen.iter().filter(|it| it.method == "PUT") {
        let at = request.query.split("at=").nth(1).unwrap();
        let at: u64 = at.split('&').next().unwrap().parse().unwrap();
        let bytes = request.bytes as u64;
        assert!(bytes <= PART_BYTES);
        let place = last.entry(&request.path).or_insert((0, 0));
        let (before, length) = *place;
        assert!(
            before <= at && at <= before + length,
            "a part at {at} after one of {length} bytes at {before}"
        );
        *place = (at, bytes);
        count += 1;
    }
    assert!(count > 0, "nothing was sent");
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Desk,
    Central,
}

#[test]
fn files_arrive_whole_whenever_a_desk_is_killed() {
    files_arrive_whole(Company::new(), End::Desk, kills() * 3 / 4);
}

#[test]
fn files_arrive_whole_whenever_central_is_killed() {
    files_arrive_whole(Company::new(), End::Central, kills() / 4);
}

pub fn files_arrive_whole(mut company: Company, end: End, wanted: u32) {
    let seed = rand::rng().random();
    println!("SERVEASE_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let (front, back) = (company.desk(), company.desk());
    let (folder, out) = out();
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let mut papers: Vec<(String, Vec<u8>)> = Vec::new();
    let (mut killed, mut ended) = (0, 0);
    while killed < wanted {
        let is_through = front.status()["files"]["waiting"] == 0;
        if is_through {
            let content = text(FILE_BYTES, &mut random);
            let id = add(&front, folder.path(), &bo, &content);
            papers.push((id, content));
        }
        let asked = company.proxy.seen("sync/files/").len();
        let moment = Duration::from_micros(random.random_range(0..200_000));
        let mut run = front.start(&["sync", "--once"]);
        // Mostly while the file is on its way, however slow the machine is.
        if random.random_range(0..8) > 0 {
            company.proxy.wait_for("sync/files/", asked);
        }
        if end == End::Central {
            run.wait_for(moment);
            company.kill_central();
            run.wait();
            company.start_central();
        } else {
            let output = run.kill_after(moment);
            ended += u32::from(output.status.success());
        }
        killed += 1;
    }
    front.sync();
    in_order(&company.proxy.seen("/"));
    back.sync();
    // The same the other way round: the first is fetched by a program that is killed again and again.
    let (first, _) = &papers[0];
    let args = ["document", "get", first, "--out", out.to_str().unwrap()];
    for _ in 0..wanted / 10 {
        let moment = Duration::from_micros(random.random_range(0..300_000));
        back.start(&args).kill_after(moment);
    }
    for (id, content) in &papers {
        assert!(get(&back, id, &out) == *content);
        assert!(get(&front, id, &out) == *content);
    }
    let gets = company.proxy.seen("/");
    let path = |it: &&Seen| it.method == "GET" && it.path.contains("/sync/files/");
    let first_path = gets.iter().find(path).map(|it| it.path.clone());
    let ranges: Vec<u64> = gets
        .iter()
        .filter(|it| path(it) && Some(&it.path) == first_path.as_ref())
        .map(|it| {
            it.range
                .trim_start_matches("bytes=")
                .trim_end_matches('-')
                .parse()
                .unwrap_or(0)
        })
        .collect();
    assert!(
        ranges.is_sorted(),
        "what came is not asked for again: {ranges:?}"
    );
    println!(
        "{killed} kills, {} files, {ended} runs to their end, fetched from {ranges:?}",
        papers.len()
    );
    company.settle(&[&front, &back]);
}
