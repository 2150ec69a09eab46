//! What happens all day: a few edits, one edit, none.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Map, Value as Json};
use servease_desk::Desk;
use servease_domain::EntityKind;
use servease_store::rows;
use servease_sync::Limits;
use uuid::Uuid;

use super::Outcome;
use super::central::{Central, EMAIL, PASSWORD, new_desk, remote_at, run_once};
use super::line;
use crate::figures::{Samples, Table};

const OFFLINE_EDITS: usize = 5_000;
const CHANGES: usize = 100;
const ROUNDS: usize = 20;
const IDLE_RUNS: usize = 200;
const SEEN_EDITS: usize = 200;
const BATCHED_EDITS: usize = 500;

/// An edit that is not seen in this time is lost.
const PATIENCE: Duration = Duration::from_secs(10);

pub async fn measure(central: &Central, scratch: &Path, table: &mut Table) -> Outcome<()> {
    let limits = Limits::default();
    let remote = central.remote()?;
    let one = new_desk(&scratch.join("one")).await?;
    let other = new_desk(&scratch.join("other")).await?;
    run_once(&one, &remote, limits).await?;
    run_once(&other, &remote, limits).await?;
    let ids = customers(&one, OFFLINE_EDITS).await?;
    if ids.is_empty() {
        return Err("no customers".into());
    }

    let mut idle = Samples::default();
    for _ in 0..IDLE_RUNS {
        let started = Instant::now();
        run_once(&one, &remote, limits).await?;
        idle.add(started);
    }
    table.beside_target("a sync with nothing to do", &idle, 5.0);

    let mut across = Samples::default();
    for round in 0..ROUNDS {
        edit(&one, &ids, CHANGES, &format!("Town {round}")).await?;
        let started = Instant::now();
        run_once(&one, &remote, limits).await?;
        let report = run_once(&other, &remote, limits).await?;
        across.add(started);
        if report.pulled < CHANGES as u64 {
            return Err(format!("{report:?}").into());
        }
    }
    table.beside_target("100 changes, desk → Central → other desk", &across, 25.0);

    edit(&one, &ids, OFFLINE_EDITS, "Offline").await?;
    let started = Instant::now();
    let report = run_once(&one, &remote, limits).await?;
    let elapsed = started.elapsed();
    table.note(
        "5,000 offline edits reach Central (PouchDB: 1.7–2.6 s)",
        &format!("{:.2} s, {} pushed", elapsed.as_secs_f64(), report.pushed),
    );
    let started = Instant::now();
    run_once(&other, &remote, limits).await?;
    table.note(
        "the same 5,000 reach the other desk",
        &format!("{:.2} s", started.elapsed().as_secs_f64()),
    );

    edit(&one, &ids, BATCHED_EDITS, "Counted").await?;
    let (url, counted) = line::counting(central.running.address).await?;
    let line = remote_at(&url)?;
    run_once(&one, &line, limits).await?;
    let mut bytes = counted.bytes();
    // What the run asks beside its edits is asked by any run.
    run_once(&one, &line, limits).await?;
    bytes -= counted.bytes() - bytes;
    table.note(
        "bytes on the wire for a one-field edit, batched by 500 (target ≤ 250)",
        &format!("{:.0}", bytes as f64 / BATCHED_EDITS as f64),
    );

    let seen = seen_elsewhere(central, &one, &other, &ids).await?;
    table.beside_target("one edit seen on another desk (events)", &seen, 25.0);
    table.note(
        "one edit seen on another desk, p99 (target ≤ 100 ms)",
        &format!("{:.1} ms", seen.percentile_ms(99)),
    );
    one.close().await;
    other.close().await;
    Ok(())
}

async fn customers(desk: &Desk, limit: usize) -> Outcome<Vec<Uuid>> {
    let mut conn = desk.store().read().await?;
    let found = rows::list_after(&mut conn, EntityKind::Customer, None, limit).await?;
    Ok(found
        .into_iter()
        .filter(|record| !record.is_deleted())
        .map(|record| record.id)
        .collect())
}

/// Makes so many edits of one field each, one action of a person each.
async fn edit(desk: &Desk, ids: &[Uuid], count: usize, town: &str) -> Outcome<()> {
    for number in 0..count {
        let text = format!("{town} {number}");
        let change = Map::from_iter([("city".to_owned(), Json::String(text))]);
        desk.edit(EntityKind::Customer, ids[number % ids.len()], &change, true)
            .await?;
    }
    Ok(())
}

/// Both desks sync in the background, woken by edits and by Central's events, as in the window.
async fn seen_elsewhere(
    central: &Central,
    one: &Desk,
    other: &Desk,
    ids: &[Uuid],
) -> Outcome<Samples> {
    for desk in [one, other] {
        desk.sign_in(&central.running.url, EMAIL, PASSWORD, true)
            .await?;
    }
    let tasks = [one.start_syncing(1), other.start_syncing(2)];
    let mut seen = Samples::default();
    for number in 0..SEEN_EDITS {
        let id = ids[number % ids.len()];
        let mut heard = other.store().listen();
        let text = format!("Seen {number}");
        let change = Map::from_iter([("city".to_owned(), Json::String(text))]);
        let started = Instant::now();
        one.edit(EntityKind::Customer, id, &change, true).await?;
        let arrival = async {
            while let Ok(changed) = heard.recv().await {
                if changed.changed.iter().any(|changed| changed.id == id) {
                    return true;
                }
            }
            false
        };
        if !tokio::time::timeout(PATIENCE, arrival).await? {
            return Err("the other desk has ended".into());
        }
        seen.add(started);
    }
    for task in tasks {
        task.stop().await;
    }
    for desk in [one, other] {
        desk.sign_out().await?;
    }
    Ok(seen)
}
