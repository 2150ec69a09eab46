//! What every use case needs of the garage: its settings, what day it is there, who is
//! working.

use chrono::{DateTime, NaiveDate, Utc};
use servease_domain::calendar::Calendar;
use servease_domain::due::DueLimits;
use servease_domain::reading::Context;
use servease_domain::{Employee, Problem};
use servease_store::{Author, Connection, Moment, Step, StoreError, rows};
use uuid::Uuid;

use crate::garage::settings;
use crate::garage::views::Settings;
use crate::records::views::Saved;
use crate::{Desk, Result};

/// The garage at the moment of a use case.
#[derive(Debug, Clone)]
pub(crate) struct Garage {
    pub now: DateTime<Utc>,
    pub today: NaiveDate,
    pub calendar: Calendar,
    pub settings: Settings,
    pub limits: DueLimits,
}

impl Garage {
    pub async fn load(conn: &mut Connection, now: DateTime<Utc>) -> Result<Garage> {
        let settings = settings::load(conn).await?;
        let calendar = Calendar::named(&settings.timezone);
        Ok(Garage {
            now,
            today: calendar.day(now),
            calendar,
            settings,
            limits: DueLimits::default(),
        })
    }

    /// What the rules of the domain need to know.
    pub fn rules(&self) -> Context {
        Context {
            now: self.now,
            today: self.today,
            country: Some(self.settings.country.clone()),
            currency: self.settings.currency.clone(),
        }
    }
}

/// A use case that writes: its step, the garage, and the doubts that it met.
#[derive(Debug)]
pub(crate) struct Work<'d> {
    pub step: Step<'d>,
    pub garage: Garage,
    pub warnings: Vec<Problem>,
}

impl Work<'_> {
    pub fn conn(&mut self) -> &mut Connection {
        self.step.conn()
    }

    /// Commits, and says what came of it.
    pub async fn save(self, id: Uuid) -> Result<Saved> {
        Ok(Saved {
            id,
            step: self.step.commit().await?,
            warnings: self.warnings,
        })
    }
}

impl Desk {
    /// Begins a use case that writes. Errors: Busy.
    pub(crate) async fn begin(&self) -> Result<Work<'_>> {
        let now = self.clock.now();
        // Settings are read before the write lock is taken, so that it is held only briefly.
        let (garage, author) = {
            let mut conn = self.store.read().await?;
            let garage = Garage::load(&mut conn, now).await?;
            let author = self.author(&mut conn, &garage).await?;
            (garage, author)
        };
        let step = self.store.begin(Moment { now, author }).await?;
        Ok(Work {
            step,
            garage,
            warnings: Vec::new(),
        })
    }

    /// The garage as it is now, for use cases that only read.
    pub(crate) async fn garage(&self, conn: &mut Connection) -> Result<Garage> {
        Garage::load(conn, self.clock.now()).await
    }

    async fn author(&self, conn: &mut Connection, garage: &Garage) -> Result<Author> {
        let Some(id) = self.employee.or(garage.settings.employee_id) else {
            return Ok(Author::default());
        };
        match rows::get::<Employee>(conn, id).await {
            Ok(employee) => Ok(Author {
                id: Some(id),
                name: employee.name,
            }),
            Err(StoreError::NotFound { .. }) => Ok(Author::default()),
            Err(error) => Err(error.into()),
        }
    }
}
