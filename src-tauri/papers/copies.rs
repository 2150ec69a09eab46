//! Readable copies, for programs of the system: they lie in a private folder while the window is
//! open, and are gone when it closes, or at the next start.

use std::io;
use std::path::{Path, PathBuf};

use servease_desk::folder;
use servease_files::names;
use servease_platform::{files, private};
use tracing::warn;
use uuid::Uuid;
use zeroize::Zeroizing;

#[derive(Debug)]
pub struct Copies {
    folder: PathBuf,
}

impl Copies {
    pub fn of(data_folder: &Path) -> Copies {
        let copies = Copies {
            folder: data_folder.join(folder::OPENED),
        };
        // What a crash left.
        copies.remove();
        copies
    }

    /// Writes a copy under the file's own name. Waits for the disk.
    pub fn write(&self, name: &str, content: &Zeroizing<Vec<u8>>) -> io::Result<PathBuf> {
        private::make_folder(&self.folder)?;
        // Two files of one name, and one that is opened twice, do not meet.
        let around = self.folder.join(Uuid::now_v7().to_string());
        private::make_folder(&around)?;
        let name = names::clean(name);
        let path = around.join(match name.is_empty() {
            true => "document",
            false => name.as_str(),
        });
        files::write(&path, content)?;
        Ok(path)
    }

    /// Takes all copies away. One that another program holds open goes at the next start.
    pub fn remove(&self) {
        if let Err(problem) = files::remove_folder(&self.folder)
            && problem.kind() != io::ErrorKind::NotFound
        {
            warn!(%problem, "readable copies of documents are left until the next start");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_gone_at_the_end_and_at_the_next_start() {
        let data = tempfile::tempdir().unwrap();
        let copies = Copies::of(data.path());
        let content = Zeroizing::new(b"a licence".to_vec());
        let one = copies.write("licence.pdf", &content).unwrap();
        let other = copies.write("../../licence.pdf", &content).unwrap();
        assert!(one.ends_with("licence.pdf") && one != other);
        assert!(other.starts_with(data.path().join(folder::OPENED)));
        assert_eq!(std::fs::read(&one).unwrap(), *content);
        copies.remove();
        assert!(!one.exists());
        // A crash leaves one behind.
        copies.write("licence.pdf", &content).unwrap();
        Copies::of(data.path());
        assert!(!data.path().join(folder::OPENED).exists());
    }
}
