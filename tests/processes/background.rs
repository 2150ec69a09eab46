//! The task that syncs while the window is open, in a process of its own as in the window: the
//! desk is this process, everything else are others.

use std::future::Future;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::A_CUSTOMER;
use crate::files::text;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value as Json, json};
use servease_desk::views::{FilesPace, SyncState};
use servease_desk::{Clock, Desk, FailureCode, FileKey, Report, Rhythm, Run, SyncTask};
use servease_domain::EntityKind;
use servease_tests::processes::{
    Canned, Company, EMAIL, Fault, Gate, PASSWORD, PATIENCE, answer, id_of,
};
use servease_tests::programs::cli_program;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::block_in_place;
use uuid::Uuid;

/// Set in the process that a test runs in.
const INSIDE: &str = "SERVEASE_TEST_INSIDE";

/// Long enough to be no reason for anything in a test.
const NEVER: Duration = Duration::from_secs(3_600);

/// Only what a test is about wakes the task.
const PATIENT: Rhythm = Rhythm {
    ask_every: NEVER,
    look_every: NEVER,
    first_retry: NEVER,
};

/// Runs a test in a process with a home of its own, started by `through` where that is given:
/// a session is kept in the home of whoever runs the program.
fn run<F: Future<Output = ()>>(name: &str, through: &[&str], test: impl FnOnce() -> F) {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        return runtime.block_on(test());
    }
    let home = TempDir::with_prefix("servease-home-").unwrap();
    let this = std::env::current_exe().unwrap();
    let words: Vec<_> = through
        .iter()
        .map(std::ffi::OsStr::new)
        .chain([this.as_os_str()])
        .collect();
    let output = Command::new(words[0])
        .args(&words[1..])
        .args([&format!("background::{name}"), "--exact", "--nocapture"])
        .env(INSIDE, "yes")
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}/no-bus", home.path().display()),
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{stderr}");
    assert!(said.contains("1 passed"), "the test did not run: {said}");
}

/// A desk in this process, signed in, and what belongs to it.
struct Garage {
    company: Company,
    desk: Desk,
    folder: TempDir,
    runs: mpsc::UnboundedReceiver<Run>,
    tell: mpsc::UnboundedSender<Run>,
}

impl Garage {
    async fn open() -> Garage {
        let garage = Garage::signed_out().await;
        garage.sign_in().await;
        garage
    }

    async fn signed_out() -> Garage {
        let company = block_in_place(Company::new);
        let folder = TempDir::with_prefix("servease-desk-").unwrap();
        let desk = Desk::open(folder.path(), Clock::system()).await.unwrap();
        let (tell, runs) = mpsc::unbounded_channel();
        Garage {
            company,
            desk,
            folder,
            runs,
            tell,
        }
    }

    async fn sign_in(&self) {
        let url = self.company.proxy.url();
        self.desk
            .sign_in(&url, EMAIL, PASSWORD, false)
            .await
            .unwrap();
    }

    /// Starts the task and waits for its first run.
    async fn start(&mut self, rhythm: Rhythm) -> SyncTask {
        let task = self
            .desk
            .start_syncing_at(rhythm, 7, Some(self.tell.clone()));
        let first = self.next().await;
        assert!(first.failure.is_none(), "{first:?}");
        task
    }

    async fn next(&mut self) -> Run {
        let next = tokio::time::timeout(PATIENCE, self.runs.recv()).await;
        next.expect("no run in time").unwrap()
    }

    /// The next run that did something.
    async fn next_that(&mut self, fits: impl Fn(&Report) -> bool) -> Report {
        loop {
            let run = self.next().await;
            if run.failure.is_none() && fits(&run.report) {
                return run.report;
            }
        }
    }

    async fn next_failure(&mut self) -> FailureCode {
        loop {
            if let Some(failure) = self.next().await.failure {
                return failure.code();
            }
        }
    }

    async fn customer(&self, last_name: &str) -> Uuid {
        customer(&self.desk, last_name).await
    }

    /// `servease` on the same folder.
    fn cli(&self, args: &[&str]) -> Json {
        let output = Command::new(cli_program())
            .arg("--json")
            .arg("--data-dir")
            .arg(self.folder.path())
            .args(args)
            .output()
            .unwrap();
        answer(&output, args)
    }
}

async fn customer(desk: &Desk, last_name: &str) -> Uuid {
    let fields = json!({
        "first_name": "Bo", "last_name": last_name, "phone": "(212) 555-0142",
    });
    let fields = fields.as_object().unwrap();
    let saved = desk.create(EntityKind::Customer, fields, false).await;
    saved.unwrap().id
}

async fn stop(task: SyncTask) {
    let stopped = tokio::time::timeout(PATIENCE, task.stop()).await;
    stopped.expect("the task does not stop");
}

#[test]
fn a_local_edit_wakes_it() {
    run("a_local_edit_wakes_it", &[], || async {
        let mut garage = Garage::open().await;
        let task = garage.start(PATIENT).await;
        garage.customer("Diaz").await;
        assert_eq!(
            garage.next_that(|report| report.pushed > 0).await.pushed,
            A_CUSTOMER
        );
        stop(task).await;
    });
}

#[test]
fn an_edit_of_another_program_wakes_it() {
    run("an_edit_of_another_program_wakes_it", &[], || async {
        let mut garage = Garage::open().await;
        let task = garage.start(PATIENT).await;
        let id = garage.customer("Diaz").await;
        garage.next_that(|report| report.pushed == A_CUSTOMER).await;
        block_in_place(|| garage.cli(&["customer", "edit", &id.to_string(), "--set", "city=Troy"]));
        assert_eq!(garage.next_that(|report| report.pushed > 0).await.pushed, 1);
        stop(task).await;
    });
}

#[test]
fn an_event_of_central_wakes_it() {
    run("an_event_of_central_wakes_it", &[], || async {
        let mut garage = Garage::open().await;
        let task = garage.start(PATIENT).await;
        let other = block_in_place(|| garage.company.desk());
        for round in 0..3 {
            let id = block_in_place(|| {
                let id = other.customer("Cy", &format!("Moss {round}"));
                other.sync();
                id
            });
            assert_eq!(
                garage.next_that(|report| report.pulled > 0).await.pulled,
                A_CUSTOMER
            );
            let id = id.parse().unwrap();
            let record = garage.desk.record(EntityKind::Customer, id).await.unwrap();
            assert_eq!(record.get("first_name").as_text(), "Cy");
        }
        stop(task).await;
    });
}

#[test]
fn without_events_the_timer_asks() {
    run("without_events_the_timer_asks", &[], || async {
        let mut garage = Garage::open().await;
        let html = Fault::Answer(Canned::html());
        garage.company.proxy.fail("sync/events/", u32::MAX, html);
        let rhythm = Rhythm {
            ask_every: Duration::from_millis(50),
            ..PATIENT
        };
        let task = garage.start(rhythm).await;
        block_in_place(|| {
            let other = garage.company.desk();
            other.customer("Cy", "Moss");
            other.sync();
        });
        assert_eq!(
            garage.next_that(|report| report.pulled > 0).await.pulled,
            A_CUSTOMER
        );
        stop(task).await;
    });
}

/// The parts of a file that a desk has sent: from where on, and how many bytes.
fn parts(company: &Company, path: &str) -> Vec<(u64, u64)> {
    let seen = company.proxy.seen(path).into_iter();
    seen.filter(|it| it.method == "PUT")
        .map(|it| {
            let at = it.query.split("at=").nth(1).unwrap();
            let at = at.split('&').next().unwrap().parse().unwrap();
            (at, it.bytes as u64)
        })
        .collect()
}

/// Sets when files are sent: in the program of the task, which looks at once, or in another one.
async fn set_files(garage: &Garage, task: &SyncTask, pace: FilesPace, is_elsewhere: bool) {
    if is_elsewhere {
        let word = if pace == FilesPace::Paused {
            "paused"
        } else {
            "idle"
        };
        block_in_place(|| garage.cli(&["sync", "files", word]));
    } else {
        garage.desk.set_files_pace(pace).await.unwrap();
        task.files_anew();
    }
}

#[test]
fn a_file_that_is_paused_goes_on_from_what_was_confirmed() {
    let name = "a_file_that_is_paused_goes_on_from_what_was_confirmed";
    run(name, &[], || paused_in_the_middle(false));
}

#[test]
fn a_file_is_paused_by_another_program_too() {
    let name = "a_file_is_paused_by_another_program_too";
    run(name, &[], || paused_in_the_middle(true));
}

async fn paused_in_the_middle(is_elsewhere: bool) {
    let mut garage = Garage::open().await;
    garage.desk = garage.desk.with_file_key(FileKey::random());
    let customer = garage.customer("Diaz").await;
    let path = garage.folder.path().join("scan.txt");
    let content = text(3_000_000, &mut StdRng::seed_from_u64(1));
    std::fs::write(&path, &content).unwrap();
    let fields = json!({"customer_id": customer, "document_type": "other"});
    let fields = fields.as_object().unwrap();
    let id = garage.desk.add_document(&path, fields).await.unwrap().id;
    let document = garage.desk.record(EntityKind::Document, id).await.unwrap();
    let sha256 = document.get("sha256").as_text();
    let of_file: &'static str = format!("{sha256}/").leak();

    // The first part is confirmed, the second is on its way.
    let (first, second) = (Gate::default(), Gate::default());
    let hold = |gate: &Gate| {
        let fault = Fault::Hold(gate.clone());
        garage.company.proxy.fail(of_file, 1, fault);
    };
    hold(&first);
    hold(&second);
    let task = garage
        .desk
        .start_syncing_at(PATIENT, 7, Some(garage.tell.clone()));
    let mut activity = task.activity();
    block_in_place(|| {
        first.wait_for_arrival();
        first.open();
        second.wait_for_arrival();
    });
    let confirmed = parts(&garage.company, of_file)[1].0;
    assert!(confirmed > 0);
    let seen = activity.borrow_and_update().file.clone();
    let seen = seen.expect("a file on its way");
    assert_eq!((seen.done, seen.total), (confirmed, content.len() as u64));

    // Nobody waits for the part until it is through.
    set_files(&garage, &task, FilesPace::Paused, is_elsewhere).await;
    let ended = activity.wait_for(|activity| activity.file.is_none());
    let ended = tokio::time::timeout(PATIENCE, ended).await;
    drop(ended.expect("the run goes on").unwrap());
    let status = garage.desk.files_status().await.unwrap();
    assert_eq!((status.waiting, status.pace), (1, FilesPace::Paused));
    // Records go on.
    garage.customer("Moss").await;
    garage.next_that(|report| report.pushed == A_CUSTOMER).await;
    assert_eq!(parts(&garage.company, of_file).len(), 2);

    set_files(&garage, &task, FilesPace::Idle, is_elsewhere).await;
    let all_sent = async {
        while garage.desk.files_status().await.unwrap().waiting > 0 {
            activity.changed().await.unwrap();
        }
    };
    let sent = tokio::time::timeout(PATIENCE, all_sent).await;
    sent.expect("the file is not sent");
    let parts = parts(&garage.company, of_file);
    let mut expected = confirmed;
    for (at, bytes) in &parts[2..] {
        assert_eq!(*at, expected, "{parts:?}");
        expected += bytes;
    }
    assert_eq!(expected, content.len() as u64);
    second.open();
    stop(task).await;
}

#[test]
fn events_that_were_cut_off_are_asked_for_again() {
    run(
        "events_that_were_cut_off_are_asked_for_again",
        &[],
        || async {
            let mut garage = Garage::open().await;
            let rhythm = Rhythm {
                first_retry: Duration::from_millis(20),
                ..PATIENT
            };
            let task = garage.start(rhythm).await;
            let proxy = &garage.company.proxy;
            block_in_place(|| {
                proxy.wait_for("sync/events/", 0);
                // Everything is cut for a moment, as when Central is started anew.
                let before = proxy.seen("sync/events/").len();
                proxy.cut();
                proxy.restore();
                proxy.wait_for("sync/events/", before);
                let other = garage.company.desk();
                other.customer("Cy", "Moss");
                other.sync();
            });
            assert_eq!(
                garage.next_that(|report| report.pulled > 0).await.pulled,
                A_CUSTOMER
            );
            stop(task).await;
        },
    );
}

#[test]
fn it_syncs_when_it_is_asked_to() {
    run("it_syncs_when_it_is_asked_to", &[], || async {
        let mut garage = Garage::open().await;
        let task = garage.start(PATIENT).await;
        task.sync_now();
        let run = garage.next().await;
        assert!(run.failure.is_none(), "{run:?}");
        stop(task).await;
    });
}

#[test]
fn after_an_outage_it_comes_back_by_itself() {
    run("after_an_outage_it_comes_back_by_itself", &[], || async {
        let mut garage = Garage::open().await;
        let rhythm = Rhythm {
            first_retry: Duration::from_millis(20),
            ..PATIENT
        };
        let task = garage.start(rhythm).await;
        garage.company.proxy.cut();
        garage.customer("Diaz").await;
        for _ in 0..3 {
            assert_eq!(garage.next_failure().await, FailureCode::Unreachable);
        }
        let activity = task.activity().borrow().clone();
        assert_eq!(
            activity.trouble.as_ref().unwrap().code,
            FailureCode::Unreachable
        );
        let status = garage.desk.sync_status(&activity).await.unwrap();
        assert_eq!((status.state, status.waiting), (SyncState::Offline, 1));
        garage.company.proxy.restore();
        garage.next_that(|report| report.pushed == A_CUSTOMER).await;
        let activity = task.activity().borrow().clone();
        assert_eq!(activity.trouble, None);
        assert!(activity.last_success.is_some());
        let status = garage.desk.sync_status(&activity).await.unwrap();
        assert_eq!((status.state, status.waiting), (SyncState::Synced, 0));
        stop(task).await;
    });
}

#[test]
fn edits_during_an_outage_do_not_hammer_the_server() {
    run(
        "edits_during_an_outage_do_not_hammer_the_server",
        &[],
        || async {
            let mut garage = Garage::open().await;
            let task = garage.start(PATIENT).await;
            let busy = Fault::Answer(Canned::busy(0));
            garage.company.proxy.fail("", u32::MAX, busy);
            garage.customer("Diaz").await;
            assert_eq!(garage.next_failure().await, FailureCode::ServerBusy);
            let before = garage.company.proxy.seen("sync/mutations/").len();
            for number in 0..20 {
                garage.customer(&format!("Diaz {number}")).await;
            }
            garage.company.proxy.clear();
            // Whoever asks for it is not kept waiting.
            task.sync_now();
            let report = garage.next_that(|report| report.pushed > 0).await;
            assert_eq!(report.pushed, 21 * A_CUSTOMER);
            assert_eq!(
                garage.company.proxy.seen("sync/mutations/").len(),
                before + 1
            );
            stop(task).await;
        },
    );
}

#[test]
fn a_server_that_says_when_to_come_back_is_heard() {
    run(
        "a_server_that_says_when_to_come_back_is_heard",
        &[],
        || async {
            let mut garage = Garage::open().await;
            let rhythm = Rhythm {
                first_retry: Duration::from_millis(1),
                ..PATIENT
            };
            let task = garage.start(rhythm).await;
            let busy = Fault::Answer(Canned::busy(2));
            garage.company.proxy.fail("sync/mutations/", 1, busy);
            garage.customer("Diaz").await;
            assert_eq!(garage.next_failure().await, FailureCode::ServerBusy);
            let began = Instant::now();
            garage.next_that(|report| report.pushed == A_CUSTOMER).await;
            let took = began.elapsed();
            assert!(took >= Duration::from_millis(1_900), "{took:?}");
            stop(task).await;
        },
    );
}

/// What starts a program on a network that can be switched off. The superuser needs a network
/// namespace for that, everybody else a user namespace too.
fn network_of_its_own() -> Vec<&'static str> {
    let plain = vec!["unshare", "--net"];
    let allowed = Command::new("unshare").args(["--net", "true"]).output();
    match allowed {
        Ok(output) if output.status.success() => plain,
        _ => [plain, vec!["--map-root-user"]].concat(),
    }
}

#[test]
fn it_notices_that_the_pc_has_a_network_again() {
    let through = network_of_its_own();
    run(
        "it_notices_that_the_pc_has_a_network_again",
        &through,
        || async {
            // A device that is down keeps its address, unlike one that a cable was pulled from.
            let switch = |word: &str| {
                let change = if word == "up" { "add" } else { "del" };
                for args in [
                    ["addr", change, "127.0.0.1/8", "dev", "lo"].as_slice(),
                    &["link", "set", "lo", word],
                ] {
                    let set = Command::new("ip").args(args).status();
                    assert!(set.unwrap().success(), "ip {args:?}");
                }
            };
            switch("up");
            let mut garage = Garage::open().await;
            let rhythm = Rhythm {
                look_every: Duration::from_millis(50),
                ..PATIENT
            };
            let task = garage.start(rhythm).await;
            switch("down");
            garage.customer("Diaz").await;
            assert_eq!(garage.next_failure().await, FailureCode::Unreachable);
            switch("up");
            // The next try by the clock would be in an hour.
            let report = garage.next_that(|report| report.pushed > 0).await;
            assert_eq!(report.pushed, A_CUSTOMER);
            stop(task).await;
        },
    );
}

#[test]
fn it_stops_at_once_while_the_server_does_not_answer() {
    run(
        "it_stops_at_once_while_the_server_does_not_answer",
        &[],
        || async {
            let mut garage = Garage::open().await;
            let task = garage.start(PATIENT).await;
            let gate = Gate::default();
            garage
                .company
                .proxy
                .fail("sync/mutations/", 1, Fault::Hold(gate.clone()));
            garage.customer("Diaz").await;
            block_in_place(|| gate.wait_for_arrival());
            let began = Instant::now();
            stop(task).await;
            assert!(
                began.elapsed() < Duration::from_secs(5),
                "{:?}",
                began.elapsed()
            );
            // Dropped it stops as well, and the database can be closed.
            let other = garage.desk.start_syncing_at(PATIENT, 8, None);
            drop(other);
            let closed = tokio::time::timeout(PATIENCE, garage.desk.close()).await;
            closed.expect("something holds the database");
            gate.open();
        },
    );
}

#[test]
fn it_never_holds_up_a_save() {
    run("it_never_holds_up_a_save", &[], || async {
        let mut garage = Garage::open().await;
        let task = garage.start(PATIENT).await;
        let other = block_in_place(|| garage.company.desk());
        for path in ["sync/mutations/", "sync/changes/"] {
            let gate = Gate::default();
            let fault = Fault::Hold(gate.clone());
            block_in_place(|| other.sync());
            garage.company.proxy.fail(path, 1, fault);
            if path == "sync/changes/" {
                // Own changes do not come back; what somebody else did is read.
                block_in_place(|| {
                    other.customer("Cy", "Moss");
                    other.sync();
                });
            }
            garage.customer("Diaz").await;
            block_in_place(|| gate.wait_for_arrival());
            let began = Instant::now();
            for number in 0..20 {
                garage.customer(&format!("Diaz {number}")).await;
            }
            // Twenty durable saves take some ten milliseconds; the request takes a minute
            // to give up.
            assert!(
                began.elapsed() < Duration::from_secs(5),
                "{:?}",
                began.elapsed()
            );
            gate.open();
            loop {
                let report = garage.next_that(|_| true).await;
                if report.waiting == 0 && garage.desk.waiting_edits().await.unwrap().is_empty() {
                    break;
                }
            }
        }
        stop(task).await;
    });
}

#[test]
fn a_sign_in_wakes_it() {
    run("a_sign_in_wakes_it", &[], || async {
        let mut garage = Garage::signed_out().await;
        let task = garage
            .desk
            .start_syncing_at(PATIENT, 7, Some(garage.tell.clone()));
        assert_eq!(garage.next_failure().await, FailureCode::NotSignedIn);
        garage.customer("Diaz").await;
        garage.sign_in().await;
        garage.next_that(|report| report.pushed == A_CUSTOMER).await;
        stop(task).await;
    });
}

#[test]
fn window_and_command_line_sync_one_folder_at_once() {
    run(
        "window_and_command_line_sync_one_folder_at_once",
        &[],
        || async {
            let mut garage = Garage::open().await;
            let task = garage.start(PATIENT).await;
            let other = block_in_place(|| garage.company.desk());
            for round in 0..5 {
                garage.customer(&format!("Diaz {round}")).await;
                block_in_place(|| {
                    other.customer("Cy", &format!("Moss {round}"));
                    other.sync();
                    garage.cli(&["sync", "--once"]);
                });
            }
            block_in_place(|| garage.cli(&["sync", "--once"]));
            stop(task).await;
            block_in_place(|| {
                garage.cli(&["sync", "--once"]);
                garage.company.settle(&[&other]);
                assert_eq!(other.json(&["customer", "list"])["count"], 10);
                assert_eq!(garage.cli(&["customer", "list"])["count"], 10);
                let list = garage.cli(&["customer", "list"]);
                let ids: std::collections::BTreeSet<_> = list["results"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(id_of)
                    .collect();
                assert_eq!(ids.len(), 10);
            });
        },
    );
}
