//! The sealed files of this PC, as the lane of files sees them.

use bytes::Bytes;
use servease_files::sealed::{Arriving, SealedStore, Trouble};
use servease_sync::files::{Shelf, ShelfError};
use zeroize::Zeroizing;

/// Sealed files; none where this PC has never had any and no key for them.
#[derive(Debug, Clone)]
pub(super) struct Vaulted(pub Option<SealedStore>);

impl Vaulted {
    fn store(&self) -> Result<SealedStore, ShelfError> {
        self.0.clone().ok_or(ShelfError::Missing)
    }
}

impl Shelf for Vaulted {
    type Arriving = Arriving;

    async fn has(&self, sha256: &str) -> Result<bool, ShelfError> {
        let Ok(store) = self.store() else {
            return Ok(false);
        };
        let sha256 = sha256.to_owned();
        blocking(move || match store.find(&sha256) {
            Ok(_) => Ok(true),
            // What is damaged is no more here than what is not: Central may have it.
            Err(Trouble::Missing | Trouble::Damaged) => Ok(false),
            Err(Trouble::Failed(error)) => Err(error.into()),
        })
        .await
    }

    async fn read(&self, sha256: &str, at: u64, length: usize) -> Result<Vec<u8>, ShelfError> {
        let (store, sha256) = (self.store()?, sha256.to_owned());
        blocking(move || {
            let read = || -> Result<Vec<u8>, Trouble> {
                let mut file = store.find(&sha256)?;
                let content = file.read_at(at, length)?;
                Ok(content)
            };
            read().map_err(|trouble| match trouble {
                Trouble::Missing | Trouble::Damaged => ShelfError::Missing,
                Trouble::Failed(error) => error.into(),
            })
        })
        .await
    }

    async fn bring(&self, sha256: &str, size_bytes: u64) -> Result<(Arriving, u64), ShelfError> {
        let (store, sha256) = (self.store()?, sha256.to_owned());
        blocking(move || {
            let arriving = store.bring(&sha256, size_bytes)?.ok_or(ShelfError::Busy)?;
            let so_far = arriving.so_far();
            Ok((arriving, so_far))
        })
        .await
    }

    async fn push(
        &self,
        mut arriving: Arriving,
        content: Bytes,
    ) -> Result<Option<Arriving>, ShelfError> {
        let content = Zeroizing::new(content.to_vec());
        blocking(move || Ok(arriving.push(&content)?.then_some(arriving))).await
    }

    async fn keep(&self, arriving: Arriving) -> Result<bool, ShelfError> {
        blocking(move || Ok(arriving.finish()?)).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ShelfError> + Send + 'static,
) -> Result<T, ShelfError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(std::io::Error::other)?
}
