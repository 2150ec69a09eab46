//! Documents among their files, customers and vehicles.

use chrono::NaiveDate;
use servease_domain::{EntityKind, Record, papers};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use uuid::Uuid;

use crate::{Result, bulk, rows};

/// That a paper `d` counts: nobody has put it away, no other one renews it, and its vehicle `v`, where
/// it has one, is in use and still its holder's ([`papers::counts_for_vehicle`]).
pub(crate) fn counts() -> String {
    format!(
        "d.deleted_at IS NULL AND d.is_active AND (v.id IS NULL OR d.document_type IN ({}) \
         OR (v.is_active AND v.deleted_at IS NULL AND {})) \
         AND NOT EXISTS (SELECT 1 FROM documents AS r \
                         WHERE r.renews = d.id AND r.deleted_at IS NULL)",
        listed(papers::OF_THE_PERSON),
        is_of_the_car_or_its_owner(),
    )
}

/// The customer whose business a paper `d` is ([`papers::holder`]).
pub(crate) fn holder() -> String {
    format!(
        "CASE WHEN d.document_type IN ({}) THEN coalesce(v.customer_id, d.customer_id) \
         ELSE d.customer_id END",
        listed(papers::OF_THE_CAR),
    )
}

fn is_of_the_car_or_its_owner() -> String {
    let types = listed(papers::OF_THE_CAR);
    format!("(d.customer_id = v.customer_id OR d.document_type IN ({types}))")
}

/// Words of the description, as SQL takes them.
fn listed(types: &[&str]) -> String {
    let types: Vec<String> = types.iter().map(|it| format!("'{it}'")).collect();
    types.join(", ")
}

/// Live documents with this content, oldest first.
pub async fn with_content(conn: &mut SqliteConnection, sha256: &str) -> Result<Vec<Record>> {
    let sql = "SELECT id FROM documents WHERE sha256 = ? AND sha256 <> '' \
         AND deleted_at IS NULL ORDER BY created_at, id";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(sha256)
        .fetch_all(&mut *conn)
        .await?;
    in_order(conn, &ids).await
}

/// Documents with one content that are looked through for whose they are. A form that a garage gives
/// everybody is kept thousands of times, and taking in the next one must not look at all of them.
const ALIKE_MAX: i64 = 100;

/// The live document that is told of a content: the oldest of this customer among the oldest with it
/// ([`ALIKE_MAX`]), else the oldest.
pub async fn find_with_content(
    conn: &mut SqliteConnection,
    sha256: &str,
    customer: Option<Uuid>,
) -> Result<Option<Record>> {
    let sql = "SELECT id FROM (SELECT id, customer_id, created_at FROM documents \
         WHERE sha256 = ?1 AND sha256 <> '' AND deleted_at IS NULL \
         ORDER BY created_at, id LIMIT ?3) \
         ORDER BY customer_id IS NOT ?2, created_at, id LIMIT 1";
    let id: Option<Uuid> = sqlx::query_scalar(sql)
        .bind(sha256)
        .bind(customer)
        .bind(ALIKE_MAX)
        .fetch_optional(&mut *conn)
        .await?;
    match id {
        Some(id) => rows::find(conn, EntityKind::Document, id).await,
        None => Ok(None),
    }
}

/// The hashes of all files that any row names, a deleted one too: undo brings it back.
pub async fn named_files(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT sha256 FROM documents WHERE sha256 <> ''";
    Ok(sqlx::query_scalar(sql).fetch_all(conn).await?)
}

/// The hashes of the files of live documents.
pub async fn live_files(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT sha256 FROM documents WHERE sha256 <> '' AND deleted_at IS NULL";
    Ok(sqlx::query_scalar(sql).fetch_all(conn).await?)
}

/// Papers that count and expire on or before `until`, those that have expired too, soonest first.
pub async fn expiring(conn: &mut SqliteConnection, until: NaiveDate) -> Result<Vec<Record>> {
    let sql = format!(
        "SELECT d.id FROM documents AS d LEFT JOIN vehicles AS v ON v.id = d.vehicle_id \
         JOIN customers AS c ON c.id = {} WHERE d.expiry_date IS NOT NULL \
         AND d.expiry_date <= ?1 AND c.is_active AND c.deleted_at IS NULL AND {} \
         ORDER BY d.expiry_date, d.id",
        holder(),
        counts()
    );
    let ids: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(until.to_string())
        .fetch_all(&mut *conn)
        .await?;
    in_order(conn, &ids).await
}

/// What is shown with a vehicle: papers about the car, and those of its present owner. Newest
/// first.
pub async fn of_vehicle(conn: &mut SqliteConnection, vehicle: Uuid) -> Result<Vec<Record>> {
    let sql = format!(
        "SELECT d.id FROM documents AS d JOIN vehicles AS v ON v.id = d.vehicle_id \
         WHERE d.vehicle_id = ?1 AND d.deleted_at IS NULL AND {} \
         ORDER BY d.created_at DESC, d.id DESC",
        is_of_the_car_or_its_owner()
    );
    let ids: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(vehicle)
        .fetch_all(&mut *conn)
        .await?;
    in_order(conn, &ids).await
}

/// A vehicle in use without a paper that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRow {
    pub vehicle: Uuid,
    /// Of [`papers::NEEDED`].
    pub document_type: String,
}

/// Vehicles in use, of customers who are, that lack a needed paper, in the order of their plates.
pub async fn missing(conn: &mut SqliteConnection) -> Result<Vec<MissingRow>> {
    let mut sql = String::new();
    for needed in papers::NEEDED {
        if !sql.is_empty() {
            sql.push_str(" UNION ALL ");
        }
        sql.push_str(&format!(
            "SELECT v.id, '{needed}', v.license_plate FROM vehicles AS v \
             JOIN customers AS c ON c.id = v.customer_id AND c.is_active AND c.deleted_at IS NULL \
             WHERE v.is_active AND v.deleted_at IS NULL AND NOT EXISTS \
             (SELECT 1 FROM documents AS d WHERE d.vehicle_id = v.id \
              AND d.document_type = '{needed}' AND {})",
            counts()
        ));
    }
    sql.push_str(" ORDER BY 3, 1, 2");
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(MissingRow {
                vehicle: row.try_get(0)?,
                document_type: row.try_get(1)?,
            })
        })
        .collect()
}

async fn in_order(conn: &mut SqliteConnection, ids: &[Uuid]) -> Result<Vec<Record>> {
    let mut found = bulk::find(conn, EntityKind::Document, ids).await?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
