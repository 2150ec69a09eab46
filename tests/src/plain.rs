//! Looking on a disk for what must not lie there in a readable form.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The shortest run that is looked for. A run of twice its length is found wherever it begins.
const BLOCK: usize = 16;

/// Zeros and the like are everywhere.
const DIFFERENT_BYTES: usize = 8;

/// Files below a folder in which a piece of a content stands as it is.
pub fn find_plain(folder: &Path, content: &[u8]) -> Vec<PathBuf> {
    let blocks: HashSet<&[u8]> = content
        .chunks_exact(BLOCK)
        .filter(|block| block.iter().collect::<HashSet<_>>().len() >= DIFFERENT_BYTES)
        .collect();
    assert!(!blocks.is_empty(), "a content that is not looked for");
    let mut begins = vec![false; 1 << 16];
    for block in &blocks {
        begins[beginning(block)] = true;
    }
    let is_plain = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes
            .windows(BLOCK)
            .any(|window| begins[beginning(window)] && blocks.contains(window))
    };
    files_below(folder).into_iter().filter(is_plain).collect()
}

fn beginning(block: &[u8]) -> usize {
    usize::from(block[0]) << 8 | usize::from(block[1])
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files_below(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}
