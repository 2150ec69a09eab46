//! Tells the page what was committed, by itself or by another program on the same folder.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use servease_desk::News;
use servease_domain::EntityKind;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tracing::warn;
use uuid::Uuid;

use crate::papers::Papers;
use crate::resident::Resident;
use crate::shell::{Shell, told};
use crate::syncing::Syncing;

/// After a failure: soon enough for somebody who looks on, seldom enough for the log.
const PAUSE: Duration = Duration::from_secs(5);

/// What changed. With `everything` the page loads anew what it shows.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub struct Changed {
    pub records: Vec<ChangedRecord>,
    /// The garage's or this PC's settings.
    pub settings: bool,
    pub everything: bool,
}

/// One record that changed.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type)]
pub struct ChangedRecord {
    pub kind: EntityKind,
    pub id: Uuid,
    /// The records that it names: its customer, its vehicle.
    pub of: Vec<Uuid>,
    /// Another desk or another program changed it.
    pub is_from_elsewhere: bool,
}

impl Changed {
    fn of(news: News) -> Changed {
        Changed {
            records: news
                .records
                .into_iter()
                .map(|record| ChangedRecord {
                    kind: record.kind,
                    id: record.id,
                    of: record.of,
                    is_from_elsewhere: record.is_from_elsewhere,
                })
                .collect(),
            settings: news.settings,
            everything: news.everything,
        }
    }

    /// Nobody was watching for a while: whatever the page shows may be old.
    fn everything() -> Changed {
        Changed {
            records: Vec::new(),
            settings: true,
            everything: true,
        }
    }
}

/// Starts telling. Whoever closes the database ends this first: the watch holds a connection.
pub fn start(app: AppHandle) -> JoinHandle<()> {
    tauri::async_runtime::spawn(async move {
        let mut has_failed = false;
        loop {
            tell(&app, has_failed).await;
            has_failed = true;
            tokio::time::sleep(PAUSE).await;
        }
    })
}

/// Returns when the database cannot be watched any more.
async fn tell(app: &AppHandle, has_failed: bool) {
    let shell = app.state::<Shell>();
    let Ok(desk) = shell.desk().await else { return };
    let mut watch = match desk.watch().await {
        Ok(watch) => watch,
        Err(failure) => {
            told(failure);
            return;
        }
    };
    if has_failed {
        emit(app, &Changed::everything());
    }
    loop {
        match watch.next().await {
            Ok(news) => {
                app.state::<Syncing>().note_written();
                app.state::<Resident>().note(&news);
                if news.settings || news.everything {
                    app.state::<Papers>().watched.look();
                }
                if !news.is_empty() {
                    emit(app, &Changed::of(news));
                }
            }
            Err(failure) => {
                told(failure);
                return;
            }
        }
    }
}

fn emit(app: &AppHandle, changed: &Changed) {
    if let Err(problem) = changed.emit(app) {
        warn!(%problem, "the page could not be told of a change");
    }
}
