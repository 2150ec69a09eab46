//! What is released: its version, its date and what is new in it, each from its one place.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::error::TaskError;
use crate::workspace::Workspace;

/// One release.
#[derive(Debug, Clone)]
pub struct Release {
    pub version: String,
    /// Id of the application: what Windows, macOS and desktops of Linux know it by.
    pub identifier: String,
    /// Name of the application, as people read it.
    pub product: String,
    /// What is new, as `CHANGELOG.md` says it.
    pub news: String,
    /// When the sources were committed, in seconds: built twice, packages are the same.
    pub epoch: u64,
}

impl Release {
    pub fn of(workspace: &Workspace) -> Result<Release, TaskError> {
        let version = version(&read(&workspace.root.join("Cargo.toml"))?)?;
        let config: Value =
            serde_json::from_str(&read(&workspace.root.join("tauri.conf.json"))?)
                .map_err(|cause| TaskError::Packaging(format!("tauri.conf.json: {cause}")))?;
        let named = |name: &str| {
            config[name]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| TaskError::Packaging(format!("tauri.conf.json names no {name}")))
        };
        Ok(Release {
            identifier: named("identifier")?,
            product: named("productName")?,
            news: news(&read(&workspace.root.join("CHANGELOG.md"))?, &version)?,
            epoch: epoch(workspace)?,
            version,
        })
    }

    /// The release that would follow, to upgrade to in a test.
    pub fn next(&self) -> Release {
        Release {
            version: format!("{}.1", self.version),
            ..self.clone()
        }
    }
}

fn read(path: &Path) -> Result<String, TaskError> {
    fs::read_to_string(path).map_err(TaskError::file(path))
}

/// `[workspace.package] version`.
fn version(manifest: &str) -> Result<String, TaskError> {
    let manifest: toml::Table = manifest
        .parse()
        .map_err(|cause| TaskError::Packaging(format!("Cargo.toml: {cause}")))?;
    manifest["workspace"]
        .get("package")
        .and_then(|package| package.get("version")?.as_str())
        .map(str::to_owned)
        .ok_or_else(|| {
            TaskError::Packaging("Cargo.toml has no version in [workspace.package]".to_owned())
        })
}

/// The section of this version, or of what is not released yet.
fn news(changes: &str, version: &str) -> Result<String, TaskError> {
    let section = |title: &str| {
        let lines = changes.lines().skip_while(|line| {
            let words = line.strip_prefix("## ");
            words.and_then(|words| words.split(' ').next()) != Some(title)
        });
        let body: Vec<&str> = lines
            .skip(1)
            .take_while(|line| !line.starts_with("## "))
            .collect();
        (!body.is_empty()).then(|| body.join("\n").trim().to_owned())
    };
    section(version)
        .or_else(|| section("Unreleased"))
        .ok_or_else(|| {
            TaskError::Packaging(format!(
                "CHANGELOG.md has neither a section \"## {version}\" nor \"## Unreleased\""
            ))
        })
}

/// Of the commit; of the newest list of changes where the sources came without their history.
fn epoch(workspace: &Workspace) -> Result<u64, TaskError> {
    let answer = workspace
        .command("git")
        .args(["log", "-1", "--format=%ct"])
        .output();
    if let Ok(answer) = answer
        && let Ok(seconds) = String::from_utf8_lossy(&answer.stdout).trim().parse()
    {
        return Ok(seconds);
    }
    let changes = workspace.root.join("CHANGELOG.md");
    let modified = fs::metadata(&changes).and_then(|metadata| metadata.modified());
    let since = modified
        .map_err(TaskError::file(&changes))?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_else(|_| {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
        });
    Ok(since.as_secs())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    /// Every manifest of the workspace.
    fn manifests() -> Vec<PathBuf> {
        let crates = fs::read_dir(root().join("crates")).unwrap();
        let mut found: Vec<PathBuf> = crates
            .map(|entry| entry.unwrap().path().join("Cargo.toml"))
            .filter(|manifest| manifest.is_file())
            .collect();
        found
            .extend(["Cargo.toml", "tests/Cargo.toml", "xtask/Cargo.toml"].map(|p| root().join(p)));
        found
    }

    #[test]
    fn version_stands_in_one_place() {
        for manifest in manifests() {
            let text: toml::Table = read(&manifest).unwrap().parse().unwrap();
            let followed = text["package"]["version"].get("workspace");
            assert_eq!(
                followed.and_then(toml::Value::as_bool),
                Some(true),
                "{} has a version of its own",
                manifest.display()
            );
        }
        let config: Value =
            serde_json::from_str(&read(&root().join("tauri.conf.json")).unwrap()).unwrap();
        // Without one Tauri takes that of Cargo.toml.
        assert!(config.get("version").is_none(), "{config}");
    }

    #[test]
    fn what_packages_are_made_of_names_no_version() {
        let version = version(&read(&root().join("Cargo.toml")).unwrap()).unwrap();
        for folder in ["packaging/linux", "packaging/windows"] {
            for entry in fs::read_dir(root().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let text = read(&path).unwrap();
                assert!(
                    !text.contains(&version),
                    "{} names {version}",
                    path.display()
                );
            }
        }
    }

    #[test]
    fn news_are_those_of_the_version_or_of_what_is_to_be_released() {
        let changes = "# Changes\n\n## Unreleased\n\n- new\n\n## 0.2.0 (2026-01-02)\n\n- old\n";
        assert_eq!(news(changes, "0.2.0").unwrap(), "- old");
        assert_eq!(news(changes, "0.3.0").unwrap(), "- new");
        assert!(news("# Changes\n", "0.3.0").is_err());
    }

    #[test]
    fn next_release_is_a_higher_one() {
        let manifest = "[workspace.package]\nversion = \"1.2.3\"\n";
        assert_eq!(version(manifest).unwrap(), "1.2.3");
        assert!(version("[workspace]\n").is_err());
    }
}
