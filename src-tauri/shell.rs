//! What the running program holds: the data folder, and the use cases on its database.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use servease_desk::{Clock, Desk, Failure, FailureCode, FailureView};
use tokio::sync::OnceCell;
use tracing::{debug, error};

/// After the database could not be opened: it is opened by the first command that succeeds.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// Shared by all commands.
#[derive(Debug)]
pub struct Shell {
    folder: PathBuf,
    desk: OnceCell<Desk>,
}

impl Shell {
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            desk: OnceCell::new(),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The use cases. Opens the database when that has not happened or has failed so far: one
    /// that was locked or on a full disk may open at the next try, without a restart.
    pub async fn desk(&self) -> Result<&Desk, FailureView> {
        let opened = self
            .desk
            .get_or_try_init(|| Desk::open(&self.folder, Clock::system()))
            .await;
        opened.map_err(told)
    }

    /// The use cases, for what runs beside the page: waits until the database has been opened.
    pub async fn opened(&self) -> &Desk {
        loop {
            match self.desk().await {
                Ok(desk) => return desk,
                // The page says why, and asks again.
                Err(_) => tokio::time::sleep(TRY_AGAIN).await,
            }
        }
    }

    /// Closes the database if it was opened.
    pub async fn close(&self) {
        if let Some(desk) = self.desk.get() {
            desk.close().await;
        }
    }
}

/// A failure as the page is given it. What is not the user's to mend is logged here, once, with
/// its causes.
pub fn told(failure: Failure) -> FailureView {
    let view = failure.view();
    match view.code {
        FailureCode::Invalid
        | FailureCode::Confirm
        | FailureCode::NotFound
        | FailureCode::NothingToUndo
        | FailureCode::Superseded => debug!(code = ?view.code, "refused"),
        _ => error!(code = ?view.code, failure = %with_causes(&failure), "failed"),
    }
    view
}

fn with_causes(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        words = format!("{words}: {next}");
        cause = next.source();
    }
    words
}
