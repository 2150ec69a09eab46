//! Which notifications this PC shows now: those of what was raised, unless people want quiet.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use servease_domain::alerts::AlertState;
use servease_domain::value::instant_text;
use servease_domain::when;
use servease_store::alerts::{self as stored, Notice, ToldRow};
use servease_store::{Connection, settings};

use crate::alerts::standing;
use crate::alerts::views::AlertLine;
use crate::garage::context::Garage;
use crate::garage::quiet::Quiet;
use crate::{Desk, Result};

/// This PC's alone, and no setting that somebody looks at.
const PAUSED_UNTIL: &str = "desk.notices_paused_until";

/// Nobody means to pause for longer.
const PAUSE_MAX_MINUTES: u32 = 24 * 60;

/// What a PC shows now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notices {
    /// Most urgent first; each is given out once.
    pub show: Vec<AlertLine>,
    /// When to ask again, where some wait until people want to hear of them.
    pub again: Option<DateTime<Utc>>,
}

impl Desk {
    /// Takes out what is to be shown now. What is taken out counts as shown: a program that dies
    /// in between shows nothing twice, and the list has it all the same.
    pub async fn take_notices(&self) -> Result<Notices> {
        let mut tx = self.store.begin_plain().await?;
        let held = stored::told_with(&mut tx, Notice::Held).await?;
        if held.is_empty() {
            return Ok(Notices::default());
        }
        let garage = Garage::load(&mut tx, self.clock.now()).await?;
        let is_on = are_wanted(&garage);
        if is_on && let Some(end) = end_of_quiet(&mut tx, &garage).await? {
            return Ok(Notices {
                show: Vec::new(),
                again: Some(end),
            });
        }
        let ids: HashSet<_> = held.iter().map(|row| row.id).collect();
        let mut standing = standing::of_told(&mut tx, &garage, held.iter()).await?;
        standing.retain(|it| it.state == AlertState::Raised && ids.contains(&it.id));
        let shown: HashSet<_> = standing.iter().map(|it| it.id).collect();
        let notes: Vec<ToldRow> = held
            .into_iter()
            .map(|row| ToldRow {
                notice: match is_on && shown.contains(&row.id) {
                    true => Notice::Shown,
                    false => Notice::None,
                },
                ..row
            })
            .collect();
        stored::note_told(&mut tx, &notes).await?;
        let show = match is_on {
            true => standing::lines(&mut tx, &garage, standing).await?,
            false => Vec::new(),
        };
        self.store.commit(tx, Vec::new()).await?;
        Ok(Notices { show, again: None })
    }

    /// Whether something is said for the first time on this PC; afterwards it is not.
    pub async fn is_first_time(&self, what: &str) -> Result<bool> {
        let key = format!("desk.said.{what}");
        let mut tx = self.store.begin_plain().await?;
        let is_first = settings::find(&mut tx, &key).await?.is_none();
        if is_first {
            settings::set(&mut tx, &key, "1").await?;
            self.store.commit(tx, Vec::new()).await?;
        }
        Ok(is_first)
    }

    /// Until when somebody wants no notification on this PC.
    pub async fn notices_paused_until(&self) -> Result<Option<DateTime<Utc>>> {
        let mut conn = self.store.read().await?;
        paused_until(&mut conn, self.clock.now()).await
    }

    /// Shows no notification on this PC for so many minutes, a day at most; none ends a pause.
    pub async fn pause_notices(&self, minutes: u32) -> Result<()> {
        let minutes = i64::from(minutes.min(PAUSE_MAX_MINUTES));
        let until = self.clock.now() + TimeDelta::minutes(minutes);
        let mut tx = self.store.begin_plain().await?;
        settings::set(&mut tx, PAUSED_UNTIL, &instant_text(&until)).await?;
        self.store.commit(tx, Vec::new()).await?;
        Ok(())
    }
}

/// Whether this PC shows any notification.
pub(crate) fn are_wanted(garage: &Garage) -> bool {
    garage.settings.notifications == "on"
}

/// When people of this PC want to hear of things again. None: now.
pub(crate) async fn end_of_quiet(
    conn: &mut Connection,
    garage: &Garage,
) -> Result<Option<DateTime<Utc>>> {
    let quiet = Quiet::of(&garage.settings, paused_until(conn, garage.now).await?);
    Ok(quiet.ends(garage.now, garage.calendar))
}

/// The end of the pause that is on. What cannot be read silences nobody, nor does a pause that a clock
/// which was ahead has begun.
async fn paused_until(conn: &mut Connection, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let stored = settings::find(conn, PAUSED_UNTIL).await?;
    let until = stored.and_then(|text| when::read_instant(&text));
    let longest = TimeDelta::minutes(i64::from(PAUSE_MAX_MINUTES));
    Ok(until.filter(|until| *until > now && *until - now <= longest))
}
