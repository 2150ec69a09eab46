//! Kills and poor lines at random moments.
