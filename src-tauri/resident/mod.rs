//! What the program does when nobody looks at its window: it tells people what falls due, counts
//! it in the tray, and keeps the calendar file current.

pub mod notices;
pub mod tray;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use servease_desk::views::{AlertLine, Checked, SyncStatus};
use servease_desk::{Clock, Desk, News, SyncNotice};
use servease_domain::EntityKind;
use servease_locale::Locale;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager as _};
use tauri_specta::Event as _;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tracing::warn;

use crate::shell::{Shell, told};
use crate::window;
use notices::{Pressed, Teller};

/// After a failure: soon enough for somebody who looks on, seldom enough for the log.
const PAUSE: Duration = Duration::from_secs(5);

/// A PC that sleeps stops what waits, and people set clocks: the clock is read so often while a
/// notification waits for people to work.
const CLOCK_EVERY: Duration = Duration::from_secs(60);

/// Many changes are counted once.
const SETTLE: Duration = Duration::from_millis(300);

/// The calendar file is written so long after a change, and not more often.
const CALENDAR_EVERY: Duration = Duration::from_secs(20);

/// What is said once.
const GOES_ON: &str = "goes-on";

/// How many alerts speak now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type, tauri_specta::Event)]
pub struct AlertsChanged {
    pub raised: u64,
}

/// Somebody pressed a notification, or something in the tray: the page goes there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type, tauri_specta::Event)]
pub struct OpenPath {
    pub path: String,
}

/// What runs beside the window, as commands and the closing program reach it.
#[derive(Debug)]
pub struct Resident {
    pub teller: Teller,
    /// Something changed that alerts depend on.
    changed: Notify,
    /// Somebody paused, went on, or changed when notifications are wanted.
    settings: Notify,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    /// Where the page goes as soon as it stands.
    path: Mutex<Option<String>>,
}

impl Resident {
    pub fn new() -> Resident {
        Resident {
            teller: Teller::new(),
            changed: Notify::new(),
            settings: Notify::new(),
            tasks: Mutex::default(),
            path: Mutex::default(),
        }
    }

    /// Starts what runs beside the window, as soon as the database is open.
    pub fn start(app: &AppHandle) {
        let tasks = vec![
            tauri::async_runtime::spawn(telling(app.clone())),
            tauri::async_runtime::spawn(counting(app.clone())),
            tauri::async_runtime::spawn(keeping_calendar(app.clone())),
        ];
        if let Ok(mut place) = app.state::<Resident>().tasks.lock() {
            *place = tasks;
        }
    }

    /// To be called with all news.
    pub fn note(&self, news: &News) {
        let concerns = |kind| {
            matches!(
                kind,
                EntityKind::Vehicle
                    | EntityKind::Document
                    | EntityKind::Note
                    | EntityKind::Alert
                    | EntityKind::Customer
                    | EntityKind::Garage
            )
        };
        if news.everything || news.records.iter().any(|it| concerns(it.kind)) {
            self.changed.notify_waiters();
        }
        if news.everything || news.settings {
            self.settings.notify_one();
        }
    }

    /// To be called when notifications are wanted at other times than before.
    pub fn note_settings(&self) {
        self.settings.notify_one();
    }

    /// Where the page was to go before it stood.
    pub fn take_path(&self) -> Option<String> {
        self.path.lock().ok()?.take()
    }

    /// Ends what runs, and closes what is shown: pressed later it would open nothing.
    pub async fn stop(&self) {
        let tasks = self.tasks.lock().map(|mut it| std::mem::take(&mut *it));
        for task in tasks.unwrap_or_default() {
            task.abort();
            let _ = task.await;
        }
        self.teller.close_all().await;
    }
}

/// Tells people how syncing stands, where that is news to them.
pub async fn tell_of_sync(app: &AppHandle, desk: &Desk, status: &SyncStatus) {
    match desk.take_sync_notice(status).await {
        Ok(SyncNotice::Leave) => {}
        Ok(notice) => {
            let teller = &app.state::<Resident>().teller;
            teller.tell_of_sync(notice, &locale(desk).await).await;
        }
        Err(failure) => _ = told(failure),
    }
}

/// Shows the window with a page of it.
pub fn open(app: &AppHandle, path: &str) {
    if let Ok(mut place) = app.state::<Resident>().path.lock() {
        *place = Some(path.to_owned());
    }
    let opened = OpenPath {
        path: path.to_owned(),
    };
    if let Err(problem) = opened.emit(app) {
        warn!(%problem, "the page could not be told where to go");
    }
    window::come_to_front(app);
}

/// Takes the window away. The program ends, or goes on in the tray, as the settings say; without a
/// tray it ends, since nobody would find it again.
pub fn closed(app: &AppHandle) {
    window::hide(app);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if !goes_on(&app).await {
            app.exit(0);
        }
    });
}

/// Whether the program goes on without its window; said once.
async fn goes_on(app: &AppHandle) -> bool {
    let shell = app.state::<Shell>();
    let Ok(desk) = shell.desk().await else {
        return false;
    };
    let wanted = desk.settings().await;
    let is_wanted = wanted.is_ok_and(|settings| settings.close_to_tray == "on");
    if !is_wanted || !tray::is_there(app).await {
        return false;
    }
    match desk.is_first_time(GOES_ON).await {
        Ok(true) => {
            let teller = &app.state::<Resident>().teller;
            teller.say_it_goes_on(&locale(desk).await).await;
        }
        Ok(false) => {}
        Err(failure) => _ = told(failure),
    }
    true
}

/// The words of this PC.
pub async fn locale(desk: &Desk) -> Locale {
    let chosen = desk.settings().await.map(|settings| settings.language);
    match chosen {
        Ok(language) if !language.is_empty() => Locale::new(&language),
        _ => Locale::new(&sys_locale::get_locale().unwrap_or_default()),
    }
}

/// Looks for alerts for as long as the window's program runs.
async fn telling(app: AppHandle) {
    let shell = app.state::<Shell>();
    let desk = shell.opened().await;
    loop {
        if let Err(failure) = tell(&app, desk).await {
            told(failure);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Returns when the database cannot be watched any more.
async fn tell(app: &AppHandle, desk: &Desk) -> servease_desk::Result<()> {
    let resident = app.state::<Resident>();
    let mut watch = desk.watch_alerts().await?;
    let (tell, mut found) = mpsc::channel(1);
    // A task of its own: it looks in a transaction, for which whatever is done below would wait while
    // it keeps the looking itself from going on.
    let mut watching = JoinSet::new();
    watching.spawn(async move {
        loop {
            let checked = watch.next().await;
            let is_over = checked.is_err();
            if tell.send(checked).await.is_err() || is_over {
                return;
            }
        }
    });
    let mut again = show_due(&resident.teller, desk).await?;
    loop {
        tokio::select! {
            Some(checked) = found.recv() => {
                withdraw(&resident.teller, &checked?).await;
                again = show_due(&resident.teller, desk).await?;
            }
            () = resident.settings.notified() => {
                again = show_due(&resident.teller, desk).await?;
            }
            () = come(again) => again = show_due(&resident.teller, desk).await?,
            pressed = resident.teller.pressed() => act(app, desk, pressed).await,
        }
    }
}

/// Returns when the clock shows a moment; never without one.
async fn come(moment: Option<DateTime<Utc>>) {
    let Some(moment) = moment else {
        return std::future::pending().await;
    };
    let clock = Clock::system();
    loop {
        let left = moment.signed_duration_since(clock.now()).to_std();
        match left {
            Ok(left) if !left.is_zero() => tokio::time::sleep(left.min(CLOCK_EVERY)).await,
            _ => return,
        }
    }
}

async fn show_due(teller: &Teller, desk: &Desk) -> servease_desk::Result<Option<DateTime<Utc>>> {
    let due = desk.take_notices().await?;
    if !due.show.is_empty() {
        let settings = desk.settings().await?;
        teller.tell(&due.show, &locale(desk).await, &settings).await;
    }
    Ok(due.again)
}

async fn withdraw(teller: &Teller, checked: &Checked) {
    let gone = checked.withdrawn.iter().map(|line| line.id);
    for id in gone.chain(checked.answered.iter().copied()) {
        teller.close(&id.to_string()).await;
    }
}

/// Does what somebody pressed.
async fn act(app: &AppHandle, desk: &Desk, pressed: Pressed) {
    let done = match pressed {
        Pressed::Open { path } => {
            open(app, &path);
            return;
        }
        Pressed::Snooze { id } => desk.snooze_until_tomorrow(id).await,
        Pressed::Done { id } => desk.finish_alert(id).await,
    };
    if let Err(failure) = done {
        // It may be handled already, here or on another desk.
        told(failure);
    }
}

/// Counts what speaks, for the tray and the page.
async fn counting(app: AppHandle) {
    let shell = app.state::<Shell>();
    let resident = app.state::<Resident>();
    let desk = shell.opened().await;
    let mut last = None;
    let tray = tray::Tray::make(&app, locale(desk).await).await;
    loop {
        let changed = resident.changed.notified();
        match desk.alert_count().await {
            Ok(raised) if last != Some(raised) => {
                last = Some(raised);
                if let Err(problem) = (AlertsChanged { raised }).emit(&app) {
                    warn!(%problem, "the page could not be told how many alerts there are");
                }
                if let Some(tray) = &tray {
                    tray.count(raised, &locale(desk).await);
                }
            }
            Ok(_) => {}
            Err(failure) => {
                told(failure);
            }
        }
        // A day begins, or a silence ends, without any change.
        let _ = tokio::time::timeout(CLOCK_EVERY, changed).await;
        tokio::time::sleep(SETTLE).await;
    }
}

/// Keeps the calendar file current.
async fn keeping_calendar(app: AppHandle) {
    let shell = app.state::<Shell>();
    let resident = app.state::<Resident>();
    let desk = shell.opened().await;
    loop {
        let changed = resident.changed.notified();
        let words = locale(desk).await;
        let entry = |line: &AlertLine| words.calendar_entry(line);
        if let Err(failure) = desk.keep_calendar(shell.folder(), &entry).await {
            told(failure);
        }
        changed.await;
        tokio::time::sleep(CALENDAR_EVERY).await;
    }
}

/// Where the page shows what an alert is about.
fn path_of(line: &AlertLine) -> String {
    match (line.record_kind, line.customer_id) {
        (EntityKind::Vehicle, _) => format!("/vehicles/{}", line.record),
        (_, Some(customer)) => format!("/customers/{customer}"),
        _ => ALERTS.to_owned(),
    }
}

/// The page that lists them.
const ALERTS: &str = "/alerts";

/// Where presses of what is shown lead, by key.
type Paths = HashMap<String, String>;
