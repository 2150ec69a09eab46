//! Whether the database answers, asked over a connection of its own: the answer must come also
//! while every other connection is busy.

use std::time::{Duration, Instant};

use sea_query::{Expr, ExprTrait, Query};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::sync::Mutex;

use super::{Db, DbError, Target};

/// Whoever asks again within this time is told the same: a flood of questions costs nothing.
const GOOD_FOR: Duration = Duration::from_millis(500);

/// A database that takes longer than this does not answer.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The question and its last good answer.
#[derive(Debug)]
pub struct Pulse {
    target: Target,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    db: Option<Db>,
    /// When it was asked last, and whether it answered.
    felt: Option<(Instant, bool)>,
}

impl Pulse {
    pub fn new(target: Target) -> Pulse {
        Pulse {
            target,
            state: Mutex::default(),
        }
    }

    /// Errors: the database did not answer in time.
    pub async fn feel(&self) -> Result<(), DbError> {
        let mut state = self.state.lock().await;
        match state.felt {
            Some((at, true)) if at.elapsed() < GOOD_FOR => return Ok(()),
            // Questions that queued behind this one get its answer.
            Some((at, false)) if at.elapsed() < GOOD_FOR => return Err(silent()),
            _ => {}
        }
        let felt = tokio::time::timeout(TIMEOUT, async {
            let db = match &state.db {
                Some(db) => db.clone(),
                None => connect(&self.target)?,
            };
            state.db = Some(db.clone());
            let mut select = Query::select();
            select
                .column("value")
                .from("counters")
                .and_where(Expr::col("name").eq("changes"));
            db.read().await?.row(&select).await
        })
        .await;
        state.felt = Some((Instant::now(), matches!(felt, Ok(Ok(_)))));
        match felt {
            Ok(answered) => answered.map(|_| ()),
            Err(_) => Err(silent()),
        }
    }

    pub async fn close(&self) {
        if let Some(db) = self.state.lock().await.db.take() {
            db.close().await;
        }
    }
}

fn silent() -> DbError {
    DbError::from(sqlx::Error::PoolTimedOut)
}

fn connect(target: &Target) -> Result<Db, DbError> {
    Ok(match target {
        Target::Folder(folder) => {
            let options = SqliteConnectOptions::new()
                .filename(folder.join("central.db"))
                .read_only(true);
            let pool = SqlitePoolOptions::new()
                .max_connections(1)
                .acquire_timeout(TIMEOUT)
                .connect_lazy_with(options);
            Db::Sqlite {
                writer: pool.clone(),
                readers: pool,
            }
        }
        Target::Url(url) => {
            let options: PgConnectOptions = url.parse::<PgConnectOptions>()?;
            let pool = PgPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(TIMEOUT)
                .connect_lazy_with(options.application_name("servease-central-health"));
            Db::Postgres(pool)
        }
    })
}
