//! Keys that come from the X server, as those of a real keyboard or a scanner do: where the focus
//! of the window and the time between two keys are the point.

use std::path::Path;

use super::{Desk, fail};

/// Between two keys of a scanner.
const SCANNER_MS: &str = "1";

impl Desk {
    /// Types a code as a scanner does and ends it with a key (`Return`, `Tab`).
    pub fn scan(&self, code: &str, end: &str) {
        self.xdotool(&[
            "type", "--args", "1", "--delay", SCANNER_MS, code, "key", end,
        ]);
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

    fn xdotool(&self, keys: &[&str]) {
        // Without a window manager nobody else gives the window the focus.
        let window = [
            "search",
            "--onlyvisible",
            "--name",
            "^ServEase Desk$",
            "windowfocus",
        ];
        let arguments = [&window[..], keys].concat();
        let done = self.run_beside(Path::new("xdotool"), &arguments);
        if !done.status.success() {
            fail(&format!("xdotool {keys:?}: {done:?}"));
        }
    }
}
