//! What a person does at the window: read, press, type, click.
//!
//! Controls are found by role and name, as a screen reader announces them, never by class.

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::{Key, WebElement};
use tokio::time::sleep;

use super::{Desk, PATIENCE, fail};

const FIND: &str = include_str!("find.js");
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// The ARIA roles that tests look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Alert,
    Button,
    Cell,
    Checkbox,
    Combobox,
    Dialog,
    Heading,
    Link,
    Listbox,
    Main,
    Navigation,
    Option,
    Radio,
    Region,
    Row,
    Searchbox,
    Spinbutton,
    Status,
    Switch,
    Tab,
    Table,
    Textbox,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

impl Desk {
    /// The control with this role and name if it is on the screen now. A name matches as a whole
    /// first, then as a part; upper and lower case are the same.
    pub async fn find(&self, role: Role, name: &str) -> Option<WebElement> {
        let found = self
            .session()
            .execute(
                format!("{FIND}\nreturn byRole(...arguments)"),
                vec![json!(role.to_string()), json!(name)],
            )
            .await
            .ok()?;
        if found.json().is_null() {
            None
        } else {
            found.element().ok()
        }
    }

    /// Waits for a control.
    pub async fn see(&self, role: Role, name: &str) -> WebElement {
        self.wait_for(&format!("{role} \"{name}\""), || self.find(role, name))
            .await
    }

    /// Waits until no such control is on the screen.
    pub async fn see_no(&self, role: Role, name: &str) {
        self.wait_for(&format!("no {role} \"{name}\""), || async {
            self.find(role, name).await.is_none().then_some(())
        })
        .await;
    }

    /// Waits until the visible text contains `text`.
    pub async fn see_text(&self, text: &str) {
        self.wait_for(&format!("the text \"{text}\""), || async {
            self.visible_text().await.contains(text).then_some(())
        })
        .await;
    }

    /// Waits until the visible text no longer contains `text`.
    pub async fn see_no_text(&self, text: &str) {
        self.wait_for(&format!("no text \"{text}\""), || async {
            (!self.visible_text().await.contains(text)).then_some(())
        })
        .await;
    }

    /// All text that is visible now, as it is rendered.
    pub async fn visible_text(&self) -> String {
        self.script(
            "return document.body ? document.body.innerText : ''",
            vec![],
        )
        .await
    }

    /// Waits for a control and clicks it.
    pub async fn click(&self, role: Role, name: &str) {
        let control = self.see(role, name).await;
        // A box that is drawn by its label is clicked there.
        let control = match role {
            Role::Checkbox | Role::Radio => self.label_of(control).await,
            _ => control,
        };
        if let Err(cause) = control.click().await {
            self.give_up(&format!("{role} \"{name}\" cannot be clicked: {cause}"))
                .await;
        }
    }

    async fn label_of(&self, control: WebElement) -> WebElement {
        let label = self
            .session()
            .execute(
                "return arguments[0].labels?.[0] ?? null",
                vec![control.to_json().expect("an element")],
            )
            .await;
        label
            .ok()
            .and_then(|label| label.element().ok())
            .unwrap_or(control)
    }

    /// Waits for a field, replaces what stands in it.
    pub async fn fill(&self, role: Role, name: &str, text: &str) {
        let field = self.see(role, name).await;
        // A toast may lie over it for a moment: then it is reached as with the Tab key.
        if field.click().await.is_err()
            && let Err(cause) = field.focus().await
        {
            self.give_up(&format!("{role} \"{name}\" takes no focus: {cause}"))
                .await;
        }
        self.press("Ctrl+A").await;
        self.press("Delete").await;
        self.type_text(text).await;
    }

    /// What stands in a field.
    pub async fn value(&self, role: Role, name: &str) -> String {
        let field = self.see(role, name).await;
        field.prop("value").await.ok().flatten().unwrap_or_default()
    }

    /// Presses a key or a chord, written as in the shortcut sheet: `Ctrl+K`, `Escape`, `/`.
    pub async fn press(&self, chord: &str) {
        // A chord may end in the plus key itself.
        let (held, last) = match chord.rsplit_once('+') {
            Some((held, last)) if !last.is_empty() => (held.split('+').collect(), last),
            _ => (Vec::new(), chord),
        };
        let mut actions = self.session().action_chain();
        for name in &held {
            actions = actions.key_down(key(name));
        }
        actions = actions.key_down(key(last)).key_up(key(last));
        for name in held.iter().rev() {
            actions = actions.key_up(key(name));
        }
        if let Err(cause) = actions.perform().await {
            self.give_up(&format!("cannot press {chord}: {cause}"))
                .await;
        }
    }

    /// Types into whatever has the focus.
    pub async fn type_text(&self, text: &str) {
        if let Err(cause) = self
            .session()
            .action_chain()
            .send_keys(text)
            .perform()
            .await
        {
            self.give_up(&format!("cannot type {text:?}: {cause}"))
                .await;
        }
    }

    /// Runs a script in the page: a function body that returns a JSON value. For what a person
    /// can see but no role names, such as where the focus is.
    pub async fn script<T: DeserializeOwned>(&self, body: &str, arguments: Vec<Value>) -> T {
        let answer = self.session().execute(body, arguments).await;
        match answer.and_then(|answer| answer.convert()) {
            Ok(value) => value,
            Err(cause) => self.give_up(&format!("script {body:?}: {cause}")).await,
        }
    }

    /// Role and name of what has the focus, as `button "Save"`.
    pub async fn focused(&self) -> String {
        self.script(
            &format!("{FIND}\nreturn described(document.activeElement)"),
            vec![],
        )
        .await
    }

    /// Gives the page this many CSS pixels, in the corner of the screen.
    pub async fn resize(&self, width: u32, height: u32) {
        self.move_to(0, 0, width, height).await;
    }

    /// Puts the window at a place and gives the page this many CSS pixels.
    pub async fn move_to(&self, x: i64, y: i64, width: u32, height: u32) {
        if let Err(cause) = self.session().set_window_rect(x, y, width, height).await {
            self.give_up(&format!(
                "cannot put the window at {x}, {y} with {width} × {height}: {cause}"
            ))
            .await;
        }
    }

    /// The page as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        match self.session().screenshot_as_png().await {
            Ok(png) => png,
            Err(cause) => fail(&format!("no picture: {cause}")),
        }
    }

    /// Waits until `look` finds something.
    pub async fn wait_for<T, F>(&self, what: &str, mut look: impl FnMut() -> F) -> T
    where
        F: Future<Output = Option<T>>,
    {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look().await {
                return found;
            }
            if Instant::now() > deadline {
                let waited = PATIENCE.as_secs();
                self.give_up(&format!("waited {waited} s for {what}")).await;
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Fails with a picture and the text of the page, so that the log explains itself.
    pub(super) async fn give_up(&self, message: &str) -> ! {
        let seen: Option<String> = match self
            .session()
            .execute("return document.body.innerText", vec![])
            .await
        {
            Ok(answer) => answer.convert().ok(),
            Err(_) => None,
        };
        let seen = seen.unwrap_or_else(|| "(the page does not answer)".to_owned());
        let picture = match self.session().screenshot_as_png().await {
            Ok(png) => keep_picture(&png),
            Err(_) => None,
        };
        let picture = picture.map_or("none".to_owned(), |path| path.display().to_string());
        fail(&format!("{message}\npicture: {picture}\npage:\n{seen}"))
    }
}

fn keep_picture(png: &[u8]) -> Option<PathBuf> {
    let (_, path) = tempfile::Builder::new()
        .prefix("servease-failed-")
        .suffix(".png")
        .tempfile()
        .ok()?
        .keep()
        .ok()?;
    std::fs::write(&path, png).ok()?;
    Some(path)
}

fn key(name: &str) -> char {
    let named = match name {
        "Alt" => Key::Alt,
        "Backspace" => Key::Backspace,
        "Ctrl" => Key::Control,
        "Delete" => Key::Delete,
        "Down" => Key::Down,
        "End" => Key::End,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Home" => Key::Home,
        "Left" => Key::Left,
        "PageDown" => Key::PageDown,
        "PageUp" => Key::PageUp,
        "Right" => Key::Right,
        "Shift" => Key::Shift,
        "Space" => Key::Space,
        "Tab" => Key::Tab,
        "Up" => Key::Up,
        other => {
            let mut characters = other.chars();
            return match (characters.next(), characters.next()) {
                // With Ctrl or Alt held the key counts, not the letter: Ctrl+K is no Ctrl+Shift+K.
                (Some(one), None) => one.to_ascii_lowercase(),
                _ => fail(&format!("no such key: {other}")),
            };
        }
    };
    named.into()
}
