//! The paths that every kind of record has: list, detail, create, edit, delete, history.

use axum::Json;
use axum::response::{IntoResponse, Response};
use servease_domain::EntityKind;
use servease_wire::history;
use uuid::Uuid;

use super::answer;
use super::ask::{Ask, RecordId};
use super::body::JsonObject;
use super::lists::{self, Paging, Params};
use super::{pieces, readings};
use crate::changes;
use crate::commands::{Command, Create, Delete, Edit, execute};
use crate::failure::ApiFailure;
use crate::ledger::Done;
use crate::views;

pub async fn list(kind: EntityKind, ask: Ask) -> Result<Response, ApiFailure> {
    ask.caller.must_be(kind.about().rights.read)?;
    lists::answer(&ask, kind).await
}

pub async fn detail(
    kind: EntityKind,
    ask: Ask,
    RecordId(id): RecordId,
) -> Result<Response, ApiFailure> {
    ask.caller.must_be(kind.about().rights.read)?;
    let mut link = ask.app.db.read().await?;
    let stored = views::find(&mut link, &ask.caller, kind, id).await?;
    let body = views::full(&mut link, &stored.record, &ask.scene).await?;
    drop(link);
    readings::note_shown(&ask, &body).await?;
    let mut response = Json(body).into_response();
    answer::tag(&mut response, &ask.app.epoch, stored.seq);
    Ok(response)
}

pub async fn create(kind: EntityKind, ask: Ask, body: JsonObject) -> Result<Response, ApiFailure> {
    ask.caller.must_be(kind.about().rights.create)?;
    let command = Create {
        kind,
        input: body.fields,
        system: servease_domain::Values::new(),
    };
    run(&ask, &body.bytes, &command).await
}

pub async fn edit(
    kind: EntityKind,
    ask: Ask,
    RecordId(id): RecordId,
    body: JsonObject,
) -> Result<Response, ApiFailure> {
    ask.caller.must_be(kind.about().rights.change)?;
    let command = Edit {
        kind,
        id,
        input: body.fields,
        is_whole: ask.method == axum::http::Method::PUT,
    };
    run(&ask, &body.bytes, &command).await
}

pub async fn delete(
    kind: EntityKind,
    ask: Ask,
    RecordId(id): RecordId,
) -> Result<Response, ApiFailure> {
    ask.caller.must_be(kind.about().rights.delete)?;
    run(&ask, b"", &Delete { kind, id }).await
}

/// Runs a command and answers with what it came to.
pub async fn run(ask: &Ask, body: &[u8], command: &dyn Command) -> Result<Response, ApiFailure> {
    let request = ask.command(body)?;
    shown(ask, execute(&ask.app.db, &request, command).await?).await
}

/// Answers what a command came to: whoever changes a record is shown it.
pub async fn shown(ask: &Ask, done: Done) -> Result<Response, ApiFailure> {
    if let Some(body) = &done.body {
        readings::note_shown(ask, body).await?;
    }
    Ok(answer::done(done, &ask.app.epoch))
}

/// `{id}/history/`: the record's own changes, and those of a customer's preferences, which
/// have the same id.
pub async fn history(
    kind: EntityKind,
    ask: Ask,
    RecordId(id): RecordId,
) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    let params = Params::read(&ask.query);
    let paging = Paging::read(&params)?;
    let mut link = ask.app.db.read().await?;
    let stored = views::find(&mut link, &ask.caller, kind, id).await?;
    let ids: [Uuid; 1] = [stored.record.id];
    let count = changes::count_of_records(&mut link, &ids).await?;
    let number = paging.resolve(count)?;
    let offset = (number - 1) * paging.size;
    let seqs = changes::seqs_of_records(&mut link, &ids, offset, paging.size).await?;
    drop(link);
    let body = lists::envelope(&ask, &params, paging, (number, count));
    let around = pieces::around(&body, "results");
    // A change holds a record twice, as it was and as it is.
    let first = pieces::FIRST / 4;
    pieces::answer(&ask, around, seqs, first, |ask, seqs| async move {
        let mut link = ask.app.db.read().await?;
        let entries = changes::of_seqs(&mut link, &seqs).await?;
        Ok(entries.iter().map(history::entry).collect())
    })
    .await
}
