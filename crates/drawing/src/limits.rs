//! What the process that draws may use, at most.

/// The memory: a picture of [`crate::MAX_PIXELS`] with transparency, twice (as it is and as it
/// becomes), and what a page's fonts and pictures need.
#[cfg(target_os = "linux")]
const MEMORY_BYTES: u64 = 1_024 * 1_024 * 1_024;

/// The processor's time, in seconds: more than a scanned page of A3 takes on a slow PC.
#[cfg(unix)]
const PROCESSOR_SECONDS: u64 = 20;

/// Puts this process under its limits. What it asks beyond them is refused, and it ends.
#[cfg(unix)]
pub fn apply() {
    use servease_platform::bounds;

    #[cfg(target_os = "linux")]
    bounds::limit_memory(MEMORY_BYTES);
    bounds::limit_processor(PROCESSOR_SECONDS);
}

/// Elsewhere the one who waits ends it in time, and pictures are measured before they are unpacked.
#[cfg(not(unix))]
pub fn apply() {}
