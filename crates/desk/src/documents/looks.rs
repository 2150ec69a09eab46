//! Who looked at papers on this PC.
//!
//! A line of a log, and no record: it is written by looking, so that a look at a hundred papers
//! would be a hundred mutations to send, nobody may change it, and nothing can be undone about it.

use servease_store::papers::{self, Look};
use uuid::Uuid;

use super::views::{LookLine, PaperDeed};
use crate::{Desk, Result};

/// Nobody reads further back on a screen.
const SHOWN: u32 = 20;

impl Desk {
    /// Writes down what whoever works here did with a paper.
    pub async fn note_look(&self, document: Uuid, deed: PaperDeed) -> Result<()> {
        let author = {
            let mut conn = self.store.read().await?;
            let garage = self.garage(&mut conn).await?;
            self.author(&mut conn, &garage).await?
        };
        let look = Look {
            at: self.clock.now(),
            author: author.name,
            deed: deed.into(),
        };
        let mut conn = self.store.write().await?;
        Ok(papers::note_look(&mut conn, document, &look).await?)
    }

    /// The latest looks at a paper on this PC, newest first.
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
