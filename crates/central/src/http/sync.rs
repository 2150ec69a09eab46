//! The sync extension over HTTP: paths below `/api/v1/sync/`, for staff only.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::{Query, Request};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use chrono::{DateTime, SubsecRound as _, TimeZone as _, Utc};
use futures_util::stream::{self, Stream, StreamExt as _};
use servease_wire::sync::{
    ChangesQuery, CommonQuery, OLDEST_PROTOCOL, PROTOCOL, Push, RefusalCode, RowsQuery, SyncRoot,
};
use tokio::sync::watch;

use super::ask::{Ask, bearer, is_closed};
use super::files;
use super::messages::read;
use super::ready;
use super::state::App;
use crate::changes;
use crate::clock;
use crate::failure::ApiFailure;
use crate::meta;
use crate::sync::screening::Sender;
use crate::sync::{SyncError, feed, push, rows};

/// Where other instances of the service may write too, somebody has to look: this often.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Proxies close lines that are silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Paths and what answers them.
pub fn paths() -> Vec<(String, MethodRouter<App>)> {
    vec![
        ("/sync/".to_owned(), get(root)),
        ("/sync/mutations/".to_owned(), post(take_mutations)),
        ("/sync/changes/".to_owned(), get(read_changes)),
        ("/sync/common/".to_owned(), post(find_common)),
        ("/sync/snapshot/".to_owned(), get(ready::begin)),
        ("/sync/snapshot/file/".to_owned(), get(ready::file)),
        ("/sync/snapshot/rows/".to_owned(), get(read_rows)),
        ("/sync/files/".to_owned(), post(files::standings)),
        (
            "/sync/files/{sha256}/".to_owned(),
            get(files::get).put(files::put),
        ),
        ("/sync/events/".to_owned(), get(events)),
    ]
}

impl IntoResponse for SyncError {
    fn into_response(self) -> Response {
        let refusal = match self {
            SyncError::Database(error) => return ApiFailure::from(error).into_response(),
            SyncError::Refused(refusal) => refusal,
        };
        let status = match refusal.code {
            RefusalCode::Expired => StatusCode::GONE,
            RefusalCode::DeskTooOld | RefusalCode::CentralTooOld => StatusCode::UPGRADE_REQUIRED,
            RefusalCode::TooMuch => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::CONFLICT,
        };
        (status, Json(refusal)).into_response()
    }
}

/// What the extension speaks: how a desk tells this server from a stock one.
async fn root(ask: Ask) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    let root = SyncRoot {
        protocol: PROTOCOL,
        oldest_protocol: OLDEST_PROTOCOL,
        epoch: ask.app.epoch.clone(),
    };
    Ok(Json(root).into_response())
}

async fn take_mutations(ask: Ask, request: Request) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    let mut message: Push = read(request).await?;
    for mutation in &mut message.mutations {
        mutation.at = shown(mutation.at);
        // PostgreSQL keeps no NUL, and no line of the history should be two.
        shorten(&mut mutation.author.name, AUTHOR_NAME_MAX);
        if let Some(id) = &mut mutation.author.id {
            shorten(id, AUTHOR_ID_MAX);
        }
    }
    let may_relay = meta::is_restored(&ask.app.db, ask.now)
        .await
        .map_err(|error| ApiFailure::from(error).into_response())?;
    let sender = Sender::of(&ask.caller, may_relay);
    let answer = push::push(&ask.app.db, &ask.app.epoch, ask.now, &sender, &message).await;
    answer
        .map(|answer| Json(answer).into_response())
        .map_err(IntoResponse::into_response)
}

/// Longer than the name of any employee may be, and as long as the id of a user.
const AUTHOR_NAME_MAX: usize = 1_000;
const AUTHOR_ID_MAX: usize = 64;

fn shorten(text: &mut String, max: usize) {
    if text.len() > max || text.chars().any(char::is_control) {
        let plain = text.chars().filter(|character| !character.is_control());
        *text = plain.take(max).collect();
    }
}

/// A desk's clock is only shown, so it may say anything; but neither database, nor JSON, has
/// years beyond four digits.
fn shown(at: DateTime<Utc>) -> DateTime<Utc> {
    let year = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single();
    match (year(1), year(9_999)) {
        (Some(first), Some(last)) => at.clamp(first, last).trunc_subsecs(6),
        _ => at,
    }
}

async fn find_common(ask: Ask, request: Request) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    let query: CommonQuery = read(request).await?;
    let answer = feed::common(&ask.app.db, &ask.app.epoch, &query).await;
    answer
        .map(|answer| Json(answer).into_response())
        .map_err(IntoResponse::into_response)
}

async fn read_changes(
    ask: Ask,
    query: Result<Query<ChangesQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    let Query(query) = query.map_err(super::body::malformed)?;
    let answer = feed::changes(&ask.app.db, &ask.app.epoch, ask.caller.account(), &query).await;
    answer
        .map(|answer| Json(answer).into_response())
        .map_err(IntoResponse::into_response)
}

async fn read_rows(
    ask: Ask,
    query: Result<Query<RowsQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    let Query(query) = query.map_err(super::body::malformed)?;
    let answer = rows::rows(&ask.app.db, &ask.app.epoch, ask.caller.account(), &query).await;
    answer
        .map(|answer| Json(answer).into_response())
        .map_err(IntoResponse::into_response)
}

/// Tells the newest number at once and whenever it rises, for as long as whoever listens may: until
/// their account is closed, or their token ends.
async fn events(ask: Ask) -> Result<Response, Response> {
    ask.caller
        .must_be_staff()
        .map_err(IntoResponse::into_response)?;
    let stream = numbers(ask, changes::news());
    let events = Sse::new(stream.fuse()).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(events.into_response())
}

fn numbers(
    ask: Ask,
    news: watch::Receiver<changes::News>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let endings = news.borrow().endings;
    let ends_at = bearer(&ask.headers).and_then(|token| ask.app.tokens.ends_at(token));
    stream::unfold((ask, news, None), move |(ask, mut news, told)| async move {
        loop {
            let has_ended = ends_at.is_none_or(|at| at <= clock::now());
            if has_ended || news.borrow_and_update().endings != endings {
                return None;
            }
            // A database that is busy says nothing about the account: it is asked again.
            let seq = match ask.app.db.read().await {
                Ok(mut link) => match is_closed(&mut link, &ask.caller).await {
                    Ok(true) => return None,
                    _ => changes::last_seq(&mut link).await.ok(),
                },
                Err(_) => None,
            };
            if seq.is_some() && seq != told {
                let event = Event::default().data(seq.unwrap_or(0).to_string());
                return Some((Ok(event), (ask, news, seq)));
            }
            // An error of the channel cannot be: its sender lives as long as the program.
            let _ = tokio::time::timeout(LOOK_EVERY, news.changed()).await;
        }
    })
}
