//! A data folder of its own for each test, and the program run on it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// The program under test: `SERVEASE_CLI_BIN`, else what cargo built for this test.
pub fn program() -> PathBuf {
    std::env::var_os("SERVEASE_CLI_BIN").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_servease")),
        PathBuf::from,
    )
}

/// An id that no record has.
pub const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

/// A data folder that is removed with the test.
#[derive(Debug)]
pub struct Folder {
    dir: TempDir,
}

impl Folder {
    pub fn new() -> Folder {
        Folder {
            dir: TempDir::with_prefix("servease-cli-").unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn database(&self) -> PathBuf {
        self.path().join("servease.db")
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = bare();
        command.arg("--data-dir").arg(self.path()).args(args);
        command
    }

    /// The answer in JSON of a command that works.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Json {
        answer(&self.output(args, ""), args)
    }

    /// The answer in JSON of a command that works, with something on standard input.
    #[track_caller]
    pub fn json_from(&self, args: &[&str], input: &Json) -> Json {
        answer(&self.output(args, &input.to_string()), args)
    }

    /// The error of a command that fails with exit code 1.
    #[track_caller]
    pub fn error(&self, args: &[&str]) -> Json {
        failure(&self.output(args, ""), 1, args)
    }

    #[track_caller]
    pub fn error_from(&self, args: &[&str], input: &str) -> Json {
        failure(&self.output(args, input), 1, args)
    }

    #[track_caller]
    pub fn usage_error(&self, args: &[&str]) -> Json {
        failure(&self.output(args, ""), 2, args)
    }

    /// Runs with `--json`.
    #[track_caller]
    pub fn output(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(&[]);
        command.arg("--json").args(args);
        run(command, input)
    }

    /// What is printed without `--json`.
    #[track_caller]
    pub fn text(&self, args: &[&str]) -> String {
        let output = run(self.command(args), "");
        assert!(output.status.success(), "{args:?}: {}", err(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    pub fn add_customer(&self, fields: Json) -> Json {
        self.json_from(&["customer", "add", "--from", "-"], &fields)
    }

    #[track_caller]
    pub fn ann(&self) -> String {
        id(&self.add_customer(
            json!({"first_name": "Ann", "last_name": "Ng", "phone": "(212) 555-0142"}),
        ))
    }

    #[track_caller]
    pub fn add_vehicle(&self, customer: &str, fields: Json) -> Json {
        let args = ["vehicle", "add", "--customer", customer, "--from", "-"];
        self.json_from(&args, &fields)
    }

    #[track_caller]
    pub fn focus(&self, customer: &str) -> String {
        let fields = json!({
            "make": "Ford", "model": "Focus", "license_plate": "AB-12 C",
            "current_mileage": 40_000,
        });
        id(&self.add_vehicle(customer, fields))
    }
}

/// The program in a quiet environment.
pub fn bare() -> Command {
    let mut command = Command::new(program());
    for variable in ["SERVEASE_DATA_DIR", "RUST_LOG", "LC_ALL", "LC_MESSAGES"] {
        command.env_remove(variable);
    }
    command.env("LANG", "C.UTF-8");
    command
}

#[track_caller]
pub fn run(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that needs no input may be gone before it is written.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

pub fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// One JSON value on stdout, nothing on stderr, exit code 0.
#[track_caller]
pub fn answer(output: &Output, what: &[&str]) -> Json {
    assert!(output.status.success(), "{what:?}: {}", err(output));
    assert_eq!(err(output), "", "{what:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Nothing on stdout, one line of JSON on stderr, the exit code; the inside of `error`.
#[track_caller]
pub fn failure(output: &Output, code: i32, what: &[&str]) -> Json {
    let line = err(output);
    assert_eq!(output.status.code(), Some(code), "{what:?}: {line}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{what:?}");
    error_line(&line)
}

#[track_caller]
pub fn error_line(line: &str) -> Json {
    assert_eq!(line.trim_end().lines().count(), 1, "{line}");
    let json: Json = serde_json::from_str(line).unwrap();
    let error = json["error"].clone();
    for name in ["code", "message"] {
        assert!(
            error[name].as_str().is_some_and(|text| !text.is_empty()),
            "{line}"
        );
    }
    assert!(error["fields"].is_object(), "{line}");
    error
}

#[track_caller]
pub fn id(json: &Json) -> String {
    json["id"].as_str().unwrap().to_owned()
}

/// The names in an object, sorted.
pub fn names(json: &Json) -> Vec<&str> {
    let mut names: Vec<&str> = json
        .as_object()
        .map(|object| object.keys().map(String::as_str).collect())
        .unwrap_or_default();
    names.sort_unstable();
    names
}
