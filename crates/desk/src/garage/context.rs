//! What every use case needs of the garage: its settings, what day it is there, who is
//! working.

use chrono::{DateTime, NaiveDate, Utc};
use servease_domain::calendar::Calendar;
use servease_domain::due::DueLimits;
use servease_domain::reading::Context;
use servease_domain::{Employee, EntityKind, Problem};
use servease_store::{Author, Connection, Moment, Step, StoreError, rows};
use uuid::Uuid;

use crate::garage::settings;
use crate::garage::views::Settings;
use crate::records::views::Saved;
use crate::sync::account;
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
            limits: DueLimits {
                soon_days: settings.soon_days,
                soon_distance: settings.soon_distance,
            },
            settings,
        })
    }

    /// What the rules of the domain need to know.
    pub fn rules(&self) -> Context {
        Context {
            now: self.now,
            today: self.today,
            calendar: self.calendar,
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

/// An employee who is there and works here.
async fn signing(conn: &mut Connection, id: Option<Uuid>) -> Result<Option<Author>> {
    let Some(id) = id else {
        return Ok(None);
    };
    match rows::get::<Employee>(conn, id).await {
        Ok(employee) if employee.is_active => Ok(Some(Author {
            id: Some(id),
            name: employee.name,
        })),
        Ok(_) | Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
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

    /// Whose name stands on what is done now: whoever was named for this handle or chosen on
    /// this PC, else whoever is signed in. Who is deactivated signs nothing.
    pub(crate) async fn author(&self, conn: &mut Connection, garage: &Garage) -> Result<Author> {
        let chosen = self.employee.or(garage.settings.employee_id);
        if let Some(author) = signing(conn, chosen).await? {
            return Ok(author);
        }
        let Some((id, name)) = account::whoever_is_signed_in(conn).await? else {
            return Ok(Author::default());
        };
        if let Some(author) = signing(conn, id).await? {
            return Ok(author);
        }
        // Before the first sync their record is not here yet; who was deactivated is.
        let is_known = match id {
            Some(id) => rows::find_any(conn, EntityKind::Employee, id)
                .await?
                .is_some(),
            None => false,
        };
        let name = if is_known { String::new() } else { name };
        Ok(Author { id: None, name })
    }
}
