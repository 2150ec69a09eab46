//! One scenario: edits while everything fails, then peace, then the checks.

use chrono::TimeDelta;
use rand::Rng;
use servease_store::StoreError;
use servease_store::sync::{discard, outbox};
use servease_sync::{Limits, RemoteError, Report, SyncFailure, sync};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::arena::Arena;
use super::central_log::{read_ledger, read_log};
use super::disks::{Cabinet, CentralFiles};
use super::image::Image;
use super::machine::{CentralBackup, DeskBackup, DeskPc, Pages, limit_pages};
use super::network::Line;
use super::world::World;
use super::{Options, Sabotage, Tally, attacks, check, edits, rest};

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub seed: u64,
    pub what: String,
    /// What happened, line by line, where it was asked for.
    pub course: Vec<String>,
}

/// How many peaceful rounds may be needed until everybody agrees. What was parked on one desk
/// may wait for another desk's next round, and so on through all of them.
const ROUNDS_MAX: usize = 14;

impl Arena {
    /// Runs the scenario of a seed.
    pub async fn run(&self, seed: u64, options: Options) -> Result<Tally, (Violation, Tally)> {
        let mut world = World::new(self, seed, options).await;
        let result = world.play(options).await;
        let mut tally = world.tally.clone();
        tally.join(&world.network.tally.lock().expect("tally"));
        match result {
            Ok(()) => Ok(tally),
            Err(what) => {
                let course = world.network.take_course();
                Err((Violation { seed, what, course }, tally))
            }
        }
    }
}

impl World<'_> {
    async fn play(&mut self, options: Options) -> Result<(), String> {
        let mut left = options.edits;
        while left > 0 {
            self.now += TimeDelta::seconds(self.random.random_range(1..600));
            match self.random.random_range(0..100_u32) {
                0..=59 => {
                    self.edit().await?;
                    left -= 1;
                }
                60..=87 => {
                    let desk = self.any_desk();
                    self.run(desk, true).await?;
                }
                88..=90 => self.late_arrival().await,
                91 => self.back_up_central().await,
                92 => self.restore_central().await,
                93 => self.back_up_desk().await,
                94 => self.restore_desk().await?,
                95 => self.clone_desk().await?,
                96 => self.bend_clock(),
                97 => self.forget_changes().await,
                98 => self.fill_disk().await?,
                _ => self.newer_central().await,
            }
            self.let_outsiders_act(options.sabotage).await?;
            self.handle_papers().await?;
        }
        self.settle().await?;
        self.settle_papers().await?;
        if self.outsiders.is_some() {
            attacks::sees_no_private_note(&self.central).await?;
        }
        check::all(self).await
    }

    async fn let_outsiders_act(&mut self, sabotage: Option<Sabotage>) -> Result<(), String> {
        let Some(random) = &mut self.outsiders else {
            return Ok(());
        };
        let (central, tally) = (&self.central, &mut self.tally);
        match random.random_range(0..10_u32) {
            0 | 1 => rest::random_request(central, self.now, random, tally).await,
            2 => attacks::attack(central, self.now, sabotage, random, tally).await,
            _ => Ok(()),
        }
    }

    fn any_desk(&mut self) -> usize {
        self.random.random_range(0..self.desks.len())
    }

    async fn edit(&mut self) -> Result<(), String> {
        let at = self.any_desk();
        let desk = &self.desks[at];
        let author = format!("desk {at}");
        let done = edits::random_edit(
            &desk.store,
            desk.now(self.now),
            &author,
            &mut self.random,
            &mut self.tally,
        )
        .await;
        done.map_err(|error| format!("an edit failed: {error:?}"))?;
        self.note(at).await;
        Ok(())
    }

    /// A sync run of one desk. Failures of the line are expected; anything else is not.
    pub async fn run(&mut self, at: usize, _may_fail: bool) -> Result<Report, String> {
        let desk = &self.desks[at];
        let line = Line {
            network: &self.network,
            central: &self.central,
            store: Some(&desk.store),
            now: self.now,
        };
        let now = desk.now(self.now);
        let limits = Limits {
            mutations: self.random.random_range(1..30),
            entries: self.random.random_range(2..60),
            rows: self.random.random_range(3..40),
            ..Limits::default()
        };
        let clock = move || now;
        let cancel = CancellationToken::new();
        let run = sync(&desk.store, &line, &clock, limits, &cancel, &|_| {});
        let (report, result) = tokio::select! {
            biased;
            ended = run => ended,
            () = self.network.death() => {
                self.tell(|| format!("desk {at} died"));
                return Ok(Report::default());
            }
        };
        self.tell(|| format!("desk {at} synced: {report:?} {result:?}"));
        self.tally.count("sync runs");
        self.tally.add("pushed", report.pushed);
        self.tally.add("pulled", report.pulled);
        self.tally.add("merged", report.merged);
        self.tally.add("conflicts", report.conflicts);
        self.tally.add("duplicates", report.duplicates);
        match result {
            Ok(()) => Ok(report),
            Err(SyncFailure::Remote(
                RemoteError::Unreachable(_)
                | RemoteError::Busy { .. }
                | RemoteError::NotCentral(_)
                | RemoteError::SignedOut
                | RemoteError::Refused { .. },
            )) => Ok(report),
            Err(SyncFailure::Store(StoreError::DiskFull)) => {
                self.tally.count("run ended by a full disk");
                Ok(report)
            }
            Err(other) => Err(format!("desk {at}: {other:?}")),
        }
    }

    async fn late_arrival(&mut self) {
        if let Some(push) = self.network.take_delayed() {
            self.tell(|| format!("late arrival of {:?}", ids(&push)));
            let line = Line {
                network: &self.network,
                central: &self.central,
                store: None,
                now: self.now,
            };
            // Nobody waits for this answer any more.
            let _ = line.deliver(&push).await;
            self.tally.count("late arrival");
        }
    }

    async fn back_up_central(&mut self) {
        let image = Image::of(&mut self.central.pool.acquire().await.expect("connection")).await;
        let files = self.central.files.as_ref().map(CentralFiles::image);
        self.central.backup = Some(CentralBackup {
            image,
            epoch: self.central.epoch.clone(),
            files: files.unwrap_or_default(),
        });
        self.tell(|| "Central backed up".to_owned());
        self.tally.count("Central backed up");
    }

    async fn restore_central(&mut self) {
        let Some(CentralBackup {
            image,
            epoch,
            files,
        }) = self.central.backup.clone()
        else {
            return;
        };
        let log = read_log(&self.central).await;
        let mut without_effect = read_ledger(&self.central).await;
        for line in &log {
            if let Some(id) = line.mutation {
                without_effect.remove(&id);
            }
        }
        self.without_effect.extend(without_effect);
        self.forgotten.extend(log);
        self.arena.restore_central(&image).await;
        if let Some(disk) = &self.central.files {
            let before = disk.kept();
            disk.restore(&files);
            self.mourn(before);
        }
        // Somebody copies a file back, or uses the command that says so.
        if self.random.random() {
            self.central.epoch = format!("epoch-{}", self.random.random::<u32>());
            self.tell(|| "Central restored".to_owned());
            self.tally.count("Central restored");
        } else {
            self.central.epoch = epoch;
            self.tell(|| "Central restored silently".to_owned());
            self.tally.count("Central restored silently");
        }
    }

    async fn back_up_desk(&mut self) {
        let at = self.any_desk();
        let image = self.image_of(at).await;
        self.desks[at].backup = Some(DeskBackup {
            image,
            noted: self.desks[at].noted,
            files: self.desks[at].files.copy(),
        });
        self.tell(|| format!("desk {at} backed up"));
        self.tally.count("desk backed up");
    }

    async fn image_of(&self, at: usize) -> Image {
        Image::of(&mut self.desks[at].store.write().await.expect("connection")).await
    }

    async fn restore_desk(&mut self) -> Result<(), String> {
        let at = self.any_desk();
        let Some(backup) = self.desks[at].backup.clone() else {
            return Ok(());
        };
        // What only the dead disk had is lost with it.
        let held = self.ids_in_log(at).await;
        let store = self.desks[at].store.clone();
        self.arena.restore_desk(&store, &backup.image).await;
        store.reseed(self.random.random());
        self.desks[at].noted = backup.noted;
        let before: Vec<String> = self.desks[at].files.copy().kept.into_keys().collect();
        self.mourn(before);
        self.desks[at].files = Cabinet::with(backup.files);
        let left = self.ids_in_log(at).await;
        for id in held.iter().filter(|id| !left.contains(id)) {
            if let Some(edit) = self.edits.get_mut(id) {
                edit.is_forgiven = true;
            }
        }
        self.tell(|| format!("desk {at} restored"));
        self.tally.count("desk restored");
        Ok(())
    }

    async fn ids_in_log(&self, at: usize) -> Vec<Uuid> {
        let mut conn = self.desks[at].store.read().await.expect("connection");
        sqlx::query_scalar("SELECT id FROM mutations")
            .fetch_all(&mut *conn)
            .await
            .expect("ids")
    }

    async fn clone_desk(&mut self) -> Result<(), String> {
        if self.desks.len() >= self.arena.desks.len() {
            return Ok(());
        }
        let at = self.any_desk();
        let image = self.image_of(at).await;
        let store = self.arena.desks[self.desks.len()].clone();
        self.arena.restore_desk(&store, &image).await;
        store.reseed(self.random.random());
        self.desks.push(DeskPc {
            store,
            offset: self.desks[at].offset,
            backup: None,
            noted: self.desks[at].noted,
            original: self.desks[at].original,
            files: Cabinet::with(self.desks[at].files.copy()),
        });
        self.tell(|| format!("desk {at} cloned"));
        self.tally.count("desk cloned");
        Ok(())
    }

    fn bend_clock(&mut self) {
        let at = self.any_desk();
        let days = self.random.random_range(-7_300..7_300);
        self.desks[at].offset = TimeDelta::days(days);
        self.tally.count("clock bent");
    }

    /// Central forgets its older changes: cursors before them have expired.
    async fn forget_changes(&mut self) {
        let log = read_log(&self.central).await;
        let Some(newest) = log.last().map(|line| line.seq) else {
            return;
        };
        let up_to = self.random.random_range(0..=newest);
        self.forgotten.extend(log);
        servease_central::sync::feed::forget(&self.central.db, up_to)
            .await
            .expect("forget");
        self.tell(|| format!("changes up to {up_to} forgotten"));
        self.tally.count("changes forgotten");
    }

    /// The disk of a desk fills up in the middle of a run.
    async fn fill_disk(&mut self) -> Result<(), String> {
        let at = self.any_desk();
        let store = self.desks[at].store.clone();
        limit_pages(&mut store.write().await.expect("connection"), Pages::AsMany).await;
        let result = self.run(at, true).await;
        limit_pages(&mut store.write().await.expect("connection"), Pages::Any).await;
        self.tally.count("disk full");
        result.map(|_| ())
    }

    /// A newer Central writes an entity that the desks do not know.
    async fn newer_central(&mut self) {
        let mut tx = self.central.pool.begin().await.expect("transaction");
        let seq: i64 = sqlx::query_scalar(
            "UPDATE counters SET value = value + 1 WHERE name = 'changes' RETURNING value",
        )
        .fetch_one(&mut *tx)
        .await
        .expect("number");
        sqlx::query(
            "INSERT INTO changes (seq, stamp, entity, record_id, kind, author_name, at, before, \
             after) VALUES (?, random(), 'work_order', ?, 'create', '', \
             '2026-01-01T00:00:00.000000Z', '{}', '{}')",
        )
        .bind(seq)
        .bind(Uuid::from_u128(u128::from(self.random.random::<u64>())))
        .execute(&mut *tx)
        .await
        .expect("change");
        tx.commit().await.expect("commit");
        self.tally.count("newer Central");
    }

    /// Peace: everything arrives, and every desk syncs until nobody has anything new.
    async fn settle(&mut self) -> Result<(), String> {
        self.network.per_mille = 0;
        self.tell(|| "peace".to_owned());
        while let Some(push) = self.network.take_delayed() {
            self.tell(|| format!("late arrival of {:?}", ids(&push)));
            let line = Line {
                network: &self.network,
                central: &self.central,
                store: None,
                now: self.now,
            };
            let _ = line.deliver(&push).await;
        }
        let mut last = String::new();
        for _ in 0..ROUNDS_MAX {
            let mut is_quiet = true;
            last.clear();
            for at in 0..self.desks.len() {
                self.now += TimeDelta::seconds(1);
                let report = self.run(at, false).await?;
                self.give_up_rejected(at).await?;
                let moved = report.pushed + report.pulled + report.set_aside + report.rejected;
                if moved > 0 || report.waiting > 0 {
                    is_quiet = false;
                }
                last.push_str(&format!("desk {at}: {report:?}; "));
            }
            if is_quiet {
                return Ok(());
            }
        }
        Err(format!(
            "no peace after {ROUNDS_MAX} rounds: {last}{}",
            self.waiting_text().await
        ))
    }

    async fn waiting_text(&self) -> String {
        let mut text = String::new();
        for (at, desk) in self.desks.iter().enumerate() {
            let mut conn = desk.store.read().await.expect("connection");
            for line in outbox::list_waiting(&mut conn, 5).await.expect("waiting") {
                text.push_str(&format!("\n  desk {at} waits: {line:?}"));
            }
        }
        text
    }

    /// What Central refuses is given up by its author, who sees it in the list.
    async fn give_up_rejected(&mut self, at: usize) -> Result<(), String> {
        let store = self.desks[at].store.clone();
        let mut tx = store
            .begin_plain()
            .await
            .map_err(|error| format!("{error:?}"))?;
        let rejected: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM mutations WHERE state = 'rejected' ORDER BY number")
                .fetch_all(&mut *tx)
                .await
                .expect("rejected");
        let mut changed = Vec::new();
        for id in rejected {
            let discarded = discard::discard(&mut tx, id)
                .await
                .map_err(|error| format!("discard: {error:?}"))?;
            changed.extend(discarded.unwrap_or_default().changed);
            self.tell(|| format!("desk {at} gives up {id}"));
            self.tally.count("given up");
            if let Some(edit) = self.edits.get_mut(&id) {
                edit.is_forgiven = true;
            }
        }
        store
            .commit(tx, changed)
            .await
            .map_err(|error| format!("{error:?}"))
    }
}

fn ids(push: &servease_wire::sync::Push) -> Vec<Uuid> {
    push.mutations.iter().map(|mutation| mutation.id).collect()
}
