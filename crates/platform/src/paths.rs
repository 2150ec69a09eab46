//! Paths that every library below can open, however long they are.

use std::path::{Path, PathBuf};

/// From this length on a path of Windows is written in full: 260 is where its old calls end, and
/// what we put below a folder has at most 90 (`files\ab\` and a hash).
#[cfg(any(windows, test))]
const LONG: usize = 160;

/// The path from the root of its drive. On Windows a long one gets the form that has no limit,
/// for SQLite and the web view; the standard library does that by itself.
/// <https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation>
pub fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    #[cfg(windows)]
    if let Some(whole) = path.to_str().and_then(in_full) {
        return PathBuf::from(whole);
    }
    path
}

/// A long absolute path of Windows in the form without limit; none for one that is short enough,
/// or in a form of its own already. What `std::path::absolute` answers has no dots to be resolved
/// and no slashes, which that form takes literally.
#[cfg(any(windows, test))]
fn in_full(path: &str) -> Option<String> {
    if path.encode_utf16().count() < LONG || path.starts_with(r"\\?\") || path.starts_with(r"\\.\")
    {
        return None;
    }
    Some(match path.strip_prefix(r"\\") {
        Some(share) => format!(r"\\?\UNC\{share}"),
        None => format!(r"\\?\{path}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_paths_of_windows_are_written_in_full() {
        let long = "ä".repeat(LONG);
        assert_eq!(in_full(r"C:\Users\Ann\ServEase"), None);
        assert_eq!(
            in_full(&format!(r"C:\{long}")),
            Some(format!(r"\\?\C:\{long}"))
        );
        assert_eq!(
            in_full(&format!(r"\\server\share\{long}")),
            Some(format!(r"\\?\UNC\server\share\{long}"))
        );
        assert_eq!(in_full(&format!(r"\\?\C:\{long}")), None);
        assert_eq!(in_full(&format!(r"\\.\pipe\{long}")), None);
    }

    #[test]
    fn a_long_folder_is_made_and_used() {
        let around = tempfile::tempdir().expect("a folder of the test");
        let mut folder = around.path().to_owned();
        for _ in 0..4 {
            folder.push("Räder und Reifen 車庫 ".repeat(4) + "x");
        }
        let folder = absolute(&folder);
        crate::private::make_folder(&folder).expect("it is made");
        let file = folder.join("servease.db");
        crate::private::make_file(&file).expect("it is made");
        crate::files::put_in_place(&file, &folder.join("other")).expect("it is renamed");
        crate::files::remove_folder(&folder).expect("it is removed");
    }
}
