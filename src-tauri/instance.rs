//! One window per data folder.
//!
//! The first program holds a lock on a file in the folder. A second one leaves a request there
//! and exits; the first takes the request away and comes to the front, or ends where an installer
//! asks for that. A file works alike on every platform, needs no port, and obeys the folder's
//! permissions.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use servease_platform::files;

const LOCK_FILE: &str = "desk.lock";

/// How often the first program looks for a request. A look is one `stat`, some microseconds.
pub const REQUEST_POLL: Duration = Duration::from_millis(300);

/// Ten looks: longer than that, and the first program hangs.
const ANSWER_PATIENCE: Duration = Duration::from_secs(3);

/// Closing gives syncing and the database three seconds each; a busy PC takes some more.
const END_PATIENCE: Duration = Duration::from_secs(15);

/// What the program that has the folder can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// To show its window.
    Front,
    /// To close it, in order.
    End,
}

impl Request {
    fn file(self, folder: &Path) -> PathBuf {
        folder.join(match self {
            Self::Front => "desk.front",
            Self::End => "desk.end",
        })
    }
}

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

/// Whether the folder is free.
#[derive(Debug, PartialEq, Eq)]
pub enum EndAnswer {
    Free,
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
            // Left for one that hung or was gone.
            for request in [Request::Front, Request::End] {
                let _ = fs::remove_file(request.file(folder));
            }
            Claim::Ours(file)
        }
        Err(TryLockError::WouldBlock) => Claim::Taken,
        Err(TryLockError::Error(cause)) => Claim::Impossible(cause),
    }
}

/// Asks the program that has the folder to come to the front, and waits a little for it.
pub fn ask_for_front(folder: &Path) -> io::Result<FrontAnswer> {
    let request = Request::Front.file(folder);
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

/// Asks the program that has the folder to end, and waits until it has. A folder that nobody has,
/// or that is not there, is free at once.
pub fn ask_to_end(folder: &Path) -> io::Result<EndAnswer> {
    ask_to_end_within(folder, END_PATIENCE)
}

fn ask_to_end_within(folder: &Path, patience: Duration) -> io::Result<EndAnswer> {
    if !folder.try_exists()? {
        return Ok(EndAnswer::Free);
    }
    let request = Request::End.file(folder);
    let deadline = Instant::now() + patience;
    let mut asked = false;
    loop {
        match claim(folder) {
            // Given back at once, with the request where nobody took it.
            Claim::Ours(_) => return Ok(EndAnswer::Free),
            Claim::Impossible(cause) => return Err(cause),
            Claim::Taken if Instant::now() > deadline => {
                let _ = fs::remove_file(&request);
                return Ok(EndAnswer::Silent);
            }
            Claim::Taken if asked => thread::sleep(REQUEST_POLL / 6),
            Claim::Taken => {
                File::create(&request)?;
                asked = true;
            }
        }
    }
}

/// True once per request: takes it away.
pub fn take(request: Request, folder: &Path) -> bool {
    let file = request.file(folder);
    file.exists() && fs::remove_file(file).is_ok()
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
                if take(Request::Front, &watched) {
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
    fn folder_is_free_when_the_one_who_holds_it_ends_as_asked() {
        let folder = tempfile::tempdir().unwrap();
        let held = claim(folder.path());
        let watched = folder.path().to_path_buf();
        let holder = thread::spawn(move || {
            let deadline = Instant::now() + END_PATIENCE;
            while !take(Request::End, &watched) && Instant::now() < deadline {
                thread::yield_now();
            }
            drop(held);
        });
        assert_eq!(ask_to_end(folder.path()).unwrap(), EndAnswer::Free);
        holder.join().unwrap();
        assert!(matches!(claim(folder.path()), Claim::Ours(_)));
    }

    #[test]
    fn one_who_does_not_end_is_not_ended() {
        let folder = tempfile::tempdir().unwrap();
        let _held = claim(folder.path());
        let answer = ask_to_end_within(folder.path(), Duration::from_millis(1)).unwrap();
        assert_eq!(answer, EndAnswer::Silent);
        // Whoever opens the folder next is not asked in its place.
        assert!(!take(Request::End, folder.path()));
    }

    #[test]
    fn folder_that_nobody_has_or_that_is_missing_is_free() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ask_to_end(folder.path()).unwrap(), EndAnswer::Free);
        let missing = folder.path().join("missing");
        assert_eq!(ask_to_end(&missing).unwrap(), EndAnswer::Free);
        assert!(!missing.exists());
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
