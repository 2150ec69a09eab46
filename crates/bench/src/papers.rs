//! Papers: taking files in beside writing them as they are, lists of many, and files on their way
//! to Central beside a plain copy over the same loopback.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use rand::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value as Json, json};
use servease_desk::views::{Keep, PaperQuery};
use servease_desk::{Clock, Desk, FileKey, Source, ToKeep};
use servease_domain::EntityKind;

use crate::figures::{Samples, Table};
use crate::programs::{Central, Outcome, Programs, finish};

/// A page from a scanner, compressed.
const SCAN_BYTES: usize = 300_000;

/// What is left of a page of text.
const SMALL_BYTES: usize = 1_000;

/// Files of one content.
const SAME_MAX: usize = 1_000;

/// A file that was photographed, or a policy with many pages.
const BIG_BYTES: usize = 5 << 20;

/// The first page of the list of all papers.
const ROWS: u32 = 60;

const REPEATS: usize = 50;

/// Papers that are kept as one step.
const AT_ONCE: usize = 200;

/// What to measure. `cargo bench` adds `--bench`, which says nothing.
#[derive(Debug, Parser)]
#[command(about = "Measures papers: taken in, listed, sent")]
struct Options {
    /// How many files are taken in.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    files: usize,
    /// How many papers the lists are of.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    papers: usize,
    /// How many files of 5 MiB are sent.
    #[arg(long, default_value_t = 40, value_name = "N")]
    sent: usize,
    #[arg(long, hide = true)]
    bench: bool,
}

/// Reads the arguments, measures and prints the table.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(run(&options))
        .map_err(|error| -> Box<dyn std::error::Error> { error })
}

async fn run(options: &Options) -> Outcome<()> {
    let scratch = tempfile::tempdir()?;
    let mut table = Table::new("Papers");
    let desk = Desk::open(&scratch.path().join("desk"), Clock::system()).await?;
    let desk = desk.with_file_key(FileKey::random());
    take_in(&desk, scratch.path(), options.files, &mut table).await?;
    list(&desk, scratch.path(), options.papers, &mut table).await?;
    desk.close().await;
    send(scratch.path(), options.sent, &mut table)?;
    println!("{}", table.markdown());
    Ok(())
}

/// A PDF of random content: what is in it nobody looks at here, and nothing makes it smaller.
fn pdf(bytes: usize, random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut content = vec![0; bytes];
    random.fill_bytes(&mut content);
    let mut pdf = format!("%PDF-1.4\n1 0 obj<</Length {bytes}>>stream\n").into_bytes();
    pdf.append(&mut content);
    pdf.extend_from_slice(b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
    pdf
}

async fn customer(desk: &Desk) -> Outcome<String> {
    let fields = object(json!({"last_name": "Lovelace", "phone": "+15550123456"}));
    let saved = desk.create(EntityKind::Customer, &fields, true).await?;
    Ok(saved.id.to_string())
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        _ => Map::new(),
    }
}

/// A file is read, looked at, sealed and on the disk, and then its row is; beside it the same bytes
/// are read, written and on the disk, with their folder.
async fn take_in(desk: &Desk, scratch: &Path, files: usize, table: &mut Table) -> Outcome<()> {
    let customer = customer(desk).await?;
    let fields =
        object(json!({"customer_id": customer, "document_type": "invoice", "title": "Invoice"}));
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (picked, copied) = (scratch.join("invoice.pdf"), scratch.join("copies"));
    fs::create_dir_all(&copied)?;
    let (mut taken, mut floor) = (Samples::default(), Samples::default());
    for number in 0..files {
        fs::write(&picked, pdf(SCAN_BYTES, &mut random))?;
        let started = Instant::now();
        copy(&picked, &copied.join(number.to_string()))?;
        File::open(&copied)?.sync_all()?;
        floor.add(started);
        let started = Instant::now();
        desk.add_document(&picked, &fields).await?;
        taken.add(started);
    }
    table.beside_floor(
        &format!("a file of 300 kB taken in, {files} times"),
        &taken,
        &floor,
    );
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut to = File::create(to)?;
    io::copy(&mut File::open(from)?, &mut to)?;
    to.sync_all()
}

async fn list(desk: &Desk, scratch: &Path, papers: usize, table: &mut Table) -> Outcome<()> {
    let customer = customer(desk).await?;
    // Each of its own: what many have the same is kept once.
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let keep = Keep::default();
    let started = Instant::now();
    for first in (0..papers).step_by(AT_ONCE) {
        let some: Vec<(Source, Map<String, Json>)> = (first..papers.min(first + AT_ONCE))
            .map(|number| {
                let path = scratch.join(format!("policy {}.pdf", number - first));
                fs::write(&path, pdf(SMALL_BYTES, &mut random))?;
                let fields = object(json!({
                    "customer_id": customer, "document_type": "insurance",
                    "title": format!("Policy {number}"), "expiry_date": "2031-05-01",
                }));
                Ok((Source::File(path), fields))
            })
            .collect::<io::Result<_>>()?;
        let files: Vec<ToKeep<'_>> = some
            .iter()
            .map(|(source, fields)| ToKeep {
                source,
                fields,
                keep: &keep,
            })
            .collect();
        for kept in desk.keep_documents(&files).await? {
            kept?;
        }
    }
    table.note(
        &format!("{papers} papers of {SMALL_BYTES} bytes taken in, {AT_ONCE} at once"),
        &format!(
            "{:.1} ms each",
            started.elapsed().as_secs_f64() * 1e3 / papers as f64
        ),
    );
    let same = Source::File(scratch.join("policy 0.pdf"));
    take_in_again(desk, &customer, &same, papers.min(SAME_MAX), table).await?;
    let all = PaperQuery::default();
    let mut found = all.clone();
    "policy 77".clone_into(&mut found.search);
    for (name, query, offset) in [
        ("the first page", &all, 0),
        (
            "the last page",
            &all,
            u32::try_from(papers)?.saturating_sub(ROWS),
        ),
        ("the first page of those with a word", &found, 0),
    ] {
        let mut samples = Samples::default();
        for _ in 0..REPEATS {
            let started = Instant::now();
            desk.paper_list(query, offset, ROWS).await?;
            samples.add(started);
        }
        table.beside_target(&format!("{name} of {papers} papers"), &samples, 50.0);
    }
    Ok(())
}

/// A form that everybody is given: the last of many is taken in as fast as the first of them.
async fn take_in_again(
    desk: &Desk,
    customer: &str,
    same: &Source,
    times: usize,
    table: &mut Table,
) -> Outcome<()> {
    let keep = Keep::default();
    let fields =
        object(json!({"customer_id": customer, "document_type": "other", "title": "Form"}));
    let file = ToKeep {
        source: same,
        fields: &fields,
        keep: &keep,
    };
    let tenth = (times / 10).max(1);
    let (mut first, mut last) = (Samples::default(), Samples::default());
    for number in 0..times {
        let started = Instant::now();
        for kept in desk.keep_documents(&[file]).await? {
            kept?;
        }
        if number < tenth {
            first.add(started);
        } else if number >= times - tenth {
            last.add(started);
        }
    }
    table.beside_floor(
        &format!("the last {tenth} of {times} equal files taken in, beside the first"),
        &last,
        &first,
    );
    Ok(())
}

/// Real programs: `servease sync --once` with nothing but files to send.
fn send(scratch: &Path, files: usize, table: &mut Table) -> Outcome<()> {
    let programs = Programs::find()?;
    let pc = scratch.join("pc");
    fs::create_dir_all(&pc)?;
    let central = Central::start(&programs, &scratch.join("central"))?;
    programs.sign_in(&pc, &central)?;
    let add = ["customer", "add", "--from", "-"];
    let fields = json!({"last_name": "Lovelace", "phone": "+15550123456"}).to_string();
    let saved = finish(&mut programs.desk(&pc, &add), &fields)?;
    let saved: Json = serde_json::from_str(&saved)?;
    let customer = saved["id"].as_str().ok_or("no customer")?;
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut paths = Vec::new();
    for number in 0..files {
        let path = scratch.join(format!("policy {number}.pdf"));
        fs::write(&path, pdf(BIG_BYTES, &mut random))?;
        let text = path.to_string_lossy();
        let add = [
            "document",
            "add",
            &text,
            "--customer",
            customer,
            "--type",
            "insurance",
        ];
        finish(&mut programs.desk(&pc, &add), "")?;
        paths.push(path);
    }
    let floor = copy_over_loopback(&paths, &scratch.join("arrived"))?;
    let started = Instant::now();
    let output = programs
        .desk(&pc, &["sync", "--once"])
        .stdin(Stdio::null())
        .output()?;
    let took = started.elapsed();
    let report: Json = serde_json::from_slice(&output.stdout)?;
    if report["files"]["sent"].as_u64() != Some(files as u64) {
        return Err(format!("{report}").into());
    }
    let mb = (files * BIG_BYTES) as f64 / 1e6;
    let speed = |took: Duration| format!("{:.0} MB/s", mb / took.as_secs_f64());
    let ratio = took.as_secs_f64() / floor.as_secs_f64();
    table.note(
        &format!("{files} files of 5 MiB sent to Central"),
        &format!(
            "{}; a plain copy over loopback, each file on the disk: {}; {ratio:.2} times as long (target 1.5)",
            speed(took),
            speed(floor)
        ),
    );
    Ok(())
}

/// One side reads files and sends them, the other writes each and has it on the disk.
fn copy_over_loopback(paths: &[PathBuf], folder: &Path) -> Outcome<Duration> {
    fs::create_dir_all(folder)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let folder = folder.to_owned();
    let count = paths.len();
    let sizes: Vec<u64> = paths
        .iter()
        .map(|path| Ok(path.metadata()?.len()))
        .collect::<io::Result<_>>()?;
    let started = Instant::now();
    let receiver = thread::spawn(move || -> io::Result<()> {
        let (mut line, _) = listener.accept()?;
        for (number, size) in sizes.into_iter().enumerate() {
            let mut file = File::create(folder.join(number.to_string()))?;
            io::copy(&mut (&mut line).take(size), &mut file)?;
            file.sync_all()?;
            File::open(&folder)?.sync_all()?;
            line.write_all(b".")?;
        }
        Ok(())
    });
    let mut line = TcpStream::connect(address)?;
    for path in paths {
        io::copy(&mut File::open(path)?, &mut line)?;
    }
    line.read_exact(&mut vec![0; count])?;
    let took = started.elapsed();
    receiver.join().map_err(|_| "the receiver failed")??;
    Ok(took)
}
