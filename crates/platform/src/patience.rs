//! Waiting for a file that somebody else holds for a moment.
//!
//! On Windows a virus scanner, a backup or an indexer opens what has just been written, and for
//! that moment it can be neither renamed nor deleted nor replaced. Elsewhere an open file is in
//! nobody's way, and an error is an error at once.

use std::io;
use std::thread;
use std::time::Duration;

/// Short at first, since most are done in milliseconds; some two seconds in all.
const PAUSES_MS: [u64; 9] = [5, 10, 20, 50, 100, 200, 400, 600, 600];

/// Does it, again after a pause each time that the file is held.
pub(crate) fn patiently<T>(act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    patiently_with(act, thread::sleep)
}

fn patiently_with<T>(
    mut act: impl FnMut() -> io::Result<T>,
    mut pause: impl FnMut(Duration),
) -> io::Result<T> {
    for milliseconds in PAUSES_MS {
        match act() {
            Err(error) if is_held(&error) => pause(Duration::from_millis(milliseconds)),
            done => return done,
        }
    }
    act()
}

/// Whether somebody else has the file open; it is no answer to what was asked.
/// <https://learn.microsoft.com/windows/win32/debug/system-error-codes>
#[cfg(windows)]
fn is_held(error: &io::Error) -> bool {
    use windows_sys::Win32::Foundation::{
        ERROR_ACCESS_DENIED, ERROR_DELETE_PENDING, ERROR_DIR_NOT_EMPTY, ERROR_LOCK_VIOLATION,
        ERROR_SHARING_VIOLATION, ERROR_USER_MAPPED_FILE,
    };
    // A deleted file that is still open is in its folder until it is closed.
    const HELD: [u32; 6] = [
        ERROR_ACCESS_DENIED,
        ERROR_DELETE_PENDING,
        ERROR_DIR_NOT_EMPTY,
        ERROR_LOCK_VIOLATION,
        ERROR_SHARING_VIOLATION,
        ERROR_USER_MAPPED_FILE,
    ];
    error
        .raw_os_error()
        .and_then(|code| u32::try_from(code).ok())
        .is_some_and(|code| HELD.contains(&code))
}

#[cfg(not(windows))]
fn is_held(_: &io::Error) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_does_not_pass_is_told_at_once() {
        let mut tries = 0;
        let never = patiently_with(
            || {
                tries += 1;
                Err::<(), _>(io::Error::from(io::ErrorKind::NotFound))
            },
            |_| panic!("nothing to wait for"),
        );
        assert_eq!(never.expect_err("no file").kind(), io::ErrorKind::NotFound);
        assert_eq!(tries, 1);
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_is_held_is_asked_for_again_within_a_bound() {
        let held = || io::Error::from_raw_os_error(32);
        let mut tries = 0;
        let done = patiently_with(
            || {
                tries += 1;
                if tries < 4 { Err(held()) } else { Ok(tries) }
            },
            |_| (),
        );
        assert_eq!(done.expect("it is let go"), 4);
        let mut waited = Duration::ZERO;
        let never = patiently_with(|| Err::<(), _>(held()), |pause| waited += pause);
        assert_eq!(never.expect_err("it is held").raw_os_error(), Some(32));
        assert!(waited < Duration::from_secs(3), "{waited:?}");
    }
}
