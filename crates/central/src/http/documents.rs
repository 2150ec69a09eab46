//! The paths that only documents have: taking a file in, giving it out.

use std::sync::Arc;

use axum::Json as JsonBody;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Days;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Map, Value as Json, json};
use servease_domain::{Code, EntityKind, Record, Value, Values};
use servease_wire::error::field;

use super::answer;
use super::ask::{Ask, RecordId};
use super::body::{JSON_MAX_BYTES, media_type};
use super::lists::array;
use super::multipart::{Form, Part};
use super::readings::{self, What};
use super::records::shown;
use super::serving::serve;
use crate::commands::{Create, execute, rehearse};
use crate::door::Seat;
use crate::failure::ApiFailure;
use crate::files::{FilesFailure, Incoming};
use crate::store::{lists, papers};
use crate::views;
use servease_files::{names, recognise};

/// How far ahead `expiring-soon/` looks.
const SOON_DAYS: u64 = 30;

/// The names under which the file itself may come.
const FILE_FIELDS: [&str; 2] = ["file_path", "file"];

/// What a multipart body came to.
struct Upload {
    fields: Map<String, Json>,
    file: Option<(Incoming, String)>,
}

pub async fn create(ask: Ask, request: Request) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    let media_type = media_type(request.headers());
    if media_type != "multipart/form-data" {
        return Err(ApiFailure::UnsupportedMediaType(media_type));
    }
    let seat = request.extensions().get::<Arc<Seat>>().cloned();
    let upload = read(&ask, Form::read(request).await?).await?;
    let Some((mut incoming, name)) = upload.file else {
        return Err(ApiFailure::problem("file_path", Code::Required));
    };
    let size_bytes = incoming.size_bytes();
    // The whole file is in memory while it is looked at.
    let memory = match seat {
        Some(seat) => Some(seat.memory_up_to(size_bytes).await),
        None => None,
    };
    let content = incoming.content().await.map_err(FilesFailure::from)?;
    let named = name.clone();
    let found = tokio::task::spawn_blocking(move || recognise(&content, &named))
        .await
        .map_err(|error| ApiFailure::Internal {
            what: "a file could not be recognised",
            source: error.into(),
        })?
        .map_err(|refusal| ApiFailure::Refused(field("file_path", refusal.sentence())))?;
    // Where it is kept from memory it takes its place there until it is.
    let memory = memory.filter(|_| ask.app.files.keeps_from_memory());

    let mut command = Create {
        kind: EntityKind::Document,
        system: Values::from([
            ("file_name", Value::Text(name)),
            ("mime_type", Value::Text(found.kind.media_type.to_owned())),
            (
                "file_size",
                Value::Integer(i64::try_from(size_bytes).unwrap_or(i64::MAX)),
            ),
        ]),
        input: upload.fields,
    };
    // Everything that can be wrong is found before the file is kept: a refused upload leaves
    // nothing behind.
    let digest = incoming.digest();
    let said = Json::Object(command.input.clone());
    let request = ask.command(format!("{digest}{said}").as_bytes())?;
    if let Some(done) = rehearse(&ask.app.db, &request, &command).await? {
        return shown(&ask, done).await;
    }
    let stored = ask.app.files.keep(incoming).await?;
    drop(memory);
    command.system.insert("sha256", Value::Text(stored.sha256));
    shown(&ask, execute(&ask.app.db, &request, &command).await?).await
}

async fn read(ask: &Ask, mut form: Form) -> Result<Upload, ApiFailure> {
    let mut upload = Upload {
        fields: Map::new(),
        file: None,
    };
    let mut text_bytes = 0;
    while let Some(mut part) = form.next().await? {
        if FILE_FIELDS.contains(&part.name.as_str()) && upload.file.is_none() {
            upload.file = Some(read_file(ask, &mut part).await?);
            continue;
        }
        let mut text = Vec::new();
        while let Some(chunk) = part.chunk().await? {
            text_bytes += chunk.len();
            if text_bytes > JSON_MAX_BYTES {
                return Err(ApiFailure::TooLarge);
            }
            text.extend_from_slice(&chunk);
        }
        let name = part.name;
        let text = String::from_utf8(text)
            .map_err(|_| ApiFailure::Refused(field(&name, "This is not UTF-8 text.")))?;
        upload.fields.insert(name, Json::String(text));
    }
    Ok(upload)
}

async fn read_file(ask: &Ask, part: &mut Part<'_>) -> Result<(Incoming, String), ApiFailure> {
    let name = names::clean(part.file_name());
    let mut incoming = ask.app.files.begin().await?;
    while let Some(chunk) = part.chunk().await? {
        if incoming.size_bytes() + chunk.len() as u64 > ask.app.settings.upload_max_bytes {
            return Err(ApiFailure::TooLarge);
        }
        incoming.write(&chunk).await.map_err(FilesFailure::from)?;
    }
    Ok((incoming, name))
}

/// The file itself: as an attachment that no browser shows in place or runs.
pub async fn download(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    let mut link = ask.app.db.read().await?;
    let stored = views::find(&mut link, &ask.caller, EntityKind::Document, id).await?;
    drop(link);
    let document = stored.record;
    let sha256 = document.get("sha256").as_text().to_owned();
    let gone = || ApiFailure::NotFound("The file of this document has not arrived yet.");
    let held = ask.app.files.find(&sha256).await?.ok_or_else(gone)?;
    if document.get("is_sensitive").as_flag() {
        readings::note(&ask, vec![document.id], What::File).await?;
    }
    let etag = format!("\"{sha256}\"");
    let is_known = ask
        .headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.to_str().unwrap_or_default().contains(&etag));
    if document.get("is_sensitive").as_flag() && !is_known && ask.method != Method::HEAD {
        readings::note_given_out(&ask, document.id).await?;
    }
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        serve(&held, &etag, &ask.method, &ask.headers).await?
    };
    safe_headers(&mut response, &document, &etag);
    Ok(response)
}

fn safe_headers(response: &mut Response, document: &Record, etag: &str) {
    let name = document.get("file_name").as_text();
    let name = if name.is_empty() { "document" } else { name };
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || ".-_ ".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let media_type = document.get("mime_type").as_text();
    for (name, value) in [
        (header::CONTENT_DISPOSITION, disposition.as_str()),
        (header::CONTENT_TYPE, media_type),
        (header::ETAG, etag),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().remove(header::LAST_MODIFIED);
    answer::header(
        response,
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; sandbox",
    );
    answer::header(response, header::CACHE_CONTROL, "private, no-cache");
}

/// Active documents that expire from today on within a month, soonest first. What a former owner
/// brought for a car counts no longer.
pub async fn expiring_soon(ask: Ask) -> Result<Response, ApiFailure> {
    let mut link = ask.app.db.read().await?;
    let visible = views::visible(&mut link, &ask.caller, EntityKind::Document).await?;
    let today = ask.scene.today;
    let last = today
        .checked_add_days(Days::new(SOON_DAYS))
        .unwrap_or(today);
    let mut soon = lists::select_ids(EntityKind::Document);
    soon.and_where(Expr::col("is_active").eq(true))
        .and_where(Expr::col("expiry_date").gte(today))
        .and_where(Expr::col("expiry_date").lte(last))
        .cond_where(papers::is_no_former_owners())
        .order_by("expiry_date", Order::Asc)
        .order_by("id", Order::Asc)
        .limit(1_000);
    match visible {
        views::Visible::Customer(id) => {
            soon.cond_where(papers::shown_to(id));
        }
        views::Visible::Nothing => return Ok(JsonBody(json!([])).into_response()),
        _ => {}
    }
    array(&ask, link, EntityKind::Document, &soon).await
}
