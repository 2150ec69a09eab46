//! One window per data folder.
//!
//! The first program holds a lock on a file in the folder. A second one leaves a request there
//! and exits; the first takes the request away and comes to the front. A file works alike on
//! every platform, needs no port, and obeys the folder's permissions.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use servease_platform::files;

const LOCK_FILE: &str = "desk.lock";
const REQUEST_FILE: &str = "desk.front";

/// How often the first program looks for a request. A look is one `stat`, some microseconds.
pub const REQUEST_POLL: Duration = Duration::from_millis(300);

/// Ten looks: longer than that, and the first program hangs.
const ANSWER_PATIENCE: Duration = Duration::from_secs(3);

/// What came of asking for the data folder.
#[derive(Debug)]
pub enum Claim {
    /// The folder is ours for as long as the file lives.
    Ours(File),
    /// Another program has it.
    Taken,
    /// The lock file cannot be written or locked here.
    Impossible(io::Error),
}

/// What the program that has the folder did with a request.
#[derive(Debug, PartialEq, Eq)]
pub enum FrontAnswer {
    Shown,
    Silent,
}

/// Takes the data folder for this program, or tells that another one has it.
pub fn claim(folder: &Path) -> Claim {
    let file = match files::open_lock(&folder.join(LOCK_FILE)) {
        Ok(file) => file,
        Err(cause) => return Claim::Impossible(cause),
    };
    match file.try_lock() {
        Ok(()) => {
            // Left by a program that gave up waiting for one that hung.
            let _ = fs::remove_file(request(folder));
            Claim::Ours(file)
        }
        Err(TryLockError::WouldBlock) => Claim::Taken,
        Err(TryLockError::Error(cause)) => Claim::Impossible(cause),
    }
}

/// Asks the program that has the folder to come to the front, and waits a little for it.
pub fn ask_for_front(folder: &Path) -> io::Result<FrontAnswer> {
    let request = request(folder);
    File::create(&request)?;
    let deadline = Instant::now() + ANSWER_PATIENCE;
    while Instant::now() < deadline {
        if !request.try_exists()? {
            return Ok(FrontAnswer::Shown);
        }
        thread::sleep(REQUEST_POLL / 6);
    }
    let _ = fs::remove_file(&request);
    Ok(FrontAnswer::Silent)
}

/// True once per request: takes it away.
pub fn take_front_request(folder: &Path) -> bool {
    let request = request(folder);
    request.exists() && fs::remove_file(request).is_ok()
}

fn request(folder: &Path) -> PathBuf {
    folder.join(REQUEST_FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_claim_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = claim(folder.path());
        assert!(matches!(first, Claim::Ours(_)));
        assert!(matches!(claim(folder.path()), Claim::Taken));
        drop(first);
        assert!(matches!(claim(folder.path()), Claim::Ours(_)));
    }

    #[test]
    fn request_is_answered_by_the_one_who_holds_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let watched = folder.path().to_path_buf();
        let holder = thread::spawn(move || {
            let deadline = Instant::now() + ANSWER_PATIENCE;
            while Instant::now() < deadline {
                if take_front_request(&watched) {
                    return true;
                }
                thread::yield_now();
            }
            false
        });
        assert_eq!(ask_for_front(folder.path()).unwrap(), FrontAnswer::Shown);
        assert!(holder.join().unwrap());
    }

    #[test]
    fn unwritable_folder_is_told_apart_from_a_taken_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            claim(&folder.path().join("missing")),
            Claim::Impossible(_)
        ));
    }
}
