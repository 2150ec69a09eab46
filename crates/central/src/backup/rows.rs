//! Rows as JSON, whichever database they come from or go to.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_query::{Expr, ExprTrait, Order, Query, Value};
use serde_json::{Map, Value as Json};
use servease_domain::value::instant_text;
use uuid::Uuid;

use super::tables::{self, Table};
use crate::db::{ColumnType, DbError, Link, Row};

const BATCH: u64 = 1_000;

/// Rows as they go into a backup.
#[derive(Debug, Default)]
pub struct Batch {
    pub rows: Vec<Json>,
    /// The key of the last row; none: there was no row.
    pub last: Option<Json>,
    /// Rows that could not be read.
    pub left_out: u64,
}

/// The next rows after a key, in the order of the key.
pub async fn read(link: &mut Link, table: &Table, after: Option<&Json>) -> Result<Batch, DbError> {
    let mut select = Query::select();
    select
        .columns(table.columns.iter().map(|(name, _)| *name))
        .from(table.name)
        .order_by(table.key, Order::Asc)
        .limit(BATCH);
    let key_type = table.columns.iter().find(|(name, _)| *name == table.key);
    if let (Some(after), Some((_, key_type))) = (after, key_type)
        && let Some(after) = value(*key_type, after)
    {
        select.and_where(Expr::col(table.key).gt(after));
    }
    let mut batch = Batch::default();
    for row in link.rows(&select).await? {
        let key = key_of(table, &row)?;
        match encode(table, &row) {
            Ok(json) => batch.rows.push(json),
            Err(error) if error.is_of_content() => {
                let table = table.name;
                tracing::warn!(table, %key, %error, "a row that cannot be read is left out");
                batch.left_out += 1;
            }
            Err(error) => return Err(error),
        }
        batch.last = Some(key);
    }
    Ok(batch)
}

fn key_of(table: &Table, row: &Row) -> Result<Json, DbError> {
    let mut columns = table.columns.iter().enumerate();
    let found = columns.find(|(_, (name, _))| *name == table.key);
    match found {
        Some((index, (_, column_type))) => encode_column(row, index, *column_type),
        None => Ok(Json::Null),
    }
}

fn encode_column(row: &Row, index: usize, column_type: ColumnType) -> Result<Json, DbError> {
    let json = match column_type {
        ColumnType::Id => row.id(index)?.map(|id| Json::String(id.to_string())),
        ColumnType::Text => row.text(index)?.map(Json::String),
        ColumnType::Integer => row.integer(index)?.map(Json::from),
        ColumnType::Flag => row.flag(index)?.map(Json::Bool),
        ColumnType::Instant => row.instant(index)?.map(|at| instant_text(&at).into()),
        ColumnType::Date => row.date(index)?.map(|date| date.to_string().into()),
        ColumnType::Time => row.time(index)?.map(|time| time.to_string().into()),
        ColumnType::Json => row.json(index)?,
    };
    Ok(json.unwrap_or_default())
}

fn encode(table: &Table, row: &Row) -> Result<Json, DbError> {
    let mut object = Map::new();
    for (index, (name, column_type)) in table.columns.iter().enumerate() {
        let json = encode_column(row, index, *column_type)?;
        object.insert((*name).to_owned(), json);
    }
    Ok(Json::Object(object))
}

/// A row's values in the order of the columns. None if one cannot be read.
pub fn decode(table: &Table, row: &Json) -> Option<Vec<Value>> {
    table
        .columns
        .iter()
        .map(|(name, column_type)| value(*column_type, row.get(*name).unwrap_or(&Json::Null)))
        .collect()
}

fn value(column_type: ColumnType, json: &Json) -> Option<Value> {
    let is_null = json.is_null();
    let text = json.as_str();
    Some(match column_type {
        ColumnType::Id if is_null => Value::Uuid(None),
        ColumnType::Id => Value::Uuid(Some(text?.parse::<Uuid>().ok()?)),
        ColumnType::Text if is_null => Value::String(None),
        ColumnType::Text => Value::String(Some(text?.to_owned())),
        ColumnType::Integer if is_null => Value::BigInt(None),
        ColumnType::Integer => Value::BigInt(Some(json.as_i64()?)),
        ColumnType::Flag if is_null => Value::Bool(None),
        ColumnType::Flag => Value::Bool(Some(json.as_bool()?)),
        ColumnType::Instant if is_null => Value::ChronoDateTimeUtc(None),
        ColumnType::Instant => {
            let at = DateTime::parse_from_rfc3339(text?).ok()?;
            Value::ChronoDateTimeUtc(Some(at.with_timezone(&Utc)))
        }
        ColumnType::Date if is_null => Value::ChronoDate(None),
        ColumnType::Date => Value::ChronoDate(Some(text?.parse::<NaiveDate>().ok()?)),
        ColumnType::Time if is_null => Value::ChronoTime(None),
        ColumnType::Time => Value::ChronoTime(Some(text?.parse::<NaiveTime>().ok()?)),
        ColumnType::Json if is_null => Value::Json(None),
        ColumnType::Json => Value::Json(Some(Box::new(json.clone()))),
    })
}

pub async fn insert(link: &mut Link, table: &Table, values: Vec<Value>) -> Result<(), DbError> {
    let mut insert = Query::insert();
    insert
        .into_table(table.name)
        .columns(table.columns.iter().map(|(name, _)| *name))
        .values_panic(values.into_iter().map(Expr::val));
    link.run(&insert).await?;
    Ok(())
}

/// Whether nobody has stored anything yet.
pub async fn are_all_empty(link: &mut Link) -> Result<bool, DbError> {
    for table in tables::all().iter().filter(|table| !table.is_internal) {
        let mut select = Query::select();
        select.column(table.key).from(table.name).limit(1);
        if link.row(&select).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Empties every table, children before parents.
pub async fn clear(link: &mut Link) -> Result<(), DbError> {
    for table in tables::all().iter().rev() {
        let mut delete = Query::delete();
        delete.from_table(table.name);
        link.run(&delete).await?;
    }
    for name in ["list_blocks", "sign_in_failures"] {
        let mut delete = Query::delete();
        delete.from_table(name);
        link.run(&delete).await?;
    }
    Ok(())
}
