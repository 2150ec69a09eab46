//! Noticing what is committed, by this program or another one on the same data folder.

use std::sync::Arc;
use std::time::Duration;

use servease_store::{Changed, Connection, Reads, Store, StoreError, log};
use tokio::sync::broadcast;

use crate::{Desk, Result};

/// Somebody looks at the window while a script runs: a quarter of a second is at once, and
/// the question costs the database microseconds.
const EVERY: Duration = Duration::from_millis(250);

/// More changes than this are told as "everything", which costs the window one reload.
const TOLD_MAX: i64 = 200;

/// Hears of changes, wherever they are made.
#[derive(Debug)]
pub struct Watch {
    conn: Reads,
    version: i64,
    last_number: i64,
    own: broadcast::Receiver<Arc<[Changed]>>,
}

/// What changed since the last answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    Records(Vec<Changed>),
    /// Too much to list, or something that is no record (settings).
    Everything,
}

impl Desk {
    /// Begins to watch. Holds one reading connection for as long as it lives.
    pub async fn watch(&self) -> Result<Watch> {
        let own = self.store.listen();
        let mut conn = self.store.read().await?;
        Ok(Watch {
            version: Store::data_version(&mut conn).await?,
            last_number: log::last_number(&mut conn).await?,
            conn,
            own,
        })
    }
}

impl Watch {
    /// Waits for the next change. Dropping the future is safe.
    pub async fn next(&mut self) -> Result<News> {
        loop {
            tokio::select! {
                told = self.own.recv() => {
                    if matches!(told, Err(broadcast::error::RecvError::Closed)) {
                        return Err(StoreError::Busy.into());
                    }
                }
                () = tokio::time::sleep(EVERY) => {}
            }
            let version = Store::data_version(&mut self.conn).await?;
            if version == self.version {
                continue;
            }
            self.version = version;
            return self.news().await;
        }
    }

    async fn news(&mut self) -> Result<News> {
        let conn: &mut Connection = &mut self.conn;
        let last = log::last_number(conn).await?;
        let since = std::mem::replace(&mut self.last_number, last);
        if last == since || last - since > TOLD_MAX {
            return Ok(News::Everything);
        }
        Ok(News::Records(log::list_changed(conn, since).await?))
    }
}
