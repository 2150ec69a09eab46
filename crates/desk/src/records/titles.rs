//! What records are called, and on which card they are seen.

use servease_domain::EntityKind;
use servease_domain::kind::Card;
use servease_store::{Connection, rows};
use uuid::Uuid;

use super::views::CardOf;
use crate::Result;

/// What a record is called; blank when it is not there.
pub(crate) async fn title_of(conn: &mut Connection, kind: EntityKind, id: Uuid) -> Result<String> {
    Ok(rows::find_any(conn, kind, id)
        .await?
        .map(|record| record.title())
        .unwrap_or_default())
}

/// The card on which a record is seen: its own, or that of whom it belongs to. None where no
/// card shows it.
pub(crate) async fn card_of(
    conn: &mut Connection,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<CardOf>> {
    let Some(record) = rows::find_any(conn, kind, id).await? else {
        return Ok(None);
    };
    let (kind, field) = match kind.about().card {
        Card::Own => {
            let title = record.title();
            return Ok(Some(CardOf { kind, id, title }));
        }
        Card::Of(kind, field) => (kind, field),
        Card::None => return Ok(None),
    };
    let Some(id) = record.get(field).as_id() else {
        return Ok(None);
    };
    let title = title_of(conn, kind, id).await?;
    Ok(Some(CardOf { kind, id, title }))
}
