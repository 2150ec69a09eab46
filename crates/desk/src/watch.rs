//! Noticing what is committed, by this program or another one on the same data folder: which
//! records, and whether somebody changed them here or they came from elsewhere.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use servease_domain::EntityKind;
use servease_domain::field::Kind;
use servease_platform::changes::Changes;
use servease_store::{
    Changed, Committed, Connection, Reads, Store, StoreError, bulk, consequences, log, settings,
};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use uuid::Uuid;

use crate::{Desk, Result};

/// Where the system does not tell of the database's files it is asked so often: somebody looks at
/// the window while a script runs, and the question costs microseconds.
const EVERY: Duration = Duration::from_millis(250);

/// Another program's next commit is awaited so long: a script that saves in a row is told in pieces,
/// and a commit of this program is told meanwhile.
const SETTLE: Duration = Duration::from_millis(100);

/// More changes than this are told as "everything", which costs the window one reload.
const TOLD_MAX: usize = 200;

/// Settings that screens show or count by.
const SHOWN_SETTINGS: &[&str] = &["pc.", "desk.", "files."];

/// They change when a whole database was taken in, of which the log tells nothing.
const WHOLE: &[&str] = &["sync.epoch", "sync.snapshot_seq"];

/// Hears of changes, wherever they are made.
#[derive(Debug)]
pub struct Watch {
    conn: Reads,
    /// Of the folder of the database.
    files: Changes,
    /// The folder has changed since the database was last asked.
    is_woken: bool,
    version: i64,
    last_number: i64,
    settings: BTreeMap<String, String>,
    own: broadcast::Receiver<Arc<Committed>>,
    /// What this program has told since the last answer.
    told: Vec<Arc<Committed>>,
    missed_some: bool,
}

/// What changed since the last answer. Drafts and the places of syncing are no news.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct News {
    pub records: Vec<RecordNews>,
    /// This PC's settings; the garage's are a record.
    pub settings: bool,
    /// Too much to list.
    pub everything: bool,
}

impl News {
    /// Something was committed that no screen shows.
    pub fn is_empty(&self) -> bool {
        *self == News::default()
    }
}

/// A record that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordNews {
    pub kind: EntityKind,
    pub id: Uuid,
    /// The records that it names: its customer, its vehicle. What shows them may show it.
    pub of: Vec<Uuid>,
    /// Another desk or another program changed it.
    pub is_from_elsewhere: bool,
}

impl Desk {
    /// Begins to watch. Holds one reading connection for as long as it lives.
    pub async fn watch(&self) -> Result<Watch> {
        let own = self.store.listen();
        let folder = self.store.path().and_then(Path::parent);
        let files = folder.map_or_else(Changes::of_nothing, Changes::of);
        let mut conn = self.store.read().await?;
        Ok(Watch {
            files,
            is_woken: false,
            version: Store::data_version(&mut conn).await?,
            last_number: log::last_number(&mut conn).await?,
            settings: shown_settings(&mut conn).await?,
            conn,
            own,
            told: Vec::new(),
            missed_some: false,
        })
    }
}

impl Watch {
    /// Waits for the next commit and says what it changed, which may be nothing that screens
    /// show. Dropping the future is safe.
    pub async fn next(&mut self) -> Result<News> {
        // What a future that was dropped had heard of already is not waited for again.
        let mut is_heard = !self.told.is_empty() || self.missed_some;
        loop {
            let (files, is_woken) = (&self.files, &mut self.is_woken);
            let folder = async {
                if !*is_woken {
                    files.next(EVERY).await;
                    *is_woken = true;
                }
                tokio::time::sleep(SETTLE).await;
                *is_woken = false;
            };
            let is_heard = std::mem::take(&mut is_heard);
            let told = tokio::select! {
                () = std::future::ready(()), if is_heard => None,
                told = self.own.recv() => Some(told),
                () = folder => None,
            };
            let has_waited = told.is_none() && !is_heard;
            if let Some(told) = told {
                self.take(told)?;
            }
            self.take_rest();
            let version = Store::data_version(&mut self.conn).await?;
            if version == self.version && self.told.is_empty() && !self.missed_some {
                continue;
            }
            let since = self.last_number;
            let last = log::last_number(&mut self.conn).await?;
            let logged = log::list_changed(&mut self.conn, since).await?;
            // A commit of this program is in the log a moment before it is told.
            let is_untold = logged
                .iter()
                .any(|(changed, origin)| *origin == log::Origin::Here && !self.is_told(changed));
            if is_untold && !has_waited {
                continue;
            }
            let news = self.news(logged).await?;
            self.version = version;
            self.last_number = last;
            self.told.clear();
            self.missed_some = false;
            return Ok(news);
        }
    }

    fn take(&mut self, told: std::result::Result<Arc<Committed>, RecvError>) -> Result<()> {
        match told {
            Ok(told) => self.told.push(told),
            Err(RecvError::Lagged(_)) => self.missed_some = true,
            Err(RecvError::Closed) => return Err(StoreError::Busy.into()),
        }
        Ok(())
    }

    fn take_rest(&mut self) {
        loop {
            match self.own.try_recv() {
                Ok(told) => self.told.push(told),
                Err(TryRecvError::Lagged(_)) => self.missed_some = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    fn is_told(&self, changed: &Changed) -> bool {
        self.told.iter().any(|told| told.changed.contains(changed))
    }

    async fn news(&mut self, logged: Vec<(Changed, log::Origin)>) -> Result<News> {
        let now = shown_settings(&mut self.conn).await?;
        let before = std::mem::replace(&mut self.settings, now);
        let differs = |prefixes: &[&str]| {
            let of = |all: &BTreeMap<String, String>| -> Vec<(String, String)> {
                all.iter()
                    .filter(|(key, _)| prefixes.iter().any(|prefix| key.starts_with(prefix)))
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect()
            };
            of(&before) != of(&self.settings)
        };
        let settings = differs(SHOWN_SETTINGS);
        let whole = differs(WHOLE);
        let told: usize = self.told.iter().map(|told| told.changed.len()).sum();
        if whole || self.missed_some || told > TOLD_MAX || logged.len() > TOLD_MAX {
            return Ok(News {
                settings,
                everything: true,
                records: Vec::new(),
            });
        }
        let mut records: Vec<(Changed, bool)> = Vec::new();
        let elsewhere: Vec<Changed> = logged
            .iter()
            .map(|(changed, _)| *changed)
            .filter(|changed| !self.is_told(changed))
            .collect();
        // A commit tells what followed, the log does not.
        let followed = consequences::list_concerned(&mut self.conn, &elsewhere).await?;
        let elsewhere = elsewhere.into_iter().chain(followed);
        let told = self
            .told
            .iter()
            .flat_map(|told| told.changed.iter().map(|changed| (*changed, !told.is_own)));
        for (changed, is_from_elsewhere) in told.chain(elsewhere.map(|changed| (changed, true))) {
            match records.iter_mut().find(|(known, _)| *known == changed) {
                Some((_, known)) => *known |= is_from_elsewhere,
                None => records.push((changed, is_from_elsewhere)),
            }
        }
        let records = with_those_named(&mut self.conn, &records).await?;
        Ok(News {
            records,
            settings,
            everything: false,
        })
    }
}

async fn shown_settings(conn: &mut Connection) -> Result<BTreeMap<String, String>> {
    Ok(settings::list(conn, "").await?)
}

/// Adds to each record those that it names.
async fn with_those_named(
    conn: &mut Connection,
    changed: &[(Changed, bool)],
) -> Result<Vec<RecordNews>> {
    let mut news = Vec::with_capacity(changed.len());
    for kind in EntityKind::ALL {
        let of_kind = || changed.iter().filter(|(changed, _)| changed.kind == kind);
        let ids: Vec<Uuid> = of_kind().map(|(changed, _)| changed.id).collect();
        if ids.is_empty() {
            continue;
        }
        let records = bulk::find(conn, kind, &ids).await?;
        for (changed, is_from_elsewhere) in of_kind() {
            let named = records.get(&changed.id).map(|record| {
                kind.fields()
                    .iter()
                    .filter(|field| matches!(field.kind, Kind::Reference(_)))
                    .filter_map(|field| record.get(field.name).as_id())
                    .collect()
            });
            news.push(RecordNews {
                kind,
                id: changed.id,
                of: named.unwrap_or_default(),
                is_from_elsewhere: *is_from_elsewhere,
            });
        }
    }
    Ok(news)
}
