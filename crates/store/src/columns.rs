//! SQL that follows from the entity descriptions: which columns there are and how values are
//! bound and read. It is made once per entity and then only reused.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveTime, Utc};
use serde_json::Value as Json;
use servease_domain::field::Field;
use servease_domain::value::instant_text;
use servease_domain::{EntityKind, Kind, Record, Value, fold, name_order, plate};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite};
use uuid::Uuid;

use crate::{Result, StoreError};

/// The columns that every entity table has beside its fields.
const OWN: &[&str] = &[
    "extra",
    "created_at",
    "updated_at",
    "deleted_at",
    "deleted_with",
    "duplicate_of",
];

/// Statements of one entity.
pub(crate) struct Statements {
    /// Every column of the record, in the order that [`read`] expects, without WHERE.
    pub select: String,
    pub insert: String,
}

static STATEMENTS: LazyLock<HashMap<EntityKind, Statements>> = LazyLock::new(|| {
    EntityKind::ALL
        .into_iter()
        .map(|kind| (kind, statements(kind)))
        .collect()
});

pub(crate) fn statements_of(kind: EntityKind) -> &'static Statements {
    &STATEMENTS[&kind]
}

fn statements(kind: EntityKind) -> Statements {
    let columns: Vec<String> = std::iter::once("id")
        .chain(kind.fields().iter().map(|field| field.name))
        .chain(OWN.iter().copied())
        .map(|name| format!("\"{name}\""))
        .collect();
    let derived: Vec<String> = derived_names(kind)
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    let all = [columns.clone(), derived].concat();
    let marks = vec!["?"; all.len()].join(", ");
    Statements {
        select: format!("SELECT {} FROM {}", columns.join(", "), kind.table()),
        insert: format!(
            "INSERT INTO {} ({}) VALUES ({marks})",
            kind.table(),
            all.join(", ")
        ),
    }
}

/// Columns that the store computes from the fields, for comparing and sorting.
pub(crate) fn derived_names(kind: EntityKind) -> &'static [&'static str] {
    match kind {
        EntityKind::Customer => &[
            "first_name_key",
            "last_name_key",
            "first_name_sort",
            "last_name_sort",
        ],
        EntityKind::Vehicle => &["plate_key"],
        _ => &[],
    }
}

/// The fields from which a derived column is computed.
pub(crate) fn derived_from(name: &str) -> &'static [&'static str] {
    match name {
        "first_name_key" => &["first_name"],
        "last_name_key" => &["last_name"],
        "plate_key" => &["license_plate"],
        _ => &name_order::SORTED_BY,
    }
}

pub(crate) fn derived_value(record: &Record, name: &str) -> String {
    let text = |field| record.get(field).as_text();
    match name {
        "first_name_key" => fold::key(text("first_name")),
        "last_name_key" => fold::key(text("last_name")),
        "plate_key" => plate::key(text("license_plate")),
        "first_name_sort" => name_order::first_name_sort(record),
        _ => name_order::last_name_sort(record),
    }
}

pub(crate) type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Binds a value in the form of its column.
pub(crate) fn bind<'q>(query: Bound<'q>, value: &Value) -> Bound<'q> {
    match value {
        Value::Null => query.bind(None::<i64>),
        Value::Flag(flag) => query.bind(*flag),
        Value::Integer(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.clone()),
        Value::Date(date) => query.bind(date.to_string()),
        Value::Time(time) => query.bind(time.format("%H:%M:%S").to_string()),
        Value::Instant(instant) => query.bind(instant_text(instant)),
        Value::Id(id) => query.bind(*id),
    }
}

/// Binds what a record holds in a column: a field, one that is computed from a field, or one
/// that every record has.
pub(crate) fn bind_column<'q>(query: Bound<'q>, record: &Record, name: &str) -> Bound<'q> {
    match name {
        "extra" => query.bind(Json::Object(record.extra.clone()).to_string()),
        "created_at" => query.bind(instant_text(&record.created_at)),
        "updated_at" => query.bind(instant_text(&record.updated_at)),
        "deleted_at" => query.bind(record.deleted_at.as_ref().map(instant_text)),
        "deleted_with" => query.bind(record.deleted_with),
        "duplicate_of" => query.bind(record.duplicate_of),
        derived if derived_names(record.kind).contains(&derived) => {
            query.bind(derived_value(record, derived))
        }
        field => bind(query, record.get(field)),
    }
}

/// Binds everything that a record holds, in the order of [`Statements::insert`].
pub(crate) fn bind_whole<'q>(query: Bound<'q>, record: &Record) -> Bound<'q> {
    let fields = record.kind.fields().iter().map(|field| field.name);
    fields
        .chain(OWN.iter().copied())
        .chain(derived_names(record.kind).iter().copied())
        .fold(query.bind(record.id), |query, name| {
            bind_column(query, record, name)
        })
}

/// The entity of which a field must name a record that is there; none where the table lets it
/// name one that is not, or is not here yet.
pub(crate) fn has_foreign_key(kind: EntityKind, field: &Field) -> Option<EntityKind> {
    match field.kind {
        Kind::Reference(_) if kind.refers_softly(field.name) => None,
        Kind::Reference(to) => Some(to),
        _ => None,
    }
}

/// Reads a row of [`Statements::select`].
pub(crate) fn read(kind: EntityKind, row: &SqliteRow) -> Result<Record> {
    let mut values = servease_domain::Values::new();
    for (index, field) in kind.fields().iter().enumerate() {
        let value = value_at(&field.kind, row, index + 1)?;
        let value = value.ok_or_else(|| damaged(kind, row, field.name))?;
        values.insert(field.name, value);
    }
    let own = kind.fields().len() + 1;
    let extra: String = row.try_get(own)?;
    let instant = |name: &str, index: usize| match value_at(&Kind::Instant, row, index)? {
        Some(value) => Ok(value.as_instant()),
        None => Err(damaged(kind, row, name)),
    };
    Ok(Record {
        kind,
        id: row.try_get(0)?,
        values,
        extra: serde_json::from_str(&extra).map_err(|_| damaged(kind, row, "extra"))?,
        created_at: instant("created_at", own + 1)?
            .ok_or_else(|| damaged(kind, row, "created_at"))?,
        updated_at: instant("updated_at", own + 2)?
            .ok_or_else(|| damaged(kind, row, "updated_at"))?,
        deleted_at: instant("deleted_at", own + 3)?,
        deleted_with: row.try_get(own + 4)?,
        duplicate_of: row.try_get(own + 5)?,
    })
}

/// None: what stands there is no value of this kind.
fn value_at(kind: &Kind, row: &SqliteRow, index: usize) -> Result<Option<Value>> {
    let text = || row.try_get::<Option<&str>, _>(index);
    Ok(match kind {
        Kind::Flag => Some(Value::Flag(row.try_get::<i64, _>(index)? != 0)),
        Kind::Integer { .. } | Kind::Money => Some(
            row.try_get::<Option<i64>, _>(index)?
                .map_or(Value::Null, Value::Integer),
        ),
        Kind::Date => read_text(text()?, |text| text.parse().ok().map(Value::Date)),
        Kind::TimeOfDay => read_text(text()?, |text| {
            let time = NaiveTime::parse_from_str(text, "%H:%M:%S").ok()?;
            Some(Value::Time(time))
        }),
        Kind::Instant => read_text(text()?, |text| {
            let instant = DateTime::parse_from_rfc3339(text).ok()?;
            Some(Value::Instant(instant.with_timezone(&Utc)))
        }),
        Kind::Reference(_) => Some(
            row.try_get::<Option<Uuid>, _>(index)?
                .map_or(Value::Null, Value::Id),
        ),
        _ => Some(Value::Text(row.try_get::<String, _>(index)?)),
    })
}

fn read_text(text: Option<&str>, read: impl FnOnce(&str) -> Option<Value>) -> Option<Value> {
    text.map_or(Some(Value::Null), read)
}

/// Names the place: a table's column and the record.
fn damaged(kind: EntityKind, row: &SqliteRow, column: &str) -> StoreError {
    let record = row.try_get::<Uuid, _>(0).unwrap_or_default();
    StoreError::Damaged(format!(
        "{}.{column} of {} {record}",
        kind.table(),
        kind.name()
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use servease_domain::EntityKind;
    use sqlx::{AssertSqlSafe, Row};

    use super::has_foreign_key;
    use crate::Store;

    #[tokio::test]
    async fn foreign_keys_are_those_of_the_tables() {
        let store = Store::in_memory(1, chrono::DateTime::UNIX_EPOCH)
            .await
            .expect("a store");
        let mut conn = store.read().await.expect("a connection");
        for kind in EntityKind::ALL {
            let sql = format!("PRAGMA foreign_key_list({})", kind.table());
            let rows = sqlx::query(AssertSqlSafe(sql))
                .fetch_all(&mut *conn)
                .await
                .expect("foreign keys");
            let in_table: BTreeSet<(String, String)> = rows
                .iter()
                .map(|row| (row.get("from"), row.get("table")))
                .collect();
            let described: BTreeSet<(String, String)> = kind
                .fields()
                .iter()
                .filter_map(|field| {
                    let to = has_foreign_key(kind, field)?;
                    Some((field.name.to_owned(), to.table().to_owned()))
                })
                .collect();
            assert_eq!(in_table, described, "{}", kind.table());
        }
    }
}
