//! Pipes whose reader goes away: `servease customer list | more`, left early.

use std::io;

/// Whether whoever read what is written here has gone: no failure of the writer.
pub fn has_no_reader(error: &io::Error) -> bool {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return true;
    }
    // The standard library knows two of the three codes that Windows has for it.
    #[cfg(windows)]
    {
        use windows_sys::Win32::Foundation::ERROR_PIPE_NOT_CONNECTED;
        error.raw_os_error() == i32::try_from(ERROR_PIPE_NOT_CONNECTED).ok()
    }
    #[cfg(not(windows))]
    false
}
