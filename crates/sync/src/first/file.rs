//! A first sync by a ready file.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use servease_store::{Store, StoreError};
use servease_wire::sync::ReadyFile;
use sha2::{Digest as _, Sha256};

use super::Came;
use super::download::download;
use super::folder::{Folder, failed};
use crate::failure::SyncFailure;
use crate::progress::{OnProgress, Progress, Stage};
use crate::remote::Remote;

const BLOCK_BYTES: usize = 1 << 20;

/// Brings the file, unpacks it, and makes its content the desk's. Dropping the future leaves
/// the desk as it was, and what has come for the next attempt.
pub(crate) async fn take_file(
    store: &Store,
    remote: &impl Remote,
    folder: Folder,
    offer: &ReadyFile,
    on_progress: OnProgress<'_>,
) -> Result<Came, SyncFailure> {
    folder.make_ready_for(offer)?;
    folder.check_space(offer)?;
    if !download(remote, offer, &folder.packed(), on_progress).await? {
        folder.clear()?;
        return Ok(Came::Gone);
    }
    on_progress(Progress::File {
        stage: Stage::Unpacking,
        done: 0,
        total: offer.unpacked_bytes,
    });
    if !unpack(&folder, offer).await? {
        tracing::warn!("what was downloaded is damaged");
        folder.clear()?;
        return Ok(Came::Damaged);
    }
    on_progress(Progress::File {
        stage: Stage::TakingIn,
        done: 0,
        total: offer.unpacked_bytes,
    });
    match store.take_in(&folder.unpacked()).await {
        Ok(taken) => {
            folder.remove();
            Ok(taken.into())
        }
        Err(error @ (StoreError::Damaged(_) | StoreError::NewerSchema { .. })) => {
            tracing::warn!(%error, "the file that came is not sound");
            folder.clear()?;
            Ok(Came::Damaged)
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes so many bytes and no more.
struct AtMost<W> {
    inner: W,
    left: u64,
}

impl<W: io::Write> io::Write for AtMost<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.left {
            return Err(io::Error::other("more than was announced"));
        }
        let written = self.inner.write(bytes)?;
        self.left -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Ends the unpacking when nobody waits for it any more.
struct GivenUp(Arc<AtomicBool>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Unpacks what has come and compares its digest. Answers whether it is what was offered.
async fn unpack(folder: &Folder, offer: &ReadyFile) -> Result<bool, SyncFailure> {
    let is_over = Arc::new(AtomicBool::new(false));
    let _given_up = GivenUp(is_over.clone());
    let (folder, offer) = (folder.clone(), offer.clone());
    // The folder goes along: nobody else is let in before this has ended.
    tokio::task::spawn_blocking(move || unpack_into(&folder, &offer, &is_over))
        .await
        .map_err(io::Error::other)
        .flatten()
        .map_err(failed)
}

fn unpack_into(folder: &Folder, offer: &ReadyFile, is_over: &AtomicBool) -> io::Result<bool> {
    let mut packed = File::open(folder.packed())?;
    // Nothing of this has to survive a power cut: it is checked, and copied from.
    let unpacked = BufWriter::with_capacity(BLOCK_BYTES, File::create(folder.unpacked())?);
    // A few kilobytes can be packed so that they fill a disk.
    let unpacked = AtMost {
        inner: unpacked,
        left: offer.unpacked_bytes,
    };
    let mut decoder = zstd::stream::write::Decoder::new(unpacked)?;
    let mut digest = Sha256::new();
    let mut block = vec![0; BLOCK_BYTES];
    loop {
        if is_over.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = packed.read(&mut block)?;
        if length == 0 {
            break;
        }
        digest.update(&block[..length]);
        match decoder.write_all(&block[..length]) {
            Err(error) if error.raw_os_error().is_none() => return Ok(false),
            written => written?,
        }
    }
    decoder.flush()?;
    decoder.into_inner().inner.flush()?;
    Ok(hex::encode(digest.finalize()) == offer.sha256)
}
