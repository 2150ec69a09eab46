//! What this desk tells its people: what is due and was not told, and what was told and is over.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use servease_domain::EntityKind;
use servease_domain::alerts::{self, AlertState, Told};
use servease_store::Connection;
use servease_store::alerts::{self as stored, Notice, ToldRow};
use uuid::Uuid;

use crate::alerts::standing::{self, Scope, Standing};
use crate::alerts::views::Checked;
use crate::garage::context::Garage;
use crate::{Desk, Result};

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    Everywhere,
    /// At these vehicles, documents and notes.
    At(HashSet<(EntityKind, Uuid)>),
}

impl Desk {
    /// Raises what is due and has not been told here, withdraws what was told and is over. What is
    /// answered was noted in the same transaction: it is told once, whatever happens next. `at`
    /// stands for now.
    pub async fn check_alerts(&self, at: Option<DateTime<Utc>>) -> Result<Checked> {
        self.look_for_alerts(at, &Look::Everywhere).await
    }

    pub(super) async fn look_for_alerts(
        &self,
        at: Option<DateTime<Utc>>,
        look: &Look,
    ) -> Result<Checked> {
        let mut tx = self.store.begin_plain().await?;
        let now = at.unwrap_or_else(|| self.clock.now());
        let garage = Garage::load(&mut tx, now).await?;
        let (speaking, told) = match look {
            Look::Everywhere => (
                standing::all(&mut tx, &garage, Scope::Speaking).await?,
                stored::told(&mut tx).await?,
            ),
            Look::At(records) => {
                let of: Vec<_> = records.iter().copied().collect();
                let mut found = standing::all(&mut tx, &garage, Scope::Of(&of)).await?;
                found.retain(|it| it.stage.is_some());
                let ids = records.iter().map(|(_, id)| *id);
                (found, stored::told_of_records(&mut tx, ids).await?)
            }
        };
        let mut told: HashMap<Uuid, ToldRow> = told.into_iter().map(|row| (row.id, row)).collect();
        let (mut news, mut notes, mut answered) = (Vec::new(), Vec::new(), Vec::new());
        for it in speaking {
            if it.state == AlertState::Done {
                continue;
            }
            let was = told.remove(&it.id);
            let is_news = it.state == AlertState::Raised
                && it.stage.is_some_and(|stage| {
                    let was = was.as_ref().map(|row| &row.told);
                    alerts::is_news(stage, it.answer.as_ref(), was)
                });
            if is_news {
                notes.extend(told_now(&it));
                news.push(it);
            } else if let Some(row) = was {
                let is_answered = it.state != AlertState::Raised && row.notice != Notice::None;
                if is_answered && row.notice == Notice::Shown {
                    answered.push(row.id);
                }
                if row.is_withdrawn || is_answered {
                    notes.push(ToldRow {
                        is_withdrawn: false,
                        notice: if is_answered {
                            Notice::None
                        } else {
                            row.notice
                        },
                        ..row
                    });
                }
            }
        }
        let silent = silent(&mut tx, &garage, &told).await?;
        let (silent, over): (Vec<ToldRow>, Vec<ToldRow>) =
            told.into_values().partition(|row| silent.contains(&row.id));
        let set_aside = silent.iter().filter(|row| !row.is_withdrawn);
        notes.extend(set_aside.map(|row| ToldRow {
            is_withdrawn: true,
            notice: Notice::None,
            ..*row
        }));
        if !notes.is_empty() {
            stored::note_told(&mut tx, &notes).await?;
        }
        if !over.is_empty() {
            stored::forget_told(&mut tx, over.iter().map(|row| row.id)).await?;
        }
        let withdrawn = silent
            .into_iter()
            .chain(over)
            .filter(|row| !row.is_withdrawn);
        let checked = Checked {
            raised: standing::lines(&mut tx, &garage, news).await?,
            withdrawn: standing::withdrawn(&mut tx, withdrawn.collect()).await?,
            answered,
        };
        self.store.commit(tx, Vec::new()).await?;
        Ok(checked)
    }
}

fn told_now(it: &Standing) -> Option<ToldRow> {
    Some(ToldRow {
        id: it.id,
        kind: it.cause.kind,
        record: it.cause.record,
        told: Told {
            stage: it.stage?,
            silent_until: alerts::silence_of(it.answer.as_ref()),
        },
        is_withdrawn: false,
        notice: Notice::Held,
    })
}

/// Those that do not speak although their cause is there: a clock was set back, or lead days were
/// changed. What was told of them stays told.
async fn silent(
    conn: &mut Connection,
    garage: &Garage,
    told: &HashMap<Uuid, ToldRow>,
) -> Result<HashSet<Uuid>> {
    if told.is_empty() {
        return Ok(HashSet::new());
    }
    let found = standing::of_told(conn, garage, told.values()).await?;
    Ok(found
        .into_iter()
        .filter(|it| it.stage.is_none() && it.state != AlertState::Done)
        .map(|it| it.id)
        .collect())
}
