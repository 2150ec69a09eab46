//! Statements that take seconds, ended when nobody waits for them any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::SqliteConnection;

use crate::Result;

/// Every so many instructions of SQLite's machine it is asked whether to go on: some
/// milliseconds of work.
const INSTRUCTIONS: i32 = 50_000;

/// Dropped, it ends what its connection is doing: a future that was given up would otherwise
/// leave its statement running, and the database locked, until the end.
#[derive(Debug)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    pub async fn over(conn: &mut SqliteConnection) -> Result<Interrupt> {
        let is_over = Arc::new(AtomicBool::new(false));
        let asked = is_over.clone();
        conn.lock_handle()
            .await?
            .set_progress_handler(INSTRUCTIONS, move || !asked.load(Ordering::Relaxed));
        Ok(Interrupt(is_over))
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
