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
    let mut next = tombstone.record.get(MERGED_INTO).as_id();
    for _ in 0..ALIASES_MAX {
        let Some(id) = next else {
            return Ok(None);
        };
        match seen.find(work, kind, id).await? {
            Some(found) if found.record.is_deleted() => {
                next = found.record.get(MERGED_INTO).as_id();
            }
            Some(_) => return Ok(Some(id)),
            None => return Ok(None),
        }
    }
    Ok(None)
}
