//! Papers among the scenarios: files that people take in, send and open, on machines that die and
//! disks that are put back. They follow from a chance of their own, so that scenarios without them
//! stay as they are.

use chrono::TimeDelta;
use rand::Rng;
use rand::seq::IndexedRandom;
use servease_domain::{EntityKind, Record, Value, Values};
use servease_files::hash_of;
use servease_store::papers::{Deed, Look};
use servease_store::{Author, Moment, StoreError, documents, files, rows};
use servease_sync::files::{End, Pace, PartSizes, fetch, send};
use servease_sync::{RemoteError, SyncFailure};
use servease_wire::sync::files::FileName;
use tokio_util::sync::CancellationToken;

use super::network::Line;
use super::world::World;

impl World<'_> {
    /// Now and then somebody takes a paper in, opens one, or a desk sends what waits.
    pub(super) async fn handle_papers(&mut self) -> Result<(), String> {
        let Some(papers) = &mut self.papers else {
            return Ok(());
        };
        let roll = papers.random.random_range(0..10_u32);
        let at = papers.random.random_range(0..self.desks.len());
        match roll {
            0 => {
                let done = self.take_in(at).await;
                done.map_err(|error| format!("a paper was not taken in: {error:?}"))
            }
            1..=3 => self.send_files(at).await.map(|_| ()),
            4 => self.open_some(at).await,
            5 => {
                let done = self.look(at).await;
                done.map_err(|error| format!("a look was not written down: {error:?}"))
            }
            _ => Ok(()),
        }
    }

    fn moment(&self, at: usize) -> Moment {
        Moment {
            now: self.desks[at].now(self.now),
            author: Author {
                id: None,
                name: format!("desk {at}"),
            },
        }
    }

    /// Somebody looks at a paper of which every desk is told who did.
    async fn look(&mut self, at: usize) -> Result<(), StoreError> {
        let moment = self.moment(at);
        let store = self.desks[at].store.clone();
        let Some(papers) = &mut self.papers else {
            return Ok(());
        };
        let mut step = store.begin(moment.clone()).await?;
        let live = rows::list_all(step.conn(), EntityKind::Document).await?;
        let Some(document) = live.choose(&mut papers.random) else {
            return Ok(());
        };
        let look = Look {
            at: moment.now,
            author: moment.author.name,
            deed: Deed::Seen,
        };
        let record = look.record(step.new_id(), document.id);
        step.create(&record).await?;
        step.commit().await?;
        self.tally.count("look at a paper");
        self.note(at).await;
        Ok(())
    }

    async fn take_in(&mut self, at: usize) -> Result<(), StoreError> {
        let moment = self.moment(at);
        let store = self.desks[at].store.clone();
        let Some(papers) = &mut self.papers else {
            return Ok(());
        };
        let mut step = store.begin(moment.clone()).await?;
        let owners = rows::list_all(step.conn(), EntityKind::Customer).await?;
        let Some(owner) = owners.choose(&mut papers.random) else {
            return Ok(());
        };
        papers.count += 1;
        let length = papers.random.random_range(1..40);
        // Now and then the same paper at two desks.
        let number = papers.count / papers.random.random_range(1..3);
        let content = format!("{number:>length$}").into_bytes();
        let sha256 = hash_of(&content);
        let size = i64::try_from(content.len()).unwrap_or(0);
        let text = |text: &str| Value::Text(text.to_owned());
        let values = Values::from([
            ("customer_id", Value::Id(owner.id)),
            ("document_type", text("other")),
            ("title", text("Paper")),
            ("file_name", text("a.txt")),
            ("file_size", Value::Integer(size)),
            ("mime_type", text("text/plain")),
            ("sha256", text(&sha256)),
        ]);
        let record = Record::new(EntityKind::Document, step.new_id(), values, moment.now);
        self.desks[at]
            .files
            .disk()
            .kept
            .insert(sha256.clone(), content.clone());
        step.create(&record).await?;
        files::note_taken_in(step.conn(), &sha256).await?;
        step.commit().await?;
        self.network.tell(|| format!("desk {at} takes in {sha256}"));
        papers.lost.remove(&sha256);
        papers.taken_in.insert(sha256, content);
        self.tally.count("paper taken in");
        self.note(at).await;
        Ok(())
    }

    /// A run of a desk's lane of files. None: it ended early, as such runs do.
    async fn send_files(&mut self, at: usize) -> Result<Option<End>, String> {
        let Some(papers) = &mut self.papers else {
            return Ok(None);
        };
        let size = papers.random.random_range(2..9);
        let pace = match papers.random.random_range(0..3) {
            0 => Pace::Now,
            _ => Pace::Idle,
        };
        let sizes = PartSizes {
            first: size,
            least: size,
            most: size,
            // Which of two is answered first is nothing that a seed decides.
            files: 1,
        };
        let desk = &self.desks[at];
        let line = Line {
            network: &self.network,
            central: &self.central,
            store: Some(&desk.store),
            now: self.now,
        };
        let (now, cancel) = (desk.now(self.now), CancellationToken::new());
        let ends = (&line, &desk.files);
        let run = send(&desk.store, ends, now, (pace, sizes), &cancel, &|_| {});
        let (report, result) = tokio::select! {
            biased;
            ended = run => ended,
            () = self.network.death() => {
                self.network.tell(|| format!("desk {at} died with a file"));
                return Ok(None);
            }
        };
        self.network
            .tell(|| format!("desk {at} sent files: {report:?} {result:?}"));
        self.tally.count("runs of the lane");
        self.tally.add("files sent", report.sent);
        if report.refused > 0 {
            return Err(format!("desk {at}: a good file was refused"));
        }
        expected(result).map_err(|failure| format!("desk {at} sends files: {failure:?}"))
    }

    /// Somebody opens a document.
    async fn open_some(&mut self, at: usize) -> Result<(), String> {
        let store = self.desks[at].store.clone();
        let live = {
            let mut conn = store.read().await.expect("connection");
            let mut live = documents::live_files(&mut conn).await.expect("files");
            live.sort_unstable();
            live
        };
        let Some(papers) = &mut self.papers else {
            return Ok(());
        };
        let Some(sha256) = live.choose(&mut papers.random).cloned() else {
            return Ok(());
        };
        self.open(at, &sha256).await.map(|_| ())
    }

    /// Whether the file is on the desk afterwards.
    async fn open(&mut self, at: usize, sha256: &str) -> Result<bool, String> {
        let desk = &self.desks[at];
        if desk.files.disk().kept.contains_key(sha256) {
            return Ok(true);
        }
        let content = self.papers.as_ref().and_then(|it| it.taken_in.get(sha256));
        let Some(size) = content.map(Vec::len) else {
            return Ok(false);
        };
        let line = Line {
            network: &self.network,
            central: &self.central,
            store: Some(&desk.store),
            now: self.now,
        };
        let file = FileName {
            sha256: sha256.to_owned(),
            size_bytes: size as u64,
        };
        let cancel = CancellationToken::new();
        let run = fetch((&line, &desk.files), &file, &cancel, &|_| {});
        let result = tokio::select! {
            biased;
            ended = run => ended,
            () = self.network.death() => return Ok(false),
        };
        self.network
            .tell(|| format!("desk {at} opens {sha256}: {result:?}"));
        let is_here = expected(result)
            .map_err(|failure| format!("desk {at} opens a file: {failure:?}"))?
            .unwrap_or(false);
        if is_here {
            let mut tx = desk.store.begin_plain().await.expect("transaction");
            let noted = files::note_fetched(&mut tx, sha256, desk.now(self.now)).await;
            noted.expect("noted");
            desk.store.commit(tx, Vec::new()).await.expect("commit");
            self.tally.count("file fetched");
        }
        Ok(is_here)
    }

    /// A disk was put back: of these files there may be no other copy.
    pub(super) fn mourn(&mut self, before: impl IntoIterator<Item = String>) {
        if let Some(papers) = &mut self.papers {
            papers.lost.extend(before);
        }
    }

    /// Peace for files, after that for records: every one arrives that anybody has, wherever it is
    /// wanted.
    pub(super) async fn settle_papers(&mut self) -> Result<(), String> {
        if self.papers.is_none() {
            return Ok(());
        }
        // By then each desk asks whether Central still has what it had.
        self.now += TimeDelta::days(2);
        for at in 0..self.desks.len() {
            let end = self.send_files(at).await?;
            if end != Some(End::Through) {
                return Err(format!(
                    "desk {at} does not come to an end with files: {end:?}"
                ));
            }
        }
        let live = self.live_at_central().await;
        let (taken_in, lost) = match &self.papers {
            Some(papers) => (papers.taken_in.clone(), papers.lost.clone()),
            None => return Ok(()),
        };
        for sha256 in live {
            let Some(content) = taken_in.get(&sha256) else {
                continue;
            };
            let Some(files) = &self.central.files else {
                continue;
            };
            match files.content(&sha256) {
                Ok(found) if found == *content => {}
                Ok(_) => return Err(format!("Central has another file for {sha256}")),
                Err(_) => {
                    let holder = self
                        .desks
                        .iter()
                        .position(|desk| desk.files.disk().kept.contains_key(&sha256));
                    match holder {
                        Some(at) => {
                            return Err(format!("Central lacks {sha256}, which desk {at} has"));
                        }
                        None if lost.contains(&sha256) => continue,
                        None => return Err(format!("{sha256} is nowhere, and was never lost")),
                    }
                }
            }
            for at in 0..self.desks.len() {
                if !self.open(at, &sha256).await? {
                    return Err(format!("desk {at} cannot open {sha256}"));
                }
                if self.desks[at].files.disk().kept.get(&sha256) != Some(content) {
                    return Err(format!("desk {at} has another file for {sha256}"));
                }
            }
            self.tally.count("file everywhere");
        }
        Ok(())
    }

    async fn live_at_central(&self) -> Vec<String> {
        let sql = "SELECT DISTINCT sha256 FROM documents WHERE deleted_at IS NULL \
             AND sha256 <> '' ORDER BY sha256";
        let found = sqlx::query_scalar(sql).fetch_all(&self.central.pool).await;
        found.expect("documents")
    }
}

/// What such a run may end with while nothing is as it should be; other failures are none of these.
fn expected<T>(result: Result<T, SyncFailure>) -> Result<Option<T>, SyncFailure> {
    match result {
        Ok(done) => Ok(Some(done)),
        Err(SyncFailure::Remote(
            RemoteError::Unreachable(_)
            | RemoteError::Busy { .. }
            | RemoteError::NotCentral(_)
            | RemoteError::SignedOut
            | RemoteError::Refused { .. },
        )) => Ok(None),
        Err(other) => Err(other),
    }
}
