//! First syncs: by a ready file, and row by row, each beside its floor.

use std::path::Path;
use std::time::Instant;

use servease_sync::remote::FilePart;
use servease_sync::{HttpRemote, Limits, Remote, RemoteError};
use servease_wire::sync::{
    BeginAnswer, BeginQuery, ChangesAnswer, ChangesQuery, CommonAnswer, CommonQuery, FileState,
    PROTOCOL, Push, PushAnswer, ReadyFile, RowsAnswer, RowsQuery,
};

use super::Outcome;
use super::central::{Central, new_desk, run_once};
use super::floor;
use crate::figures::{Samples, Table};

/// A desk for which Central has no file.
struct WithoutFile(HttpRemote);

impl Remote for WithoutFile {
    async fn push(&self, push: &Push) -> Result<PushAnswer, RemoteError> {
        self.0.push(push).await
    }

    async fn changes(&self, query: &ChangesQuery) -> Result<ChangesAnswer, RemoteError> {
        self.0.changes(query).await
    }

    async fn common(&self, query: &CommonQuery) -> Result<CommonAnswer, RemoteError> {
        self.0.common(query).await
    }

    async fn rows(&self, query: &RowsQuery) -> Result<RowsAnswer, RemoteError> {
        self.0.rows(query).await
    }

    async fn begin(&self, query: &BeginQuery) -> Result<Option<BeginAnswer>, RemoteError> {
        let schema = query.schema + 1;
        self.0
            .begin(&BeginQuery {
                schema,
                ..query.clone()
            })
            .await
    }

    async fn file(&self, _: &str, _: u64) -> Result<Option<FilePart>, RemoteError> {
        Ok(None)
    }
}

fn limits() -> Limits {
    Limits {
        begin_from: 1,
        ..Limits::default()
    }
}

pub async fn measure(
    central: &Central,
    scratch: &Path,
    rounds: usize,
    table: &mut Table,
) -> Outcome<()> {
    let started = Instant::now();
    let offer = offer(central).await?;
    table.note(
        "made by Central, once for all desks",
        &format!(
            "{:.1} s; {} rows, {} MB, {} MB compressed",
            started.elapsed().as_secs_f64(),
            offer.rows,
            offer.unpacked_bytes >> 20,
            offer.size_bytes >> 20
        ),
    );
    let folder = scratch.join("first");
    let mut by_file = Samples::default();
    let mut bare = Samples::default();
    for _ in 0..rounds {
        let floor = floor::by_file(central, &offer, scratch).await?;
        bare.add(floor.started);
        println!("floor: {floor:?}");
        let desk = new_desk(&folder).await?;
        let started = Instant::now();
        run_once(&desk, &central.remote()?, limits()).await?;
        by_file.add(started);
        println!("by file: {:?}", started.elapsed());
        desk.close().await;
    }
    table.beside_floor(
        "by a ready file / download, unpack and quick_check of it",
        &by_file,
        &bare,
    );
    let mut by_rows = Samples::default();
    let mut raw = Samples::default();
    for _ in 0..rounds {
        let source = folder.join("servease.db");
        let load = floor::by_rows(&source, &scratch.join("raw.db"))?;
        raw.add_duration(load.total());
        println!("raw load: {load:?}");
        let other = scratch.join("rows");
        let desk = new_desk(&other).await?;
        let remote = WithoutFile(central.remote()?);
        let started = Instant::now();
        run_once(&desk, &remote, limits()).await?;
        by_rows.add(started);
        println!("by rows: {:?}", started.elapsed());
        desk.close().await;
        std::fs::remove_dir_all(other)?;
    }
    table.beside_floor(
        "row by row / raw load of the same rows, indexes and search last",
        &by_rows,
        &raw,
    );
    let _ = std::fs::remove_dir_all(folder);
    Ok(())
}

async fn offer(central: &Central) -> Outcome<ReadyFile> {
    let remote = central.remote()?;
    let query = BeginQuery {
        protocol: PROTOCOL,
        schema: servease_store::known_schema(),
        worth_from: 1,
        takes_particular: true,
    };
    loop {
        match remote.begin(&query).await?.map(|answer| answer.file) {
            Some(FileState::Ready(offer)) => return Ok(offer),
            Some(FileState::Building { .. }) => {}
            other => return Err(format!("no file: {other:?}").into()),
        }
    }
}
