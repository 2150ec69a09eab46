//! Sending files in the background, beside the task for records: it begins when records are through,
//! and ends between two parts when new ones wait.

use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use servease_sync::backoff::Backoff;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::sync::run::Activity;
use crate::{Desk, Failure};

/// What the task of files shares with the one of records.
pub(super) struct FileTask {
    pub desk: Desk,
    pub cancel: CancellationToken,
    /// Records are through.
    pub begin: Arc<Notify>,
    /// Somebody stops what is going on.
    pub pause: Arc<Notify>,
    /// When files are sent may have been set otherwise.
    pub anew: Arc<Notify>,
    pub tell: watch::Sender<Activity>,
    pub first_retry: Duration,
    pub seed: u64,
}

impl FileTask {
    pub async fn run(self) {
        let mut random = StdRng::seed_from_u64(self.seed);
        let mut backoff = Backoff::starting_at(self.first_retry);
        // None: nothing to try again.
        let mut again: Option<Duration> = None;
        loop {
            let timer = async {
                match again {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = self.begin.notified() => {}
                () = self.anew.notified() => {}
                () = timer => {}
            }
            again = match self.send().await {
                Ok(()) | Err(Failure::Cancelled) => {
                    backoff.succeed();
                    None
                }
                Err(Failure::Remote(error)) if error.is_transient() => {
                    Some(backoff.fail(error.retry_after(), &mut random))
                }
                // The next run for records says what is wrong, or begins this one again.
                Err(failure) => {
                    tracing::warn!(error = failure.with_causes(), "sending files failed");
                    None
                }
            };
        }
    }

    async fn send(&self) -> Result<(), Failure> {
        let run = self.cancel.child_token();
        let on_progress = |progress| {
            self.tell
                .send_modify(|activity| activity.file = Some(progress));
        };
        let pace = self.desk.pace().await?;
        let work = self.desk.send_files(&run, &on_progress);
        // Both go on side by side: one that waited for the other would wait for what that one holds.
        let is_otherwise = async {
            loop {
                self.anew.notified().await;
                if self.desk.pace().await? != pace {
                    return Ok::<(), Failure>(());
                }
            }
        };
        tokio::pin!(work, is_otherwise);
        let mut is_over = false;
        let (_, result) = loop {
            tokio::select! {
                done = &mut work => break done,
                () = self.pause.notified() => run.cancel(),
                found = &mut is_otherwise, if !is_over => {
                    is_over = true;
                    run.cancel();
                    if found.is_ok() {
                        self.begin.notify_one();
                    }
                }
            }
        };
        self.tell
            .send_if_modified(|activity| activity.file.take().is_some());
        result.map(|_| ())
    }
}
