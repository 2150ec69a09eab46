//! Where the id of a record that was merged away leads by now.

use servease_domain::{EntityKind, MERGED_INTO};
use uuid::Uuid;

use crate::changes::Changeset;
use crate::db::DbError;
use crate::store::records::Stored;
use crate::sync::seen::Seen;

/// Merges of merges that one id is followed through. Nobody merges that often; a ring, which no
/// merge makes, ends here too.
const ALIASES_MAX: usize = 64;

/// The live record into which a tombstone was merged.
pub(super) async fn follow(
    work: &mut Changeset,
    seen: &mut Seen,
    kind: EntityKind,
    tombstone: &Stored,
) -> Result<Option<Uuid>, DbError> {
    let mut at = tombstone.clone();
    for _ in 0..ALIASES_MAX {
        let Some(next) = at.record.get(MERGED_INTO).as_id() else {
            return Ok(None);
        };
        match seen.find(work, kind, next).await? {
            Some(next) if next.record.is_deleted() => at = next,
            Some(next) => return Ok(Some(next.record.id)),
            None => return Ok(None),
        }
    }
    Ok(None)
}
