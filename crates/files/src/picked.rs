//! Reading a file that somebody has chosen: whatever it turns out to be, nobody waits for it for
//! ever, and no more of it is read than is kept.

use std::io::{self, Read as _};
use std::path::Path;

use servease_platform::files::{self, NotPlain};
use zeroize::Zeroizing;

use crate::{Recognised, Refusal, names, recognise};

/// A file that may be kept.
#[derive(Debug)]
pub struct Picked {
    /// Cleaned; an ending is added where there was none.
    pub name: String,
    /// Wiped when it is not needed any more.
    pub content: Zeroizing<Vec<u8>>,
    pub recognised: Recognised,
}

/// Reads and recognises a file. Nothing is written anywhere.
///
/// Errors: why it is not taken in.
pub fn read(path: &Path, max_bytes: u64) -> Result<Picked, Refusal> {
    let given = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name = names::clean(&given);
    let content = content(path, max_bytes)?;
    let recognised = recognise(&content, &name)?;
    Ok(Picked {
        name: with_ending(name, &recognised),
        content,
        recognised,
    })
}

/// Recognises a content that came without a file: what somebody pasted.
///
/// Errors: why it is not taken in.
pub fn take(name: &str, content: Zeroizing<Vec<u8>>, max_bytes: u64) -> Result<Picked, Refusal> {
    match content.len() as u64 {
        0 => return Err(Refusal::Empty),
        length if length > max_bytes => return Err(Refusal::TooBig { max_bytes }),
        _ => {}
    }
    let name = names::clean(name);
    let recognised = recognise(&content, &name)?;
    Ok(Picked {
        name: with_ending(name, &recognised),
        content,
        recognised,
    })
}

fn content(path: &Path, max_bytes: u64) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let file = files::open_plain(path).map_err(|why| match why {
        NotPlain::Folder => Refusal::Folder,
        NotPlain::Link => Refusal::Link,
        NotPlain::Special => Refusal::Special,
        NotPlain::Failed(error) => failed(&error),
    })?;
    let length = file.metadata().map_err(|error| failed(&error))?.len();
    if length > max_bytes {
        return Err(Refusal::TooBig { max_bytes });
    }
    if length == 0 {
        return Err(Refusal::Empty);
    }
    let room = usize::try_from(length).map_err(|_| Refusal::TooBig { max_bytes })?;
    // In one piece from the start: what grows leaves readable copies behind.
    let mut content = Zeroizing::new(Vec::with_capacity(room + 1));
    file.take(length + 1)
        .read_to_end(&mut content)
        .map_err(|error| failed(&error))?;
    // A scanner that is still at it: what is there now is no paper.
    if content.len() != room {
        return Err(Refusal::Changing);
    }
    Ok(content)
}

fn failed(error: &io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::NotFound => Refusal::Vanished,
        _ => Refusal::Unreadable,
    }
}

fn with_ending(name: String, recognised: &Recognised) -> String {
    match (names::extension(&name), recognised.kind.extensions.first()) {
        (None, Some(ending)) => {
            let stem = if name.is_empty() { "document" } else { &name };
            names::clean(&format!("{stem}.{ending}"))
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::pictures::tests::{jpeg, png};

    const MAX: u64 = 1_000;

    #[test]
    fn what_is_no_paper_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            read(&path, MAX).map(|picked| picked.name)
        };
        let refused = |refusal| Err::<String, _>(refusal);
        assert_eq!(file("a.txt", b""), refused(Refusal::Empty));
        assert_eq!(
            file("b.txt", &[b'b'; 1_001]),
            refused(Refusal::TooBig { max_bytes: MAX })
        );
        assert_eq!(file("c.pdf", b"MZ\x90\0"), refused(Refusal::Kind));
        assert_eq!(file("d.png", b"<html>"), refused(Refusal::Kind));
        assert_eq!(
            file("e.jpg", &jpeg(9, 9)[..80]),
            refused(Refusal::Incomplete)
        );
        assert_eq!(
            file("f.png", &png(100_000, 100_000)),
            refused(Refusal::TooManyPixels)
        );
        assert_eq!(file("g.pdf", &png(9, 9)), refused(Refusal::Name));
        assert_eq!(file("h", &png(9, 9)), Ok("h.png".to_owned()));
        assert_eq!(file("i.txt", &[b'i'; 1_000]), Ok("i.txt".to_owned()));
        let nowhere = read(&folder.path().join("nowhere.pdf"), MAX);
        assert_eq!(nowhere.unwrap_err(), Refusal::Vanished);
        assert_eq!(read(folder.path(), MAX).unwrap_err(), Refusal::Folder);
    }

    #[test]
    fn a_huge_file_is_refused_without_reading_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge.pdf");
        let file = fs::File::create(&path).unwrap();
        // A hole: five gigabytes that are on no disk.
        file.set_len(5 << 30).unwrap();
        let refused = read(&path, crate::MAX_BYTES).unwrap_err();
        assert!(matches!(refused, Refusal::TooBig { .. }));
    }

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_devices_are_refused_at_once() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.txt"), folder.path().join("link.txt"));
        fs::write(&file, "hello").unwrap();
        symlink(&file, &link).unwrap();
        assert_eq!(read(&link, MAX).unwrap_err(), Refusal::Link);
        symlink(folder.path().join("nowhere"), folder.path().join("b.txt")).unwrap();
        assert_eq!(
            read(&folder.path().join("b.txt"), MAX).unwrap_err(),
            Refusal::Link
        );
        // Nobody writes to it: to open it without care would wait for ever.
        let pipe = folder.path().join("pipe.pdf");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        assert_eq!(read(&pipe, MAX).unwrap_err(), Refusal::Special);
        assert_eq!(
            read(Path::new("/dev/zero"), MAX).unwrap_err(),
            Refusal::Special
        );
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_are_taken_all_the_same() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(OsStr::from_bytes(b"caf\xe9\x01.txt"));
        fs::write(&path, "hello").unwrap();
        assert_eq!(read(&path, MAX).unwrap().name, "caf\u{fffd}.txt");
    }
}
