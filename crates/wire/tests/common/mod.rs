//! Frozen JSON, and how it is compared.

use std::path::PathBuf;

use serde_json::Value as Json;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("{name}.json"))
}

/// The JSON is what the file says, to the letter.
#[track_caller]
pub fn compare(name: &str, actual: &Json) {
    let text = serde_json::to_string_pretty(actual).unwrap() + "\n";
    if std::env::var_os("SERVEASE_UPDATE_GOLDEN").is_some() {
        std::fs::write(path(name), &text).unwrap();
    }
    let frozen = std::fs::read_to_string(path(name)).unwrap();
    assert_eq!(frozen, text, "{name} differs from its golden file");
}
