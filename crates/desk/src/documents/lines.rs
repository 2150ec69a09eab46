//! Papers as screens list them: of a customer, of a vehicle, all of them, and one with what is
//! told of it.

use chrono::{Days, NaiveDate};
use servease_domain::due::expiry_state;
use servease_domain::{EntityKind, Record};
use servease_store::papers::{self, Filter, PaperRow, Standing};
use servease_store::{Connection, rows};
use uuid::Uuid;

use super::views::{
    FileStanding, MissingLine, PaperCard, PaperCounts, PaperLine, PaperQuery, PaperState,
};
use crate::counter::views::Window;
use crate::garage::context::Garage;
use crate::{Desk, Failure, Result};

/// A window onto a list is a few screens; a larger one is a mistake.
const ROWS_MAX: u32 = 1_000;

impl Desk {
    /// What [`Desk::documents`] finds, as lines: those that count first.
    ///
    /// Errors: NotFound.
    pub async fn papers_of(
        &self,
        customer: Option<Uuid>,
        vehicle: Option<Uuid>,
    ) -> Result<Vec<PaperLine>> {
        let found = self.documents(customer, vehicle).await?;
        let ids: Vec<Uuid> = found.iter().map(|document| document.id).collect();
        let mut lines = self.lines(&ids).await?;
        lines.sort_by_key(|line| !line.counts);
        Ok(lines)
    }

    /// Papers of the page of all papers.
    pub async fn paper_list(
        &self,
        query: &PaperQuery,
        offset: u32,
        limit: u32,
    ) -> Result<Window<PaperLine>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let customer = match query.customer_id {
            Some(id) => Some(rows::resolve(&mut conn, EntityKind::Customer, id).await?),
            None => None,
        };
        let filter = Filter {
            standing: standing(query.state, &garage),
            document_type: &query.document_type,
            customer,
            search: &query.search,
            ordering: &query.ordering,
        };
        let page = papers::list(&mut conn, &filter, offset, limit.min(ROWS_MAX)).await?;
        drop(conn);
        Ok(Window {
            total: page.total,
            offset: i64::from(offset),
            rows: self.lines_of(page.rows, &garage).await?,
        })
    }

    pub async fn paper_counts(&self) -> Result<PaperCounts> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let (all, expiring) = papers::count(&mut conn, soon(&garage)).await?;
        drop(conn);
        let missing = self.missing_papers().await?.len();
        Ok(PaperCounts {
            all,
            expiring,
            missing: i64::try_from(missing).unwrap_or(i64::MAX),
        })
    }

    /// What [`Desk::missing_papers`] finds, as lines.
    pub async fn missing_lines(&self) -> Result<Vec<MissingLine>> {
        let found = self.missing_papers().await?;
        let lines = found.into_iter().map(|row| {
            let text = |name: &str| row.vehicle.get(name).as_text().to_owned();
            MissingLine {
                id: row.vehicle.id,
                customer_id: row.vehicle.get("customer_id").as_id(),
                license_plate: text("license_plate"),
                make: text("make"),
                model: text("model"),
                owner: row.owner,
                owner_phone: row.owner_phone,
                missing: row.missing,
            }
        });
        Ok(lines.collect())
    }

    /// A paper with everything that is told of it.
    ///
    /// Errors: NotFound.
    pub async fn paper_card(&self, id: Uuid) -> Result<PaperCard> {
        let kind = EntityKind::Document;
        let id = self.record(kind, id).await?.id;
        let line = self.line(id).await?;
        let line = line.ok_or(Failure::not_found(kind, id))?;
        let renews = match line.document.renews {
            Some(id) => self.line(id).await?,
            None => None,
        };
        let renewed_by = match line.renewed_by {
            Some(id) => self.line(id).await?,
            None => None,
        };
        Ok(PaperCard {
            looks: self.looks(id).await?,
            line,
            renews,
            renewed_by,
        })
    }

    /// A live paper as a line.
    pub async fn line(&self, id: Uuid) -> Result<Option<PaperLine>> {
        Ok(self.lines(&[id]).await?.pop())
    }

    async fn lines(&self, ids: &[Uuid]) -> Result<Vec<PaperLine>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let rows = live(&mut conn, ids).await?;
        drop(conn);
        self.lines_of(rows, &garage).await
    }

    async fn lines_of(&self, rows: Vec<PaperRow>, garage: &Garage) -> Result<Vec<PaperLine>> {
        let documents: Vec<Record> = rows.iter().map(|row| row.record.clone()).collect();
        let files = self.file_standings(&documents).await?;
        let lines = rows.into_iter().zip(files);
        Ok(lines
            .map(|(row, file)| line_of(row, garage, file))
            .collect())
    }
}

async fn live(conn: &mut Connection, ids: &[Uuid]) -> Result<Vec<PaperRow>> {
    let mut rows = papers::rows(conn, ids).await?;
    rows.retain(|row| row.record.deleted_at.is_none());
    Ok(rows)
}

fn line_of(row: PaperRow, garage: &Garage, file: FileStanding) -> PaperLine {
    let expires = row.record.get("expiry_date").as_date();
    PaperLine {
        id: row.record.id,
        due: match row.counts {
            true => expiry_state(expires, garage.today, garage.limits.soon_days),
            false => None,
        },
        document: row.record.to(),
        customer: row.customer,
        vehicle: row.vehicle,
        counts: row.counts,
        renewed_by: row.renewed_by,
        file,
    }
}

/// The last day that is soon.
fn soon(garage: &Garage) -> NaiveDate {
    let days = u64::try_from(garage.limits.soon_days).unwrap_or(0);
    let until = garage.today.checked_add_days(Days::new(days));
    until.unwrap_or(garage.today)
}

fn standing(state: PaperState, garage: &Garage) -> Standing {
    match state {
        PaperState::All => Standing::All,
        PaperState::Expiring => Standing::Until(soon(garage)),
        PaperState::Fine => Standing::Fine(soon(garage)),
        PaperState::Soon => Standing::Between(garage.today, soon(garage)),
        PaperState::Expired => Standing::Until(garage.today.pred_opt().unwrap_or(garage.today)),
        PaperState::PutAway => Standing::NotCounting,
    }
}
