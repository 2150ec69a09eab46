//! `papers://`: pictures of papers for the page, and for nobody else. Every byte of them was encoded
//! by this program; the page never meets a file as it came.
//!
//! - `thumb/<document>`: small, of a paper that is not sensitive
//! - `page/<token>/<number>/<side>`: a page of a paper that a command opened, and noted the look at
//! - `pick/<token>/<side>`: of a file that waits to be kept

use std::borrow::Cow;

use servease_domain::EntityKind;
use servease_drawing::{Drawn, NotDrawn, Wanted, can_draw};
use tauri::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS,
};
use tauri::http::{Method, Request, Response, StatusCode};
use tauri::{AppHandle, Manager as _};
use uuid::Uuid;

use super::Papers;
use crate::shell::Shell;

pub const SCHEME: &str = "papers";

/// What a picture is answered with.
pub type Picture = Response<Cow<'static, [u8]>>;

/// A picture that the page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Thumbnail(Uuid),
    Page { token: Uuid, page: u32, side: u32 },
    Pick { token: Uuid, side: u32 },
}

/// Answers the page; `label` is the window that asks.
pub async fn answer(app: AppHandle, label: &str, request: &Request<Vec<u8>>) -> Picture {
    if label != "main" || request.method() != Method::GET {
        return refused(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Some(asked) = read(request.uri().path()) else {
        return refused(StatusCode::BAD_REQUEST);
    };
    match draw(&app, asked).await {
        Ok((media_type, content)) => picture(&media_type, content),
        Err(status) => refused(status),
    }
}

/// The path as the page writes it: its slashes may be escaped.
fn read(path: &str) -> Option<Asked> {
    let path = path.replace("%2F", "/");
    let mut parts = path.trim_matches('/').split('/');
    let kind = parts.next()?;
    let id: Uuid = parts.next()?.parse().ok()?;
    let mut number = || parts.next()?.parse::<u32>().ok();
    let asked = match kind {
        "thumb" => Asked::Thumbnail(id),
        "page" => Asked::Page {
            token: id,
            page: number()?,
            side: number()?,
        },
        "pick" => Asked::Pick {
            token: id,
            side: number()?,
        },
        _ => return None,
    };
    parts.next().is_none().then_some(asked)
}

async fn draw(app: &AppHandle, asked: Asked) -> Result<(String, Vec<u8>), StatusCode> {
    let papers = app.state::<Papers>();
    let (media_type, content, page, side, is_thumbnail) = match asked {
        Asked::Thumbnail(id) => return thumbnail(app, id).await,
        Asked::Page { token, page, side } => {
            let shown = papers.drawing.find_shown(token);
            let shown = shown.ok_or(StatusCode::NOT_FOUND)?;
            let media_type = shown.media_type.clone();
            (media_type, shown.content.clone(), page, side, false)
        }
        Asked::Pick { token, side } => {
            let pick = papers.picks.find(token).ok_or(StatusCode::NOT_FOUND)?;
            let read = pick.source.content().await;
            let (media_type, content) = read.map_err(|_| StatusCode::NOT_FOUND)?;
            (media_type.to_owned(), content, 0, side, true)
        }
    };
    let wanted = Wanted {
        media_type,
        page,
        long_side: side,
        is_thumbnail,
    };
    let drawn = papers.drawing.draw(wanted, content).await;
    drawn.map(of).map_err(status)
}

async fn thumbnail(app: &AppHandle, id: Uuid) -> Result<(String, Vec<u8>), StatusCode> {
    let shell = app.state::<Shell>();
    let papers = app.state::<Papers>();
    let desk = shell
        .desk()
        .await
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let document = desk.record(EntityKind::Document, id).await;
    let document = document.map_err(|_| StatusCode::NOT_FOUND)?;
    // Masked until somebody asks for it, and that is noted.
    if document.get("is_sensitive").as_flag() {
        return Err(StatusCode::FORBIDDEN);
    }
    let (sha256, media_type) = (
        document.get("sha256").as_text(),
        document.get("mime_type").as_text(),
    );
    if !can_draw(media_type) {
        return Err(StatusCode::NOT_FOUND);
    }
    let drawn = match papers.drawing.find_thumbnail(sha256) {
        Some(drawn) => drawn,
        None => {
            let read = desk.document_file(id).await;
            let (_, content) = read.map_err(|_| StatusCode::NOT_FOUND)?;
            let drawing = &papers.drawing;
            drawing.thumbnail(sha256, media_type, content).await
        }
    };
    drawn
        .map(|drawn| (drawn.about.media_type.clone(), drawn.content.clone()))
        .map_err(status)
}

fn of(drawn: Drawn) -> (String, Vec<u8>) {
    (drawn.about.media_type, drawn.content)
}

fn status(why: NotDrawn) -> StatusCode {
    match why {
        NotDrawn::NoDrawer => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn picture(media_type: &str, content: Vec<u8>) -> Picture {
    build(StatusCode::OK, media_type, Cow::Owned(content))
}

fn refused(status: StatusCode) -> Picture {
    build(status, "text/plain", Cow::Borrowed(&[]))
}

fn build(status: StatusCode, media_type: &str, content: Cow<'static, [u8]>) -> Picture {
    let headers: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, media_type),
        // Nothing of it in the web view's cache, which lies readable on the disk.
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    let mut response = Response::new(content);
    *response.status_mut() = status;
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_can_be_asked_for() {
        let id = Uuid::from_u128(7);
        let text = id.to_string();
        let asked = |path: &str| read(&path.replace("ID", &text));
        assert_eq!(asked("/thumb/ID"), Some(Asked::Thumbnail(id)));
        assert_eq!(asked("/thumb%2FID"), Some(Asked::Thumbnail(id)));
        let page = Asked::Page {
            token: id,
            page: 2,
            side: 900,
        };
        assert_eq!(asked("/page/ID/2/900"), Some(page));
        for path in [
            "/",
            "/thumb",
            "/thumb/../ID",
            "/thumb/ID/1",
            "/page/ID/2",
            "/page/ID/-1/900",
            "/page/ID/2/900/x",
            "/file/ID",
            "/pick/%2e%2e/900",
        ] {
            assert_eq!(asked(path), None, "{path}");
        }
    }

    #[test]
    fn a_picture_is_kept_nowhere_and_is_what_it_says() {
        let answer = picture("image/png", vec![1]);
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
        assert_eq!(answer.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers()[CONTENT_TYPE], "image/png");
        assert!(refused(StatusCode::FORBIDDEN).body().is_empty());
    }
}
