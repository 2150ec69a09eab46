//! The program itself.

use tracing::{error, info};

use super::Answer;

/// A page in trouble may say more than anybody reads.
const REPORT_MAX_CHARS: usize = 4_000;

/// The page has been painted and its search box takes typing.
#[tauri::command]
#[specta::specta]
pub async fn ready() -> Answer<()> {
    // `cargo xtask bench` waits for these words.
    info!("ready for typing");
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
