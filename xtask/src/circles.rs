//! No file needs another one that needs it in turn, however many lie between.
//!
//! Read are the paths of Rust, outside of tests, and the imports of the user interface. A module may
//! name what its parents hold, since they are the face of their folder; whatever a parent names counts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Component, Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{ItemMod, ItemUse, UseTree};

use crate::error::TaskError;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// Which files each one names.
type Names = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// Prints every circle, file by file.
pub fn check(workspace: &Workspace) -> Result<Tally, TaskError> {
    let mut names = interface(&workspace.root.join("ui/src"))?;
    let mut sources = vec!["src-tauri".into(), "xtask/src".into(), "tests/src".into()];
    for entry in list(&workspace.root.join("crates"))? {
        sources.push(entry.join("src"));
    }
    for source in sources {
        names.extend(rust(&workspace.root.join(source))?);
    }
    let circles = circles(&names);
    for circle in &circles {
        println!("A circle of imports:");
        for file in circle {
            let file = file.strip_prefix(&workspace.root).unwrap_or(file);
            println!("  {}", file.display());
        }
    }
    match circles.is_empty() {
        true => Ok(Tally::ONE_PASSED),
        false => Ok(Tally::ONE_FAILED),
    }
}

/// One circle for each knot, as short as it can be; its first file is its last one too.
fn circles(names: &Names) -> Vec<Vec<PathBuf>> {
    let mut found: Vec<Vec<PathBuf>> = Vec::new();
    for start in names.keys() {
        if found.iter().flatten().any(|file| file == start) {
            continue;
        }
        found.extend(way_back(names, start));
    }
    found
}

fn way_back(names: &Names, start: &Path) -> Option<Vec<PathBuf>> {
    let mut came_from: BTreeMap<&Path, &Path> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(file) = next.pop_front() {
        for named in names.get(file).into_iter().flatten() {
            if !came_from.contains_key(named.as_path()) {
                came_from.insert(named, file);
                next.push_back(named);
            }
        }
        if came_from.contains_key(start) {
            break;
        }
    }
    let mut circle = vec![start.to_owned()];
    let mut at = *came_from.get(start)?;
    while at != start {
        circle.push(at.to_owned());
        at = came_from.get(at)?;
    }
    circle.push(start.to_owned());
    circle.reverse();
    Some(circle)
}

/// The files of one crate.
fn rust(source: &Path) -> Result<Names, TaskError> {
    let mut modules = BTreeMap::new();
    for file in files(source, &["rs"])? {
        let inside = file
            .strip_prefix(source)
            .unwrap_or(&file)
            .with_extension("");
        let mut module: Vec<String> = inside
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        module.pop_if(|name| matches!(name.as_str(), "mod" | "lib" | "main"));
        modules.insert(module, file);
    }
    let mut names = Names::new();
    for (module, file) in &modules {
        let text = fs::read_to_string(file).map_err(TaskError::file(file))?;
        let parsed = syn::parse_file(&text).map_err(|cause| TaskError::Unreadable {
            path: file.clone(),
            cause: cause.to_string(),
        })?;
        let mut paths = Paths(Vec::new());
        paths.visit_file(&parsed);
        let named = paths.0.iter().filter_map(|path| {
            let target = resolve(&modules, module, path)?;
            (!module.starts_with(target)).then(|| modules[target].clone())
        });
        names.insert(file.clone(), named.collect());
    }
    Ok(names)
}

/// The module that holds what a path names; None: it is of another crate, or in scope already.
fn resolve<'m>(
    modules: &'m BTreeMap<Vec<String>, PathBuf>,
    here: &[String],
    path: &[String],
) -> Option<&'m Vec<String>> {
    let mut whole = here.to_vec();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => whole.clear(),
        "self" | "super" => {}
        child => {
            whole.push(child.to_owned());
            modules.get(&whole)?;
            whole.pop();
        }
    }
    while let [word, further @ ..] = rest
        && matches!(word.as_str(), "crate" | "self" | "super")
    {
        if word == "super" {
            whole.pop();
        }
        rest = further;
    }
    whole.extend_from_slice(rest);
    loop {
        if let Some((module, _)) = modules.get_key_value(&whole) {
            return Some(module);
        }
        whole.pop()?;
    }
}

/// Every path of a file with more than one name.
struct Paths(Vec<Vec<String>>);

impl Paths {
    fn take(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.take(&with(path.ident.to_string()), &path.tree),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.take(before, tree);
                }
            }
            UseTree::Name(name) => self.0.push(with(name.ident.to_string())),
            UseTree::Rename(name) => self.0.push(with(name.ident.to_string())),
            UseTree::Glob(_) => self.0.push(before.to_vec()),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.take(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let names = path.segments.iter().map(|part| part.ident.to_string());
            self.0.push(names.collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        // Tests of a file name whatever they need.
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }
}

/// The files of the user interface, without their tests.
fn interface(source: &Path) -> Result<Names, TaskError> {
    let mut names = Names::new();
    for file in files(source, &["ts", "svelte"])? {
        if file.to_string_lossy().ends_with(".test.ts") {
            continue;
        }
        let text = fs::read_to_string(&file).map_err(TaskError::file(&file))?;
        let folder = file.parent().unwrap_or(source);
        let named = text.lines().filter_map(|line| {
            let (_, from) = line.split_once("from '").or(line.split_once("import '"))?;
            let (name, _) = from.split_once('\'')?;
            name.starts_with('.').then(|| plain(&folder.join(name)))
        });
        let named = named.filter_map(|name| {
            let endings = ["", ".ts"].into_iter();
            let mut places = endings.map(|ending| {
                let mut place = name.clone().into_os_string();
                place.push(ending);
                PathBuf::from(place)
            });
            places.find(|place| place.is_file())
        });
        names.insert(file.clone(), named.collect());
    }
    Ok(names)
}

/// A path without the steps up in it.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = plain.pop(),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, TaskError> {
    let mut found = Vec::new();
    for entry in list(folder)? {
        if entry.is_dir() {
            found.extend(files(&entry, endings)?);
        } else if entry
            .extension()
            .is_some_and(|it| endings.iter().any(|ending| it == *ending))
        {
            found.push(entry);
        }
    }
    Ok(found)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let entries = fs::read_dir(folder).map_err(TaskError::file(folder))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(TaskError::file(folder))?.path());
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

    use super::*;

    /// The circles of a crate, or of the user interface, with these files.
    fn found(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut names = rust(folder.path()).unwrap();
        names.extend(interface(folder.path()).unwrap());
        let short = |file: &PathBuf| {
            let inside = file.strip_prefix(folder.path()).unwrap();
            inside.to_string_lossy().into_owned()
        };
        let circles = circles(&names);
        circles
            .iter()
            .map(|it| it.iter().map(short).collect())
            .collect()
    }

    #[test]
    fn a_circle_is_found_through_uses_paths_and_faces() {
        let circle = found(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::{self, Thing as Other};"),
            ("b/mod.rs", "mod inner; pub use inner::Thing;"),
            (
                "b/inner.rs",
                "pub struct Thing; fn f() { super::super::a::g(); }",
            ),
        ]);
        assert_eq!(circle, [["a.rs", "b/mod.rs", "b/inner.rs", "a.rs"]]);
    }

    #[test]
    fn parents_tests_and_other_crates_make_no_circle() {
        let circle = found(&[
            ("lib.rs", "mod a; mod b; use a::f; pub fn g() {}"),
            (
                "a.rs",
                "use std::a::b; use crate::g; pub fn f() {} mod tests { use crate::b::h; }",
            ),
            ("b.rs", "use crate::a; pub fn h() { a::f() }"),
        ]);
        assert_eq!(circle, Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_circle_of_the_user_interface_is_found() {
        let circle = found(&[
            ("lib/a.svelte.ts", "import { b } from '../parts/B.svelte';"),
            (
                "parts/B.svelte",
                "<script>\n  import { a } from '../lib/a.svelte';\n</script>",
            ),
            ("lib/a.test.ts", "import '../parts/B.svelte';"),
        ]);
        assert_eq!(
            circle,
            [["lib/a.svelte.ts", "parts/B.svelte", "lib/a.svelte.ts"]]
        );
    }
}
