//! `calendar.ics`, which a token of its own opens, and `calendar-tokens/`, which makes them.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};
use servease_domain::{Code, Problem};
use servease_wire::error::field;
use sha2::{Digest, Sha256};

use super::alerts::spoken;
use super::ask::{Ask, RecordId, Sender};
use super::body::JsonObject;
use super::lists::{Paging, Params, envelope};
use super::state::App;
use crate::alerts::calendar;
use crate::alerts::standing::Company;
use crate::alerts::words;
use crate::auth::calendar_tokens::{self, CalendarToken, NAME_MAX_CHARS, TOKENS_MAX};
use crate::auth::throttle;
use crate::door::Peer;
use crate::failure::ApiFailure;
use crate::{changes, clock};

/// One answer whether there never was such a token, it was revoked, or there is none in the address.
const WRONG: ApiFailure = ApiFailure::Unauthorized("This calendar's token is not valid.");

/// Calendars ask again and again: where nothing has changed they are told so (RFC 9110).
const CACHED: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The calendar. The token stands in the address, since that is all that calendars can keep; it is
/// written down nowhere.
pub async fn feed(
    State(app): State<App>,
    Extension(Sender(sender)): Extension<Sender>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiFailure> {
    let now = clock::now();
    let params = Params::read(&query.unwrap_or_default());
    let secret = params.get("token").unwrap_or_default();
    let mut link = app.db.read().await?;
    let token = calendar_tokens::find(&mut link, secret).await?;
    drop(link);
    let Some(token) = token else {
        let subjects = throttle::calendar_subjects(&Peer::of(sender).to_string());
        return Err(match throttle::attempt(&app.db, &subjects, now).await? {
            0 => WRONG,
            retry_after_s => ApiFailure::TooManyAttempts { retry_after_s },
        });
    };
    calendar_tokens::note_use(&app.db, &token, now).await?;
    let mut link = app.db.read().await?;
    // The state of the records is read first: what changes meanwhile has another number.
    let seq = changes::last_seq(&mut link).await?;
    let company = Company::load(&mut link, now).await?;
    drop(link);
    let words = words::of_language(&token.language);
    let state = (seq, company.moment.today.to_string(), words.language());
    let etag = etag(&app.epoch, &state);
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| known.trim() == "*" || known.contains(&etag));
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let _turn = app.calendars.acquire().await.map_err(internal)?;
            let file = calendar::file(&app.db, &company, words).await?;
            let media_type = HeaderValue::from_static("text/calendar; charset=utf-8");
            ([(header::CONTENT_TYPE, media_type)], file).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, CACHED);
    if let Ok(etag) = HeaderValue::from_str(&format!("W/{etag}")) {
        headers.insert(header::ETAG, etag);
    }
    Ok(response)
}

/// What the file is made of: records, day and language. When it was made stands in it too, so that
/// two of one tag are the same in all that matters, and not byte by byte.
fn etag(epoch: &str, (seq, day, language): &(i64, String, &str)) -> String {
    let hash = Sha256::digest(format!("{epoch} {seq} {day} {language}").as_bytes());
    let mut hash = hex::encode(hash);
    hash.truncate(32);
    format!("\"{hash}\"")
}

fn internal(error: tokio::sync::AcquireError) -> ApiFailure {
    ApiFailure::Internal {
        what: "no turn to make a calendar",
        source: error.into(),
    }
}

fn shown(token: &CalendarToken) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "language": token.language,
        "made_by": token.user_name,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
    })
}

pub async fn list_tokens(ask: Ask) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    let params = Params::read(&ask.query);
    let paging = Paging::read(&params)?;
    let all = calendar_tokens::list(&mut ask.app.db.read().await?).await?;
    let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let number = paging.resolve(count)?;
    let size = usize::try_from(paging.size).unwrap_or(usize::MAX);
    let before = usize::try_from((number - 1) * paging.size).unwrap_or(usize::MAX);
    let mut body = envelope(&ask, &params, paging, (number, count));
    body["results"] = all.iter().skip(before).take(size).map(shown).collect();
    Ok(Json(body).into_response())
}

/// Makes one. An idempotency key is not heeded: its answer would have to be kept, with the token.
pub async fn add_token(ask: Ask, body: JsonObject) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    let name = name(&body)?;
    let language = match body.fields.get("language") {
        None | Some(Value::Null) => spoken(&ask).language(),
        Some(given) => {
            let known = servease_locale::languages();
            let found = known.iter().find(|name| given.as_str() == Some(**name));
            *found.ok_or_else(|| {
                let known = known.join(", ");
                ApiFailure::Refused(field("language", format!("Choose one of: {known}.")))
            })?
        }
    };
    let token = CalendarToken {
        user_id: Some(ask.caller.user_id.clone()),
        user_name: ask.caller.name.clone(),
        ..CalendarToken::new(&name, language, ask.now)
    };
    let Some(secret) = calendar_tokens::add(&ask.app.db, &token).await? else {
        let words = format!("There are {TOKENS_MAX} tokens already. Revoke one that is not used.");
        return Err(ApiFailure::Refused(field("non_field_errors", words)));
    };
    tracing::info!(id = %token.id, "a calendar token was made");
    let mut shown = shown(&token);
    let base = &ask.scene.base_url;
    shown["url"] = format!("{base}/api/v1/calendar.ics?token={secret}").into();
    shown["token"] = secret.into();
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

fn name(body: &JsonObject) -> Result<String, ApiFailure> {
    let problem = |problem| ApiFailure::Problems(vec![problem]);
    let name = match body.fields.get("name") {
        None | Some(Value::Null) => "",
        Some(Value::String(name)) => name.trim(),
        Some(_) => return Err(problem(Problem::new("name", Code::NotText))),
    };
    check_name(name).map_err(problem)?;
    Ok(name.to_owned())
}

/// What a token may be called.
pub fn check_name(name: &str) -> Result<(), Problem> {
    if name.is_empty() {
        return Err(Problem::new("name", Code::Required));
    }
    if let Some(character) = name.chars().find(|character| character.is_control()) {
        let character = format!("U+{:04X}", u32::from(character));
        return Err(Problem::new("name", Code::ControlCharacter).with("character", character));
    }
    match name.chars().count() <= NAME_MAX_CHARS {
        true => Ok(()),
        false => Err(Problem::new("name", Code::TooLong).with("max", NAME_MAX_CHARS)),
    }
}

pub async fn revoke_token(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    if !calendar_tokens::revoke(&ask.app.db, id).await? {
        return Err(ApiFailure::no_record());
    }
    tracing::info!(%id, "a calendar token was revoked");
    Ok(StatusCode::NO_CONTENT.into_response())
}
