//! Alerts as notifications of the system: one each, or one for many.

use std::sync::{Mutex, PoisonError};

use servease_desk::SyncNotice;
use servease_desk::views::{AlertLine, Settings};
use servease_domain::due::DueState;
use servease_locale::Locale;
use servease_resident::notices::{Button, Event, Notice, Notices, Program, Unshown};
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::{debug, info};
use uuid::Uuid;

use super::{ALERTS, Paths, path_of};

/// More at once are told as one.
const FEW: usize = 3;

/// The key of what tells many.
const MANY: &str = "many";

/// The key of what tells how syncing stands, and where it leads.
const SYNC: &str = "sync";
const SYNC_PAGE: &str = "/sync";

/// The key of what somebody tries.
const TRIED: &str = "tried";

/// The key of what tells that the program goes on.
const GOES_ON: &str = "goes-on";

const SNOOZE: &str = "snooze";
const DONE: &str = "done";

/// Of the desktop entry, and of the Start-menu entry.
pub const PROGRAM_ID: &str = "com.servease.desk";
pub const PROGRAM_NAME: &str = "ServEase Desk";

/// What somebody pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressed {
    Open { path: String },
    Snooze { id: Uuid },
    Done { id: Uuid },
}

/// Tells people of alerts, and hears what they press.
#[derive(Debug)]
pub struct Teller {
    notices: Notices,
    events: tokio::sync::Mutex<UnboundedReceiver<Event>>,
    paths: Mutex<Paths>,
}

impl Teller {
    pub fn new() -> Teller {
        let (notices, events) = Notices::new(Program {
            name: PROGRAM_NAME.to_owned(),
            id: PROGRAM_ID.to_owned(),
        });
        Teller {
            notices,
            events: tokio::sync::Mutex::new(events),
            paths: Mutex::default(),
        }
    }

    /// What the notification service calls itself. None: there is none.
    pub async fn service(&self) -> Option<String> {
        self.notices.service().await
    }

    /// Tells of alerts. That nobody shows them is no failure: the list has them.
    pub async fn tell(&self, lines: &[AlertLine], locale: &Locale, settings: &Settings) {
        if lines.len() > FEW {
            let kinds = lines.iter().map(|line| line.kind);
            let said = locale.summary(kinds);
            let is_urgent = lines.iter().any(is_overdue);
            let notice = Notice {
                is_urgent,
                ..plain(MANY, said, locale)
            };
            self.show(notice, ALERTS.to_owned()).await;
            return;
        }
        for line in lines {
            let said = locale.notice(line, &settings.distance_unit, &settings.alert_detail);
            let button = |name: &str| Button {
                name: name.to_owned(),
                words: locale.text(&format!("notice-{name}"), []),
            };
            let notice = Notice {
                is_urgent: is_overdue(line),
                buttons: vec![button(SNOOZE), button(DONE)],
                ..plain(&line.id.to_string(), said, locale)
            };
            self.show(notice, path_of(line)).await;
        }
    }

    /// Tells that syncing waits for somebody, or that it does no longer.
    pub async fn tell_of_sync(&self, notice: SyncNotice, locale: &Locale) {
        match notice {
            SyncNotice::Leave => {}
            SyncNotice::Close => self.close(SYNC).await,
            SyncNotice::Show(trouble) => {
                let said = locale.sync_notice(trouble.into());
                self.show(plain(SYNC, said, locale), SYNC_PAGE.to_owned())
                    .await;
            }
        }
    }

    /// Shows one for somebody who wants to see whether they are shown.
    ///
    /// Errors: Unshown.
    pub async fn try_one(&self, locale: &Locale) -> Result<(), Unshown> {
        let said = servease_locale::Notice {
            title: PROGRAM_NAME.to_owned(),
            body: locale.text("notice-try", []),
        };
        self.remember(TRIED, ALERTS);
        self.notices.show(&plain(TRIED, said, locale)).await
    }

    /// Says that the program goes on although its window is closed.
    pub async fn say_it_goes_on(&self, locale: &Locale) {
        let said = servease_locale::Notice {
            title: locale.text("notice-goes-on", []),
            body: locale.text("notice-goes-on-body", []),
        };
        self.show(plain(GOES_ON, said, locale), "/settings".to_owned())
            .await;
    }

    /// Closes what is shown under a key.
    pub async fn close(&self, key: &str) {
        let was = self.with(|paths| paths.remove(key));
        if was.is_some() {
            self.notices.close(key).await;
        }
    }

    pub async fn close_all(&self) {
        let keys: Vec<String> = self.with(|paths| paths.drain().map(|(key, _)| key).collect());
        for key in keys {
            self.notices.close(&key).await;
        }
    }

    /// Waits until somebody presses something that is shown.
    pub async fn pressed(&self) -> Pressed {
        let mut events = self.events.lock().await;
        loop {
            let Some(event) = events.recv().await else {
                return std::future::pending().await;
            };
            match event {
                Event::Gone { key } => _ = self.with(|paths| paths.remove(&key)),
                Event::Pressed { key, button } => {
                    let path = self.with(|paths| paths.remove(&key));
                    // Some services leave it standing.
                    self.notices.close(&key).await;
                    let id = key.parse::<Uuid>().ok();
                    match (button.as_deref(), id) {
                        (Some(SNOOZE), Some(id)) => return Pressed::Snooze { id },
                        (Some(DONE), Some(id)) => return Pressed::Done { id },
                        _ => {}
                    }
                    if let Some(path) = path {
                        return Pressed::Open { path };
                    }
                }
            }
        }
    }

    async fn show(&self, notice: Notice, path: String) {
        self.remember(&notice.key, &path);
        match self.notices.show(&notice).await {
            Ok(()) => debug!(key = notice.key, "told"),
            Err(problem) => {
                self.with(|paths| paths.remove(&notice.key));
                info!(%problem, "not told; the list has it");
            }
        }
    }

    fn remember(&self, key: &str, path: &str) {
        self.with(|paths| paths.insert(key.to_owned(), path.to_owned()));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Paths) -> T) -> T {
        act(&mut self.paths.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn plain(key: &str, said: servease_locale::Notice, locale: &Locale) -> Notice {
    Notice {
        key: key.to_owned(),
        title: said.title,
        body: said.body,
        is_urgent: false,
        open: locale.text("notice-open", []),
        buttons: Vec::new(),
    }
}

fn is_overdue(line: &AlertLine) -> bool {
    line.due.is_some_and(|due| due.state == DueState::Overdue)
}
