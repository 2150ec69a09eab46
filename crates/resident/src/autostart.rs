//! Starting with somebody's session. The entries are written here: the paths of programs contain
//! spaces, and what ready-made crates write is not quoted.

use std::io;
use std::path::Path;

/// The program that is started, and with what.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Names the entry.
    pub id: &'a str,
    /// As people read it.
    pub name: &'a str,
    pub program: &'a Path,
    pub arguments: &'a [&'a str],
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod by_file {
    use std::path::PathBuf;
    use std::{fs, io};

    use directories::BaseDirs;
    use servease_platform::files;

    use super::{Entry, content};

    /// Where the entry lies. None: nobody's home is known.
    fn place(id: &str) -> Option<PathBuf> {
        let home = BaseDirs::new()?;
        #[cfg(target_os = "linux")]
        return Some(
            home.config_dir()
                .join("autostart")
                .join(format!("{id}.desktop")),
        );
        #[cfg(target_os = "macos")]
        return Some(
            home.home_dir()
                .join("Library/LaunchAgents")
                .join(format!("{id}.plist")),
        );
    }

    fn nowhere() -> io::Error {
        io::Error::new(io::ErrorKind::NotFound, "no home folder")
    }

    pub fn is_on(id: &str) -> io::Result<bool> {
        place(id).ok_or_else(nowhere)?.try_exists()
    }

    pub fn set(entry: &Entry<'_>, on: bool) -> io::Result<()> {
        let place = place(entry.id).ok_or_else(nowhere)?;
        if !on {
            return match fs::remove_file(&place) {
                Err(gone) if gone.kind() == io::ErrorKind::NotFound => Ok(()),
                done => done,
            };
        }
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        files::write(&place, content(entry).as_bytes())
    }
}

#[cfg(windows)]
mod by_registry {
    use std::io;

    use winreg::RegKey;
    use winreg::enums::HKEY_CURRENT_USER;

    use super::{Entry, content};

    const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";

    pub fn is_on(id: &str) -> io::Result<bool> {
        let run = match RegKey::predef(HKEY_CURRENT_USER).open_subkey(RUN) {
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => return Ok(false),
            run => run?,
        };
        match run.get_value::<String, _>(id) {
            Ok(_) => Ok(true),
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    pub fn set(entry: &Entry<'_>, on: bool) -> io::Result<()> {
        let (run, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(RUN)?;
        if on {
            return run.set_value(entry.id, &content(entry));
        }
        match run.delete_value(entry.id) {
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
use by_file as system;
#[cfg(windows)]
use by_registry as system;

/// Whether the program starts with the session.
///
/// Errors: the place where that stands cannot be read.
pub fn is_on(id: &str) -> io::Result<bool> {
    system::is_on(id)
}

/// Makes the program start with the session, or not any more.
///
/// Errors: the place where that stands cannot be written.
pub fn set(entry: &Entry<'_>, on: bool) -> io::Result<()> {
    system::set(entry, on)
}

/// A desktop entry of the session:
/// https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html
#[cfg(target_os = "linux")]
fn content(entry: &Entry<'_>) -> String {
    let program = entry.program.display().to_string();
    let words = std::iter::once(program.as_str()).chain(entry.arguments.iter().copied());
    let command: Vec<String> = words.map(quoted).collect();
    format!(
        "[Desktop Entry]\nType=Application\nName={}\nExec={}\nTerminal=false\n\
         X-GNOME-Autostart-enabled=true\n",
        entry.name,
        command.join(" "),
    )
}

/// A word in quotes, in which `%` begins a code, and which is read as a string of the file first.
#[cfg(target_os = "linux")]
fn quoted(word: &str) -> String {
    let mut inner = String::new();
    for character in word.chars() {
        match character {
            '"' | '`' | '$' | '\\' => {
                inner.push('\\');
                inner.push(character);
            }
            '%' => inner.push_str("%%"),
            other => inner.push(other),
        }
    }
    format!("\"{}\"", inner.replace('\\', "\\\\"))
}

/// The command line, in quotes as the C runtime reads them. A path of Windows holds none.
#[cfg(windows)]
fn content(entry: &Entry<'_>) -> String {
    let program = entry.program.display().to_string();
    let words = std::iter::once(program.as_str()).chain(entry.arguments.iter().copied());
    let words: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    words.join(" ")
}

/// A launch agent.
#[cfg(target_os = "macos")]
fn content(entry: &Entry<'_>) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let program = entry.program.display().to_string();
    let words = std::iter::once(program.as_str()).chain(entry.arguments.iter().copied());
    let words: String = words
        .map(|word| format!("<string>{}</string>", escaped(word)))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\
         <key>Label</key><string>{}</string><key>ProgramArguments</key><array>{words}</array>\
         <key>RunAtLoad</key><true/></dict></plist>\n",
        escaped(entry.id),
    )
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_anything_in_it_stays_one_word() {
        let entry = Entry {
            id: "com.servease.desk",
            name: "ServEase Desk",
            program: Path::new("/opt/Serv Ease/50% \"desk\"$"),
            arguments: &["--hidden"],
        };
        let content = content(&entry);
        assert!(
            content.contains("\nExec=\"/opt/Serv Ease/50%% \\\\\"desk\\\\\"\\\\$\" \"--hidden\"\n"),
            "{content}"
        );
    }
}
