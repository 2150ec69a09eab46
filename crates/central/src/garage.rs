//! The garage's own record: what day it is there, in which currency, how far ahead "soon" is.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_query::Query;
use servease_domain::calendar::Calendar;
use servease_domain::garage::unstated;
use servease_domain::kind::GARAGE_ID;
use servease_domain::{Entity as _, EntityKind, Garage, Value, Values};

use crate::changes::{Author, Changeset};
use crate::db::{ColumnType, Db, DbError, Link};
use crate::store::records::{self, Stored};

const KIND: EntityKind = EntityKind::Garage;

/// The garage as it is now. The schema makes the record, and nothing deletes it.
pub async fn load(link: &mut Link) -> Result<Garage, DbError> {
    let stored = records::find(link, KIND, GARAGE_ID).await?;
    let record = stored.map_or_else(unstated, |stored| stored.record);
    Ok(Garage::from_record(&record))
}

/// Its calendar.
pub async fn calendar(link: &mut Link) -> Result<Calendar, DbError> {
    Ok(load(link).await?.calendar())
}

impl Changeset {
    /// The garage as this transaction leaves it.
    pub async fn garage(&mut self) -> Result<Garage, DbError> {
        load(self.link().await?).await
    }
}

/// Of a record that is there from the schema on, only fields with a version were ever stated.
pub fn is_stated(stored: &Stored, field: &str) -> bool {
    stored.field_versions.contains_key(field)
}

/// What the operator says before anybody else has: it is stated once, and later starts change
/// nothing. A value that is the default anyway says nothing.
pub async fn state_first(
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

/// After a backup was read that a program without the record had written: makes it.
pub async fn ensure(link: &mut Link) -> Result<(), DbError> {
    if records::find(link, KIND, GARAGE_ID).await?.is_some() {
        return Ok(());
    }
    let record = unstated();
    let mut columns = vec!["id", "created_at", "updated_at", "seq", "field_versions"];
    let mut values = vec![
        record.id.into(),
        record.created_at.into(),
        record.updated_at.into(),
        0_i64.into(),
        serde_json::json!({}).into(),
    ];
    for field in KIND.fields() {
        columns.push(field.name);
        values.push(ColumnType::of(&field.kind).bind(record.get(field.name)));
    }
    let mut insert = Query::insert();
    insert
        .into_table(KIND.table())
        .columns(columns)
        .values_panic(values.into_iter().map(sea_query::Expr::val));
    link.run(&insert).await?;
    Ok(())
}
