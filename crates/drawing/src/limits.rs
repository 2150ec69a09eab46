//! What the process that draws may use, at most.

use servease_platform::bounds;

/// The memory: a picture of [`crate::MAX_PIXELS`] with transparency, twice (as it is and as it
/// becomes), and what a page's fonts and pictures need.
const MEMORY_BYTES: u64 = 1_024 * 1_024 * 1_024;

/// The processor's time, in seconds: more than a scanned page of A3 takes on a slow PC.
const PROCESSOR_SECONDS: u64 = 20;

/// Puts this process under its limits. What it asks beyond them is refused, and it ends.
///
/// On macOS nothing refuses memory: pictures are measured before they are unpacked, and the one who
/// waits ends it in time.
pub fn apply() {
    bounds::limit(MEMORY_BYTES, PROCESSOR_SECONDS);
}
