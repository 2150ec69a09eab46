//! Who looked at papers.
//!
//! A look at a sensitive paper is a record, which every desk is told of; nobody writes, changes or
//! takes back one by hand. Looks at other papers are a log of this PC: a mutation to send for every
//! invoice that somebody opens would be noise.

use servease_domain::EntityKind;
use servease_store::papers::{self, Log, Look};
use servease_store::rows;
use uuid::Uuid;

use super::views::{LookLine, PaperDeed};
use crate::{Desk, Failure, Result};

/// Nobody reads further back on a screen.
const SHOWN: u32 = 20;

impl Desk {
    /// Writes down what whoever works here did with a paper. The same once more within some minutes
    /// is the same look.
    ///
    /// Errors: NotFound.
    pub async fn note_look(&self, document: Uuid, deed: PaperDeed) -> Result<()> {
        let mut work = self.begin().await?;
        let look = Look {
            at: work.garage.now,
            author: work.step.moment().author.name.clone(),
            deed: deed.into(),
        };
        // Deleted while somebody looks at it, it was looked at all the same.
        let paper = rows::find_any(work.conn(), EntityKind::Document, document).await?;
        let paper = paper.ok_or(Failure::not_found(EntityKind::Document, document))?;
        let log = match paper.get("is_sensitive").as_flag() {
            true => Log::Shared,
            false => Log::OfThisPc,
        };
        if papers::is_noted(work.conn(), log, document, &look).await? {
            return Ok(());
        }
        match log {
            Log::Shared => {
                let record = look.record(work.step.new_id(), document);
                work.step.create(&record).await?;
            }
            Log::OfThisPc => papers::note_look(work.conn(), document, &look).await?,
        }
        work.step.commit_all().await?;
        Ok(())
    }

    /// The latest looks at a paper, newest first: at a sensitive one those at every desk.
    pub async fn looks(&self, document: Uuid) -> Result<Vec<LookLine>> {
        let mut conn = self.store.read().await?;
        let found = papers::looks(&mut conn, document, SHOWN).await?;
        let lines = found.into_iter().map(|look| LookLine {
            at: look.at,
            author: look.author,
            deed: look.deed.into(),
        });
        Ok(lines.collect())
    }
}

impl From<PaperDeed> for papers::Deed {
    fn from(deed: PaperDeed) -> papers::Deed {
        match deed {
            PaperDeed::Seen => papers::Deed::Seen,
            PaperDeed::Copied => papers::Deed::Copied,
            PaperDeed::Opened => papers::Deed::Opened,
            PaperDeed::Printed => papers::Deed::Printed,
        }
    }
}

impl From<papers::Deed> for PaperDeed {
    fn from(deed: papers::Deed) -> PaperDeed {
        match deed {
            papers::Deed::Seen => PaperDeed::Seen,
            papers::Deed::Copied => PaperDeed::Copied,
            papers::Deed::Opened => PaperDeed::Opened,
            papers::Deed::Printed => PaperDeed::Printed,
        }
    }
}
