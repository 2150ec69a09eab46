//! What alerts are about, what people answered, and what this PC has told them.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use servease_domain::alerts::{AlertKind, Answer, Cause, Deed, Stage, TABLE, Told};
use servease_domain::record::Record;
use servease_domain::standing::{CauseRow, Subject};
use servease_domain::value::instant_text;
use servease_domain::{EntityKind, alerts, papers};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::sync::hex_ids;
use crate::{Result, StoreError, bulk, documents, stored};

/// Which causes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// With a date on or before this day, or a service within the distance.
    Until { day: NaiveDate, distance: i64 },
    /// Of this record.
    Of(EntityKind, Uuid),
}

/// Everything on which people must act, in no particular order: of active vehicles and customers, of
/// what is not deleted, and of papers that no other one renews.
pub async fn causes(conn: &mut SqliteConnection, which: Which) -> Result<Vec<CauseRow>> {
    let mut sql = String::new();
    for about in TABLE {
        if matches!(which, Which::Of(kind, _) if kind != about.entity) {
            continue;
        }
        if !sql.is_empty() {
            sql.push_str(" UNION ALL ");
        }
        push_arm(&mut sql, &about, which);
    }
    if sql.is_empty() {
        return Ok(Vec::new());
    }
    let query = sqlx::query(AssertSqlSafe(sql));
    let query = match which {
        Which::Until { day, distance } => query.bind(day.to_string()).bind(distance),
        Which::Of(_, id) => query.bind(id),
    };
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(cause_of).collect()
}

/// The statement that finds the causes of one kind. Dates are found through indexes of their own.
fn push_arm(sql: &mut String, about: &alerts::About, which: Which) {
    let (name, date) = (about.kind.name(), about.date);
    let by_date = |table: &str| format!("{table}.{date} IS NOT NULL AND {table}.{date} <= ?1");
    let of = |table: &str| match which {
        Which::Until { .. } => by_date(table),
        Which::Of(..) => format!("{table}.id = ?1"),
    };
    let owner = |table: &str| {
        format!(
            "JOIN customers AS c ON c.id = {table}.customer_id AND c.is_active \
             AND c.deleted_at IS NULL"
        )
    };
    let _ = match (about.entity, about.kind) {
        (EntityKind::Document, _) => write!(
            sql,
            "SELECT '{name}', d.id, d.{date}, NULL, 0, coalesce(v.lead_days, '') \
             FROM documents AS d LEFT JOIN vehicles AS v ON v.id = d.vehicle_id \
             JOIN customers AS c ON c.id = {} AND c.is_active AND c.deleted_at IS NULL \
             WHERE {} AND d.{date} IS NOT NULL AND {}",
            documents::holder(),
            of("d"),
            documents::counts(),
        ),
        (EntityKind::Note, _) => write!(
            sql,
            "SELECT '{name}', n.id, n.{date}, NULL, 0, '' FROM notes AS n {} \
             WHERE {} AND n.{date} IS NOT NULL AND n.deleted_at IS NULL",
            owner("n"),
            of("n"),
        ),
        (_, AlertKind::Service) => write!(
            sql,
            "SELECT '{name}', v.id, v.{date}, v.next_service_due_mileage, v.current_mileage, \
             v.lead_days FROM vehicles AS v {} WHERE {} AND v.is_active AND v.deleted_at IS NULL \
             AND (v.{date} IS NOT NULL OR v.next_service_due_mileage IS NOT NULL)",
            owner("v"),
            match which {
                Which::Of(..) => of("v"),
                Which::Until { .. } => format!(
                    "v.id IN (SELECT id FROM vehicles WHERE {date} IS NOT NULL AND {date} <= ?1 \
                     AND deleted_at IS NULL UNION SELECT id FROM vehicles \
                     WHERE next_service_due_mileage IS NOT NULL \
                     AND next_service_due_mileage - current_mileage <= ?2 \
                     AND deleted_at IS NULL)"
                ),
            },
        ),
        _ => write!(
            sql,
            "SELECT '{name}', v.id, v.{date}, NULL, v.current_mileage, v.lead_days \
             FROM vehicles AS v {} WHERE {} AND v.{date} IS NOT NULL AND v.is_active \
             AND v.deleted_at IS NULL",
            owner("v"),
            of("v"),
        ),
    };
}

fn cause_of(row: &SqliteRow) -> Result<CauseRow> {
    let kind = AlertKind::from_name(row.try_get(0)?);
    Ok(CauseRow {
        cause: Cause {
            kind: kind.ok_or_else(|| StoreError::Damaged("alerts: alert_kind".to_owned()))?,
            record: row.try_get(1)?,
            date: row.try_get(2)?,
            mileage: row.try_get(3)?,
            odometer: row.try_get(4)?,
        },
        lead_days: row.try_get(5)?,
    })
}

/// The lead days that vehicles have for themselves, each once.
pub async fn own_lead_days(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT lead_days FROM vehicles WHERE lead_days <> ''";
    Ok(sqlx::query_scalar(sql).fetch_all(conn).await?)
}

/// What people did about alerts, by alert. Who did nothing is not in it.
pub async fn answers(
    conn: &mut SqliteConnection,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Answer>> {
    let sql = "SELECT id, state, stage, until FROM alerts \
         WHERE id IN (SELECT unhex(value) FROM json_each(?)) AND deleted_at IS NULL";
    let rows = sqlx::query(sql).bind(hex_ids(ids)).fetch_all(conn).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let deed: &str = row.try_get(1)?;
        let stage: Option<i64> = row.try_get(2)?;
        let answer = Answer {
            // A word of a newer program: nobody has done anything that this one knows.
            deed: deed.parse().unwrap_or(Deed::Open),
            stage: stage.map(Stage),
            until: stored::optional_instant(&row, "until")?,
        };
        found.insert(row.try_get(0)?, answer);
    }
    Ok(found)
}

/// An alert that this PC has told its people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldRow {
    pub id: Uuid,
    pub kind: AlertKind,
    pub record: Uuid,
    pub told: Told,
    /// It is silent again, and what was told of it is remembered.
    pub is_withdrawn: bool,
    pub notice: Notice,
}

/// What became of an alert's notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Notice {
    /// There is none, or none any more.
    None,
    /// It waits until people work.
    Held,
    Shown,
}

const TOLD: &str = "id, alert_kind, record_id, stage, silent_until, is_withdrawn, notice";

/// All that was told and is not forgotten.
pub async fn told(conn: &mut SqliteConnection) -> Result<Vec<ToldRow>> {
    let sql = format!("SELECT {TOLD} FROM alerts_told");
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(conn).await?;
    rows.iter().map(told_of).collect()
}

/// What was told of some records.
pub async fn told_of_records(
    conn: &mut SqliteConnection,
    records: impl Iterator<Item = Uuid>,
) -> Result<Vec<ToldRow>> {
    let sql = format!(
        "SELECT {TOLD} FROM alerts_told \
         WHERE record_id IN (SELECT unhex(value) FROM json_each(?))"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(hex_ids(records));
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(told_of).collect()
}

/// Those whose notification stands so.
pub async fn told_with(conn: &mut SqliteConnection, notice: Notice) -> Result<Vec<ToldRow>> {
    let sql = format!("SELECT {TOLD} FROM alerts_told WHERE notice = ?");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(<&str>::from(notice));
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(told_of).collect()
}

/// When the first of the alerts speaks that somebody has silenced until later than now.
pub async fn next_end_of_silence(
    conn: &mut SqliteConnection,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT until FROM alerts WHERE state = 'snoozed' AND until > ? \
         AND deleted_at IS NULL ORDER BY until LIMIT 1";
    let row = sqlx::query(sql)
        .bind(instant_text(&now))
        .fetch_optional(conn)
        .await?;
    match row {
        Some(row) => stored::optional_instant(&row, "until"),
        None => Ok(None),
    }
}

/// The papers of vehicles: whether they count depends on the vehicle.
pub async fn papers_of(
    conn: &mut SqliteConnection,
    vehicles: impl Iterator<Item = Uuid>,
) -> Result<Vec<Uuid>> {
    let sql = "SELECT id FROM documents \
         WHERE vehicle_id IN (SELECT unhex(value) FROM json_each(?)) AND deleted_at IS NULL";
    let query = sqlx::query_scalar(sql).bind(hex_ids(vehicles));
    Ok(query.fetch_all(conn).await?)
}

/// What was told of one alert.
pub async fn find_told(conn: &mut SqliteConnection, id: Uuid) -> Result<Option<ToldRow>> {
    let sql = format!("SELECT {TOLD} FROM alerts_told WHERE id = ?");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(told_of).transpose()
}

fn told_of(row: &SqliteRow) -> Result<ToldRow> {
    Ok(ToldRow {
        id: row.try_get("id")?,
        kind: stored::word(row, "alert_kind", AlertKind::from_name)?,
        record: row.try_get("record_id")?,
        told: Told {
            stage: Stage(row.try_get("stage")?),
            silent_until: stored::optional_instant(row, "silent_until")?,
        },
        is_withdrawn: row.try_get("is_withdrawn")?,
        notice: stored::word(row, "notice", |word| word.parse().ok())?,
    })
}

/// Notes what was told, with one statement.
pub async fn note_told(conn: &mut SqliteConnection, told: &[ToldRow]) -> Result<()> {
    let rows: Vec<_> = told
        .iter()
        .map(|it| {
            serde_json::json!([
                it.id.simple().to_string(),
                it.kind.name(),
                it.record.simple().to_string(),
                it.told.stage,
                it.told.silent_until.as_ref().map(instant_text),
                it.is_withdrawn,
                <&str>::from(it.notice),
            ])
        })
        .collect();
    sqlx::query(
        "INSERT OR REPLACE INTO alerts_told \
         (id, alert_kind, record_id, stage, silent_until, is_withdrawn, notice) \
         SELECT unhex(value->>0), value->>1, unhex(value->>2), value->>3, value->>4, value->>5, \
         value->>6 \
         FROM json_each(?)",
    )
    .bind(serde_json::json!(rows).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets that something was told: it may be told anew.
pub async fn forget_told(
    conn: &mut SqliteConnection,
    ids: impl Iterator<Item = Uuid>,
) -> Result<()> {
    sqlx::query("DELETE FROM alerts_told WHERE id IN (SELECT unhex(value) FROM json_each(?))")
        .bind(hex_ids(ids))
        .execute(conn)
        .await?;
    Ok(())
}

/// The records of alerts, by id; with a statement for each kind.
pub async fn subjects(
    conn: &mut SqliteConnection,
    about: impl Iterator<Item = (EntityKind, Uuid)>,
) -> Result<HashMap<Uuid, Subject>> {
    let mut by_kind = HashMap::<EntityKind, Vec<Uuid>>::new();
    for (kind, id) in about {
        by_kind.entry(kind).or_default().push(id);
    }
    let mut records = Vec::new();
    for (kind, mut ids) in by_kind {
        ids.sort_unstable();
        ids.dedup();
        records.extend(bulk::find(conn, kind, &ids).await?.into_values());
    }
    let mut ids: Vec<Uuid> = records
        .iter()
        .filter(|record| record.kind == EntityKind::Document)
        .filter_map(|record| record.get("vehicle_id").as_id())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let vehicles = bulk::find(conn, EntityKind::Vehicle, &ids).await?;
    let vehicle_of = |record: &Record| match record.kind {
        EntityKind::Document => record
            .get("vehicle_id")
            .as_id()
            .and_then(|id| vehicles.get(&id)),
        _ => None,
    };
    let customer_of = |record: &Record| match record.kind {
        EntityKind::Document => papers::holder(record, vehicle_of(record)),
        _ => record.get("customer_id").as_id(),
    };
    let mut ids: Vec<Uuid> = records.iter().filter_map(customer_of).collect();
    ids.sort_unstable();
    ids.dedup();
    let customers = bulk::find(conn, EntityKind::Customer, &ids).await?;
    Ok(records
        .iter()
        .map(|record| {
            let subject = Subject {
                customer: customer_of(record).and_then(|id| customers.get(&id).cloned()),
                vehicle: vehicle_of(record).cloned(),
                record: record.clone(),
            };
            (record.id, subject)
        })
        .collect())
}
