//! Lists the Fluent files under `locales/`, so that a new file or language is in the next
//! build without being named anywhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default())
        .join("../../locales")
        .canonicalize()?;
    println!("cargo:rerun-if-changed={}", root.display());
    let mut table = String::from("&[\n");
    for language in entries(&root)?.iter().filter(|path| path.is_dir()) {
        println!("cargo:rerun-if-changed={}", language.display());
        for file in entries(language)? {
            if file.extension().is_some_and(|extension| extension == "ftl") {
                let _ = writeln!(
                    table,
                    "    ({:?}, {:?}, include_str!({:?})),",
                    name(language),
                    name(&file),
                    file
                );
            }
        }
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("messages.rs"), table)
}

/// What a folder holds, in the order of the names.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
