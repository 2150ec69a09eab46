//! Keys that come from the X server, as those of a real keyboard or a scanner do: where the focus
//! of the window and the time between two keys are the point.

use std::path::Path;
use std::time::Duration;

use super::{Desk, fail};

/// A file that was taken closes its dialog at once, on a busy machine a little later.
const CHOSEN: Duration = Duration::from_secs(3);

/// Keys go through the server to whoever has the focus. Sent to one window, a key whose press closes
/// that window has nowhere left to be released.
const WHERE_THE_FOCUS_IS: &str = "0";

/// Between two keys of a scanner.
const SCANNER_MS: &str = "1";

impl Desk {
    /// Types a code as a scanner does and ends it with a key (`Return`, `Tab`).
    pub fn scan(&self, code: &str, end: &str) {
        self.xdotool(&[
            "type", "--args", "1", "--delay", SCANNER_MS, code, "key", end,
        ]);
    }

    /// Types lines as a scanner does, each with its end.
    pub fn scan_lines(&self, lines: &[&str]) {
        let mut words = Vec::new();
        for line in lines {
            if !line.is_empty() {
                words.extend(["type", "--args", "1", "--delay", SCANNER_MS, *line]);
            }
            words.extend(["key", "--delay", SCANNER_MS, "Return"]);
        }
        self.xdotool(&words);
    }

    /// Presses one key, named as the X server names it: `ctrl+shift+z`, `Return`.
    pub fn press_key(&self, key: &str) {
        self.xdotool(&["key", key]);
    }

    /// Types as a hand does that is quick.
    pub fn type_by_hand(&self, text: &str) {
        self.xdotool(&["type", "--delay", "120", text]);
    }

    /// Moves the mouse over a point of the page; the window stands in the corner of the screen.
    pub fn point_at(&self, x: i64, y: i64) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
    }

    /// Waits for a window of the system with that title: one for files, one for printing.
    pub async fn see_window(&self, title: &str) {
        self.wait_for(&format!("the window \"{title}\""), || async {
            self.display.is_visible(title).then_some(())
        })
        .await;
    }

    /// Waits until there is no such window.
    pub async fn see_no_window(&self, title: &str) {
        self.wait_for(&format!("no window \"{title}\""), || async {
            (!self.display.is_visible(title)).then_some(())
        })
        .await;
    }

    /// Names a file in the system's dialog of that title, and takes it. A slash of its own opens the
    /// line for names first: the letter after it gets lost at times. A dialog that has only just
    /// appeared may lose keys all the same: until it has gone, the name is typed anew, after the space
    /// that answers what the dialog says of a name it does not find.
    pub async fn choose_in(&self, title: &str, path: &Path) {
        const TIMES: u32 = 4;
        self.see_window(title).await;
        let path = path.display().to_string();
        for time in 1..=TIMES {
            let ready = if time == 1 { "slash" } else { "space" };
            self.xdotool_in(title, &["key", ready]);
            self.xdotool_in(title, &["key", "ctrl+a"]);
            self.xdotool_in(
                title,
                &[
                    "type", "--delay", "20", "--args", "1", &path, "key", "Return",
                ],
            );
            let gone = self.see_no_window(title);
            if time == TIMES {
                return gone.await;
            }
            tokio::select! {
                () = gone => return,
                () = tokio::time::sleep(CHOSEN) => {}
            }
        }
    }

    /// Presses a key in the window of that title.
    pub fn press_in(&self, title: &str, key: &str) {
        self.xdotool_in(title, &["key", "--window", WHERE_THE_FOCUS_IS, key]);
    }

    /// Drags what lies at one point of the screen to another one and lets go of it there, as a hand
    /// does: with moves in between.
    pub fn drag(&self, from: (i64, i64), to: (i64, i64)) {
        const STEPS: i64 = 20;
        let mut words = vec![
            "mousemove".to_owned(),
            from.0.to_string(),
            from.1.to_string(),
            "mousedown".to_owned(),
            "1".to_owned(),
        ];
        for step in 1..=STEPS {
            let between = |from: i64, to: i64| from + (to - from) * step / STEPS;
            let (x, y) = (between(from.0, to.0), between(from.1, to.1));
            words.extend(["sleep", "0.02", "mousemove"].map(str::to_owned));
            words.extend([x.to_string(), y.to_string()]);
        }
        words.extend(["sleep", "0.3", "mouseup", "1"].map(str::to_owned));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let done = self.run_beside(Path::new("xdotool"), &words);
        if !done.status.success() {
            fail(&format!("xdotool drag: {done:?}"));
        }
    }

    fn xdotool(&self, keys: &[&str]) {
        self.xdotool_in("ServEase Desk", keys);
    }

    fn xdotool_in(&self, title: &str, keys: &[&str]) {
        // Without a window manager nobody else gives the window the focus.
        let title = format!("^{title}$");
        let window = ["search", "--onlyvisible", "--name", &title, "windowfocus"];
        let arguments = [&window[..], keys].concat();
        let done = self.run_beside(Path::new("xdotool"), &arguments);
        if !done.status.success() {
            fail(&format!("xdotool {keys:?}: {done:?}"));
        }
    }
}
