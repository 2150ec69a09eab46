//! Why no window opens, in words: on stderr, in the log, and in a box of the system, since
//! whoever double-clicked an icon sees nothing else.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use servease_locale::Locale;

/// Microsoft's page for people; the file behind it changes its name.
const WEB_VIEW_ADDRESS: &str = "https://developer.microsoft.com/microsoft-edge/webview2/consumer/";

/// What is in the way of a window. The data is untouched by any of it.
#[derive(Debug)]
pub enum NoWindow {
    /// The web view is not installed (Windows; elsewhere it comes with the system or its package).
    WebView { folder: PathBuf },
    /// No screen takes a window: over SSH, or without a session.
    #[cfg(target_os = "linux")]
    Display { folder: PathBuf },
    /// What the system says when it makes a window.
    Broken { folder: PathBuf, problem: String },
    /// There is no place for the data.
    Folder,
    /// Another window is open on the same data and hangs.
    Silent { folder: PathBuf },
}

impl NoWindow {
    /// Looks for what would end in a panic further down: Tauri and GTK take these for granted.
    pub fn find(folder: &Path) -> Option<NoWindow> {
        let folder = folder.to_owned();
        #[cfg(target_os = "linux")]
        if gtk::init().is_err() {
            return Some(NoWindow::Display { folder });
        }
        tauri::webview_version()
            .is_err()
            .then_some(NoWindow::WebView { folder })
    }

    fn text(&self, locale: &Locale) -> String {
        match self {
            NoWindow::WebView { folder } => locale.text(
                "start-no-web-view",
                [
                    ("address", WEB_VIEW_ADDRESS),
                    ("folder", &folder.to_string_lossy()),
                ],
            ),
            #[cfg(target_os = "linux")]
            NoWindow::Display { folder } => {
                locale.text("start-no-display", [("folder", &*folder.to_string_lossy())])
            }
            NoWindow::Broken { folder, problem } => locale.text(
                "start-broken",
                [
                    ("problem", problem.as_str()),
                    ("folder", &folder.to_string_lossy()),
                    ("logs", &folder.join("logs").to_string_lossy()),
                ],
            ),
            NoWindow::Folder => locale.text("start-no-folder", []),
            NoWindow::Silent { folder } => {
                locale.text("start-no-answer", [("folder", &*folder.to_string_lossy())])
            }
        }
    }

    /// Says it, and waits until somebody has read the box.
    pub fn tell(&self) {
        let (title, text) = self.words();
        tracing::error!(problem = ?self, "no window opens");
        let _ = writeln!(std::io::stderr(), "servease-desk: {title}.\n\n{text}");
        show(&title, &text);
    }

    /// Says it on stderr alone, to a program that reads the exit code.
    pub fn write(&self) {
        let (_, text) = self.words();
        let _ = writeln!(std::io::stderr(), "servease-desk: {text}");
    }

    fn words(&self) -> (String, String) {
        // The database, where a language may be chosen, is not open.
        let locale = Locale::new(&sys_locale::get_locale().unwrap_or_default());
        (locale.text("start-no-window", []), self.text(&locale))
    }
}

/// A box with the system's own means.
#[cfg(not(target_os = "linux"))]
fn show(title: &str, text: &str) {
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title(title)
        .set_description(text)
        .show();
}

/// On Linux a box would need the screen that is missing.
#[cfg(target_os = "linux")]
fn show(_: &str, _: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_says_what_to_do_and_where_the_data_is() {
        let folder = PathBuf::from("/home/ann/Räder");
        let all = [
            NoWindow::WebView {
                folder: folder.clone(),
            },
            #[cfg(target_os = "linux")]
            NoWindow::Display {
                folder: folder.clone(),
            },
            NoWindow::Broken {
                folder: folder.clone(),
                problem: "HRESULT(0x8007139F)".to_owned(),
            },
            NoWindow::Silent { folder },
        ];
        for language in ["en", "de"] {
            let locale = Locale::new(language);
            for trouble in &all {
                let text = trouble.text(&locale);
                assert!(text.contains("/home/ann/Räder"), "{text}");
                assert!(text.lines().count() >= 3, "{text}");
            }
            assert!(all[0].text(&locale).contains(WEB_VIEW_ADDRESS));
            assert!(
                all[all.len() - 2]
                    .text(&locale)
                    .contains("HRESULT(0x8007139F)")
            );
            assert!(NoWindow::Folder.text(&locale).contains("--data-dir"));
        }
    }
}
