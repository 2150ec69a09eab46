//! The program itself.

use tauri::{AppHandle, Manager as _};
use tracing::{debug, error, info};

use super::Answer;
use crate::resident::{self, Resident};
use crate::shell::Shell;
use crate::window;

/// A page in trouble may say more than anybody reads.
const REPORT_MAX_CHARS: usize = 4_000;

/// The page stands in its colours and its search box takes typing: the window can be seen.
/// `background` is the page's own, as red, green and blue.
#[tauri::command]
#[specta::specta]
pub async fn ready(app: AppHandle, background: (u8, u8, u8)) -> Answer<()> {
    window::show(&app, Some(background.into()));
    if let Some(path) = app.state::<Resident>().take_path() {
        resident::open(&app, &path);
    }
    // `cargo xtask bench` waits for these words.
    info!("ready for typing");
    // Nobody waits for what makes the first search quick.
    tauri::async_runtime::spawn(async move {
        if let Ok(desk) = app.state::<Shell>().desk().await
            && let Err(problem) = desk.warm_up().await
        {
            debug!(%problem, "not warmed up");
        }
    });
    Ok(())
}

/// Something went wrong in the page that nobody foresaw: it belongs in the log.
#[tauri::command]
#[specta::specta]
pub async fn report_error(message: String) -> Answer<()> {
    let message: String = message.chars().take(REPORT_MAX_CHARS).collect();
    error!(%message, "in the page");
    Ok(())
}
