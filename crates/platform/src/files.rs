//! Files whose names change: put in place, removed, and on the disk when that is said.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::TempPath;

use crate::patience::patiently;

/// Gives a finished file its name, in place of what had it, and has both on the disk. Its content
/// must have been synced before: a name must not come before what it names.
///
/// Whoever has the old file open reads on in it. On Windows before 10, and where the file system
/// cannot do that, it is waited for like a scanner.
pub fn put_in_place(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| fs::rename(from, to))?;
    match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync_folder(folder),
        _ => sync_folder(Path::new(".")),
    }
}

/// Gives a finished temporary file its name, as [`put_in_place`] does.
pub fn keep(temporary: TempPath, to: &Path) -> io::Result<()> {
    // Windows must not go on taking it for temporary: backups leave such files out.
    let from = temporary.keep().map_err(|error| error.error)?;
    let kept = put_in_place(&from, to);
    if kept.is_err() {
        // It has its new name already, or nobody needs it.
        let _ = remove(&from);
    }
    kept
}

/// Writes a file whole or not at all: one that is there under the name is replaced once the new
/// one is on the disk.
pub fn write(to: &Path, content: &[u8]) -> io::Result<()> {
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    write_long(&mut file, content)?;
    file.as_file().sync_all()?;
    keep(file.into_temp_path(), to)
}

/// What is written at once, in bytes. Linux fills memory in blocks as long as that, and a virtual
/// machine has to get long ones from its host first: a file of 5 MiB takes 11 ms of processor time in
/// one piece, 6 in pieces of 256 KiB, 2 in these, 4 in pieces of 8 KiB.
const PIECE_BYTES: usize = 32 * 1024;

/// Writes a long content to an open file, piece by piece.
pub fn write_long(file: &mut impl io::Write, content: &[u8]) -> io::Result<()> {
    content
        .chunks(PIECE_BYTES)
        .try_for_each(|piece| file.write_all(piece))
}

/// Opens a file that is there to be locked, and makes it where it is not. Nothing is ever written to
/// it: Windows would refuse that, even emptying it, while somebody else holds the lock.
pub fn open_lock(path: &Path) -> io::Result<File> {
    File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// Why [`open_plain`] did not open a file.
#[derive(Debug)]
pub enum NotPlain {
    Folder,
    /// A symbolic link: what it leads to may be another file when it is read.
    Link,
    /// A pipe, a socket or a device.
    Special,
    Failed(io::Error),
}

/// Opens a file of somebody else's for reading, if it is one and nothing else. It never waits: a
/// pipe to which nobody writes is found out before it is opened, and one that took a file's place
/// meanwhile opens at once.
pub fn open_plain(path: &Path) -> Result<File, NotPlain> {
    plain(&fs::symlink_metadata(path).map_err(NotPlain::Failed)?)?;
    let file = open_without_waiting(path).map_err(NotPlain::Failed)?;
    plain(&file.metadata().map_err(NotPlain::Failed)?)?;
    Ok(file)
}

fn plain(found: &fs::Metadata) -> Result<(), NotPlain> {
    let kind = found.file_type();
    if kind.is_symlink() {
        Err(NotPlain::Link)
    } else if kind.is_dir() {
        Err(NotPlain::Folder)
    } else if kind.is_file() {
        Ok(())
    } else {
        Err(NotPlain::Special)
    }
}

#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};

    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

/// Windows has no pipes among its files.
#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Removes a file; that there is none is no error.
pub fn remove(path: &Path) -> io::Result<()> {
    match patiently(|| fs::remove_file(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Removes a folder with everything in it; that there is none is no error.
pub fn remove_folder(path: &Path) -> io::Result<()> {
    match patiently(|| fs::remove_dir_all(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Has the names in a folder on the disk.
#[cfg(not(windows))]
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Has the names in a folder on the disk, where Windows can be asked for it: it opens a folder
/// only by a flag of its own, and flushes only what may be written to.
///
/// A file system that refuses (a network share, FAT) is no error: NTFS writes names to its own
/// journal, and a share keeps its promises on its server.
/// <https://learn.microsoft.com/windows/win32/fileio/obtaining-a-handle-to-a-directory>
#[cfg(windows)]
pub fn sync_folder(path: &Path) -> io::Result<()> {
    use std::os::windows::fs::OpenOptionsExt as _;

    use windows_sys::Win32::Storage::FileSystem::FILE_FLAG_BACKUP_SEMANTICS;

    let folder = File::options()
        .write(true)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS)
        .open(path);
    match folder.and_then(|folder| folder.sync_all()) {
        // That the folder is gone or its disk broken is an error here as elsewhere.
        Err(error) if is_refusal(&error) => {
            tracing::debug!(%error, folder = %path.display(), "names are written when the system does");
            Ok(())
        }
        done => done,
    }
}

#[cfg(windows)]
fn is_refusal(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    use windows_sys::Win32::Foundation::ERROR_INVALID_FUNCTION;

    matches!(error.kind(), InvalidInput | PermissionDenied | Unsupported)
        || error.raw_os_error() == i32::try_from(ERROR_INVALID_FUNCTION).ok()
}

/// What the disk of a folder has room for; none where that cannot be told.
pub fn free_bytes(path: &Path) -> Option<u64> {
    fs4::available_space(path).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    // Windows does it from 10 on; Wine, which these tests are run by, refuses it.
    #[cfg(not(windows))]
    #[test]
    fn a_file_takes_the_place_of_one_that_is_being_read() {
        let folder = tempfile::tempdir().expect("a folder of the test");
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        fs::write(&old, "old").expect("a file of the test");
        fs::write(&new, "new").expect("a file of the test");
        let mut reader = File::open(&old).expect("it is there");
        put_in_place(&new, &old).expect("it is put in place");
        assert!(!new.exists());
        assert_eq!(fs::read_to_string(&old).expect("it is there"), "new");
        let mut read = String::new();
        reader.read_to_string(&mut read).expect("it is open");
        assert_eq!(read, "old");
    }

    #[test]
    fn a_file_that_is_being_read_is_removed_and_its_name_is_free() {
        let folder = tempfile::tempdir().expect("a folder of the test");
        let path = folder.path().join("read");
        fs::write(&path, "old").expect("a file of the test");
        let mut reader = File::open(&path).expect("it is there");
        remove(&path).expect("it is removed");
        remove(&path).expect("there is none");
        let mut read = String::new();
        reader.read_to_string(&mut read).expect("it is open");
        assert_eq!(read, "old");
        drop(reader);
        fs::write(&path, "new").expect("the name is free");
    }

    #[test]
    fn a_folder_with_files_is_synced_and_removed() {
        let around = tempfile::tempdir().expect("a folder of the test");
        let folder = around.path().join("a").join("Räder 車");
        fs::create_dir_all(&folder).expect("a folder of the test");
        fs::write(folder.join("x"), "x").expect("a file of the test");
        sync_folder(&folder).expect("it is synced");
        sync_folder(&folder.join("nowhere")).expect_err("there is none");
        remove_folder(&folder).expect("it is removed");
        remove_folder(&folder).expect("there is none");
        assert!(!folder.exists());
    }

    #[test]
    fn a_lock_is_held_against_others_until_it_is_dropped() {
        let folder = tempfile::tempdir().expect("a folder of the test");
        let path = folder.path().join("a.lock");
        let held = open_lock(&path).expect("it is made");
        held.try_lock().expect("it is free");
        let other = open_lock(&path).expect("it can be opened");
        other.try_lock().expect_err("it is held");
        drop(held);
        other.try_lock().expect("it is free");
    }

    #[test]
    fn the_room_on_a_disk_is_known() {
        let folder = tempfile::tempdir().expect("a folder of the test");
        assert!(free_bytes(folder.path()).is_some_and(|bytes| bytes > 0));
    }

    /// As a virus scanner does: it opens the file and lets nobody rename or delete it meanwhile.
    #[cfg(windows)]
    #[test]
    fn a_file_that_a_scanner_holds_for_a_moment_is_waited_for() {
        use std::os::windows::fs::OpenOptionsExt as _;
        use std::sync::mpsc;

        const FILE_SHARE_READ: u32 = 1;
        let folder = tempfile::tempdir().expect("a folder of the test");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::write(&from, "new").expect("a file of the test");
        fs::write(&to, "old").expect("a file of the test");
        let scanner = File::options()
            .read(true)
            .share_mode(FILE_SHARE_READ)
            .open(&to)
            .expect("it is there");
        assert!(fs::rename(&from, &to).is_err(), "it is held");
        let (tell, told) = mpsc::channel();
        let holder = std::thread::spawn(move || {
            told.recv().expect("the other goes on");
            drop(scanner);
        });
        let mut tries = 0;
        patiently(|| {
            tries += 1;
            if tries == 2 {
                tell.send(()).expect("the holder waits");
            }
            fs::rename(&from, &to)
        })
        .expect("it is let go");
        assert!(tries > 1, "{tries}");
        holder.join().expect("it ends");
        assert_eq!(fs::read_to_string(&to).expect("it is there"), "new");
    }
}
