//! The garage's own record: what day it is there, in which currency, how far ahead "soon" is.

use sea_query::Query;
use servease_domain::calendar::Calendar;
use servease_domain::garage::unstated;
use servease_domain::kind::GARAGE_ID;
use servease_domain::{Entity as _, EntityKind, Garage, Record};

use crate::db::{ColumnType, DbError, Link};
use crate::store::records::{self, Stored};

pub mod first;

const KIND: EntityKind = EntityKind::Garage;

/// The garage as it is now.
pub async fn load(link: &mut Link) -> Result<Garage, DbError> {
    Ok(Garage::from_record(&record(link).await?))
}

/// Its record. The schema makes it, and nothing deletes it.
pub async fn record(link: &mut Link) -> Result<Record, DbError> {
    let stored = records::find(link, KIND, GARAGE_ID).await?;
    Ok(stored.map_or_else(unstated, |stored| stored.record))
}

/// Its calendar.
pub async fn calendar(link: &mut Link) -> Result<Calendar, DbError> {
    Ok(load(link).await?.calendar())
}

/// Of a record that is there from the schema on, only fields with a version were ever stated.
pub fn is_stated(stored: &Stored, field: &str) -> bool {
    stored.field_versions.get(field).is_some()
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
