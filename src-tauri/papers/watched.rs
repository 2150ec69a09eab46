//! The folder of a scanner: looked into when the system says that something changed there, and now
//! and then all the same, since network drives say nothing.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Serialize;
use servease_desk::inbox::{self, Inbox, Scan};
use servease_platform::changes;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager as _};
use tauri_specta::Event as _;
use tokio::sync::Notify;
use tracing::warn;

use super::Papers;
use crate::shell::{Shell, told};

/// A look costs a listing of the folder.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// A page that is written says so many times.
const SETTLE: Duration = Duration::from_millis(200);

/// How many scans wait to be given to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type, tauri_specta::Event)]
pub struct ScansChanged {
    pub waiting: u32,
}

/// What waits in the folder, as commands ask for it.
#[derive(Debug, Default)]
pub struct Watched {
    scans: Mutex<Vec<Scan>>,
    /// None: no folder is watched, or it can be read.
    trouble: Mutex<Option<String>>,
    wake: Arc<Notify>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Watched {
    /// Starts to watch whatever folder the settings name.
    pub fn start(app: &AppHandle) {
        let task = tauri::async_runtime::spawn(watch(app.clone()));
        if let Ok(mut place) = app.state::<Papers>().watched.task.lock() {
            *place = Some(task);
        }
    }

    /// Ends watching: it reads the database, which is about to be closed.
    pub async fn stop(&self) {
        let task = self.task.lock().ok().and_then(|mut task| task.take());
        if let Some(task) = task {
            task.abort();
            // That it was told to end is no failure.
            let _ = task.await;
        }
    }

    /// To be called when another folder may be meant, or a scan was taken away.
    pub fn look(&self) {
        self.wake.notify_one();
    }

    /// What waits, oldest first.
    pub fn scans(&self) -> Vec<Scan> {
        self.scans.lock().map(|it| it.clone()).unwrap_or_default()
    }

    /// Why the folder cannot be read.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().ok()?.clone()
    }

    /// A scan by its name: the page names no path.
    pub fn find(&self, name: &str) -> Option<Scan> {
        self.scans().into_iter().find(|scan| scan.name == name)
    }

    fn note(&self, scans: Vec<Scan>, trouble: Option<String>) -> bool {
        let is_news = self.scans() != scans || self.trouble() != trouble;
        if let Ok(mut place) = self.scans.lock() {
            *place = scans;
        }
        if let Ok(mut place) = self.trouble.lock() {
            *place = trouble;
        }
        is_news
    }
}

async fn watch(app: AppHandle) {
    let shell = app.state::<Shell>();
    let desk = shell.opened().await;
    let papers = app.state::<Papers>();
    let wake = papers.watched.wake.clone();
    let mut inbox = Inbox::default();
    let mut watcher = None;
    loop {
        let folder = match desk.settings().await {
            Ok(settings) => PathBuf::from(settings.scan_folder),
            Err(failure) => {
                told(failure);
                inbox.folder().to_owned()
            }
        };
        if inbox.folder() != folder {
            watcher = None;
            inbox = Inbox::of(folder.clone());
        }
        if folder.as_os_str().is_empty() {
            tell(&app, Vec::new(), None);
            wake.notified().await;
            continue;
        }
        if watcher.is_none() {
            watcher = changes::listen(&folder, wake.clone());
        }
        let looked = tokio::task::spawn_blocking(move || {
            let look = inbox.look(Instant::now());
            (inbox, look)
        });
        let Ok((back, look)) = looked.await else {
            return;
        };
        inbox = back;
        let again = match look {
            Ok(look) => {
                tell(&app, look.scans, None);
                match look.is_growing {
                    true => inbox::RESTS,
                    false => LOOK_EVERY,
                }
            }
            Err(problem) => {
                // A drive that is not there just now may come back, under a new watcher.
                watcher = None;
                tell(&app, Vec::new(), Some(problem.to_string()));
                LOOK_EVERY
            }
        };
        // Told of or not, it is looked at again.
        if tokio::time::timeout(again, wake.notified()).await.is_ok() {
            tokio::time::sleep(SETTLE).await;
        }
    }
}

fn tell(app: &AppHandle, scans: Vec<Scan>, trouble: Option<String>) {
    let waiting = u32::try_from(scans.len()).unwrap_or(u32::MAX);
    if !app.state::<Papers>().watched.note(scans, trouble) {
        return;
    }
    if let Err(problem) = (ScansChanged { waiting }).emit(app) {
        warn!(%problem, "the page could not be told of scans");
    }
}
