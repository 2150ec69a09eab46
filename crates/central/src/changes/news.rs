//! Telling those who wait in this process that there is something new.

use std::sync::LazyLock;

use tokio::sync::watch;

/// What this process tells those who wait for changes. It only wakes them: what is new they
/// read from their database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct News {
    pub commits: u64,
    /// Rises when a service stops: who listened before should wait no more.
    pub endings: u64,
}

static NEWS: LazyLock<watch::Sender<News>> = LazyLock::new(|| watch::channel(News::default()).0);

pub(super) fn tell() {
    NEWS.send_modify(|news| news.commits += 1);
}

/// Hears of every commit from now on.
pub fn news() -> watch::Receiver<News> {
    NEWS.subscribe()
}

/// Ends the waiting of everybody who listens now.
pub fn end_waiting() {
    NEWS.send_modify(|news| news.endings += 1);
}
