//! Licence plates: stored as typed, compared without their decoration.
//!
//! No country's plate format is checked here: a garage sees foreign, historic and personal plates,
//! and a wrong refusal costs more than an odd plate.

use crate::fold::fold;

/// The form in which two plates are compared and searched: folded, without spaces, dashes and
/// dots, so that `B-XY 1234`, `b xy1234` and `B·XY–1234` are one plate. Empty for a blank plate.
pub fn key(raw: &str) -> String {
    fold(&fold(raw).replace(' ', ""))
}
