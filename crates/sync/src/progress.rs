//! Where a run is, for whoever shows it.

/// Where a run is, for whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Mutations: answered in this run, and what waits beside.
    Pushing {
        done: u64,
        total: u64,
    },
    Pulling {
        left: u64,
    },
    Snapshot {
        rows: u64,
        total: u64,
    },
    /// A whole database is on its way.
    File {
        stage: Stage,
        done: u64,
        total: u64,
    },
}

/// What is being done for a first state. The unit of `done` and `total` differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Central makes the file: rows.
    Making,
    /// It comes over the line: bytes.
    Fetching,
    /// Bytes.
    Unpacking,
    /// Entries of the search index, where the desk makes it itself.
    Indexing,
    /// The desk's own database takes it in: bytes. While it does, nothing else can be saved.
    TakingIn,
}

/// Whoever is told.
pub type OnProgress<'a> = &'a (dyn Fn(Progress) + Send + Sync);
