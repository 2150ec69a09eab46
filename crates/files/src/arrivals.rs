//! Files that come part by part, until they are whole: a folder beside the kept ones, one file for
//! each that somebody is sending. What has come stays over an end of the program, so that it is not
//! sent again. It is with the system when it is confirmed and need not be on the disk: what a power
//! cut takes or spoils is found by its length and its hash, and is sent again.
//!
//! Several programs may share the folder: who writes to a file holds its lock, and nobody writes but
//! where it ends. What is whole gets its name among the kept ones under that lock; whoever has opened
//! it before and gets the lock afterwards finds that it lies here no longer, and writes nothing.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use same_file::Handle;
use servease_platform::files;

use crate::{hash_of, is_hash};

/// How many files one side may be sending: a desk sends one after the other.
pub const OF_ONE_MAX: usize = 32;

/// How much may be arriving in all, in bytes.
pub const BYTES_MAX: u64 = 8 << 30;

/// What nobody has gone on sending for so long goes.
pub const AGE_MAX: Duration = Duration::from_secs(14 * 24 * 3_600);

/// How long somebody else may be at a file before whoever comes later is sent away: as long as it takes
/// to look at one of some megabytes that is whole, whose sender has gone meanwhile.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// What became of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// So many bytes are there now. Where the part was for another place it was not written.
    At(u64),
    /// Somebody else is writing to this file.
    Busy,
    /// More is arriving than there is room for.
    Full,
}

/// Where files arrive. Its calls wait for the disk.
#[derive(Debug, Clone)]
pub struct Arrivals {
    folder: PathBuf,
    bytes_max: u64,
    patience: Duration,
}

impl Arrivals {
    pub(crate) fn in_folder(folder: PathBuf) -> Arrivals {
        Arrivals {
            folder,
            bytes_max: BYTES_MAX,
            patience: PATIENCE,
        }
    }

    /// How much of a file has come from somebody.
    pub fn so_far(&self, owner: &str, sha256: &str) -> u64 {
        let path = self.path(owner, sha256);
        path.and_then(|path| fs::metadata(path).ok())
            .map_or(0, |found| found.len())
    }

    /// Takes in a part of a file that is `size_bytes` long, if it begins where the file ends so far.
    pub fn put(
        &self,
        (owner, sha256): (&str, &str),
        size_bytes: u64,
        at: u64,
        part: &[u8],
        now: SystemTime,
    ) -> io::Result<Put> {
        let path = self.path(owner, sha256).ok_or_else(no_hash)?;
        if at == 0 && !path.exists() && !self.make_room(owner, size_bytes, now)? {
            return Ok(Put::Full);
        }
        let opened = File::options()
            .read(true)
            .write(true)
            .create(at == 0)
            .truncate(false)
            .open(&path);
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Put::At(0)),
            Err(error) => return Err(error),
        };
        match self.lock(&file, &path)? {
            Lock::Held => {}
            Lock::Busy => return Ok(Put::Busy),
            Lock::Gone => return Ok(Put::At(0)),
        }
        let mut so_far = file.metadata()?.len();
        if so_far > size_bytes {
            // It came under another size, which no content can have.
            file.set_len(0)?;
            so_far = 0;
        }
        let end = so_far.checked_add(part.len() as u64);
        let Some(end) = end.filter(|end| at == so_far && *end <= size_bytes) else {
            return Ok(Put::At(so_far));
        };
        file.seek(SeekFrom::Start(so_far))?;
        if let Err(error) = files::write_long(&mut file, part) {
            // A full disk: what fitted would be no whole part.
            let _ = file.set_len(so_far);
            return Err(error);
        }
        Ok(Put::At(end))
    }

    /// What has come of a file, for whoever looks whether it may be kept. None while somebody else is
    /// at it, or where nothing has come or it is kept already.
    pub fn take(&self, owner: &str, sha256: &str) -> io::Result<Option<Arrived>> {
        let path = self.path(owner, sha256).ok_or_else(no_hash)?;
        let file = match File::options().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let is_held = matches!(self.lock(&file, &path)?, Lock::Held);
        Ok(is_held.then_some(Arrived { file, path }))
    }

    /// Forgets what has come of a file: it is kept, or refused, or is not what its hash says.
    pub fn remove(&self, owner: &str, sha256: &str) -> io::Result<()> {
        files::remove(&self.path(owner, sha256).ok_or_else(no_hash)?)
    }

    /// Removes what nobody goes on sending. Answers how much is arriving, in bytes.
    pub fn collect(&self, now: SystemTime) -> io::Result<u64> {
        let mut bytes = 0;
        for entry in self.entries()? {
            match age(&entry, now) {
                Some(age) if age > AGE_MAX => files::remove(&entry.path)?,
                _ => bytes += entry.bytes,
            }
        }
        Ok(bytes)
    }

    /// Whether one more file may begin. Of those of the same side the oldest make room.
    fn make_room(&self, owner: &str, size_bytes: u64, now: SystemTime) -> io::Result<bool> {
        let bytes = self.collect(now)?;
        let start = owner_part(owner);
        let mut own: Vec<Entry> = self
            .entries()?
            .into_iter()
            .filter(|entry| is_of(&entry.path, &start))
            .collect();
        own.sort_by_key(|entry| entry.changed);
        let too_many = (own.len() + 1).saturating_sub(OF_ONE_MAX);
        for entry in own.iter().take(too_many) {
            files::remove(&entry.path)?;
        }
        Ok(bytes.saturating_add(size_bytes) <= self.bytes_max)
    }

    fn lock(&self, file: &File, path: &Path) -> io::Result<Lock> {
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if began.elapsed() < self.patience => {
                    thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => return Ok(Lock::Busy),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        match Handle::from_path(path) {
            Ok(there) if there == Handle::from_file(file.try_clone()?)? => Ok(Lock::Held),
            Ok(_) => Ok(Lock::Gone),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Lock::Gone),
            Err(error) => Err(error),
        }
    }

    fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            // Another program may have removed it meanwhile.
            let Ok(found) = fs::metadata(&path) else {
                continue;
            };
            entries.push(Entry {
                path,
                bytes: found.len(),
                changed: found.modified().ok(),
            });
        }
        Ok(entries)
    }

    fn path(&self, owner: &str, sha256: &str) -> Option<PathBuf> {
        is_hash(sha256).then(|| self.folder.join(format!("{}-{sha256}", owner_part(owner))))
    }
}

/// A file that has come. As long as this lives nobody writes to it.
#[derive(Debug)]
pub struct Arrived {
    file: File,
    path: PathBuf,
}

impl Arrived {
    /// Everything that is there.
    pub fn content(&mut self) -> io::Result<Vec<u8>> {
        let length = usize::try_from(self.file.metadata()?.len()).unwrap_or_default();
        let mut content = Vec::with_capacity(length);
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut content)?;
        Ok(content)
    }

    /// Gives it the name under which it is kept: both are on the disk when this returns.
    pub(crate) fn keep_as(self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        files::put_in_place(&self.path, target)
    }
}

/// What came of locking a file that was opened at its place.
#[derive(Debug, PartialEq, Eq)]
enum Lock {
    Held,
    /// Somebody else is at it.
    Busy,
    /// It lies there no longer: it is kept, or was removed.
    Gone,
}

#[derive(Debug)]
struct Entry {
    path: PathBuf,
    bytes: u64,
    changed: Option<SystemTime>,
}

fn age(entry: &Entry, now: SystemTime) -> Option<Duration> {
    now.duration_since(entry.changed?).ok()
}

fn is_of(path: &Path, start: &str) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with(start))
}

/// Whose a file is, as a part of its name: nobody may write to what another account sends.
pub fn owner_part(owner: &str) -> String {
    hash_of(owner.as_bytes()).chars().take(16).collect()
}

fn no_hash() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "this is no hash")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals() -> (tempfile::TempDir, Arrivals) {
        let folder = tempfile::tempdir().unwrap();
        let arrivals = Arrivals {
            patience: Duration::ZERO,
            ..Arrivals::in_folder(folder.path().to_owned())
        };
        (folder, arrivals)
    }

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    #[test]
    fn parts_are_taken_in_order_and_nowhere_else() {
        let (_folder, arrivals) = arrivals();
        let sha256 = hash_of(b"hello");
        let put = |at, part: &[u8]| arrivals.put(("ann", &sha256), 5, at, part, NOW).unwrap();
        assert_eq!(put(3, b"lo"), Put::At(0), "nothing has come");
        assert_eq!(put(0, b"he"), Put::At(2));
        assert_eq!(put(0, b"he"), Put::At(2), "its answer was lost");
        assert_eq!(put(1, b"e"), Put::At(2));
        assert_eq!(put(2, b"llo!"), Put::At(2), "more than was said");
        assert_eq!(arrivals.so_far("bob", &sha256), 0, "each sends their own");
        assert_eq!(put(2, b"llo"), Put::At(5));
        let arrived = arrivals.take("ann", &sha256).unwrap();
        assert_eq!(arrived.unwrap().content().unwrap(), b"hello");
        arrivals.remove("ann", &sha256).unwrap();
        assert_eq!(arrivals.so_far("ann", &sha256), 0);
        assert!(arrivals.put(("ann", "../x"), 5, 0, b"a", NOW).is_err());
    }

    #[test]
    fn a_file_that_somebody_writes_to_is_left_to_them() {
        let (folder, arrivals) = arrivals();
        let sha256 = hash_of(b"hello");
        let put = |at, part: &[u8]| arrivals.put(("ann", &sha256), 5, at, part, NOW).unwrap();
        put(0, b"he");
        let path = fs::read_dir(folder.path()).unwrap().next().unwrap();
        let other = File::options().write(true).open(path.unwrap().path());
        let other = other.unwrap();
        other.lock().unwrap();
        assert_eq!(put(2, b"llo"), Put::Busy);
        assert!(arrivals.take("ann", &sha256).unwrap().is_none());
        drop(other);
        assert_eq!(put(2, b"llo"), Put::At(5));
    }

    /// The program that sent it has died and come back, while what it sent is looked at.
    #[test]
    fn who_comes_while_a_file_is_kept_waits_for_the_end_of_it() {
        let (folder, mut arrivals) = arrivals();
        arrivals.patience = PATIENCE * 30;
        let sha256 = hash_of(b"hello");
        let put = |at, part: &[u8]| arrivals.put(("ann", &sha256), 5, at, part, NOW).unwrap();
        put(0, b"hello");
        let arrived = arrivals.take("ann", &sha256).unwrap().unwrap();
        thread::scope(|scope| {
            let late = scope.spawn(|| put(5, b""));
            arrived.keep_as(&folder.path().join("kept")).unwrap();
            // From the start, where it is found to be kept.
            assert_eq!(late.join().unwrap(), Put::At(0));
        });
    }

    /// Somebody opened it before it was kept, and gets its lock afterwards.
    #[test]
    fn a_file_that_is_kept_is_written_to_no_more() {
        let (folder, arrivals) = arrivals();
        let sha256 = hash_of(b"hello");
        let path = arrivals.path("ann", &sha256).unwrap();
        arrivals.put(("ann", &sha256), 5, 0, b"hello", NOW).unwrap();
        let late = File::options().write(true).open(&path).unwrap();
        let arrived = arrivals.take("ann", &sha256).unwrap().unwrap();
        let taken = arrivals.take("ann", &sha256).unwrap();
        assert!(taken.is_none(), "one looks at it");
        let kept = folder.path().join("kept");
        arrived.keep_as(&kept).unwrap();
        assert_eq!(arrivals.lock(&late, &path).unwrap(), Lock::Gone);
        drop(late);
        // Nor once another file arrives there.
        let late = File::options().write(true).open(&kept).unwrap();
        arrivals.put(("ann", &sha256), 5, 0, b"he", NOW).unwrap();
        assert_eq!(arrivals.lock(&late, &path).unwrap(), Lock::Gone);
        assert_eq!(fs::read(&kept).unwrap(), b"hello");
    }

    #[test]
    fn what_arrives_is_bounded_in_number_bytes_and_age() {
        let (folder, mut arrivals) = arrivals();
        let count = || fs::read_dir(folder.path()).unwrap().count();
        for number in 0..OF_ONE_MAX + 3 {
            let sha256 = hash_of(&number.to_le_bytes());
            let put = arrivals.put(("ann", &sha256), 8, 0, b"abcd", NOW);
            assert_eq!(put.unwrap(), Put::At(4));
        }
        assert_eq!(count(), OF_ONE_MAX);
        // Nobody pushes out what others send.
        let sha256 = hash_of(b"of Bob");
        let put = arrivals.put(("bob", &sha256), 8, 0, b"abcd", NOW);
        assert_eq!(put.unwrap(), Put::At(4));
        assert_eq!(count(), OF_ONE_MAX + 1);
        arrivals.bytes_max = 4 * (OF_ONE_MAX as u64 + 1) + 7;
        let sha256 = hash_of(b"one more");
        let put = arrivals.put(("bob", &sha256), 8, 0, b"abcd", NOW);
        assert_eq!(put.unwrap(), Put::Full);
        let changed = fs::metadata(folder.path()).unwrap().modified().unwrap();
        arrivals.collect(changed + AGE_MAX * 2).unwrap();
        assert_eq!(count(), 0);
    }
}
