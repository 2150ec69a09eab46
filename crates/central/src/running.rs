//! Whether a service runs on a data folder: each holds a lock on a file in it, shared, so that
//! several may run; what must be alone asks for the whole lock.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use servease_platform::files;

const NAME: &str = "running.lock";

/// Held for as long as this lives.
#[derive(Debug)]
pub struct Held {
    _file: Option<File>,
}

fn open(folder: &Path) -> io::Result<File> {
    files::open_lock(&folder.join(NAME))
}

/// For a service. None: something that must be alone is at work.
pub fn hold_shared(folder: &Path) -> io::Result<Option<Held>> {
    let file = open(folder)?;
    let locked = file.try_lock_shared();
    held(file, locked)
}

/// For what must be alone. None: a service runs.
pub fn hold_alone(folder: &Path) -> io::Result<Option<Held>> {
    let file = open(folder)?;
    let locked = file.try_lock();
    held(file, locked)
}

fn held(file: File, locked: Result<(), TryLockError>) -> io::Result<Option<Held>> {
    match locked {
        Ok(()) => Ok(Some(Held { _file: Some(file) })),
        Err(TryLockError::WouldBlock) => Ok(None),
        // Some network file systems have no locks: that is no reason to stand still.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            tracing::warn!(%error, "this file system has no locks: see to it that a restore is alone");
            Ok(Some(Held { _file: None }))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_may_be_several_but_a_restore_is_alone() {
        let folder = tempfile::tempdir().unwrap();
        let services = [hold_shared(folder.path()), hold_shared(folder.path())];
        assert!(services.iter().all(|held| matches!(held, Ok(Some(_)))));
        assert!(hold_alone(folder.path()).unwrap().is_none());
        drop(services);
        let restore = hold_alone(folder.path()).unwrap();
        assert!(restore.is_some());
        assert!(hold_shared(folder.path()).unwrap().is_none());
    }
}
