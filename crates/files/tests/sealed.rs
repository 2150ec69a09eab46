//! What a desk keeps: sealed, whole, and nothing else.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use servease_files::key::FileKey;
use servease_files::sealed::{SealedStore, Standing, Trouble};
use tempfile::TempDir;

const CHUNK: usize = 64 * 1024;

fn store() -> (TempDir, SealedStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SealedStore::open(folder.path().join("documents"), FileKey::random()).unwrap();
    (folder, store)
}

/// Content without a run that repeats.
fn content(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false if path.file_name().unwrap() != "lock" => found.push(path),
            false => {}
        }
    }
    found
}

fn only_file(folder: &TempDir) -> PathBuf {
    let files = files_below(folder.path());
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_was_put_in_comes_out_whole_and_by_chunk(
        length in prop_oneof![
            1..300_usize,
            CHUNK - 2..CHUNK + 3,
            2 * CHUNK - 1..2 * CHUNK + 2,
            1..5 * CHUNK,
        ],
        seed in any::<u64>(),
    ) {
        let (folder, store) = store();
        let given = content(length, seed);
        let stored = store.put(&given).unwrap();
        prop_assert_eq!(stored.size_bytes, length as u64);
        prop_assert_eq!(&*store.read(&stored.sha256).unwrap(), &given);
        let mut file = store.find(&stored.sha256).unwrap();
        prop_assert_eq!(file.length(), length as u64);
        // In whatever order.
        for chunk in (0..file.chunk_count()).rev() {
            let from = usize::try_from(chunk).unwrap() * CHUNK;
            let wanted = &given[from..(from + CHUNK).min(length)];
            prop_assert_eq!(file.chunk(chunk).unwrap(), wanted);
        }
        prop_assert!(matches!(file.chunk(file.chunk_count()), Err(Trouble::Missing)));
        // Nothing of it can be read from the disk, nor its hash from the name.
        let path = only_file(&folder);
        prop_assert!(!path.display().to_string().contains(&stored.sha256));
        let bytes = fs::read(path).unwrap();
        let runs: HashSet<&[u8]> = given.chunks_exact(16).collect();
        prop_assert!(!bytes.windows(16).any(|window| runs.contains(window)));
    }

    #[test]
    fn a_file_with_any_bit_turned_is_damaged(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let (folder, store) = store();
        let stored = store.put(&content(CHUNK + 100, 3)).unwrap();
        let path = only_file(&folder);
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        fs::write(&path, bytes).unwrap();
        prop_assert!(matches!(store.read(&stored.sha256), Err(Trouble::Damaged)));
        prop_assert_eq!(store.check(&stored.sha256).unwrap(), Standing::Damaged);
    }

    #[test]
    fn a_file_that_was_cut_anywhere_is_damaged(at in any::<prop::sample::Index>()) {
        let (folder, store) = store();
        let stored = store.put(&content(2 * CHUNK, 5)).unwrap();
        let path = only_file(&folder);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..at.index(bytes.len())]).unwrap();
        prop_assert!(matches!(store.read(&stored.sha256), Err(Trouble::Damaged)));
    }
}

#[test]
fn chunks_that_were_swapped_or_left_out_are_found_out() {
    let (folder, store) = store();
    let stored = store.put(&content(3 * CHUNK, 7)).unwrap();
    let path = only_file(&folder);
    let whole = fs::read(&path).unwrap();
    let sealed = CHUNK + 16;
    let head = whole.len() - 3 * sealed;
    let chunk = |n: usize| &whole[head + n * sealed..head + (n + 1) * sealed];
    for order in [[1, 0, 2], [0, 0, 2], [0, 2, 1], [0, 1, 1]] {
        let parts: Vec<u8> = order.iter().flat_map(|n| chunk(*n).to_vec()).collect();
        fs::write(&path, [&whole[..head], &parts].concat()).unwrap();
        assert!(
            matches!(store.read(&stored.sha256), Err(Trouble::Damaged)),
            "{order:?}"
        );
    }
    // The last chunk left out, and the header made to say so: the header is sealed with each.
    let mut short = whole[..head + 2 * sealed].to_vec();
    short[41..49].copy_from_slice(&(2 * CHUNK as u64).to_le_bytes());
    fs::write(&path, short).unwrap();
    assert!(matches!(store.read(&stored.sha256), Err(Trouble::Damaged)));
    fs::write(&path, &whole).unwrap();
    assert_eq!(store.check(&stored.sha256).unwrap(), Standing::Whole);
}

#[test]
fn one_file_does_not_stand_for_another() {
    let (folder, store) = store();
    let first = store.put(&content(500, 9)).unwrap();
    let first_path = only_file(&folder);
    let second = store.put(&content(500, 11)).unwrap();
    let second_path = files_below(folder.path())
        .into_iter()
        .find(|path| *path != first_path)
        .unwrap();
    fs::copy(&first_path, &second_path).unwrap();
    assert!(matches!(store.read(&second.sha256), Err(Trouble::Damaged)));
    assert_eq!(store.check(&first.sha256).unwrap(), Standing::Whole);
}

#[test]
fn what_is_there_already_is_kept_once_and_mended_where_it_is_damaged() {
    let (folder, store) = store();
    let given = content(CHUNK + 9, 13);
    let stored = store.put(&given).unwrap();
    let path = only_file(&folder);
    let before = fs::read(&path).unwrap();
    store.put(&given).unwrap();
    assert_eq!(fs::read(only_file(&folder)).unwrap(), before);
    fs::write(&path, &before[..before.len() - 1]).unwrap();
    store.put(&given).unwrap();
    assert_eq!(&*store.read(&stored.sha256).unwrap(), &given);
}

#[test]
fn another_key_finds_and_reads_nothing() {
    let (folder, store) = store();
    let stored = store.put(&content(99, 15)).unwrap();
    let foreign = SealedStore::open(folder.path().join("documents"), FileKey::random()).unwrap();
    assert!(matches!(
        foreign.read(&stored.sha256),
        Err(Trouble::Missing)
    ));
    let words = store.key().words();
    let again = FileKey::from_words(&words).unwrap();
    let again = SealedStore::open(folder.path().join("documents"), again).unwrap();
    assert_eq!(&*again.read(&stored.sha256).unwrap(), &content(99, 15));
}

#[test]
fn what_a_crash_left_is_collected_and_what_is_named_is_not() {
    let (folder, store) = store();
    let named = store.put(b"named").unwrap();
    store.put(b"of a row that was never written").unwrap();
    let incoming = folder.path().join("documents/incoming/.tmpAbc");
    fs::write(&incoming, "half").unwrap();
    let wanted = vec![named.sha256.clone()];
    let hold = store.hold().unwrap();
    let collect = |wanted: Vec<String>| store.collect(|| Ok::<_, std::io::Error>(wanted)).unwrap();
    assert_eq!(collect(wanted.clone()), None, "somebody takes a file in");
    drop(hold);
    assert_eq!(collect(wanted.clone()), Some(2));
    assert!(!incoming.exists());
    assert_eq!(collect(wanted), Some(0));
    assert_eq!(store.check(&named.sha256).unwrap(), Standing::Whole);
    assert_eq!(files_below(folder.path()).len(), 1);
}

/// A limit on the size of files stands for a disk that fills up: the write fails in the middle.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_half_way_leaves_nothing_behind() {
    const CHILD: &str = "SERVEASE_TEST_FULL_DISK";
    if let Some(folder) = std::env::var_os(CHILD) {
        let store = SealedStore::open(folder.into(), FileKey::random()).unwrap();
        store.put(&content(3 * CHUNK, 17)).unwrap_err();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let status = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "a_disk_that_fills_half_way_leaves_nothing_behind",
        ])
        .env(CHILD, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&status.stdout);
    assert!(status.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    assert_eq!(files_below(folder.path()), Vec::<PathBuf>::new());
}

/// Brings a file piece by piece, ended suddenly after each of them.
#[test]
fn a_file_that_is_brought_goes_on_where_it_ended() {
    let (folder, store) = store();
    let given = content(3 * CHUNK + 77, 11);
    let sha256 = servease_files::hash_of(&given);
    let size = given.len() as u64;
    let (mut sent, mut rounds) = (0, 0);
    loop {
        let mut arriving = store.bring(&sha256, size).unwrap().unwrap();
        let from = usize::try_from(arriving.so_far()).unwrap();
        assert!(from == given.len() || from.is_multiple_of(CHUNK), "{from}");
        if from == given.len() {
            assert!(arriving.finish().unwrap());
            break;
        }
        // One and a half chunks, in small pieces; what is no chunk yet is lost with the program.
        let to = (from + CHUNK + CHUNK / 2).min(given.len());
        for piece in given[from..to].chunks(1_000) {
            assert!(arriving.push(piece).unwrap());
        }
        sent += to - from;
        drop(arriving);
        // Nor does a torn chunk at its end harm.
        let path = only_file(&folder);
        let mut bytes = fs::read(&path).unwrap();
        if to < given.len() {
            bytes.extend_from_slice(&[7; 100]);
            fs::write(&path, &bytes).unwrap();
        }
        let runs: HashSet<&[u8]> = given.chunks_exact(16).collect();
        assert!(!bytes.windows(16).any(|window| runs.contains(window)));
        rounds += 1;
    }
    assert!(sent <= given.len() + rounds * CHUNK);
    assert_eq!(&*store.read(&sha256).unwrap(), &given);
    // Collecting keeps what is on its way for a document, and only that.
    let other = servease_files::hash_of(b"other");
    drop(store.bring(&other, 5).unwrap());
    let named = || Ok::<_, std::io::Error>(vec![sha256.clone(), other.clone()]);
    assert_eq!(store.collect(named).unwrap(), Some(0));
    let named = || Ok::<_, std::io::Error>(vec![sha256.clone()]);
    assert_eq!(store.collect(named).unwrap(), Some(1));
}

#[test]
fn what_comes_is_not_kept_unless_it_is_what_its_hash_says() {
    let (folder, store) = store();
    let given = content(CHUNK + 9, 13);
    let sha256 = servease_files::hash_of(b"something else");
    // In one piece that ends in the middle of a chunk, the last one.
    let right = servease_files::hash_of(&given);
    let mut arriving = store.bring(&right, given.len() as u64).unwrap().unwrap();
    assert!(arriving.push(&given[..9]).unwrap() && arriving.push(&given[9..]).unwrap());
    assert!(arriving.finish().unwrap());
    store
        .evict(|| Ok::<_, std::io::Error>(vec![right]))
        .unwrap();
    let mut arriving = store.bring(&sha256, given.len() as u64).unwrap().unwrap();
    assert!(store.bring(&sha256, 9).unwrap().is_none(), "one at a time");
    assert!(arriving.push(&given).unwrap());
    assert!(!arriving.push(b"more").unwrap());
    assert!(!arriving.finish().unwrap());
    assert_eq!(files_below(folder.path()), Vec::<PathBuf>::new());
    assert!(matches!(store.read(&sha256), Err(Trouble::Missing)));
    // Only what was brought to be looked at goes when room is needed.
    let kept = store.put(&given).unwrap().sha256;
    let evicted = store.evict(|| Ok::<_, std::io::Error>(vec![kept.clone()]));
    assert_eq!(evicted.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(store.check(&kept).unwrap(), Standing::Missing);
}
