//! Files that come here because somebody looks at them.

use std::time::Duration;

use futures_util::StreamExt as _;
use servease_wire::sync::files::FileName;
use tokio_util::sync::CancellationToken;

use super::lane::{DAMAGED_MAX, FilesProgress, OnProgress, failed};
use super::{FileRemote, Shelf};
use crate::SyncFailure;
use crate::remote::RemoteError;

/// A line over which nothing comes for so long is down.
const STALL: Duration = Duration::from_secs(30);

/// Brings a file here that somebody looks at. False: Central has not got it.
pub async fn fetch<R: FileRemote, S: Shelf>(
    (remote, shelf): (&R, &S),
    file: &FileName,
    cancel: &CancellationToken,
    on_progress: OnProgress<'_>,
) -> Result<bool, SyncFailure> {
    for _ in 0..DAMAGED_MAX {
        let brought = bring((remote, shelf), file, on_progress);
        let brought = tokio::select! {
            brought = brought => brought?,
            () = cancel.cancelled() => return Err(SyncFailure::Cancelled),
        };
        match brought {
            Brought::Kept => return Ok(true),
            Brought::Nowhere => return Ok(false),
            // Another content under this hash, or more than it has: from the start, once.
            Brought::Damaged => {}
        }
    }
    Err(SyncFailure::Stuck("the file comes damaged"))
}

enum Brought {
    Kept,
    Nowhere,
    Damaged,
}

/// After a cut the rest is asked for at once if so much had come; otherwise the line is bad.
const WORTH_GOING_ON_BYTES: u64 = 64 << 10;

async fn bring<R: FileRemote, S: Shelf>(
    (remote, shelf): (&R, &S),
    file: &FileName,
    on_progress: OnProgress<'_>,
) -> Result<Brought, SyncFailure> {
    loop {
        // What is on the disk counts: of a piece of a chunk that came nothing is left.
        let (mut arriving, so_far) = shelf
            .bring(&file.sha256, file.size_bytes)
            .await
            .map_err(failed)?;
        let mut have = so_far;
        let mut cut = None;
        if have < file.size_bytes {
            let Some(mut part) = remote.get(&file.sha256, have).await? else {
                return Ok(Brought::Nowhere);
            };
            // A server that cannot begin in the middle sends what is here already.
            let mut passed_over = have.checked_sub(part.from);
            if passed_over.is_none() {
                return Err(SyncFailure::Stuck("a file begins where nobody asked"));
            }
            loop {
                let next = tokio::time::timeout(STALL, part.chunks.next()).await;
                let mut chunk = match next {
                    Ok(Some(Ok(chunk))) => chunk,
                    Ok(Some(Err(error))) => {
                        cut = Some(error);
                        break;
                    }
                    Ok(None) => break,
                    Err(_) => {
                        let words = "nothing comes any more".to_owned();
                        cut = Some(RemoteError::Unreachable(words));
                        break;
                    }
                };
                if let Some(over) = passed_over.filter(|over| *over > 0) {
                    let skipped =
                        usize::try_from(over).map_or(chunk.len(), |it| it.min(chunk.len()));
                    let _ = chunk.split_to(skipped);
                    passed_over = Some(over - skipped as u64);
                }
                have += chunk.len() as u64;
                arriving = match shelf.push(arriving, chunk).await.map_err(failed)? {
                    Some(arriving) => arriving,
                    None => return Ok(Brought::Damaged),
                };
                on_progress(FilesProgress {
                    sha256: file.sha256.clone(),
                    done: have,
                    total: file.size_bytes,
                    left: file.size_bytes.saturating_sub(have),
                    sent: 0,
                });
            }
        }
        if have >= file.size_bytes {
            return match shelf.keep(arriving).await.map_err(failed)? {
                true => Ok(Brought::Kept),
                false => Ok(Brought::Damaged),
            };
        }
        let cut =
            cut.unwrap_or_else(|| RemoteError::Unreachable("the file was cut off".to_owned()));
        if !cut.is_transient() || have < so_far + WORTH_GOING_ON_BYTES {
            return Err(cut.into());
        }
        tracing::info!(have, "the file was cut off: the rest is asked for");
    }
}
