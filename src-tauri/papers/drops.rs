//! Files that are dragged onto the window: their paths come from the system, and the page is told
//! tokens.

use serde::Serialize;
use servease_desk::Source;
use tauri::{AppHandle, DragDropEvent, Manager as _};
use tauri_specta::Event as _;
use tracing::warn;

use super::Papers;
use super::picks::{Pick, PickView};
use crate::shell::Shell;

/// Files are held over the window, or not any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type, tauri_specta::Event)]
pub struct PapersDragged {
    pub is_over: bool,
}

/// Files were let go of over the page, at this place of it.
#[derive(Debug, Clone, Serialize, specta::Type, tauri_specta::Event)]
pub struct PapersDropped {
    pub picks: Vec<PickView>,
    pub x: f64,
    pub y: f64,
}

/// Hears what is dragged onto the window.
pub fn heard(app: &AppHandle, event: &DragDropEvent) {
    match event {
        DragDropEvent::Enter { paths, .. } if !paths.is_empty() => dragged(app, true),
        DragDropEvent::Leave => dragged(app, false),
        DragDropEvent::Drop { paths, position } => {
            dragged(app, false);
            // Named physical, and only on Windows it is: elsewhere the toolkit has scaled it already.
            let scale = match cfg!(windows) {
                true => app
                    .get_webview_window("main")
                    .and_then(|window| window.scale_factor().ok())
                    .unwrap_or(1.0),
                false => 1.0,
            };
            let (x, y) = (position.x / scale, position.y / scale);
            let picks: Vec<Pick> = paths
                .iter()
                .map(|path| Pick {
                    source: Source::File(path.clone()),
                    scan: None,
                })
                .collect();
            let app = app.clone();
            tauri::async_runtime::spawn(async move { dropped(&app, picks, x, y).await });
        }
        _ => {}
    }
}

async fn dropped(app: &AppHandle, picks: Vec<Pick>, x: f64, y: f64) {
    let shell = app.state::<Shell>();
    let Ok(desk) = shell.desk().await else { return };
    let papers = app.state::<Papers>();
    let picks = papers.picks.take(desk, picks, None).await;
    let told = PapersDropped { picks, x, y }.emit(app);
    if let Err(problem) = told {
        warn!(%problem, "the page could not be told of dropped files");
    }
}

fn dragged(app: &AppHandle, is_over: bool) {
    if let Err(problem) = (PapersDragged { is_over }).emit(app) {
        warn!(%problem, "the page could not be told of dragged files");
    }
}
