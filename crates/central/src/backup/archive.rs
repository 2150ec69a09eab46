//! The file of a backup: a tar archive compressed with zstd, `manifest.json` first.
//!
//! The manifest names every table and every document with its length and SHA-256; zstd adds a
//! checksum over the whole. Reading it checks everything, before anything is done with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use servease_platform::files;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::{BackupError, tables};
use crate::files::Held;

/// Raised when older programs could not read the file, or would believe too much of it. 1 had no
/// checksums.
const FORMAT: u64 = 2;

const PROGRAM: &str = "servease-central";
const MANIFEST: &str = "manifest.json";

/// A table has a line of 120 bytes in it, a document one of 100: a million documents.
const MANIFEST_MAX_BYTES: u64 = 128 << 20;

/// zstd's default: five times smaller at some 200 MB a second.
const LEVEL: i32 = 3;

const BLOCK_BYTES: usize = 1 << 16;

/// What an entry must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    program: String,
    format: u64,
    version: String,
    /// By path in the archive. None in a backup of an older program.
    #[serde(default)]
    entries: Option<BTreeMap<String, Sum>>,
}

/// A file with what has been written to it.
#[derive(Debug)]
pub struct Spool {
    file: BufWriter<NamedTempFile>,
    digest: Sha256,
    bytes: u64,
}

impl Spool {
    pub fn new_in(folder: &Path) -> io::Result<Spool> {
        Ok(Spool {
            file: BufWriter::new(NamedTempFile::new_in(folder)?),
            digest: Sha256::new(),
            bytes: 0,
        })
    }

    pub fn finish(self) -> io::Result<(NamedTempFile, Sum)> {
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        let sum = Sum {
            bytes: self.bytes,
            sha256: hex::encode(self.digest.finalize()),
        };
        Ok((file, sum))
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

pub fn path_of_table(name: &str) -> String {
    format!("tables/{name}.jsonl")
}

pub fn path_of_file(sha256: &str) -> String {
    format!("files/{sha256}")
}

/// The file of a document, and the hash under which it is known.
pub type OfDocument = (Held, String);

/// What goes into a backup.
#[derive(Debug)]
pub struct Content {
    pub tables: Vec<(&'static str, NamedTempFile, Sum)>,
    pub files: Vec<OfDocument>,
}

/// Writes the file; it appears when it is complete.
pub fn write(folder: &Path, target: &Path, content: Content) -> Result<(), BackupError> {
    let mut entries = BTreeMap::new();
    for (name, _, sum) in &content.tables {
        entries.insert(path_of_table(name), sum.clone());
    }
    for (held, sha256) in &content.files {
        let bytes = held.size_bytes;
        let sha256 = sha256.clone();
        entries.insert(path_of_file(&sha256), Sum { bytes, sha256 });
    }
    let manifest = Manifest {
        program: PROGRAM.to_owned(),
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        entries: Some(entries),
    };
    let manifest = serde_json::to_vec(&manifest).map_err(io::Error::from)?;
    let whole = NamedTempFile::new_in(folder)?;
    let mut encoder = zstd::Encoder::new(BufWriter::new(whole.as_file()), LEVEL)?;
    encoder.include_checksum(true)?;
    let mut archive = tar::Builder::new(encoder);
    append(&mut archive, MANIFEST, manifest.len() as u64, &manifest[..])?;
    for (name, spool, sum) in content.tables {
        append(
            &mut archive,
            &path_of_table(name),
            sum.bytes,
            spool.reopen()?,
        )?;
    }
    for (held, sha256) in content.files {
        let mut file = Digesting::new(held.reader()?);
        append(
            &mut archive,
            &path_of_file(&sha256),
            held.size_bytes,
            &mut file,
        )?;
        // A backup must not carry damage on under a name that says otherwise.
        if file.finish().sha256 != sha256 {
            return Err(BackupError::MissingFile(sha256));
        }
    }
    let encoder = archive.into_inner()?;
    encoder.finish()?.flush()?;
    whole.as_file().sync_all()?;
    Ok(files::keep(whole.into_temp_path(), target)?)
}

fn append(
    archive: &mut tar::Builder<impl Write>,
    path: &str,
    bytes: u64,
    content: impl Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    archive.append_data(&mut header, path, content)
}

/// The SHA-256 of a kept file.
pub fn digest(held: &Held) -> io::Result<String> {
    let mut source = Digesting::new(held.reader()?);
    io::copy(&mut source, &mut io::sink())?;
    Ok(source.finish().sha256)
}

/// What a reader gave, with its digest.
struct Digesting<R> {
    inner: R,
    digest: Sha256,
    bytes: u64,
}

impl<R> Digesting<R> {
    fn new(inner: R) -> Digesting<R> {
        Digesting {
            inner,
            digest: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> Sum {
        Sum {
            bytes: self.bytes,
            sha256: hex::encode(self.digest.finalize()),
        }
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.digest.update(&buffer[..length]);
        self.bytes += length as u64;
        Ok(length)
    }
}

/// What a backup was found to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Lines of all tables.
    pub rows: u64,
    pub files: u64,
    /// False: it was written by a program that made no checksums of tables.
    pub has_checksums: bool,
}

/// Reads the whole file and checks all of it. What is in it goes below `folder`, if one is given:
/// plain files under the names that a backup has, and nothing else, whatever the archive says.
///
/// Errors: Format for what is no backup, Damaged for one that is not as it was written.
pub fn read(source: &Path, folder: Option<&Path>) -> Result<Found, BackupError> {
    let decoder = zstd::Decoder::new(File::open(source)?).map_err(|_| BackupError::Format)?;
    let mut archive = tar::Archive::new(decoder);
    let mut manifest: Option<Manifest> = None;
    let mut seen: BTreeMap<String, Sum> = BTreeMap::new();
    let mut found = Found {
        rows: 0,
        files: 0,
        has_checksums: false,
    };
    let known: BTreeSet<String> = tables::all()
        .iter()
        .map(|table| path_of_table(table.name))
        .collect();
    for entry in archive.entries().map_err(|_| BackupError::Format)? {
        let mut entry = entry.map_err(|error| match manifest {
            None => BackupError::Format,
            Some(_) => damaged(error),
        })?;
        let path = entry.path_bytes().into_owned();
        let path = String::from_utf8(path).map_err(|_| BackupError::Format)?;
        // Links, devices and folders have no place in a backup, nor has any other path.
        if entry.header().entry_type() != tar::EntryType::Regular {
            return Err(BackupError::Format);
        }
        if manifest.is_none() {
            if path != MANIFEST {
                return Err(BackupError::Format);
            }
            manifest = Some(read_manifest(&mut entry)?);
            continue;
        }
        let is_table = known.contains(&path);
        let is_file = path.strip_prefix("files/").is_some_and(is_hash);
        if !(is_table || is_file) {
            return Err(BackupError::Format);
        }
        let (sum, lines) = take(entry, folder.map(|folder| folder.join(&path)).as_deref())?;
        found.files += u64::from(is_file);
        found.rows += if is_table { lines } else { 0 };
        if is_file && !path.ends_with(&sum.sha256) {
            return Err(BackupError::Damaged(path));
        }
        if seen.insert(path.clone(), sum).is_some() {
            return Err(BackupError::Damaged(path));
        }
    }
    // The checksum of the whole comes last: it is read even where tar has seen its end.
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
    let manifest = manifest.ok_or(BackupError::Format)?;
    match manifest.entries {
        None if manifest.format == 1 => Ok(found),
        Some(entries) if manifest.format >= 2 => {
            found.has_checksums = true;
            let paths: BTreeSet<&String> = entries.keys().chain(seen.keys()).collect();
            match paths
                .into_iter()
                .find(|path| entries.get(*path) != seen.get(*path))
            {
                None => Ok(found),
                Some(path) => Err(BackupError::Damaged(path.clone())),
            }
        }
        _ => Err(BackupError::Format),
    }
}

fn read_manifest(entry: &mut impl Read) -> Result<Manifest, BackupError> {
    let mut text = Vec::new();
    entry
        .take(MANIFEST_MAX_BYTES)
        .read_to_end(&mut text)
        .map_err(damaged)?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| BackupError::Format)?;
    if manifest.program == PROGRAM && (1..=FORMAT).contains(&manifest.format) {
        Ok(manifest)
    } else {
        Err(BackupError::Format)
    }
}

/// Reads an entry to its end. Answers what it is, and how many lines it has.
fn take(entry: impl Read, target: Option<&Path>) -> Result<(Sum, u64), BackupError> {
    let mut source = Digesting::new(BufReader::with_capacity(BLOCK_BYTES, entry));
    let mut file = match target {
        None => None,
        Some(path) => {
            if let Some(above) = path.parent() {
                std::fs::create_dir_all(above)?;
            }
            Some(File::create_new(path)?)
        }
    };
    let mut block = vec![0; BLOCK_BYTES];
    let mut lines = 0;
    loop {
        let length = source.read(&mut block).map_err(damaged)?;
        if length == 0 {
            return Ok((source.finish(), lines));
        }
        lines += block[..length]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count() as u64;
        if let Some(file) = &mut file {
            file.write_all(&block[..length])?;
        }
    }
}

fn damaged(error: io::Error) -> BackupError {
    BackupError::Damaged(error.to_string())
}

fn is_hash(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
