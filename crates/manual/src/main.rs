//! Writes the manual pages and shell completions of the command line and of Central, from the
//! same descriptions that the programs read their arguments with.
//!
//! A program of its own, which no package holds: neither of the two carries a command that only
//! whoever builds packages needs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _, Parser};
use clap_complete::Shell;

/// The shells that Debian has folders for.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

/// Writes manual pages and completions.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder to write into; what it holds is replaced file by file
    folder: PathBuf,
}

fn main() -> io::Result<()> {
    write(&Arguments::parse().folder)
}

/// `<program>/man/` and `<program>/completions/` below the folder.
fn write(folder: &Path) -> io::Result<()> {
    for command in [
        servease_cli::command(),
        servease_central::cli::Cli::command(),
    ] {
        let own = folder.join(command.get_name());
        pages(command.clone(), &made(own.join("man"))?)?;
        completions(command, &made(own.join("completions"))?)?;
    }
    Ok(())
}

/// One page for the program and one for each of its commands.
fn pages(command: Command, folder: &Path) -> io::Result<()> {
    // `help` is no command that anybody would look up.
    clap_mangen::generate_to(command.disable_help_subcommand(true), folder)
}

fn completions(mut command: Command, folder: &Path) -> io::Result<()> {
    let name = command.get_name().to_owned();
    for shell in SHELLS {
        clap_complete::generate_to(shell, &mut command, &name, folder)?;
    }
    Ok(())
}

fn made(folder: PathBuf) -> io::Result<PathBuf> {
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_has_pages_and_completions_for_each_shell() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path()).unwrap();
        for (program, page, said) in [
            ("servease", "servease-customer-add.1", "data\\-dir"),
            ("servease-central", "servease-central-serve.1", "listen"),
        ] {
            let own = folder.path().join(program);
            let text = fs::read_to_string(own.join("man").join(page)).unwrap();
            assert!(text.contains(said), "{text}");
            assert!(own.join(format!("man/{program}.1")).is_file());
            for file in [
                format!("{program}.bash"),
                format!("_{program}"),
                format!("{program}.fish"),
            ] {
                let text = fs::read_to_string(own.join("completions").join(&file)).unwrap();
                assert!(text.contains("data-dir"), "{file}");
            }
        }
    }
}
