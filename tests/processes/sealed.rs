//! What lies on the disk of a PC on which papers are: nothing that could be read without its key.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use servease_tests::plain::find_plain;
use servease_tests::processes::{Company, Desk};

use super::files::{add, get, out, text};

/// Everything that a program of this PC may have written: its data, its user's home, temporary files.
fn plain_pieces(desk: &Desk, content: &[u8]) -> Vec<PathBuf> {
    let places = [desk.folder(), desk.home()];
    places
        .iter()
        .flat_map(|folder| find_plain(folder, content))
        .collect()
}

fn files_in(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.path().is_dir() {
            true => files_in(&entry.path()),
            false => 1,
        })
        .sum()
}

#[test]
fn nothing_of_a_paper_lies_readable_on_a_disk() {
    let company = Company::new();
    let (front, back) = (company.desk(), company.desk());
    let (folder, out) = out();
    let bo = front.customer("Bo", "Diaz");
    company.settle(&[&front, &back]);
    let content = text(700_000, &mut StdRng::seed_from_u64(7));
    let id = add(&front, folder.path(), &bo, &content);
    front.sync();
    back.sync();
    assert!(get(&back, &id, &out) == content);
    // It is there, and the look for it finds it where it may lie.
    assert_eq!(find_plain(folder.path(), &content).len(), 2);

    // Some that die while they take a file in: as soon as anything of it is on the disk.
    let path = folder.path().join("scan.txt");
    let words = ["--customer", &bo, "--type", "other"];
    let arguments = [&["document", "add", path.to_str().unwrap()], &words[..]].concat();
    for longer in 1..=5 {
        let other = text(700_000 + longer, &mut StdRng::seed_from_u64(7));
        fs::write(&path, other).unwrap();
        let before = files_in(&front.folder().join("documents"));
        let mut command = front.command(&arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        while child.try_wait().unwrap().is_none()
            && files_in(&front.folder().join("documents")) == before
        {}
        child.kill().unwrap();
        child.wait().unwrap();
    }
    front.json(&["document", "edit", &id, "--set", "title=Scan of a letter"]);
    front.json(&["document", "delete", &id]);
    for desk in [&front, &back] {
        assert_eq!(plain_pieces(desk, &content), Vec::<PathBuf>::new());
    }
}
