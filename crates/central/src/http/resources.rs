//! Which records are resources of `/api/v1`, and what may be done with them.

use servease_domain::EntityKind;

/// The path segment of a kind's list: its table with dashes.
pub fn segment(kind: EntityKind) -> String {
    kind.table().replace('_', "-")
}

/// Readings are only ever added, ownerships are written by a transfer alone.
pub fn may_create(kind: EntityKind) -> bool {
    kind != EntityKind::Ownership
}

pub fn may_change(kind: EntityKind) -> bool {
    may_create(kind) && kind != EntityKind::MileageReading
}
