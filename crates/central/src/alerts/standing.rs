//! How the company's alerts stand now.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use servease_domain::alerts::AlertKind;
use servease_domain::standing::{self, LeadDays, Moment, Standing};
use servease_domain::{Entity as _, Garage};

use super::causes::{self, Notes, Wanted};
use crate::db::{DbError, Link};
use crate::garage;

/// The company at a moment, as far as alerts depend on it.
#[derive(Debug, Clone)]
pub struct Company {
    pub garage: Garage,
    pub moment: Moment,
    leads: LeadDays,
}

impl Company {
    pub async fn load(link: &mut Link, now: DateTime<Utc>) -> Result<Company, DbError> {
        let record = garage::record(link).await?;
        let garage = Garage::from_record(&record);
        Ok(Company {
            moment: Moment {
                now,
                today: garage.day_of(now),
                limits: garage.due_limits(),
            },
            leads: LeadDays::of(&record),
            garage,
        })
    }

    /// The day so many days ahead.
    pub fn day_ahead(&self, days: i64) -> NaiveDate {
        let today = self.moment.today;
        let ahead = TimeDelta::try_days(days).unwrap_or_default();
        today.checked_add_signed(ahead).unwrap_or(today)
    }

    /// Every alert of these kinds that speaks, or whose date is within so many days, in no
    /// particular order.
    pub async fn alerts(
        &self,
        link: &mut Link,
        ahead_days: Option<u32>,
        kinds: &[AlertKind],
        notes: Notes,
    ) -> Result<Vec<Standing>, DbError> {
        let farthest = self.leads.farthest(&causes::own_lead_days(link).await?);
        let last = self.day_ahead(ahead_days.map_or(0, i64::from));
        let wanted = Wanted {
            day: last.max(self.day_ahead(farthest)),
            distance: self.moment.limits.soon_distance,
            kinds,
            notes,
        };
        let causes = causes::causes(link, wanted).await?;
        let ids: Vec<_> = causes.iter().map(|(id, _)| *id).collect();
        let answers = causes::answers(link, &ids).await?;
        let mut found = standing::put_together(causes, answers, &self.leads, &self.moment);
        let is_asked = |date: NaiveDate| ahead_days.is_some() && date <= last;
        found.retain(|it| it.stage.is_some() || it.cause.date.is_some_and(is_asked));
        Ok(found)
    }
}
