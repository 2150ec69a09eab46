//! A Debian package: a tree of files with their modes, and what dpkg is told of it.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::TaskError;
use crate::programs::Profile;
use crate::workspace::{Workspace, not_started, run};

use super::release::Release;

/// Who packages say they come from; the domain is reserved for examples, there is no mailbox yet.
const MAINTAINER: &str = "ServEase <packages@servease.example>";

const PROGRAM: u32 = 0o755;
const FILE: u32 = 0o644;

/// What dpkg knows of a package besides its files.
#[derive(Debug)]
pub struct About {
    pub name: &'static str,
    pub section: &'static str,
    /// More lines of the control file: what it needs besides libraries, what it suggests.
    pub relations: &'static [(&'static str, &'static str)],
    pub summary: &'static str,
    pub description: &'static [&'static str],
}

/// A package whose files are being put together.
#[derive(Debug)]
pub struct Tree<'a> {
    workspace: &'a Workspace,
    release: &'a Release,
    about: &'a About,
    folder: PathBuf,
    programs: Vec<PathBuf>,
}

impl<'a> Tree<'a> {
    /// An empty one; what an earlier run left is removed.
    pub fn new(
        workspace: &'a Workspace,
        release: &'a Release,
        about: &'a About,
    ) -> Result<Self, TaskError> {
        let folder = super::folder(workspace).join("tree").join(about.name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(TaskError::file(&folder))?;
        }
        fs::create_dir_all(&folder).map_err(TaskError::file(&folder))?;
        Ok(Self {
            workspace,
            release,
            about,
            folder,
            programs: Vec::new(),
        })
    }

    /// Puts a program into the search path, without its symbols; those go into a file beside the
    /// package, for whoever reads a crash.
    pub fn program(&mut self, built: &Path, profile: Profile) -> Result<(), TaskError> {
        let name = name_of(built);
        let path = self.made(&format!("usr/bin/{name}"))?;
        run(Command::new("strip")
            .args(["--strip-unneeded", "--remove-section=.comment", "-o"])
            .args([&path, built]))?;
        if profile == Profile::Release {
            let symbols = super::folder(self.workspace).join(format!("{name}.debug"));
            run(Command::new("objcopy")
                .args(["--only-keep-debug", "--compress-debug-sections"])
                .args([built, &symbols]))?;
        }
        set_mode(&path, PROGRAM)?;
        self.programs.push(path);
        Ok(())
    }

    /// Copies a file of the project.
    pub fn copy(&self, from: &str, to: &str) -> Result<(), TaskError> {
        let from = self.workspace.root.join(from);
        let bytes = fs::read(&from).map_err(TaskError::file(&from))?;
        self.write(to, &bytes, FILE)
    }

    /// Copies a file that was made elsewhere.
    pub fn place(&self, from: &Path, to: &str) -> Result<(), TaskError> {
        let bytes = fs::read(from).map_err(TaskError::file(from))?;
        self.write(to, &bytes, FILE)
    }

    /// Copies a file of the project with version and date filled in.
    pub fn fill_in(&self, from: &str, to: &str) -> Result<(), TaskError> {
        let from = self.workspace.root.join(from);
        let text = fs::read_to_string(&from).map_err(TaskError::file(&from))?;
        let filled = text
            .replace("@VERSION@", &self.release.version)
            .replace("@DATE@", &date(self.release.epoch, "%Y-%m-%d")?)
            .replace("@YEAR@", &date(self.release.epoch, "%Y")?);
        self.write(to, filled.as_bytes(), FILE)
    }

    /// Copies a file that only root reads.
    pub fn keep_secret(&self, from: &str, to: &str) -> Result<(), TaskError> {
        self.copy(from, to)?;
        set_mode(&self.folder.join(to), 0o640)
    }

    /// Puts manual pages where `man` looks.
    pub fn pages(&self, folder: &Path) -> Result<(), TaskError> {
        for page in files(folder)? {
            self.place(&page, &format!("usr/share/man/man1/{}", name_of(&page)))?;
        }
        Ok(())
    }

    /// Puts completions of a program where the shells look.
    pub fn completions(&self, folder: &Path, program: &str) -> Result<(), TaskError> {
        for (file, to) in [
            (
                format!("{program}.bash"),
                format!("usr/share/bash-completion/completions/{program}"),
            ),
            (
                format!("_{program}"),
                format!("usr/share/zsh/vendor-completions/_{program}"),
            ),
            (
                format!("{program}.fish"),
                format!("usr/share/fish/vendor_completions.d/{program}.fish"),
            ),
        ] {
            self.place(&folder.join(file), &to)?;
        }
        Ok(())
    }

    /// A script that dpkg runs: `postinst` and the like.
    pub fn script(&self, from: &str, name: &str) -> Result<(), TaskError> {
        let to = format!("DEBIAN/{name}");
        self.copy(from, &to)?;
        set_mode(&self.folder.join(to), PROGRAM)
    }

    /// Writes everything else, and packs it all into one file.
    pub fn pack(self, profile: Profile) -> Result<PathBuf, TaskError> {
        let documents = format!("usr/share/doc/{}", self.about.name);
        self.fill_in(
            "packaging/linux/copyright",
            &format!("{documents}/copyright"),
        )?;
        self.copy("CHANGELOG.md", &format!("{documents}/changelog"))?;
        let changes = format!("{documents}/changelog.Debian");
        self.write(&changes, self.changes()?.as_bytes(), FILE)?;
        self.compress()?;
        let conffiles = files(&self.folder.join("etc/default"))?;
        if !conffiles.is_empty() {
            let lines = conffiles
                .iter()
                .map(|path| format!("/etc/default/{}\n", name_of(path)));
            self.write(
                "DEBIAN/conffiles",
                lines.collect::<String>().as_bytes(),
                FILE,
            )?;
        }
        self.write("DEBIAN/control", self.control()?.as_bytes(), FILE)?;
        self.sum()?;
        let file = super::folder(self.workspace).join(format!(
            "{}_{}_{}.deb",
            self.about.name,
            version(self.release),
            architecture()?
        ));
        let mut pack = Command::new("dpkg-deb");
        pack.args(["--root-owner-group", "--build"])
            // Packing well takes minutes.
            .args(match profile {
                Profile::Debug => ["-Zgzip", "-z1"],
                Profile::Release => ["-Zxz", "-z6"],
            })
            .arg(&self.folder)
            .arg(&file)
            .env("SOURCE_DATE_EPOCH", self.release.epoch.to_string());
        run(&mut pack)?;
        Ok(file)
    }

    fn control(&self) -> Result<String, TaskError> {
        let sum = Command::new("du")
            .args(["--summarize", "--apparent-size", "--block-size=1024"])
            .arg(self.folder.join("usr"))
            .output()
            .map_err(|cause| not_started(&Command::new("du"), cause))?;
        let size = String::from_utf8_lossy(&sum.stdout);
        let size = size.split_whitespace().next().unwrap_or("0").to_owned();
        let libraries = libraries(self.workspace, &self.programs)?;
        let mut fields = vec![
            ("Package", self.about.name.to_owned()),
            ("Version", version(self.release)),
            ("Architecture", architecture()?),
            ("Maintainer", MAINTAINER.to_owned()),
            ("Installed-Size", size),
        ];
        let mut needs = vec![libraries];
        for (name, value) in self.about.relations {
            if *name == "Depends" {
                needs.push((*value).to_owned());
            } else {
                fields.push((name, (*value).to_owned()));
            }
        }
        fields.push(("Depends", needs.join(", ")));
        fields.push(("Section", self.about.section.to_owned()));
        fields.push(("Priority", "optional".to_owned()));
        fields.push(("Description", self.about.summary.to_owned()));
        let mut text: String = fields
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        for line in self.about.description {
            text += &format!(" {line}\n");
        }
        Ok(text)
    }

    fn changes(&self) -> Result<String, TaskError> {
        Ok(format!(
            "{} ({}) stable; urgency=medium\n\n{}\n\n -- {MAINTAINER}  {}\n",
            self.about.name,
            version(self.release),
            as_debian_changes(&self.release.news),
            date(self.release.epoch, "%a, %d %b %Y %H:%M:%S +0000")?
        ))
    }

    /// Documents are kept as Debian's policy wants them.
    fn compress(&self) -> Result<(), TaskError> {
        let documents = self.folder.join("usr/share/doc").join(self.about.name);
        let mut compressed = files(&self.folder.join("usr/share/man/man1"))?;
        compressed.extend(["changelog", "changelog.Debian"].map(|name| documents.join(name)));
        run(Command::new("gzip")
            .args(["-9", "--no-name"])
            .args(compressed))
    }

    /// What `dpkg --verify` compares with.
    fn sum(&self) -> Result<(), TaskError> {
        let list = "find usr etc -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 md5sum";
        run(Command::new("sh")
            .args(["-c", &format!("{list} > DEBIAN/md5sums")])
            .current_dir(&self.folder))?;
        set_mode(&self.folder.join("DEBIAN/md5sums"), FILE)
    }

    fn made(&self, to: &str) -> Result<PathBuf, TaskError> {
        let path = self.folder.join(to);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(TaskError::file(folder))?;
            // Whatever the umask is of whoever builds.
            for folder in folder
                .ancestors()
                .take_while(|folder| folder.starts_with(&self.folder))
            {
                set_mode(folder, PROGRAM)?;
            }
        }
        Ok(path)
    }

    fn write(&self, to: &str, bytes: &[u8], mode: u32) -> Result<(), TaskError> {
        let path = self.made(to)?;
        fs::write(&path, bytes).map_err(TaskError::file(&path))?;
        set_mode(&path, mode)
    }
}

/// A version of Debian's: ours, and the first time that it is packaged.
pub fn version(release: &Release) -> String {
    format!("{}-1", release.version)
}

/// What Debian calls the kind of this machine.
pub fn architecture() -> Result<String, TaskError> {
    said_by(Command::new("dpkg").arg("--print-architecture"))
}

/// The packages of the libraries that programs are linked with, as Debian computes them.
pub fn libraries(workspace: &Workspace, programs: &[PathBuf]) -> Result<String, TaskError> {
    // It insists on the sources of a package around it.
    let around = super::folder(workspace).join("shlibdeps");
    let control = around.join("debian/control");
    fs::create_dir_all(around.join("debian")).map_err(TaskError::file(&around))?;
    fs::write(
        &control,
        "Source: servease\n\nPackage: servease\nArchitecture: any\n",
    )
    .map_err(TaskError::file(&control))?;
    let mut ask = Command::new("dpkg-shlibdeps");
    ask.arg("-O").current_dir(&around).stderr(Stdio::null());
    for program in programs {
        let mut argument = std::ffi::OsString::from("-e");
        argument.push(program);
        ask.arg(argument);
    }
    let said = said_by(&mut ask)?;
    said.strip_prefix("shlibs:Depends=")
        .map(str::to_owned)
        .ok_or_else(|| TaskError::Packaging(format!("dpkg-shlibdeps answers {said:?}")))
}

fn date(epoch: u64, format: &str) -> Result<String, TaskError> {
    said_by(
        Command::new("date")
            .args(["--utc", &format!("--date=@{epoch}"), &format!("+{format}")])
            .env("LC_ALL", "C"),
    )
}

fn said_by(command: &mut Command) -> Result<String, TaskError> {
    let output = command
        .output()
        .map_err(|cause| not_started(command, cause))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        return Ok(said);
    }
    let _ = std::io::stdout().write_all(&output.stderr);
    Err(TaskError::Failed {
        command: crate::workspace::written(command),
        status: output.status,
    })
}

/// Bullets and headings of Markdown, as Debian writes changes: no line longer than 80.
fn as_debian_changes(news: &str) -> String {
    let mut written = Vec::<String>::new();
    for line in news.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            written.push(format!("  [ {heading} ]"));
            continue;
        }
        if line.trim().is_empty() {
            written.push(String::new());
            continue;
        }
        let (begin, words) = match line.strip_prefix("- ") {
            Some(change) => ("  *", change),
            None => ("   ", line),
        };
        written.push(begin.to_owned());
        for word in words.split_whitespace() {
            match written.last_mut() {
                Some(last) if last.chars().count() + word.chars().count() < 80 => {
                    last.push(' ');
                    last.push_str(word);
                }
                _ => written.push(format!("    {word}")),
            }
        }
    }
    written.join("\n")
}

/// The files of a folder by their names; none where there is no folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, TaskError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(TaskError::file(folder))?;
    let mut found = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(TaskError::file(folder))?;
    found.sort();
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn set_mode(path: &Path, mode: u32) -> Result<(), TaskError> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(TaskError::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_written_as_debian_wants_them() {
        let news = "### Windows\n\n- All build,\n  and run.\n- More.";
        assert_eq!(
            as_debian_changes(news),
            "  [ Windows ]\n\n  * All build,\n    and run.\n  * More."
        );
        let long = as_debian_changes(&format!("- {}", "many words ".repeat(30)));
        assert!(long.lines().all(|line| line.len() <= 80), "{long}");
        assert!(
            long.lines()
                .skip(1)
                .all(|line| line.starts_with("    many") || line.starts_with("    words")),
            "{long}"
        );
    }

    #[test]
    fn dates_are_those_of_the_commit() {
        assert_eq!(date(0, "%Y-%m-%d").unwrap(), "1970-01-01");
    }
}
