//! Who may read what the programs make. Wine keeps an access list as rights of this machine, with
//! administrators as the group; who is not on the list has none.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use servease_tests::central::{Central, Site};
use servease_tests::processes::Desk;

#[track_caller]
fn is_private(path: &Path) {
    let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode & 0o707, 0o700, "{}: {mode:o}", path.display());
}

#[test]
fn folders_that_are_made_let_nobody_else_in() {
    let desk = Desk::new();
    fs::remove_dir(desk.folder()).unwrap();
    desk.customer("Ann", "Ng");
    is_private(&desk.folder());

    let site = Site::new();
    Central::start(&site).stop();
    is_private(&site.data());
}
