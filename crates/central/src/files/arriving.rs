//! Files that come to a bucket part by part: each part is an object,
//! `<prefix>/arriving/<owner>/<sha256>/<where it begins>`, so that it does not matter which instance
//! gets the next one.
//!
//! Nobody holds a lock. How much has come of a file is what its parts make from its beginning on
//! without a gap; a part is put where none is, and of two that begin at the same place the first
//! counts. Whatever two instances do to each other costs parts that are sent again, since the whole
//! is looked at by its hash before it is kept.

use std::collections::BTreeMap;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path as Key;
use servease_files::arrivals::{AGE_MAX, BYTES_MAX, OF_ONE_MAX, Put, owner_part};

use super::bucket::{Bucket, Created};
use super::trouble::Trouble;

/// The parts of one file: a desk sends 32 KiB at least, but nobody has to.
const OF_FILE_MAX: usize = 10_000;

/// The parts of all files: 8 GiB in parts of 128 KiB, and 65 pages to list when a file begins.
const PARTS_MAX: usize = 65_536;

/// How many parts are fetched at once when a file is whole.
const AT_ONCE: usize = 4;

/// A part that has come.
#[derive(Debug, Clone)]
struct Part {
    key: Key,
    /// Whose, and of which file.
    file: (String, String),
    at: u64,
    bytes: u64,
    changed: SystemTime,
}

impl Bucket {
    /// How much has come of each file that somebody is sending, by its hash.
    pub async fn arriving_of(&self, owner: &str) -> Result<BTreeMap<String, u64>, Trouble> {
        let of_owner = self.key(&["arriving", &owner_part(owner)]);
        let parts = self.parts(&of_owner, PARTS_MAX).await?;
        let files = by_file(parts).into_iter();
        Ok(files
            .map(|((_, sha256), parts)| (sha256, in_a_row(&parts).1))
            .collect())
    }

    /// Takes in a part of a file that is `size_bytes` long, if it begins where the file ends so far.
    /// It is in the store when this returns.
    pub async fn put_part(
        &self,
        (owner, sha256): (&str, &str),
        size_bytes: u64,
        at: u64,
        part: Bytes,
        now: SystemTime,
    ) -> Result<Put, Trouble> {
        let of_file = self.of_file(owner, sha256);
        let mut parts = self.parts(&of_file, OF_FILE_MAX).await?;
        let mut so_far = in_a_row(&parts).1;
        if so_far > size_bytes || parts.len() >= OF_FILE_MAX {
            // It came under another size, which no content can have, or in crumbs.
            self.delete(keys(parts)).await?;
            (parts, so_far) = (Vec::new(), 0);
        }
        if at == 0 && parts.is_empty() && !self.make_room(owner, size_bytes, now).await? {
            return Ok(Put::Full);
        }
        let end = so_far.checked_add(part.len() as u64);
        let end = end.filter(|end| at == so_far && *end <= size_bytes);
        let Some(end) = end.filter(|_| !part.is_empty()) else {
            return Ok(Put::At(so_far));
        };
        let key = of_file.clone().join(place(at));
        match self.create(&key, part).await? {
            Created::New => Ok(Put::At(end)),
            // The same part came over another instance: what it made of the file counts.
            Created::There(_) => {
                let parts = self.parts(&of_file, OF_FILE_MAX).await?;
                Ok(Put::At(in_a_row(&parts).1))
            }
        }
    }

    /// Everything that has come of a file of this length. None where it is not all there (any more).
    pub async fn arrived(
        &self,
        owner: &str,
        sha256: &str,
        size_bytes: u64,
    ) -> Result<Option<Bytes>, Trouble> {
        let parts = self
            .parts(&self.of_file(owner, sha256), OF_FILE_MAX)
            .await?;
        let (row, so_far) = in_a_row(&parts);
        if so_far != size_bytes {
            return Ok(None);
        }
        let row = row.into_iter().map(|part| {
            let (bucket, key, bytes) = (self.clone(), part.key.clone(), part.bytes);
            async move { bucket.content(&key, bytes).await }
        });
        let row: Vec<_> = row.collect();
        let fetched = stream::iter(row).buffered(AT_ONCE);
        let mut content = Vec::with_capacity(usize::try_from(size_bytes).unwrap_or_default());
        let mut fetched = std::pin::pin!(fetched);
        while let Some(part) = fetched.try_next().await? {
            let Some(part) = part else {
                return Ok(None);
            };
            content.extend_from_slice(&part);
        }
        Ok(Some(content.into()))
    }

    /// Forgets what has come of a file: it is kept, or refused, or is not what its hash says.
    pub async fn forget(&self, owner: &str, sha256: &str) -> Result<(), Trouble> {
        let parts = self.parts(&self.of_file(owner, sha256), PARTS_MAX).await?;
        self.delete(keys(parts)).await
    }

    /// Whether one more file may begin. What nobody goes on sending is removed, and of those of the
    /// same side the oldest make room.
    async fn make_room(
        &self,
        owner: &str,
        size_bytes: u64,
        now: SystemTime,
    ) -> Result<bool, Trouble> {
        let all = self.parts(&self.key(&["arriving"]), PARTS_MAX).await?;
        let count = all.len();
        let (mut go, mut own, mut bytes) = (Vec::new(), Vec::new(), 0_u64);
        let whose = owner_part(owner);
        for ((owner, _), parts) in by_file(all) {
            let Some(changed) = parts.iter().map(|part| part.changed).max() else {
                continue;
            };
            if now.duration_since(changed).is_ok_and(|age| age > AGE_MAX) {
                go.extend(keys(parts));
                continue;
            }
            let of_file: u64 = parts.iter().map(|part| part.bytes).sum();
            bytes = bytes.saturating_add(of_file);
            if owner == whose {
                own.push((changed, parts));
            }
        }
        own.sort_by_key(|(changed, _)| *changed);
        let too_many = (own.len() + 1).saturating_sub(OF_ONE_MAX);
        for (_, parts) in own.into_iter().take(too_many) {
            go.extend(keys(parts));
        }
        let left = count - go.len();
        if !go.is_empty() {
            self.delete(go).await?;
        }
        Ok(bytes.saturating_add(size_bytes) <= BYTES_MAX && left < PARTS_MAX)
    }

    fn of_file(&self, owner: &str, sha256: &str) -> Key {
        self.key(&["arriving", &owner_part(owner), sha256])
    }

    async fn parts(&self, under: &Key, most: usize) -> Result<Vec<Part>, Trouble> {
        let found = self.list(under, most).await?;
        let parts = found.into_iter().filter_map(|object| {
            let names: Vec<_> = object.location.parts().collect();
            let [.., owner, sha256, at] = names.as_slice() else {
                return None;
            };
            Some(Part {
                at: at.as_ref().parse().ok()?,
                file: (owner.as_ref().to_owned(), sha256.as_ref().to_owned()),
                bytes: object.size,
                changed: object.last_modified.into(),
                key: object.location,
            })
        });
        Ok(parts.collect())
    }
}

/// Where a part begins, so that names are in the order of parts.
fn place(at: u64) -> String {
    format!("{at:020}")
}

fn keys(parts: Vec<Part>) -> Vec<Key> {
    parts.into_iter().map(|part| part.key).collect()
}

fn by_file(parts: Vec<Part>) -> BTreeMap<(String, String), Vec<Part>> {
    let mut files: BTreeMap<_, Vec<Part>> = BTreeMap::new();
    for part in parts {
        files.entry(part.file.clone()).or_default().push(part);
    }
    files
}

/// The parts that make a file from its beginning on without a gap, and where they end.
fn in_a_row(parts: &[Part]) -> (Vec<&Part>, u64) {
    let mut sorted: Vec<&Part> = parts.iter().collect();
    sorted.sort_by_key(|part| part.at);
    let mut end = 0_u64;
    let mut row = Vec::new();
    for part in sorted {
        if part.at == end && part.bytes > 0 {
            end = end.saturating_add(part.bytes);
            row.push(part);
        }
    }
    (row, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(at: u64, bytes: u64) -> Part {
        Part {
            key: Key::from(place(at)),
            file: ("ann".to_owned(), "sha".to_owned()),
            at,
            bytes,
            changed: SystemTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_has_come_ends_at_the_first_gap() {
        let end = |parts: &[Part]| in_a_row(parts).1;
        assert_eq!(end(&[]), 0);
        assert_eq!(end(&[part(4, 2), part(0, 4)]), 6);
        assert_eq!(end(&[part(4, 2)]), 0, "its beginning was collected");
        assert_eq!(end(&[part(0, 4), part(5, 1)]), 4);
        // What another instance put meanwhile, under another length.
        let mixed = [part(0, 4), part(2, 4), part(4, 3)];
        assert_eq!(end(&mixed), 7);
        assert_eq!(in_a_row(&mixed).0.len(), 2);
    }
}
