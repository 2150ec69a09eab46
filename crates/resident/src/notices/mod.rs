//! Native notifications: shown, replaced and closed by a key of the program's own, with buttons
//! where the platform has them.
//!
//! On Linux the notification service is spoken to directly, over one connection that lasts:
//! several services close what they show when the connection of the sender ends, tell only that
//! connection which button was pressed, and answer before somebody listens. `notify-rust`, which
//! the other platforms are served by, opens a connection for each notification.

#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod text;
#[cfg(not(target_os = "linux"))]
mod toast;

#[cfg(target_os = "linux")]
pub use bus::Notices;
#[cfg(not(target_os = "linux"))]
pub use toast::Notices;

use std::time::Duration;

/// A service that says nothing for so long is none.
const PATIENCE: Duration = Duration::from_secs(3);

/// Who shows notifications.
#[derive(Debug, Clone)]
pub struct Program {
    /// As people read it.
    pub name: String,
    /// Of its desktop entry, and on Windows of its Start-menu entry.
    pub id: String,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One that is shown under the same key is replaced.
    pub key: String,
    pub title: String,
    pub body: String,
    /// It stays until somebody has looked at it, where the platform can do that.
    pub is_urgent: bool,
    /// What a press of the notification itself is called, where it is read out.
    pub open: String,
    pub buttons: Vec<Button>,
}

/// A button of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Handed back when it is pressed.
    pub name: String,
    pub words: String,
}

/// What somebody did with a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Pressed it, or one of its buttons.
    Pressed { key: String, button: Option<String> },
    /// Closed it, or it has gone by itself.
    Gone { key: String },
}

/// Why a notification is not shown.
#[derive(Debug, thiserror::Error)]
pub enum Unshown {
    #[error("no notification service answers")]
    NoService,
    #[error("the notification service refuses: {0}")]
    Refused(String),
}
