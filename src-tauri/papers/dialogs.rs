//! The system's own dialogs for files. They are asked for here and by nobody else, so that no path
//! comes from the page.

use std::path::PathBuf;

use rfd::AsyncFileDialog;
use servease_files::FileKind;
use tauri::{AppHandle, Manager as _};

use super::Papers;
use super::picks::AT_ONCE;

/// The words of a dialog, from the page, which has the languages.
#[derive(Debug, Clone, serde::Deserialize, specta::Type)]
pub struct DialogWords {
    pub title: String,
    /// What all kinds of files that are kept are called together.
    pub papers: String,
    pub everything: String,
}

/// Files that somebody chooses, at most [`AT_ONCE`].
pub async fn choose_files(app: &AppHandle, words: &DialogWords) -> Vec<PathBuf> {
    let papers = app.state::<Papers>();
    // A second press while it is open opens no second one.
    let Ok(_open) = papers.dialog.try_lock() else {
        return Vec::new();
    };
    let endings: Vec<&str> = FileKind::all()
        .iter()
        .flat_map(|kind| kind.extensions)
        .copied()
        .collect();
    let dialog = dialog(app, &words.title)
        .add_filter(&words.papers, &both_cases(&endings))
        .add_filter(&words.everything, &["*"]);
    let chosen = dialog.pick_files().await.unwrap_or_default();
    chosen
        .into_iter()
        .take(AT_ONCE)
        .map(|file| file.path().to_owned())
        .collect()
}

/// Where a copy goes.
pub async fn choose_target(app: &AppHandle, title: &str, name: &str) -> Option<PathBuf> {
    let papers = app.state::<Papers>();
    let _open = papers.dialog.try_lock().ok()?;
    let dialog = dialog(app, title).set_file_name(name);
    let chosen = dialog.save_file().await?;
    Some(chosen.path().to_owned())
}

pub async fn choose_folder(app: &AppHandle, title: &str) -> Option<PathBuf> {
    let papers = app.state::<Papers>();
    let _open = papers.dialog.try_lock().ok()?;
    let chosen = dialog(app, title).pick_folder().await?;
    Some(chosen.path().to_owned())
}

fn dialog(app: &AppHandle, title: &str) -> AsyncFileDialog {
    let dialog = AsyncFileDialog::new().set_title(title);
    match app.get_webview_window("main") {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

/// GTK tells `SCAN.PDF` from `scan.pdf`.
fn both_cases(endings: &[&str]) -> Vec<String> {
    let upper = endings.iter().map(|ending| ending.to_uppercase());
    let lower = endings.iter().map(|ending| (*ending).to_owned());
    lower.chain(upper).collect()
}
