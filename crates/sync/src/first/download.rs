//! Bringing a file over the line, from where an earlier attempt ended.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt as _;
use servease_wire::sync::ReadyFile;

use super::folder::failed;
use crate::failure::SyncFailure;
use crate::progress::{OnProgress, Progress, Stage};
use crate::remote::{FilePart, Remote, RemoteError};

/// A line over which nothing comes for so long is down.
const STALL: Duration = Duration::from_secs(30);

/// Written at once: what a cut line or a crash costs at most.
const BLOCK_BYTES: usize = 64 << 10;

/// After a cut the rest is asked for at once if so much had come; otherwise the line is bad,
/// and the whole run is tried again later.
const WORTH_GOING_ON_BYTES: u64 = 32 << 10;

/// Brings the file to `path`, whole. Answers false when Central keeps it no longer, or sends
/// more than it said.
pub async fn download(
    remote: &impl Remote,
    offer: &ReadyFile,
    path: &Path,
    on_progress: OnProgress<'_>,
) -> Result<bool, SyncFailure> {
    let mut have = fs::metadata(path).map_or(0, |found| found.len());
    if have > offer.size_bytes {
        return Ok(false);
    }
    while have < offer.size_bytes {
        let Some(part) = remote.file(&offer.sha256, have).await? else {
            return Ok(false);
        };
        let before = part.from;
        let (now, result) = append(part, offer, path, on_progress).await;
        have = now;
        match result {
            Ok(()) if have > offer.size_bytes => return Ok(false),
            // An answer that ends early is a cut like any other.
            Ok(()) if have == offer.size_bytes => {}
            Err(SyncFailure::Remote(error)) if !error.is_transient() => return Err(error.into()),
            Ok(()) | Err(SyncFailure::Remote(_)) if have >= before + WORTH_GOING_ON_BYTES => {
                tracing::info!(have, "the file was cut off: the rest is asked for");
            }
            Ok(()) => {
                return Err(RemoteError::Unreachable("the file was cut off".to_owned()).into());
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(true)
}

/// Writes a part behind what is there. Answers how much there is now.
async fn append(
    mut part: FilePart,
    offer: &ReadyFile,
    path: &Path,
    on_progress: OnProgress<'_>,
) -> (u64, Result<(), SyncFailure>) {
    let mut have = part.from;
    let opened = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(path)
        .and_then(|file| file.set_len(have).map(|()| file))
        .and_then(|mut file| {
            std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0)).map(|_| file)
        });
    let mut file = match opened {
        Ok(file) => file,
        Err(error) => return (have, Err(failed(error))),
    };
    let mut block = Vec::with_capacity(BLOCK_BYTES);
    loop {
        let next = tokio::time::timeout(STALL, part.chunks.next()).await;
        let came = match next {
            Ok(Some(Ok(chunk))) => {
                block.extend_from_slice(&chunk);
                None
            }
            Ok(Some(Err(error))) => Some(Err(error.into())),
            Ok(None) => Some(Ok(())),
            Err(_) => Some(Err(RemoteError::Unreachable(
                "nothing comes any more".to_owned(),
            )
            .into())),
        };
        if block.len() >= BLOCK_BYTES || came.is_some() {
            // Into the operating system's cache: some microseconds.
            if let Err(error) = file.write_all(&block) {
                return (have, Err(failed(error)));
            }
            have += block.len() as u64;
            block.clear();
            on_progress(Progress::File {
                stage: Stage::Fetching,
                done: have,
                total: offer.size_bytes,
            });
        }
        match came {
            Some(result) => return (have, result),
            None if have > offer.size_bytes => return (have, Ok(())),
            None => {}
        }
    }
}
