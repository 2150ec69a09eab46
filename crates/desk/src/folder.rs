//! Where the data lies: the same answer for the window and the command line.

use std::path::{Path, PathBuf};

use servease_platform::paths;

/// The database in the data folder.
pub const DATABASE: &str = "servease.db";

/// What is coming, for a calendar program on the same PC.
pub const CALENDAR: &str = "calendar.ics";

/// Readable copies of documents that another program shows, until the window closes.
pub const OPENED: &str = "opened";

/// What a data folder holds, by the beginnings of its names.
pub const NAMES: [&str; 9] = [
    CALENDAR,
    "servease.",
    "servease-schema-",
    "desk.lock",
    "documents",
    "first-sync",
    "logs",
    OPENED,
    "session.lock",
];

/// The variable that names the data folder when no flag does.
pub const VARIABLE: &str = "SERVEASE_DATA_DIR";

/// A data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// The folder named by the flag or the variable (whoever parses arguments has looked at
    /// both), otherwise the platform's application-data folder. None where the platform
    /// names none, as for a user without a home.
    pub fn resolve(named: Option<PathBuf>) -> Option<DataFolder> {
        let path = match named.filter(|path| !path.as_os_str().is_empty()) {
            Some(path) => path,
            None => directories::ProjectDirs::from("com", "ServEase", "ServEase Desk")?
                // Not the one that roams: a database is not copied back and forth at each log-on.
                .data_local_dir()
                .to_owned(),
        };
        Some(DataFolder(paths::absolute(&path)))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}
