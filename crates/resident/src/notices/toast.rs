//! Notifications of Windows and macOS, through `notify-rust`. It cannot close what it has shown,
//! nor replace it: what is out of date there goes by itself.

use notify_rust::{Notification, NotificationResponse, Urgency};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tracing::debug;

use super::{Event, Notice, Program, Unshown};

/// Shows notifications of one program.
#[derive(Debug)]
pub struct Notices {
    program: Program,
    events: UnboundedSender<Event>,
}

impl Notices {
    pub fn new(program: Program) -> (Notices, UnboundedReceiver<Event>) {
        let (events, received) = mpsc::unbounded_channel();
        (Notices { program, events }, received)
    }

    /// What shows them. The system says only of each whether it takes it.
    pub async fn service(&self) -> Option<String> {
        Some(std::env::consts::OS.to_owned())
    }

    /// Shows a notification.
    pub async fn show(&self, notice: &Notice) -> Result<(), Unshown> {
        let mut toast = Notification::new();
        toast.appname(&self.program.name);
        #[cfg(windows)]
        toast.app_id(&self.program.id);
        toast.summary(&notice.title).body(&notice.body);
        if notice.is_urgent {
            toast.urgency(Urgency::Critical);
        }
        for button in &notice.buttons {
            toast.action(&button.name, &button.words);
        }
        let (key, events) = (notice.key.clone(), self.events.clone());
        let (told, answer) = tokio::sync::oneshot::channel();
        // It waits for somebody to press it.
        std::thread::spawn(move || match toast.show() {
            Ok(handle) => {
                let _ = told.send(Ok(()));
                let _ = handle.wait_for_response(|response: &NotificationResponse| {
                    let event = match response {
                        NotificationResponse::Default => Event::Pressed { key, button: None },
                        NotificationResponse::Action(name) => Event::Pressed {
                            key,
                            button: Some(name.clone()),
                        },
                        _ => Event::Gone { key },
                    };
                    let _ = events.send(event);
                });
            }
            Err(problem) => {
                let _ = told.send(Err(Unshown::Refused(problem.to_string())));
            }
        });
        match tokio::time::timeout(super::PATIENCE, answer).await {
            Ok(Ok(shown)) => shown,
            _ => Err(Unshown::NoService),
        }
    }

    /// Nothing can be closed here.
    pub async fn close(&self, key: &str) {
        debug!(key, "left to go by itself");
    }
}
