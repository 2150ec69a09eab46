//! The garage that the tests work in: a few records, entered through the command line.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use servease_tests::window::{Desk, cli_program, run_cli};

/// A data folder with Ada Byron, her Toyota and Grace, who works here.
pub struct Garage {
    folder: tempfile::TempDir,
    /// Ada Byron, (614) 555-0111.
    pub customer: String,
    /// Her Toyota Corolla, plate `ABC 1234`, 42,000 mi.
    pub vehicle: String,
}

impl Garage {
    /// A garage that is set up; nothing is open yet.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path();
        let employee = add_employee(path, "Grace Hopper");
        run_cli(
            path,
            &[
                "settings",
                "set",
                "garage_name=Maple Street Garage",
                &format!("employee_id={employee}"),
                "language=en",
            ],
        );
        let customer = add_customer(
            path,
            &json!({
                "first_name": "Ada", "last_name": "Byron", "phone": "(614) 555-0111",
                "email": "ada@example.com", "city": "Columbus", "state": "Ohio",
            }),
        );
        let vehicle = vehicle(
            path,
            &customer,
            &json!({
                "make": "Toyota", "model": "Corolla", "year": 2019, "color": "blue",
                "license_plate": "ABC 1234", "current_mileage": 42_000,
            }),
        );
        Self {
            folder,
            customer,
            vehicle,
        }
    }

    /// Where the garage lives.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Adds a customer and returns the id.
    pub fn customer(&self, fields: &Value) -> String {
        add_customer(self.path(), fields)
    }

    /// Adds a vehicle and returns the id.
    pub fn vehicle(&self, owner: &str, fields: &Value) -> String {
        vehicle(self.path(), owner, fields)
    }

    /// Records a service of a vehicle and returns the id.
    pub fn service(&self, vehicle: &str, fields: &Value) -> String {
        let words = ["service", "add", "--vehicle", vehicle, "--from", "-"];
        add(self.path(), &words, Some(fields))
    }

    /// Runs `servease --json …` on it; what it answers.
    pub fn cli_json(&self, words: &[&str]) -> Value {
        let words: Vec<&str> = std::iter::once("--json")
            .chain(words.iter().copied())
            .collect();
        serde_json::from_str(&run_cli(self.path(), &words)).expect("JSON")
    }

    /// The record as the command line shows it.
    pub fn shown(&self, noun: &str, id: &str) -> Value {
        let answer = run_cli(self.path(), &["--json", noun, "show", id]);
        serde_json::from_str(&answer).expect("a JSON object")
    }

    /// Opens the window on it.
    pub async fn open(&self) -> Desk {
        Desk::open_on(self.path()).await
    }
}

/// Goes to an address of the page, as a link does.
pub async fn go_to(desk: &Desk, address: &str) {
    let _: Option<bool> = desk
        .script("location.hash = arguments[0]", vec![json!(address)])
        .await;
}

/// Adds a customer to a data folder and returns the id.
pub fn add_customer(folder: &Path, fields: &Value) -> String {
    add(folder, &["customer", "add", "--from", "-"], Some(fields))
}

/// Adds somebody who works there and returns the id.
pub fn add_employee(folder: &Path, name: &str) -> String {
    let words = ["employee", "add", "--name", name, "--role", "advisor"];
    add(folder, &words, None)
}

fn vehicle(folder: &Path, owner: &str, fields: &Value) -> String {
    add(
        folder,
        &["vehicle", "add", "--customer", owner, "--from", "-"],
        Some(fields),
    )
}

/// Runs `servease --json …` with an object on standard input; the id of what it made.
fn add(folder: &Path, arguments: &[&str], input: Option<&Value>) -> String {
    use std::io::Write;
    use std::process::Stdio;

    let mut running = Command::new(cli_program())
        .args(["--json", "--data-dir"])
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("servease runs");
    let mut stdin = running.stdin.take().expect("its input");
    if let Some(input) = input {
        stdin
            .write_all(input.to_string().as_bytes())
            .expect("it reads");
    }
    drop(stdin);
    let output = running.wait_with_output().expect("it ends");
    assert!(
        output.status.success(),
        "servease {arguments:?}: {output:?}"
    );
    let made: Value = serde_json::from_slice(&output.stdout).expect("a JSON object");
    made["id"].as_str().expect("an id").to_owned()
}
