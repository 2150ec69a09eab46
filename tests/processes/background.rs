//! The task that syncs while the window is open.
