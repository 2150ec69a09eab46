//! Folders and files that only their owner can read: customers' addresses, sessions and signing
//! secrets lie in them.
//!
//! On Windows rights are inherited: a folder that we make lets its user, the system and
//! administrators in, with all that is made in it later, even where the folder above it is open
//! to everybody (`C:\`, a second disk). A folder that is there keeps the rights that somebody gave
//! it; those for application data are private from the start.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a folder, and those above it that are missing, for its owner alone (0700).
#[cfg(not(windows))]
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a folder, and those above it that are missing, for its owner alone.
#[cfg(windows)]
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
        make_folder(above)?;
    }
    match crate::access::make_private_folder(path) {
        // Two programs that begin at once make it both.
        Err(_) if path.is_dir() => Ok(()),
        made => made,
    }
}

/// Makes an empty file for its owner alone (0600) where there is none. SQLite gives the files
/// beside a database (WAL, shared memory) the rights of the database
/// (https://www.sqlite.org/src/file/src/os_unix.c, findCreateFileMode).
pub fn make_file(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// Takes from others what an earlier program left them: a folder of ours, and what in it has a
/// name of ours. Links are not followed; what cannot be changed is said in the log.
///
/// Somebody may have named their home as the data folder: what is not ours stays as it is. So
/// does a folder that everybody may write to (`/tmp`).
pub fn tighten(folder: &Path, beginnings: &[&str]) {
    let is_ours = |name: &OsStr| {
        let name = name.to_string_lossy();
        beginnings.iter().any(|ours| name.starts_with(ours))
    };
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut is_whole = true;
    for entry in entries.flatten() {
        if is_ours(&entry.file_name()) {
            tighten_all(&entry.path());
        } else {
            is_whole = false;
        }
    }
    if is_whole {
        tighten_one(folder);
    }
}

fn tighten_all(path: &Path) {
    if !tighten_one(path) {
        return;
    }
    if let Ok(entries) = fs::read_dir(path) {
        entries
            .flatten()
            .for_each(|entry| tighten_all(&entry.path()));
    }
}

/// Whether it is a folder.
#[cfg(unix)]
fn tighten_one(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    const STICKY: u32 = 0o1000;
    let Ok(found) = fs::symlink_metadata(path) else {
        return false;
    };
    let mode = found.permissions().mode() & 0o7777;
    let own = mode & 0o700;
    if found.is_symlink() || mode & STICKY != 0 {
        return false;
    }
    if mode != own
        && let Err(error) = fs::set_permissions(path, fs::Permissions::from_mode(own))
    {
        tracing::warn!(%error, path = %path.display(), "others on this machine can read this");
    }
    found.is_dir()
}

#[cfg(not(unix))]
fn tighten_one(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path)
            .expect("a file of the test")
            .permissions()
            .mode()
            & 0o7777
    }

    #[test]
    fn what_is_there_is_taken_from_others_and_links_lead_nowhere() {
        let around = tempfile::tempdir().expect("a file of the test");
        let outside = around.path().join("outside");
        fs::write(&outside, "x").expect("a file of the test");
        fs::set_permissions(&outside, fs::Permissions::from_mode(0o644))
            .expect("a file of the test");
        let folder = around.path().join("a/b");
        make_folder(&folder).expect("a file of the test");
        assert_eq!(mode(&folder), 0o700);
        let file = folder.join("new");
        make_file(&file).expect("a file of the test");
        assert_eq!(mode(&file), 0o600);
        let old = folder.join("old");
        fs::write(&old, "x").expect("a file of the test");
        fs::set_permissions(&old, fs::Permissions::from_mode(0o644)).expect("a file of the test");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))
            .expect("a file of the test");
        symlink(&outside, folder.join("link")).expect("a file of the test");
        tighten(&folder, &["ne", "ol"]);
        assert_eq!((mode(&folder), mode(&old)), (0o755, 0o600));
        tighten(&folder, &["ne", "ol", "link"]);
        assert_eq!((mode(&folder), mode(&old)), (0o700, 0o600));
        assert_eq!(mode(&outside), 0o644);
    }
}
