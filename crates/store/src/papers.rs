//! Papers as lists show them, and who looked at them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use servease_domain::fold::fold;
use servease_domain::value::instant_text;
use servease_domain::{EntityKind, Record, Value, Values, names, papers as domain};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite, SqliteConnection};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::documents::{counts, holder};
use crate::lists::Page;
use crate::{Result, bulk, stored};

/// A paper with what a line tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PaperRow {
    pub record: Record,
    /// Nobody has put it away, no other one renews it, and its car is its holder's.
    pub counts: bool,
    pub renewed_by: Option<Uuid>,
    /// What its customer is called.
    pub customer: String,
    /// Plate, or make and model; blank without a vehicle.
    pub vehicle: String,
}

/// Which papers are wanted of those that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    All,
    /// Those that count and have no expiry date, or a later one.
    Fine(NaiveDate),
    /// Those that count and expire between these days, both included.
    Between(NaiveDate, NaiveDate),
    /// Those that count and expire on or before this day, those that have expired too.
    Until(NaiveDate),
    /// Put away, renewed by another one, or of a car that is somebody else's now.
    NotCounting,
}

/// What a list of papers is narrowed by, and its order.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    pub standing: Standing,
    /// Blank: every type.
    pub document_type: &'a str,
    pub customer: Option<Uuid>,
    /// Words of the title, the file's name, the customer's or the vehicle's.
    pub search: &'a str,
    /// A column of [`ORDERS`], with `-` before it from the end.
    pub ordering: &'a str,
}

/// By what lists of papers are sorted, and the SQL of it.
const ORDERS: &[(&str, &str)] = &[
    ("created_at", "d.created_at"),
    ("title", "d.title COLLATE NOCASE"),
    ("document_type", "d.document_type"),
    ("expiry_date", "d.expiry_date"),
    ("customer", "c.last_name COLLATE NOCASE"),
];

const NEWEST_FIRST: &str = "d.created_at DESC, d.id DESC";

/// Rows `offset .. offset + limit` of the filtered list.
pub async fn list(
    conn: &mut SqliteConnection,
    filter: &Filter<'_>,
    offset: u32,
    limit: u32,
) -> Result<Page<PaperRow>> {
    let ids = ids(conn, filter).await?;
    let window: Vec<Uuid> = ids
        .iter()
        .skip(offset as usize)
        .take(limit as usize)
        .copied()
        .collect();
    Ok(Page {
        total: i64::try_from(ids.len()).unwrap_or(i64::MAX),
        rows: rows(conn, &window).await?,
    })
}

/// How many papers there are, and how many of them expire by `until` or have expired.
pub async fn count(conn: &mut SqliteConnection, until: NaiveDate) -> Result<(i64, i64)> {
    let sql = "SELECT count(*) FROM documents WHERE deleted_at IS NULL";
    let all = sqlx::query_scalar(sql).fetch_one(&mut *conn).await?;
    let sql = format!(
        "SELECT count(*) FROM documents AS d LEFT JOIN vehicles AS v ON v.id = d.vehicle_id \
         JOIN customers AS c ON c.id = {} WHERE d.expiry_date IS NOT NULL \
         AND d.expiry_date <= ?1 AND c.is_active AND c.deleted_at IS NULL AND {}",
        holder(),
        counts()
    );
    let expiring = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(until.to_string())
        .fetch_one(conn)
        .await?;
    Ok((all, expiring))
}

/// The ids of all of a filtered list: 16 bytes each. Words are compared here, as search folds them.
async fn ids(conn: &mut SqliteConnection, filter: &Filter<'_>) -> Result<Vec<Uuid>> {
    let mut sql: QueryBuilder<Sqlite> = QueryBuilder::new(format!(
        "SELECT d.id, d.title, d.file_name, c.first_name, c.last_name, c.company_name, \
         v.license_plate FROM documents AS d \
         LEFT JOIN vehicles AS v ON v.id = d.vehicle_id \
         JOIN customers AS c ON c.id = {} WHERE d.deleted_at IS NULL",
        holder()
    ));
    match filter.standing {
        Standing::All => {}
        Standing::NotCounting => {
            sql.push(format!(" AND NOT ({})", counts()));
        }
        Standing::Fine(until) => {
            sql.push(format!(
                " AND {} AND (d.expiry_date IS NULL OR d.expiry_date > ",
                counts()
            ));
            sql.push_bind(until.to_string()).push(")");
        }
        Standing::Between(from, until) => {
            sql.push(format!(
                " AND c.is_active AND {} AND d.expiry_date >= ",
                counts()
            ));
            sql.push_bind(from.to_string())
                .push(" AND d.expiry_date <= ");
            sql.push_bind(until.to_string());
        }
        Standing::Until(day) => {
            sql.push(format!(
                " AND c.is_active AND {} AND d.expiry_date <= ",
                counts()
            ));
            sql.push_bind(day.to_string());
        }
    }
    if !filter.document_type.is_empty() {
        sql.push(" AND d.document_type = ")
            .push_bind(filter.document_type.to_owned());
    }
    if let Some(customer) = filter.customer {
        sql.push(" AND d.customer_id = ").push_bind(customer);
    }
    sql.push(" ORDER BY ").push(order(filter.ordering));
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let wanted = fold(filter.search);
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let mut ids = Vec::with_capacity(rows.len());
    for row in &rows {
        if words.is_empty() || says_all(row, &words)? {
            ids.push(row.try_get(0)?);
        }
    }
    Ok(ids)
}

/// Whether each of the words occurs in what a line shows.
fn says_all(row: &SqliteRow, words: &[&str]) -> Result<bool> {
    let mut text = String::new();
    for column in 1..=6 {
        text.push_str(row.try_get::<Option<&str>, _>(column)?.unwrap_or(""));
        text.push(' ');
    }
    let text = fold(&text);
    // Plates are written with and without their dashes.
    let close: String = text.split_whitespace().collect();
    Ok(words
        .iter()
        .all(|word| text.contains(word) || close.contains(word)))
}

fn order(ordering: &str) -> String {
    let (name, direction) = match ordering.strip_prefix('-') {
        Some(name) => (name, "DESC"),
        None => (ordering, "ASC"),
    };
    match ORDERS.iter().find(|(known, _)| *known == name) {
        // Papers without the date come last either way.
        Some((known, sql)) => {
            let blank = match *known {
                "expiry_date" => "d.expiry_date IS NULL, ",
                _ => "",
            };
            format!("{blank}{sql} {direction}, {NEWEST_FIRST}")
        }
        None => NEWEST_FIRST.to_owned(),
    }
}

/// The papers with these ids, in their order.
pub async fn rows(conn: &mut SqliteConnection, ids: &[Uuid]) -> Result<Vec<PaperRow>> {
    let mut records = bulk::find(conn, EntityKind::Document, ids).await?;
    let sql = format!(
        "SELECT d.id, {} AS counts, \
         (SELECT r.id FROM documents AS r WHERE r.renews = d.id AND r.deleted_at IS NULL \
          ORDER BY r.created_at LIMIT 1) AS renewed_by, \
         c.first_name, c.last_name, c.company_name, coalesce(v.license_plate, '') AS license_plate, \
         coalesce(v.make, '') AS make, coalesce(v.model, '') AS model \
         FROM documents AS d LEFT JOIN vehicles AS v ON v.id = d.vehicle_id \
         JOIN customers AS c ON c.id = d.customer_id \
         WHERE d.id IN (SELECT unhex(value) FROM json_each(?))",
        counts()
    );
    let found = sqlx::query(AssertSqlSafe(sql))
        .bind(crate::sync::hex_ids(ids.iter().copied()))
        .fetch_all(conn)
        .await?;
    let mut around = HashMap::with_capacity(found.len());
    for row in &found {
        let id: Uuid = row.try_get(0)?;
        around.insert(id, row);
    }
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        let (Some(record), Some(row)) = (records.remove(id), around.get(id)) else {
            continue;
        };
        let text = |column: &str| -> Result<String> { Ok(row.try_get(column)?) };
        let plate = text("license_plate")?;
        let car = format!("{} {}", text("make")?, text("model")?);
        rows.push(PaperRow {
            record,
            counts: row.try_get("counts")?,
            renewed_by: row.try_get("renewed_by")?,
            customer: names::title(
                &text("first_name")?,
                &text("last_name")?,
                &text("company_name")?,
            ),
            vehicle: match plate.is_empty() {
                true => car.trim().to_owned(),
                false => plate,
            },
        });
    }
    Ok(rows)
}

/// What somebody did with a paper without changing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Deed {
    Seen,
    Copied,
    Opened,
    Printed,
}

/// Who did what with a paper, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub at: DateTime<Utc>,
    /// The name as it was then; blank when nobody was chosen.
    pub author: String,
    pub deed: Deed,
}

impl Look {
    /// The record of a look at a sensitive paper, which every desk is told of.
    pub fn record(&self, id: Uuid, document: Uuid) -> Record {
        let deed: &'static str = self.deed.into();
        let values = Values::from([
            ("document_id", Value::Id(document)),
            ("deed", Value::Text(deed.to_owned())),
            ("looked_at", Value::Instant(self.at)),
            ("looked_by", Value::Text(self.author.clone())),
        ]);
        Record::new(EntityKind::Look, id, values, self.at)
    }
}

/// Where looks are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// Of sensitive papers: records, which sync.
    Shared,
    /// Of all others: of this PC alone.
    OfThisPc,
}

/// Writes down on this PC what somebody did with a paper.
pub async fn note_look(conn: &mut SqliteConnection, document: Uuid, look: &Look) -> Result<()> {
    let deed: &'static str = look.deed.into();
    sqlx::query("INSERT INTO document_looks (document_id, at, author, deed) VALUES (?, ?, ?, ?)")
        .bind(document)
        .bind(instant_text(&look.at))
        .bind(&look.author)
        .bind(deed)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether a look goes without saying: the same person has just done the same
/// ([`domain::one_look`]).
pub async fn is_noted(
    conn: &mut SqliteConnection,
    log: Log,
    document: Uuid,
    look: &Look,
) -> Result<bool> {
    let deed: &'static str = look.deed.into();
    let (from, until) = domain::one_look(look.at);
    let sql = match log {
        Log::Shared => {
            "SELECT EXISTS (SELECT 1 FROM looks WHERE document_id = ? AND looked_by = ? \
             AND deed = ? AND looked_at > ? AND looked_at < ? AND deleted_at IS NULL)"
        }
        Log::OfThisPc => {
            "SELECT EXISTS (SELECT 1 FROM document_looks WHERE document_id = ? AND author = ? \
             AND deed = ? AND at > ? AND at < ?)"
        }
    };
    Ok(sqlx::query_scalar(sql)
        .bind(document)
        .bind(&look.author)
        .bind(deed)
        .bind(instant_text(&from))
        .bind(instant_text(&until))
        .fetch_one(conn)
        .await?)
}

/// The latest looks at a paper, newest first: those at a sensitive one at every desk, and those that
/// this PC has written down for itself. A deleted paper has them too.
pub async fn looks(conn: &mut SqliteConnection, document: Uuid, limit: u32) -> Result<Vec<Look>> {
    let sql = "SELECT id, document_id AS record_id, at, author, deed FROM document_looks \
         WHERE document_id = ?1 \
         UNION ALL SELECT id, document_id, coalesce(looked_at, created_at), looked_by, deed \
         FROM looks WHERE document_id = ?1 AND deleted_at IS NULL \
         ORDER BY at DESC, id DESC LIMIT ?2";
    let rows = sqlx::query(sql)
        .bind(document)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Look {
                at: stored::instant(row, "at")?,
                author: row.try_get("author")?,
                deed: stored::word(row, "deed", |word| word.parse().ok())?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use servease_domain::entities::DEEDS;

    use super::Deed;

    #[test]
    fn deeds_are_those_of_the_description() {
        for word in DEEDS {
            let deed: Deed = word.parse().expect("a deed");
            assert_eq!(<&'static str>::from(deed), *word);
        }
    }
}
