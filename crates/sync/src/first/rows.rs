//! A first sync by rows: for a Central that has no file in this program's schema. The database
//! is put together here, its indexes last, and taken in like a file.

use servease_store::ready::{Builder, Place};
use servease_store::sync::snapshot;
use servease_store::{Store, StoreError};
use servease_wire::sync::{PROTOCOL, RowsAnswer, RowsQuery};

use super::Came;
use super::folder::{Folder, failed};
use crate::failure::SyncFailure;
use crate::place::PASSES_MAX;
use crate::place::SnapshotPlace;
use crate::progress::{OnProgress, Progress, Stage};
use crate::remote::Remote;

/// Takes every row and makes them the desk's content. Dropping the future leaves the desk as it
/// was, and the rows that have come for the next attempt.
pub(crate) async fn take_rows(
    store: &Store,
    remote: &impl Remote,
    folder: Folder,
    rows_per_page: usize,
    on_progress: OnProgress<'_>,
) -> Result<Came, SyncFailure> {
    let (mut builder, mut place) = open(&folder).await?;
    let query = |place: Option<&SnapshotPlace>| RowsQuery {
        protocol: PROTOCOL,
        entity: place.and_then(|place| place.entity.clone()),
        after: place.and_then(|place| place.after),
        limit: rows_per_page,
        particular: false,
    };
    let mut page = match &place {
        Some(place) if place.is_complete => None,
        place => Some(remote.rows(&query(place.as_ref())).await?),
    };
    while let Some(answer) = page {
        if let Some(place) = &place
            && !place.precedes(&answer, remote).await?
        {
            // Central was restored half-way: what has come is of another past.
            drop(builder);
            folder.clear()?;
            return Ok(Came::Gone);
        }
        let mut next = advance(place.take(), &answer)?;
        if answer.is_last && next.too_early > 0 {
            // What was made while the pages were read is complete when they are read again.
            builder.add(&snapshot::records(&answer.rows), "").await?;
            if builder.is_whole().await? {
                next.is_complete = true;
            } else {
                next.begin_again()?;
            }
            builder.add(&[], &text(&next)).await?;
            page = match next.is_complete {
                true => None,
                false => Some(remote.rows(&query(Some(&next))).await?),
            };
        } else {
            next.is_complete = answer.is_last;
            let records = snapshot::records(&answer.rows);
            let text = text(&next);
            // While one page is written the next is on its way.
            let coming = async {
                match answer.is_last {
                    true => Ok(None),
                    false => remote.rows(&query(Some(&next))).await.map(Some),
                }
            };
            let (coming, added) = tokio::join!(coming, builder.add(&records, &text));
            added?;
            page = coming?;
        }
        on_progress(Progress::Snapshot {
            rows: next.rows,
            total: next.total,
        });
        place = Some(next);
    }
    let place = place.unwrap_or_default();
    finish(store, builder, folder, &place, on_progress).await
}

/// What an earlier attempt has left, or a new database.
async fn open(folder: &Folder) -> Result<(Builder, Option<SnapshotPlace>), SyncFailure> {
    if let Ok(mut builder) = Builder::open(&folder.of_rows()).await
        && let Ok(added) = builder.added().await
    {
        let place = added.map(|text| serde_json::from_str(&text));
        match place.transpose() {
            Ok(place) => return Ok((builder, place)),
            Err(_) => drop(builder),
        }
    }
    folder.clear()?;
    Ok((Builder::open(&folder.of_rows()).await?, None))
}

fn text(place: &SnapshotPlace) -> String {
    serde_json::to_string(place).unwrap_or_default()
}

/// The place behind a page.
fn advance(place: Option<SnapshotPlace>, page: &RowsAnswer) -> Result<SnapshotPlace, SyncFailure> {
    let mut place = place.unwrap_or_else(|| SnapshotPlace::of(page));
    place.note(page);
    // Only a row that was changed since the first page was read can refer to one that was made
    // since, and that its own page does not have.
    let late = page.rows.iter().filter(|row| row.seq > place.seq).count();
    place.too_early += late as u64;
    place.rows += page.rows.len() as u64;
    match page.rows.last() {
        Some(row) => {
            place.entity = Some(row.entity.clone());
            place.after = Some(row.record);
        }
        None if !page.is_last => return Err(SyncFailure::Stuck("the snapshot stands still")),
        None => {}
    }
    Ok(place)
}

impl SnapshotPlace {
    fn begin_again(&mut self) -> Result<(), SyncFailure> {
        self.passes += 1;
        if self.passes > PASSES_MAX {
            return Err(SyncFailure::Stuck("rows refer to others that do not come"));
        }
        self.entity = None;
        self.after = None;
        self.too_early = 0;
        self.rows = 0;
        Ok(())
    }
}

async fn finish(
    store: &Store,
    builder: Builder,
    folder: Folder,
    place: &SnapshotPlace,
    on_progress: OnProgress<'_>,
) -> Result<Came, SyncFailure> {
    let at = Place {
        epoch: place.epoch.clone(),
        seq: place.seq,
        stamp: place.stamp,
        newest: place.newest(),
    };
    builder
        .finish(&at, &mut |done, total| {
            on_progress(Progress::File {
                stage: Stage::Indexing,
                done,
                total,
            });
        })
        .await?;
    let total = std::fs::metadata(folder.of_rows()).map_err(failed)?.len();
    on_progress(Progress::File {
        stage: Stage::TakingIn,
        done: 0,
        total,
    });
    match store.take_in(&folder.of_rows()).await {
        Ok(taken) => {
            folder.remove();
            Ok(taken.into())
        }
        Err(error @ StoreError::Damaged(_)) => {
            tracing::warn!(%error, "a power cut has damaged what had come");
            folder.clear()?;
            Ok(Came::Damaged)
        }
        Err(error) => Err(error.into()),
    }
}
