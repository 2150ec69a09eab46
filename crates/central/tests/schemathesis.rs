//! Schemathesis makes requests from the OpenAPI document, good and bad ones: none may come to
//! a server error, and the answers must have the statuses and the forms that it names.
//!
//! The tool comes from PyPI, in a pinned version, into a virtual environment below the target
//! folder: the first run needs the network and Python with its `venv` module.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is the message"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use servease_tests::central::Service;
use servease_tests::python::{environment, run};

const VERSION: &str = "4.32.5";

/// Requests of each operation and phase. Enough to reach every field with odd values, few
/// enough for a minute.
const EXAMPLES: &str = "8";

fn installed() -> PathBuf {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let package = format!("schemathesis=={VERSION}");
    environment(parent, &format!("schemathesis-{VERSION}"), &[&package]).join("st")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_made_from_the_schema_is_a_server_error() {
    let tool = tokio::task::spawn_blocking(installed).await.unwrap();
    let service = Service::start(None).await;
    let ada = service.customer("Ada", "L").await;
    service.vehicle(&ada, "B 1").await;
    let url = service.url("schema/");
    let token = format!("Authorization: Bearer {}", service.token);
    let folder = service.folder.path().to_owned();
    let tested = tokio::task::spawn_blocking(move || {
        run(Command::new(tool)
            .args(["run", &url, "--header", &token])
            .args([
                "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,\
                 response_schema_conformance",
            ])
            .args(["--phases", "examples,coverage,fuzzing"])
            // Its answers have no end, and the tool waits for one.
            .args(["--exclude-path", "/api/v1/sync/events/"])
            .args([
                "--max-examples",
                EXAMPLES,
                "--seed",
                "1",
                "--no-color",
                // Python 3.11 loses count when two threads parse source at the same moment
                // (python/cpython#106905), which the tool does.
                "--workers",
                "1",
            ])
            .args([
                "--suppress-health-check",
                "all",
                "--generation-database",
                "none",
            ])
            .current_dir(folder));
    });
    tested.await.unwrap();
    service.stop().await;
}
