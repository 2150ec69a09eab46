//! What the operator says of the garage before anybody else has.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use servease_domain::kind::GARAGE_ID;
use servease_domain::{Value, Values};

use super::{KIND, is_stated};
use crate::changes::{Author, Changeset};
use crate::db::{Db, DbError};
use crate::store::records::{self, Stored};

/// It is stated once, and later starts change
/// nothing. A value that is the default anyway says nothing.
pub async fn state(
    db: &Db,
    time_zone: Option<Tz>,
    currency: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let said = [
        ("timezone", time_zone.map(|zone| zone.name().to_owned())),
        ("currency", currency.map(str::to_owned)),
    ];
    let said = said.map(|(name, text)| text.map(|text| (name, Value::Text(text))));
    let mut wanted: Values = said.into_iter().flatten().collect();
    // One look without the lock that every writer needs.
    let known = records::find(&mut db.read().await?, KIND, GARAGE_ID).await?;
    if wanted.is_empty() || known.is_some_and(|known| is_settled(&known, &wanted)) {
        return Ok(());
    }
    let author = Author {
        name: "servease-central".to_owned(),
        ..Author::default()
    };
    let mut work = Changeset::begin(db, author, now).await?;
    if let Some(stored) = work.find(KIND, GARAGE_ID).await? {
        wanted.retain(|name, _| !is_stated(&stored, name));
        work.update(&stored, &wanted).await?;
        work.commit().await?;
    }
    Ok(())
}

fn is_settled(stored: &Stored, wanted: &Values) -> bool {
    wanted
        .iter()
        .all(|(name, value)| is_stated(stored, name) || stored.record.get(name) == value)
}
