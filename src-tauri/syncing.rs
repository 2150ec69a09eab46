//! Syncs in the background for as long as the window is open, and tells the page how the desk
//! stands whenever that changes.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Serialize;
use servease_desk::views::SyncStatus;
use servease_desk::{Activity, SyncTask};
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::{Notify, watch};
use tracing::warn;

use crate::resident;
use crate::shell::{Shell, told};

/// Progress is told this often at most: nobody reads faster, and each telling counts what
/// waits.
const TELL_EVERY: Duration = Duration::from_millis(150);

/// How the desk stands with the server now.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type, Event)]
pub struct SyncChanged {
    pub status: SyncStatus,
}

/// The background task, as commands and the closing window reach it.
#[derive(Debug, Default)]
pub struct Syncing {
    task: Mutex<Option<SyncTask>>,
    /// Something was written: what waits may have changed.
    written: Arc<Notify>,
    telling: Mutex<Option<JoinHandle<()>>>,
}

impl Syncing {
    /// Starts the task as soon as the database is open.
    pub fn start(app: &AppHandle) {
        let telling = tauri::async_runtime::spawn(run(app.clone()));
        if let Ok(mut place) = app.state::<Syncing>().telling.lock() {
            *place = Some(telling);
        }
    }

    /// Syncs at once: somebody asked for it, or has signed in.
    pub fn sync_now(&self) {
        self.with_task(SyncTask::sync_now);
    }

    /// Ends the run that is going on.
    pub fn pause(&self) {
        self.with_task(SyncTask::pause);
    }

    /// Begins with the files anew: when they are sent is set otherwise now.
    pub fn files_anew(&self) {
        self.with_task(SyncTask::files_anew);
    }

    /// What the task does now.
    pub fn activity(&self) -> Activity {
        let mut now = Activity::default();
        self.with_task(|task| now = task.activity().borrow().clone());
        now
    }

    /// To be called after every commit that is heard of.
    pub fn note_written(&self) {
        self.written.notify_one();
    }

    /// Ends the task between two of its steps. Whoever closes the database does this first.
    pub async fn stop(&self) {
        let telling = self.telling.lock().ok().and_then(|mut it| it.take());
        if let Some(telling) = telling {
            telling.abort();
            let _ = telling.await;
        }
        let task = self.task.lock().ok().and_then(|mut it| it.take());
        if let Some(task) = task {
            task.stop().await;
        }
    }

    fn with_task(&self, act: impl FnOnce(&SyncTask)) {
        if let Ok(task) = self.task.lock()
            && let Some(task) = &*task
        {
            act(task);
        }
    }
}

async fn run(app: AppHandle) {
    let shell = app.state::<Shell>();
    let desk = shell.opened().await;
    let syncing = app.state::<Syncing>();
    // A fresh hasher's keys are random: desks that were started by one switch spread out.
    let seed = RandomState::new().hash_one(());
    let task = desk.start_syncing(seed);
    let activity = task.activity();
    if let Ok(mut place) = syncing.task.lock() {
        *place = Some(task);
    }
    tell(&app, activity).await;
}

/// Tells the page of every change, until the task ends.
async fn tell(app: &AppHandle, mut activity: watch::Receiver<Activity>) {
    let shell = app.state::<Shell>();
    let syncing = app.state::<Syncing>();
    let mut last = None;
    loop {
        let now = activity.borrow_and_update().clone();
        if let Ok(desk) = shell.desk().await {
            match desk.sync_status(&now).await {
                Ok(status) => {
                    resident::tell_of_sync(app, desk, &status).await;
                    let changed = SyncChanged { status };
                    if last.as_ref() != Some(&changed) {
                        if let Err(problem) = changed.emit(app) {
                            warn!(%problem, "the page could not be told how syncing stands");
                        }
                        last = Some(changed);
                    }
                }
                Err(failure) => {
                    told(failure);
                }
            }
        }
        tokio::time::sleep(TELL_EVERY).await;
        tokio::select! {
            changed = activity.changed() => if changed.is_err() { return },
            () = syncing.written.notified() => {}
        }
    }
}
