//! A real notification service on the screen of a window, and somebody who presses what it shows.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::display::Display;

/// It shows everything until somebody closes it; of a menu it takes the line that the test names.
const CONFIGURATION: &str = "[global]
    mouse_left_click = do_action, close_current
    dmenu = FOLDER/choose
[urgency_low]
    timeout = 0
[urgency_normal]
    timeout = 0
[urgency_critical]
    timeout = 0
";

/// `dunst` on a private bus.
#[derive(Debug)]
pub struct Toasts {
    service: Child,
    folder: tempfile::TempDir,
    printed: Arc<Mutex<String>>,
}

impl Toasts {
    /// Starts the service; it answers when this returns.
    pub(super) fn start(display: &Display) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path().display().to_string();
        let write = |name: &str, content: &str| {
            std::fs::write(folder.path().join(name), content).expect("a file of the service");
        };
        write("dunstrc", &CONFIGURATION.replace("FOLDER", &place));
        write(
            "choose",
            &format!("#!/bin/sh\ngrep -F -m1 -- \"$(cat '{place}/wanted')\"\n"),
        );
        let executable = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder.path().join("choose"), executable).expect("rights");
        let mut command = Command::new("dunst");
        command.args(["-print", "-conf", &format!("{place}/dunstrc")]);
        display.attach(&mut command);
        let mut service = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the tests need a notification service: apt-get install dunst");
        let printed = Arc::<Mutex<String>>::default();
        let kept = Arc::clone(&printed);
        let output = BufReader::new(service.stdout.take().expect("its output"));
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let mut kept = kept.lock().expect("no panic while it is held");
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let toasts = Self {
            service,
            folder,
            printed,
        };
        let deadline = std::time::Instant::now() + super::PATIENCE;
        while toasts.ask(display, &["count", "displayed"]).is_none() {
            assert!(
                std::time::Instant::now() < deadline,
                "dunst does not answer"
            );
            std::thread::yield_now();
        }
        toasts
    }

    /// All that was ever shown, as the service prints it.
    pub fn printed(&self) -> String {
        self.printed
            .lock()
            .expect("no panic while it is held")
            .clone()
    }

    pub(super) fn displayed(&self, display: &Display) -> Option<u32> {
        self.ask(display, &["count", "displayed"])?
            .trim()
            .parse()
            .ok()
    }

    /// Presses the newest one.
    pub(super) fn press(&self, display: &Display) {
        self.ask(display, &["action", "0"])
            .expect("dunstctl action");
    }

    /// Presses a button of what is shown.
    pub(super) fn press_button(&self, display: &Display, words: &str) {
        std::fs::write(self.folder.path().join("wanted"), words).expect("a file of the service");
        self.ask(display, &["context"]).expect("dunstctl context");
    }

    fn ask(&self, display: &Display, words: &[&str]) -> Option<String> {
        let mut command = Command::new("dunstctl");
        command.args(words);
        display.attach(&mut command);
        let answer = command.output().expect("dunstctl runs");
        let said = String::from_utf8_lossy(&answer.stdout).into_owned();
        answer.status.success().then_some(said)
    }
}

impl Drop for Toasts {
    fn drop(&mut self) {
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}
