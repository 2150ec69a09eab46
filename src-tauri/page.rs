//! The page from a folder instead of from inside the program: whoever works on the page sees it
//! on a real desk without compiling. Debug builds only.

use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;

use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
use tauri::{Assets, Runtime};

/// A folder with a built page.
pub struct Folder(pub PathBuf);

impl<R: Runtime> Assets<R> for Folder {
    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        let path = key.as_ref().trim_start_matches('/');
        // The page is ours, but a path of it still must not leave the folder.
        if path.split('/').any(|part| part == "..") {
            return None;
        }
        fs::read(self.0.join(path)).ok().map(Cow::Owned)
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        Box::new(std::iter::empty())
    }
}
