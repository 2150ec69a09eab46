//! What records are called, and on which card they are seen.

use servease_domain::{EntityKind, Record};
use servease_store::{Connection, rows};
use uuid::Uuid;

use super::views::CardOf;
use crate::Result;

/// What a record is called; blank when it is not there.
pub(crate) async fn title_of(conn: &mut Connection, kind: EntityKind, id: Uuid) -> Result<String> {
    Ok(rows::find_any(conn, kind, id)
        .await?
        .map(|record| title(&record))
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
    let owner = match kind {
        EntityKind::Customer | EntityKind::Vehicle => {
            let title = title(&record);
            return Ok(Some(CardOf { kind, id, title }));
        }
        EntityKind::Note | EntityKind::Preferences | EntityKind::Document => {
            (EntityKind::Customer, record.get("customer_id").as_id())
        }
        EntityKind::ServiceRecord | EntityKind::MileageReading | EntityKind::Ownership => {
            (EntityKind::Vehicle, record.get("vehicle_id").as_id())
        }
        EntityKind::Employee | EntityKind::Conflict => return Ok(None),
    };
    let (kind, Some(id)) = owner else {
        return Ok(None);
    };
    let title = title_of(conn, kind, id).await?;
    Ok(Some(CardOf { kind, id, title }))
}

/// What people call a record: a name, a plate, a title.
pub(crate) fn title(record: &Record) -> String {
    let text = |field: &str| record.get(field).as_text();
    let joined = |parts: &[&str]| {
        parts
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
    };
    match record.kind {
        EntityKind::Customer => joined(&[text("first_name"), text("last_name")]),
        EntityKind::Vehicle => {
            let car = joined(&[text("make"), text("model")]);
            joined(&[text("license_plate"), &car])
        }
        EntityKind::Note | EntityKind::Document => text("title").to_owned(),
        EntityKind::ServiceRecord => text("service_type").to_owned(),
        EntityKind::Employee => text("name").to_owned(),
        EntityKind::MileageReading => record
            .get("value")
            .as_integer()
            .map(|value| value.to_string())
            .unwrap_or_default(),
        EntityKind::Preferences | EntityKind::Ownership | EntityKind::Conflict => String::new(),
    }
}
