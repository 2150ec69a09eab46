//! What a scanner leaves in a folder of this PC: which files are complete, and taking away what is
//! kept. Nothing here decides when to look.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use servease_files::{FileKind, MAX_BYTES, hash_of, names, picked};
use servease_platform::files;

/// A file that has rested so long is complete: scanners write a page at a time, and a slow page takes
/// a second.
pub const RESTS: Duration = Duration::from_secs(2);

/// A folder with more than that is no inbox of a scanner.
const FILES_MAX: usize = 500;

/// A complete file in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    pub path: PathBuf,
    pub name: String,
    pub size_bytes: u64,
    pub modified: SystemTime,
}

/// What was seen of the folder so far.
#[derive(Debug, Default)]
pub struct Inbox {
    folder: PathBuf,
    seen: HashMap<PathBuf, Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    size_bytes: u64,
    modified: SystemTime,
    since: Instant,
}

/// What a look at the folder found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Complete, oldest first.
    pub scans: Vec<Scan>,
    /// Files are there that may still be being written.
    pub is_growing: bool,
}

impl Inbox {
    pub fn of(folder: PathBuf) -> Inbox {
        Inbox {
            folder,
            seen: HashMap::new(),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Looks into the folder; `now` is when. Files of kinds that are kept, and no others.
    ///
    /// Errors: the folder cannot be read.
    pub fn look(&mut self, now: Instant) -> io::Result<Look> {
        let mut seen = HashMap::new();
        let mut look = Look::default();
        for entry in std::fs::read_dir(&self.folder)?.take(FILES_MAX) {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !is_wanted(&name) {
                continue;
            }
            // What vanishes meanwhile was not there.
            let Ok(about) = entry.metadata() else {
                continue;
            };
            if !about.is_file() {
                continue;
            }
            let path = entry.path();
            let size_bytes = about.len();
            let modified = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let since = match self.seen.get(&path) {
                Some(before) if (before.size_bytes, before.modified) == (size_bytes, modified) => {
                    before.since
                }
                _ => now,
            };
            let is_complete = size_bytes > 0 && now.duration_since(since) >= RESTS;
            match is_complete {
                true => look.scans.push(Scan {
                    path: path.clone(),
                    name,
                    size_bytes,
                    modified,
                }),
                false => look.is_growing = true,
            }
            let as_seen = Seen {
                size_bytes,
                modified,
                since,
            };
            seen.insert(path, as_seen);
        }
        self.seen = seen;
        look.scans
            .sort_by(|one, other| (one.modified, &one.name).cmp(&(other.modified, &other.name)));
        Ok(look)
    }
}

/// Whether a scanner's file would be taken in: by its ending, and not while it has a passing name.
fn is_wanted(name: &str) -> bool {
    if name.starts_with(['.', '~']) {
        return false;
    }
    let Some(ending) = names::extension(name) else {
        return false;
    };
    let ending = ending.to_lowercase();
    FileKind::all()
        .iter()
        .any(|kind| kind.extensions.contains(&ending.as_str()))
}

/// Takes a file away whose content is kept. One that holds something else by now stays.
///
/// Errors: it cannot be read or removed.
pub fn remove_kept(path: &Path, sha256: &str) -> io::Result<bool> {
    let read = picked::read(path, MAX_BYTES).map_err(io::Error::other)?;
    if hash_of(&read.content) != sha256 {
        return Ok(false);
    }
    files::remove(path)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(look: &Look) -> Vec<&str> {
        look.scans.iter().map(|scan| scan.name.as_str()).collect()
    }

    #[test]
    fn a_scan_waits_once_it_rests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scan0001.txt");
        let mut inbox = Inbox::of(folder.path().to_owned());
        let start = Instant::now();
        fs::write(&path, "half a page").unwrap();
        let first = inbox.look(start).unwrap();
        assert!(first.is_growing && first.scans.is_empty());
        // The scanner goes on.
        fs::write(&path, "half a page, and the other half").unwrap();
        let later = inbox.look(start + RESTS).unwrap();
        assert!(later.is_growing && later.scans.is_empty());
        let rested = inbox.look(start + RESTS * 2).unwrap();
        assert_eq!(names(&rested), ["scan0001.txt"]);
        assert!(!rested.is_growing);
        fs::remove_file(&path).unwrap();
        assert_eq!(inbox.look(start + RESTS * 3).unwrap(), Look::default());
    }

    #[test]
    fn what_is_no_paper_does_not_wait() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.exe", ".b.pdf", "~c.docx", "d", "e.pdf.part"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::create_dir(folder.path().join("f.pdf")).unwrap();
        fs::write(folder.path().join("G.PDF"), "x").unwrap();
        let mut inbox = Inbox::of(folder.path().to_owned());
        let start = Instant::now();
        inbox.look(start).unwrap();
        assert_eq!(names(&inbox.look(start + RESTS).unwrap()), ["G.PDF"]);
    }

    #[test]
    fn only_what_is_kept_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scan.txt");
        fs::write(&path, "a page").unwrap();
        let kept = hash_of(b"a page");
        fs::write(&path, "another page").unwrap();
        assert!(!remove_kept(&path, &kept).unwrap());
        assert!(path.exists());
        assert!(remove_kept(&path, &hash_of(b"another page")).unwrap());
        assert!(!path.exists());
    }
}
