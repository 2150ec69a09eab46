//! The real window, driven the way a person drives it: keys, names that can be read, a look.
//!
//! A harness reports by panicking, with what it waited for and a picture of what it saw.

mod accessibility;
mod central;
mod driver;
mod keys;
mod page;
mod toasts;
mod tray;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use thirtyfour::WebDriver;

pub use crate::programs::{central_program, cli_program, desk_program};
pub use accessibility::Violation;
pub use central::{Central, EMAIL, PASSWORD};
pub use page::Role;
pub use toasts::Toasts;
pub use tray::Tray;

use crate::display::{Display, Picture, ScreenSize};
use driver::Driver;

/// How long anything on the screen may take before a test gives up. Far above what it takes: two
/// windows on a busy machine are slow, and a test that waits for a condition ends when it holds.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// ServEase Desk on a screen of its own.
#[derive(Debug)]
pub struct Desk {
    session: Option<WebDriver>,
    program: PathBuf,
    folder: PathBuf,
    driver: Driver,
    // Declared last, dropped last: the programs above live on this screen.
    display: Display,
    _own_folder: Option<tempfile::TempDir>,
}

impl Desk {
    /// Opens the desk on an empty data folder that goes with it.
    pub async fn open() -> Self {
        let own = tempfile::tempdir().expect("a temporary folder");
        let folder = own.path().to_path_buf();
        Self::start(desk_program(), folder, Some(own)).await
    }

    /// Opens the desk on a data folder that the caller keeps.
    pub async fn open_on(folder: &Path) -> Self {
        Self::start(desk_program(), folder.to_path_buf(), None).await
    }

    /// Opens any other program that shows a Tauri window.
    pub async fn open_program(program: &Path, folder: &Path) -> Self {
        Self::start(program.to_path_buf(), folder.to_path_buf(), None).await
    }

    async fn start(program: PathBuf, folder: PathBuf, own: Option<tempfile::TempDir>) -> Self {
        let display = Display::start(ScreenSize::FULL_HD)
            .expect("a private screen and bus (Xvfb, dbus-daemon)");
        let driver = Driver::start(&display).await;
        let mut desk = Self {
            session: None,
            program,
            folder,
            driver,
            display,
            _own_folder: own,
        };
        desk.launch().await;
        desk
    }

    /// Opens the window again on the same folder after [`Self::close`] or [`Self::kill`].
    pub async fn launch(&mut self) {
        assert!(self.session.is_none(), "the desk is already open");
        self.session = Some(self.driver.open(&self.program, &self.folder).await);
        // It is shown when its page is ready; a window that nobody sees has no size.
        self.wait_for("the window", || async {
            let shown: bool = self
                .script("return document.visibilityState === 'visible'", vec![])
                .await;
            shown.then_some(())
        })
        .await;
    }

    /// The same, with pictures of the whole screen from before there is a window until it is shown.
    pub async fn launch_watched(&mut self) -> Vec<Picture> {
        assert!(self.session.is_none(), "the desk is already open");
        let mut pictures = Vec::new();
        let opening = self.driver.open(&self.program, &self.folder);
        tokio::pin!(opening);
        let session = loop {
            tokio::select! {
                biased;
                session = &mut opening => break session,
                // One after the other, as fast as they can be taken.
                () = tokio::task::yield_now() => {
                    pictures.push(self.display.look().expect("a picture (imagemagick)"));
                }
            }
        };
        self.session = Some(session);
        let mut shown = false;
        while !shown {
            shown = self
                .script("return document.visibilityState === 'visible'", vec![])
                .await;
            pictures.push(self.display.look().expect("a picture (imagemagick)"));
        }
        for _ in 0..5 {
            pictures.push(self.display.look().expect("a picture (imagemagick)"));
        }
        pictures
    }

    /// Asks the program to end, as the system does when the user logs out, and waits for it.
    pub async fn close(&mut self) {
        self.end("-TERM").await;
    }

    /// Ends the program as a power cut does (`kill -9`).
    pub async fn kill(&mut self) {
        self.end("-KILL").await;
    }

    async fn end(&mut self, signal: &str) {
        let session = self.session.take().expect("an open desk");
        let pid = self.driver.program_pid().expect("a running desk");
        let sent = Command::new("kill")
            .args([signal, &pid.to_string()])
            .status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "kill {signal} {pid}"
        );
        driver::wait_for_end(pid).await;
        // The session went with the program; the driver only has to give it back.
        let _ = session.quit().await;
    }

    /// Closes the window and opens it again on the same folder.
    pub async fn restart(&mut self) {
        self.close().await;
        self.launch().await;
    }

    /// Process id of the open desk.
    pub fn pid(&self) -> u32 {
        self.driver.program_pid().expect("a running desk")
    }

    /// The data folder of this desk.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs another program on the same screen and bus, and returns what it said.
    pub fn run_beside(&self, program: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(arguments);
        self.display.attach(&mut command);
        command
            .output()
            .unwrap_or_else(|cause| fail(&format!("{}: {cause}", program.display())))
    }

    /// Starts another program on the same screen and bus; it ends with the answer.
    pub fn start_beside(&self, program: &Path, arguments: &[&str]) -> Beside {
        let mut command = Command::new(program);
        command.args(arguments);
        self.display.attach(&mut command);
        let started = command.spawn();
        Beside(started.unwrap_or_else(|cause| fail(&format!("{}: {cause}", program.display()))))
    }

    /// Asks the window to close, as a click on the cross of its frame does.
    pub fn close_window(&self) {
        self.display
            .ask_to_close("ServEase Desk")
            .unwrap_or_else(|cause| fail(&format!("the window cannot be asked to close: {cause}")));
    }

    /// Waits until nobody sees the window.
    pub async fn wait_for_hidden(&self) {
        self.wait_for_sight(false).await;
    }

    /// Waits until the window can be seen.
    pub async fn wait_for_shown(&self) {
        self.wait_for_sight(true).await;
    }

    async fn wait_for_sight(&self, wanted: bool) {
        self.wait_for(if wanted { "the window" } else { "no window" }, || async {
            let is_seen = self.display.is_visible("ServEase Desk");
            (is_seen == wanted).then_some(())
        })
        .await;
    }

    /// Waits until the program has ended by itself.
    pub async fn wait_for_end(&mut self) {
        let session = self.session.take().expect("an open desk");
        if let Some(pid) = self.driver.program_pid() {
            driver::wait_for_end(pid).await;
        }
        let _ = session.quit().await;
    }

    /// Starts a notification service on the screen.
    pub fn start_toasts(&self) -> Toasts {
        Toasts::start(&self.display)
    }

    /// How many notifications are on the screen now.
    pub fn toasts_displayed(&self, toasts: &Toasts) -> Option<u32> {
        toasts.displayed(&self.display)
    }

    /// Presses the newest notification.
    pub fn press_toast(&self, toasts: &Toasts) {
        toasts.press(&self.display);
    }

    /// Presses a button of a notification.
    pub fn press_toast_button(&self, toasts: &Toasts, words: &str) {
        toasts.press_button(&self.display, words);
    }

    /// Runs `servease` on the desk's folder; it must succeed.
    pub fn cli(&self, arguments: &[&str]) -> String {
        run_cli(&self.folder, arguments)
    }

    fn session(&self) -> &WebDriver {
        self.session.as_ref().expect("an open desk")
    }
}

/// A program beside the desk; dropped, it ends.
#[derive(Debug)]
pub struct Beside(std::process::Child);

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Dropped, an open session would ask its driver to close it and wait two minutes for the
        // answer of a program that failed. Driver and program end right after this, by force.
        std::mem::forget(self.session.take());
    }
}

/// Runs `servease --data-dir FOLDER …`; it must succeed. Returns its standard output.
pub fn run_cli(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(cli_program())
        .arg("--data-dir")
        .arg(folder)
        .args(arguments)
        .output()
        .expect("servease runs");
    assert!(
        output.status.success(),
        "servease {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[expect(clippy::panic, reason = "a harness reports by panicking")]
#[track_caller]
fn fail(message: &str) -> ! {
    panic!("{message}")
}
