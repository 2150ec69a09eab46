//! The one window: made from `tauri.conf.json`, kept on our own page, shown when it is painted.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tauri::window::Color;
use tauri::{AppHandle, Manager, Url, WebviewWindowBuilder, WindowEvent};
use tracing::warn;

use crate::papers::drops;

const LABEL: &str = "main";
const WEBVIEW_FOLDER: &str = "webview";

/// Ten times what a cold start takes: whoever waits longer has a page in trouble before them.
const PAGE_PATIENCE: Duration = Duration::from_secs(10);

/// Whether nobody has asked for the window yet.
#[derive(Debug, Default)]
struct Hidden(AtomicBool);

/// Makes the window, which nobody sees yet; with `is_hidden` not before somebody asks for it.
/// `closed` is called when somebody closes it, which by itself does nothing.
pub fn open(
    app: &AppHandle,
    folder: &Path,
    is_hidden: bool,
    closed: impl Fn() + Send + 'static,
) -> tauri::Result<()> {
    app.manage(Hidden(AtomicBool::new(is_hidden)));
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == LABEL)
        .ok_or(tauri::Error::WindowNotFound)?;
    let window = WebviewWindowBuilder::from_config(app, config)?
        .data_directory(folder.join(WEBVIEW_FOLDER))
        .on_navigation(is_own_page)
        .build()?;
    let dragged = app.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            closed();
        }
        WindowEvent::DragDrop(event) => drops::heard(&dragged, event),
        _ => {}
    });
    // The page asks for it when it stands there in its colours; one that never does must be
    // seen too.
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PAGE_PATIENCE).await;
        show(&app, None);
    });
    Ok(())
}

/// Takes the window away; the program goes on.
pub fn hide(app: &AppHandle) {
    let hidden = app.get_webview_window(LABEL).map(|window| window.hide());
    if let Some(Err(problem)) = hidden {
        warn!(%problem, "the window cannot be hidden");
    }
}

/// Shows the window, once: at its remembered place, in the colour of its page. Later calls leave
/// it as it is.
pub fn show(app: &AppHandle, background: Option<Color>) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let is_unwanted = app.state::<Hidden>().0.load(Ordering::Relaxed);
    if is_unwanted || window.is_visible().unwrap_or(false) {
        return;
    }
    // The first frame is painted before the page is: white would flash in a dark room.
    let coloured = match background {
        Some(colour) => window.set_background_color(Some(colour)),
        None => Ok(()),
    };
    let shown = coloured
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(problem) = shown {
        warn!(%problem, "the window cannot be shown");
    }
}

/// Brings the window to the front, wherever it is.
pub fn come_to_front(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    app.state::<Hidden>().0.store(false, Ordering::Relaxed);
    // https://github.com/tauri-apps/tauri/issues/8361: in this order.
    let shown = window
        .show()
        .and_then(|()| window.unminimize())
        .and_then(|()| window.set_focus());
    if let Err(problem) = shown {
        warn!(%problem, "the window cannot come to the front");
    }
}

/// A link must not turn the desk into a browser.
fn is_own_page(url: &Url) -> bool {
    let own = match url.scheme() {
        "tauri" => true,
        // How the same page is addressed on Windows.
        "http" => url.host_str() == Some("tauri.localhost"),
        // WebKit asks for this one before the first page.
        "about" => url.path() == "blank",
        _ => false,
    };
    if !own {
        warn!(scheme = url.scheme(), "navigation refused");
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(url: &str) -> bool {
        is_own_page(&Url::parse(url).unwrap())
    }

    #[test]
    fn own_page_is_the_only_page() {
        assert!(allowed("tauri://localhost/index.html"));
        assert!(allowed("http://tauri.localhost/"));
        assert!(!allowed("http://localhost:5173/"));
        assert!(!allowed("https://example.com/"));
        assert!(!allowed("tel:+491701234567"));
        assert!(!allowed("file:///etc/passwd"));
    }
}
