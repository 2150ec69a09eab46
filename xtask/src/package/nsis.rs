//! The installer for Windows: the script of `packaging/windows/`, filled with the programs, with
//! the version, and with its words from `locales/`.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use servease_locale::{Locale, languages};

use crate::error::TaskError;
use crate::programs::Profile;
use crate::windows::build;
use crate::workspace::{Workspace, run};

use super::release::Release;

/// What NSIS calls our languages; its own words come in them too.
const NAMES: &[(&str, &str)] = &[("en", "English"), ("de", "German")];

/// (name in the script, message) of every text.
const TEXTS: &[(&str, &str)] = &[
    ("TextWelcome", "installer-welcome"),
    ("TextInUse", "installer-in-use"),
    ("TextNoWebView", "installer-no-web-view"),
    ("TextDataStays", "installer-data-stays"),
];

/// Microsoft's page for people, as the window names it.
const WEB_VIEW_ADDRESS: &str = "https://developer.microsoft.com/microsoft-edge/webview2/consumer/";

/// Stands for a variable of the script while the rest is escaped.
const VARIABLE: &str = "\u{1}DataFolder\u{1}";

/// Compiles the programs that it installs.
pub fn compile(workspace: &Workspace, profile: Profile) -> Result<(), TaskError> {
    build::programs(workspace, profile, crate::windows::ALL)
}

/// Packs what is compiled; the path of the installer.
pub fn build(
    workspace: &Workspace,
    release: &Release,
    profile: Profile,
) -> Result<PathBuf, TaskError> {
    let folder = super::folder(workspace);
    fs::create_dir_all(&folder).map_err(TaskError::file(&folder))?;
    let texts = folder.join("texts.nsh");
    fs::write(&texts, self::texts()?).map_err(TaskError::file(&texts))?;
    let installer = path(workspace, release);
    let mut make = Command::new("makensis");
    // Warnings are errors: one of them is a text that a language lacks.
    make.args(["-NOCD", "-V2", "-WX"]);
    if profile == Profile::Debug {
        make.arg("-DQUICK");
    }
    for (name, value) in [
        ("PRODUCT", release.product.clone()),
        ("VERSION", release.version.clone()),
        ("FOUR_NUMBERS", four_numbers(&release.version)),
        ("IDENTIFIER", release.identifier.clone()),
        ("PROGRAMS", shown(build::path(workspace, profile, ""))),
        ("ICON", shown(workspace.root.join("icons/icon.ico"))),
        ("TEXTS", shown(texts)),
        ("OUTPUT", shown(installer.clone())),
    ] {
        make.arg(format!("-D{name}={value}"));
    }
    make.arg(workspace.root.join("packaging/windows/installer.nsi"))
        .env("SOURCE_DATE_EPOCH", release.epoch.to_string());
    run(&mut make)?;
    Ok(installer)
}

/// Where the installer is put.
pub fn path(workspace: &Workspace, release: &Release) -> PathBuf {
    let name = format!("ServEase-Desk-{}-x64.exe", release.version);
    super::folder(workspace).join(name)
}

fn shown(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}

/// Windows counts in four numbers.
fn four_numbers(version: &str) -> String {
    let numbers = version.split(['.', '-', '+']);
    let mut numbers: Vec<u16> = numbers.map_while(|number| number.parse().ok()).collect();
    numbers.resize(4, 0);
    let numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
    numbers.join(".")
}

/// Every text in every language, as the script includes it.
fn texts() -> Result<String, TaskError> {
    let mut languages = languages();
    // The first one stands in for a language that Windows speaks and we do not.
    languages.sort_by_key(|language| *language != "en");
    let mut script = String::new();
    for language in &languages {
        let _ = writeln!(script, "!insertmacro MUI_LANGUAGE \"{}\"", name(language)?);
    }
    for language in languages {
        let constant = name(language)?.to_uppercase();
        let locale = Locale::new(language);
        for (text, message) in TEXTS {
            let words = locale.text(
                message,
                [("address", WEB_VIEW_ADDRESS), ("folder", VARIABLE)],
            );
            let words = escaped(&words);
            let _ = writeln!(script, "LangString {text} ${{LANG_{constant}}} \"{words}\"");
        }
    }
    Ok(script)
}

fn name(language: &str) -> Result<&'static str, TaskError> {
    NAMES
        .iter()
        .find(|(ours, _)| *ours == language)
        .map(|(_, name)| *name)
        .ok_or_else(|| {
            TaskError::Packaging(format!(
                "xtask/src/package/nsis.rs does not say what NSIS calls the language {language:?}"
            ))
        })
}

/// Inside of double quotes nothing but these three is special to NSIS.
fn escaped(words: &str) -> String {
    words
        .replace('$', "$$")
        .replace('"', "$\\\"")
        .replace('\n', "$\\r$\\n")
        .replace(VARIABLE, "$DataFolder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_ours_has_every_text() {
        let script = texts().unwrap();
        for language in languages() {
            let constant = name(language).unwrap().to_uppercase();
            for (text, message) in TEXTS {
                let line = format!("LangString {text} ${{LANG_{constant}}} ");
                assert!(script.contains(&line), "{line}");
                assert!(Locale::new(language).has(message), "{language}: {message}");
            }
        }
        assert!(
            script.starts_with("!insertmacro MUI_LANGUAGE \"English\""),
            "{script}"
        );
        assert!(script.contains("$DataFolder"), "{script}");
    }

    #[test]
    fn words_are_no_script() {
        assert_eq!(escaped("a $b \"c\"\nd"), "a $$b $\\\"c$\\\"$\\r$\\nd");
        assert_eq!(escaped(VARIABLE), "$DataFolder");
    }

    #[test]
    fn versions_have_four_numbers_for_windows() {
        assert_eq!(four_numbers("1.2.3"), "1.2.3.0");
        assert_eq!(four_numbers("1.2.3.4"), "1.2.3.4");
        assert_eq!(four_numbers("1.2.3-rc.1"), "1.2.3.0");
    }
}
