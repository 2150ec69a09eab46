//! Hearing of changes in a folder, so that nobody has to look into it again and again.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

/// Network drives and full queues say nothing: whoever listens looks now and then all the same.
const AT_LEAST_EVERY: Duration = Duration::from_secs(60);

/// Hears of what is written, made, renamed and removed in a folder, not in folders in it.
#[derive(Debug)]
pub struct Changes {
    wake: Arc<Notify>,
    watcher: Option<RecommendedWatcher>,
}

impl Changes {
    /// Begins to listen. Where the system tells nothing, [`Changes::next`] is a clock.
    pub fn of(folder: &Path) -> Changes {
        let wake = Arc::new(Notify::new());
        let watcher = listen(folder, wake.clone());
        Changes { wake, watcher }
    }

    /// Nothing to listen to: a clock from the beginning.
    pub fn of_nothing() -> Changes {
        Changes {
            wake: Arc::default(),
            watcher: None,
        }
    }

    /// Waits until something may have changed; where the system does not tell, for `otherwise`.
    ///
    /// Windows tells of a file that stays open only when it gets to writing the folder's entry,
    /// which is late: of such files it does not count as telling. Dropping the future loses no
    /// change that has not been waited for.
    pub async fn next(&self, otherwise: Duration) {
        let tells = self.watcher.is_some() && cfg!(target_os = "linux");
        let longest = if tells { AT_LEAST_EVERY } else { otherwise };
        let _ = tokio::time::timeout(longest, self.wake.notified()).await;
    }
}

/// Wakes somebody whenever something in a folder changes, for as long as the answer lives. None:
/// the system tells nothing of this folder.
pub fn listen(folder: &Path, wake: Arc<Notify>) -> Option<RecommendedWatcher> {
    let made = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // To look into it is such an event as well, and would be looked at for ever.
        let is_look = event.is_ok_and(|event| {
            matches!(event.kind, EventKind::Access(kind) if !matches!(kind, AccessKind::Close(AccessMode::Write)))
        });
        if !is_look {
            wake.notify_one();
        }
    });
    let watching = made.and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    match watching {
        Ok(watcher) => Some(watcher),
        Err(problem) => {
            tracing::debug!(%problem, "a folder says nothing; it is looked into");
            None
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::Write as _;
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn what_is_written_to_an_open_file_is_heard_of_and_reading_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut open = std::fs::File::create(folder.path().join("log")).unwrap();
        let changes = Changes::of(folder.path());
        let never = Duration::from_millis(1);
        let started = Instant::now();
        open.write_all(b"a line").unwrap();
        changes.next(never).await;
        assert!(started.elapsed() < AT_LEAST_EVERY / 2);
        std::fs::read(folder.path().join("log")).unwrap();
        let heard = tokio::time::timeout(Duration::from_millis(300), changes.next(never)).await;
        assert!(heard.is_err(), "reading was taken for a change");
    }

    #[tokio::test]
    async fn without_a_folder_it_is_a_clock() {
        let missing = Changes::of(Path::new("/nonexistent"));
        for changes in [missing, Changes::of_nothing()] {
            changes.next(Duration::from_millis(5)).await;
        }
    }
}
