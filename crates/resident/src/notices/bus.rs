//! Notifications over D-Bus: https://specifications.freedesktop.org/notification-spec/latest/

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::debug;
use zbus::zvariant::Value;
use zbus::{Connection, proxy};

use super::text::escaped;
use super::{Event, Notice, PATIENCE, Program, Unshown};

/// What a press of the notification itself is called on the bus.
const DEFAULT: &str = "default";

/// The levels of the specification.
const NORMAL: u8 = 1;
const CRITICAL: u8 = 2;

/// It stays as long as the service thinks right.
const AS_USUAL: i32 = -1;

#[proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Service {
    #[expect(clippy::too_many_arguments, reason = "the specification has them")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: &HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    fn get_server_information(&self) -> zbus::Result<(String, String, String, String)>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// Shows notifications of one program. Dropped, it listens no more.
#[derive(Debug)]
pub struct Notices {
    program: Program,
    events: UnboundedSender<Event>,
    line: tokio::sync::Mutex<Option<Line>>,
}

/// A connection to the service, with somebody who listens.
#[derive(Debug)]
struct Line {
    service: ServiceProxy<'static>,
    has_markup: bool,
    has_actions: bool,
    shown: Arc<Shown>,
    listening: JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// The service's numbers of what is shown, by key.
#[derive(Debug, Default)]
struct Shown(Mutex<HashMap<String, u32>>);

impl Shown {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<String, u32>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, id: u32) -> Option<String> {
        self.with(|shown| {
            let found = shown.iter().find(|(_, its)| **its == id);
            found.map(|(key, _)| key.clone())
        })
    }
}

impl Notices {
    pub fn new(program: Program) -> (Notices, UnboundedReceiver<Event>) {
        let (events, received) = mpsc::unbounded_channel();
        let notices = Notices {
            program,
            events,
            line: tokio::sync::Mutex::default(),
        };
        (notices, received)
    }

    /// What the notification service calls itself. None: there is none.
    pub async fn service(&self) -> Option<String> {
        let mut place = self.line.lock().await;
        let line = self.line(&mut place).await.ok()?;
        let asked = timeout(PATIENCE, line.service.get_server_information());
        match asked.await {
            Ok(Ok((name, ..))) => Some(name),
            _ => {
                *place = None;
                None
            }
        }
    }

    /// Shows a notification, in place of the one that is shown under its key.
    pub async fn show(&self, notice: &Notice) -> Result<(), Unshown> {
        let mut place = self.line.lock().await;
        let line = self.line(&mut place).await?;
        let body = match line.has_markup {
            true => escaped(&notice.body),
            false => notice.body.clone(),
        };
        let mut actions = Vec::new();
        if line.has_actions {
            actions.extend([DEFAULT, notice.open.as_str()]);
            for button in &notice.buttons {
                actions.extend([button.name.as_str(), button.words.as_str()]);
            }
        }
        let urgency = if notice.is_urgent { CRITICAL } else { NORMAL };
        let hints = HashMap::from([
            ("urgency", Value::U8(urgency)),
            ("desktop-entry", Value::from(self.program.id.as_str())),
        ]);
        let replaces = line.shown.with(|shown| shown.get(&notice.key).copied());
        let sent = line.service.notify(
            &self.program.name,
            replaces.unwrap_or_default(),
            &self.program.id,
            &notice.title,
            &body,
            &actions,
            &hints,
            AS_USUAL,
        );
        match timeout(PATIENCE, sent).await {
            Ok(Ok(id)) => {
                line.shown
                    .with(|shown| shown.insert(notice.key.clone(), id));
                Ok(())
            }
            Ok(Err(problem)) => {
                *place = None;
                Err(refused(&problem))
            }
            Err(_) => {
                *place = None;
                Err(Unshown::NoService)
            }
        }
    }

    /// Closes what is shown under a key, if it still is.
    pub async fn close(&self, key: &str) {
        let place = self.line.lock().await;
        let Some(line) = &*place else { return };
        if let Some(id) = line.shown.with(|shown| shown.remove(key)) {
            let closed = timeout(PATIENCE, line.service.close_notification(id)).await;
            // It may have gone by itself.
            debug!(?closed, key, "closed");
        }
    }

    /// The connection, made anew after the bus or the service had gone.
    async fn line<'p>(&self, place: &'p mut Option<Line>) -> Result<&'p Line, Unshown> {
        if place
            .as_ref()
            .is_some_and(|line| line.listening.is_finished())
        {
            *place = None;
        }
        match place {
            Some(line) => Ok(line),
            None => {
                let made = timeout(PATIENCE, connect(self.events.clone())).await;
                let line = match made {
                    Ok(made) => made.map_err(|problem| refused(&problem))?,
                    Err(_) => return Err(Unshown::NoService),
                };
                Ok(place.insert(line))
            }
        }
    }
}

/// Connects and listens: what is pressed at once is heard.
async fn connect(events: UnboundedSender<Event>) -> zbus::Result<Line> {
    let bus = Connection::session().await?;
    let service = ServiceProxy::new(&bus).await?;
    let mut pressed = service.receive_action_invoked().await?;
    let mut closed = service.receive_notification_closed().await?;
    let mut owner = service.inner().receive_owner_changed().await?;
    let capabilities = service.get_capabilities().await?;
    let has = |name: &str| capabilities.iter().any(|it| it == name);
    let shown = Arc::<Shown>::default();
    let known = Arc::clone(&shown);
    let listening = tokio::spawn(async move {
        // The owner as it was when we began.
        let mut has_owner = true;
        loop {
            tokio::select! {
                signal = pressed.next() => {
                    let Some(signal) = signal else { return };
                    let Ok(args) = signal.args() else { continue };
                    if let Some(key) = known.find(args.id) {
                        let button = Some(args.action_key).filter(|name| name != DEFAULT);
                        let _ = events.send(Event::Pressed { key, button });
                    }
                }
                signal = closed.next() => {
                    let Some(signal) = signal else { return };
                    let Ok(args) = signal.args() else { continue };
                    if let Some(key) = known.find(args.id) {
                        known.with(|shown| shown.remove(&key));
                        let _ = events.send(Event::Gone { key });
                    }
                }
                changed = owner.next() => {
                    match changed {
                        // Another service, or none: it knows nothing of what we have shown.
                        Some(None) | None => return,
                        Some(Some(_)) if has_owner => has_owner = false,
                        Some(Some(_)) => return,
                    }
                }
            }
        }
    });
    Ok(Line {
        has_markup: has("body-markup"),
        has_actions: has("actions"),
        service,
        shown,
        listening,
    })
}

fn refused(problem: &zbus::Error) -> Unshown {
    debug!(%problem, "no notification");
    match problem {
        zbus::Error::MethodError(name, ..) if !is_absence(name) => {
            Unshown::Refused(problem.to_string())
        }
        _ => Unshown::NoService,
    }
}

/// Whether an error means that there is no service: none is known, or the one that is does not start.
fn is_absence(name: &str) -> bool {
    let name = name.strip_prefix("org.freedesktop.DBus.Error.");
    name.is_some_and(|name| {
        matches!(name, "ServiceUnknown" | "NameHasNoOwner" | "NoReply")
            || name.starts_with("Spawn.")
    })
}
