//! What alerts are about, what people answered, and what this PC has told them.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use servease_domain::alerts::{AlertKind, Answer, Cause, Deed, Stage, TABLE, Told};
use servease_domain::record::Record;
use servease_domain::standing::{CauseRow, Subject};
use servease_domain::value::instant_text;
use servease_domain::{EntityKind, alerts, papers};
use sqlx::query::QueryScalar;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Row, Sqlite, SqliteConnection};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::gathered::{self, gathered};
use crate::sync::hex_ids;
use crate::{Result, StoreError, bulk, documents, stored};

/// Which causes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// With a date on or before this day, or a service within the distance.
    Until { day: NaiveDate, distance: i64 },
    /// Of these records.
    Of(&'a [(EntityKind, Uuid)]),
}

/// Everything on which people must act, in no particular order: of active vehicles and customers, of
/// what is not deleted, and of papers that no other one renews.
pub async fn causes(conn: &mut SqliteConnection, which: Which<'_>) -> Result<Vec<CauseRow>> {
    let mut found = Vec::new();
    if which.wants(EntityKind::Vehicle) {
        found = of_vehicles(conn, which).await?;
    }
    found.append(&mut of_others(conn, which).await?);
    Ok(found)
}

impl Which<'_> {
    fn wants(&self, kind: EntityKind) -> bool {
        match self {
            Which::Until { .. } => true,
            Which::Of(records) => records.iter().any(|(of, _)| *of == kind),
        }
    }

    fn wants_date(&self, date: Option<NaiveDate>) -> bool {
        match self {
            Which::Until { day, .. } => date.is_some_and(|date| date <= *day),
            Which::Of(_) => date.is_some(),
        }
    }

    fn wants_mileage(&self, mileage: Option<i64>, odometer: i64) -> bool {
        match self {
            Which::Until { distance, .. } => {
                mileage.is_some_and(|mileage| mileage.saturating_sub(odometer) <= *distance)
            }
            Which::Of(_) => mileage.is_some(),
        }
    }

    /// A question with what it is asked by: `?1` are a day or ids, `?2` is the distance.
    fn ask(&self, sql: String) -> QueryScalar<'static, Sqlite, String, SqliteArguments> {
        let query = sqlx::query_scalar(AssertSqlSafe(sql));
        match self {
            Which::Until { day, distance } => query.bind(day.to_string()).bind(*distance),
            Which::Of(records) => query.bind(hex_ids(records.iter().map(|(_, id)| *id))),
        }
    }
}

const AMONG_THESE: &str = "IN (SELECT unhex(value) FROM json_each(?1))";

fn with_owner(table: &str) -> String {
    format!(
        "JOIN customers AS c ON c.id = {table}.customer_id AND c.is_active \
         AND c.deleted_at IS NULL"
    )
}

/// The id, lead days of its own, what the odometer shows, the mileage of the next service, and the
/// dates of the kinds in their order.
#[derive(Deserialize)]
struct VehicleColumns<'a>(
    Uuid,
    #[serde(borrow)] Cow<'a, str>,
    i64,
    Option<i64>,
    Vec<Option<NaiveDate>>,
);

/// The causes of vehicles. They are walked over once, in the order in which they lie: of a garage
/// with many of them so many are due that going through the indexes of four dates, each in another
/// order, takes three times as long.
async fn of_vehicles(conn: &mut SqliteConnection, which: Which<'_>) -> Result<Vec<CauseRow>> {
    let abouts = || TABLE.iter().filter(|it| it.entity == EntityKind::Vehicle);
    let dates: Vec<&str> = abouts().map(|about| about.date).collect();
    let (table, condition) = match which {
        Which::Of(_) => ("vehicles AS v", format!("v.id {AMONG_THESE}")),
        Which::Until { .. } => {
            let by_date = dates.iter().map(|date| format!("v.{date} <= ?1 OR "));
            let by_mileage = "v.next_service_due_mileage - v.current_mileage <= ?2";
            let any: String = by_date.collect();
            ("vehicles AS v NOT INDEXED", format!("({any}{by_mileage})"))
        }
    };
    let columns = format!(
        "hex(id), lead_days, current_mileage, next_service_due_mileage, json_array({})",
        dates.join(", ")
    );
    let rows = format!(
        "SELECT v.* FROM {table} {} WHERE {condition} AND v.is_active AND v.deleted_at IS NULL",
        with_owner("v"),
    );
    let answer = which.ask(gathered(&columns, &rows)).fetch_one(conn).await?;
    let rows: Vec<VehicleColumns<'_>> = gathered::read(&answer, "the causes of vehicles")?;
    let mut found = Vec::with_capacity(rows.len());
    for VehicleColumns(record, lead_days, odometer, mileage, dates) in rows {
        for (about, date) in abouts().zip(dates) {
            let mileage = mileage.filter(|_| about.kind == AlertKind::Service);
            if which.wants_date(date) || which.wants_mileage(mileage, odometer) {
                found.push(CauseRow {
                    cause: Cause {
                        kind: about.kind,
                        record,
                        date,
                        mileage,
                        odometer,
                    },
                    lead_days: lead_days.clone().into_owned(),
                });
            }
        }
    }
    Ok(found)
}

/// The kind, the record, its date, and the lead days of its vehicle.
#[derive(Deserialize)]
struct OtherColumns<'a>(&'a str, Uuid, NaiveDate, #[serde(borrow)] Cow<'a, str>);

/// The causes of everything else, which is found through the indexes of its dates.
async fn of_others(conn: &mut SqliteConnection, which: Which<'_>) -> Result<Vec<CauseRow>> {
    let abouts = TABLE.iter().filter(|it| it.entity != EntityKind::Vehicle);
    let arms: Vec<String> = abouts
        .filter(|about| which.wants(about.entity))
        .map(|about| arm(about, which))
        .collect();
    if arms.is_empty() {
        return Ok(Vec::new());
    }
    let rows = format!(
        "WITH causes (alert_kind, id, date, lead_days) AS ({}) SELECT * FROM causes",
        arms.join(" UNION ALL ")
    );
    let sql = gathered("alert_kind, hex(id), date, lead_days", &rows);
    let answer = which.ask(sql).fetch_one(conn).await?;
    let rows: Vec<OtherColumns<'_>> = gathered::read(&answer, "the causes of papers and notes")?;
    rows.into_iter()
        .map(|OtherColumns(kind, record, date, lead_days)| {
            let kind = AlertKind::from_name(kind);
            Ok(CauseRow {
                cause: Cause {
                    kind: kind.ok_or_else(|| StoreError::Damaged("an alert's kind".to_owned()))?,
                    record,
                    date: Some(date),
                    mileage: None,
                    odometer: 0,
                },
                lead_days: lead_days.into_owned(),
            })
        })
        .collect()
}

/// The statement that finds the causes of one kind.
fn arm(about: &alerts::About, which: Which<'_>) -> String {
    let (name, date) = (about.kind.name(), about.date);
    let of = |table: &str| match which {
        Which::Until { .. } => format!("{table}.{date} IS NOT NULL AND {table}.{date} <= ?1"),
        Which::Of(_) => format!("{table}.id {AMONG_THESE}"),
    };
    match about.entity {
        EntityKind::Document => format!(
            "SELECT '{name}', d.id, d.{date}, coalesce(v.lead_days, '') \
             FROM documents AS d LEFT JOIN vehicles AS v ON v.id = d.vehicle_id \
             JOIN customers AS c ON c.id = {} AND c.is_active AND c.deleted_at IS NULL \
             WHERE {} AND d.{date} IS NOT NULL AND {}",
            documents::holder(),
            of("d"),
            documents::counts(),
        ),
        kind => format!(
            "SELECT '{name}', n.id, n.{date}, '' FROM {} AS n {} \
             WHERE {} AND n.{date} IS NOT NULL AND n.deleted_at IS NULL",
            kind.table(),
            with_owner("n"),
            of("n"),
        ),
    }
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

const TOLD: &str = "hex(id), alert_kind, hex(record_id), stage, silent_until, is_withdrawn, notice";

/// The columns of [`TOLD`].
#[derive(Deserialize)]
struct ToldColumns<'a>(
    Uuid,
    &'a str,
    Uuid,
    i64,
    Option<DateTime<Utc>>,
    i64,
    &'a str,
);

/// All that was told and is not forgotten.
pub async fn told(conn: &mut SqliteConnection) -> Result<Vec<ToldRow>> {
    let sql = gathered(TOLD, "SELECT * FROM alerts_told");
    let answer = sqlx::query_scalar(AssertSqlSafe(sql));
    told_of(answer.fetch_one(conn).await?)
}

/// What was told of some records.
pub async fn told_of_records(
    conn: &mut SqliteConnection,
    records: impl Iterator<Item = Uuid>,
) -> Result<Vec<ToldRow>> {
    let rows = "SELECT * FROM alerts_told \
         WHERE record_id IN (SELECT unhex(value) FROM json_each(?))";
    let answer = sqlx::query_scalar(AssertSqlSafe(gathered(TOLD, rows))).bind(hex_ids(records));
    told_of(answer.fetch_one(conn).await?)
}

/// Those whose notification stands so.
pub async fn told_with(conn: &mut SqliteConnection, notice: Notice) -> Result<Vec<ToldRow>> {
    let sql = gathered(TOLD, "SELECT * FROM alerts_told WHERE notice = ?");
    let answer = sqlx::query_scalar(AssertSqlSafe(sql)).bind(<&str>::from(notice));
    told_of(answer.fetch_one(conn).await?)
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

/// What of these customers may be the record of an alert, also what is deleted.
pub async fn records_of(
    conn: &mut SqliteConnection,
    customers: impl Iterator<Item = Uuid>,
) -> Result<Vec<(EntityKind, Uuid)>> {
    let kinds: BTreeSet<EntityKind> = TABLE.iter().map(|about| about.entity).collect();
    let arms: Vec<String> = kinds
        .into_iter()
        .map(|kind| {
            format!(
                "SELECT '{}' AS kind, id FROM {} \
                 WHERE customer_id IN (SELECT unhex(value) FROM json_each(?1))",
                kind.name(),
                kind.table()
            )
        })
        .collect();
    let rows = sqlx::query(AssertSqlSafe(arms.join(" UNION ALL ")))
        .bind(hex_ids(customers))
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| {
            let kind = stored::word(row, "kind", EntityKind::from_name)?;
            Ok((kind, row.try_get("id")?))
        })
        .collect()
}

/// What was told of these alerts.
pub async fn told_of_alerts(
    conn: &mut SqliteConnection,
    ids: impl Iterator<Item = Uuid>,
) -> Result<Vec<ToldRow>> {
    let rows = "SELECT * FROM alerts_told WHERE id IN (SELECT unhex(value) FROM json_each(?))";
    let answer = sqlx::query_scalar(AssertSqlSafe(gathered(TOLD, rows))).bind(hex_ids(ids));
    told_of(answer.fetch_one(conn).await?)
}

fn told_of(answer: String) -> Result<Vec<ToldRow>> {
    let rows: Vec<ToldColumns<'_>> = gathered::read(&answer, "alerts_told")?;
    let damaged = || StoreError::Damaged("alerts_told: a word of another program".to_owned());
    rows.into_iter()
        .map(|row| {
            let ToldColumns(id, kind, record, stage, silent_until, is_withdrawn, notice) = row;
            Ok(ToldRow {
                id,
                kind: AlertKind::from_name(kind).ok_or_else(damaged)?,
                record,
                told: Told {
                    stage: Stage(stage),
                    silent_until,
                },
                is_withdrawn: is_withdrawn != 0,
                notice: notice.parse().map_err(|_| damaged())?,
            })
        })
        .collect()
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
