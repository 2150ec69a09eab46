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

use crate::shell::{Shell, told};
use crate::syncing::Syncing;

/// After a failure: soon enough for somebody who looks on, seldom enough for the log.
const PAUSE: Duration = Duration::from_secs(5);

/// What changed. With `everything` the page loads anew what it shows.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, Event)]
pub struct Changed {
    pub records: Vec<ChangedRecord>,
    pub everything: bool,
}

/// One record that changed.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type)]
pub struct ChangedRecord {
    pub kind: EntityKind,
    pub id: Uuid,
}

/// Starts telling. Whoever closes the database ends this first: the watch holds a connection.
pub fn start(app: AppHandle) -> JoinHandle<()> {
    tauri::async_runtime::spawn(async move {
        loop {
            tell(&app).await;
            tokio::time::sleep(PAUSE).await;
        }
    })
}

/// Returns when the database cannot be watched any more.
async fn tell(app: &AppHandle) {
    let shell = app.state::<Shell>();
    let Ok(desk) = shell.desk().await else { return };
    let mut watch = match desk.watch().await {
        Ok(watch) => watch,
        Err(failure) => {
            told(failure);
            return;
        }
    };
    loop {
        let changed = match watch.next().await {
            Ok(News::Everything) => Changed {
                records: Vec::new(),
                everything: true,
            },
            Ok(News::Records(records)) => Changed {
                records: records
                    .into_iter()
                    .map(|record| ChangedRecord {
                        kind: record.kind,
                        id: record.id,
                    })
                    .collect(),
                everything: false,
            },
            Err(failure) => {
                told(failure);
                return;
            }
        };
        app.state::<Syncing>().note_written();
        if let Err(problem) = changed.emit(app) {
            warn!(%problem, "the page could not be told of a change");
        }
    }
}
