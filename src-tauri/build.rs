//! Reads `tauri.conf.json` and the capabilities into the program.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

const UI: &str = "ui/dist";

const WITHOUT_UI: &str = "<!doctype html><html lang=\"en\"><title>ServEase Desk</title>\
    <h1>The user interface is not built</h1><p>Start with: cargo xtask run</p></html>";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={UI}");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    if !Path::new(UI).join("index.html").exists() {
        stand_in_for_missing_ui()?;
    }
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/*.json");
    tauri_build::try_build(attributes)?;
    Ok(())
}

/// Lints, bindings and benches compile without Node: a page that says so is embedded instead.
fn stand_in_for_missing_ui() -> Result<(), Box<dyn Error>> {
    let page = PathBuf::from(env::var("OUT_DIR")?).join("without-ui");
    fs::create_dir_all(&page)?;
    fs::write(page.join("index.html"), WITHOUT_UI)?;
    let config = format!(
        r#"{{"build":{{"frontendDist":{:?}}}}}"#,
        page.display().to_string()
    );
    println!("cargo:rustc-env=TAURI_CONFIG={config}");
    Ok(())
}
