//! Answers that may be long: made piece by piece while they are read, so that none takes more
//! memory than a piece, however long it is and however slowly it is read.

use std::future::Future;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use serde_json::Value as Json;

use super::ask::Ask;
use super::readings;
use crate::failure::ApiFailure;

/// What a piece aims at; an answer that is no longer goes out whole, with its length.
const PIECE_BYTES: usize = 256 * 1024;

/// Items that are read before it is known how long they are. A text has 256 KiB at most.
pub const FIRST: usize = 20;

/// One statement for so many.
const ITEMS_MAX: usize = 250;

/// The text around an array that `json` holds under `name`, empty.
pub fn around(json: &Json, name: &str) -> (String, String) {
    let text = json.to_string();
    // In a text the quotes would be escaped: this is found once.
    let hole = format!("\"{name}\":[]");
    match text.split_once(&hole) {
        Some((before, after)) => (format!("{before}\"{name}\":["), format!("]{after}")),
        None => (text, String::new()),
    }
}

/// The items that are still to be made.
struct Rest<K, M> {
    ask: Ask,
    keys: Vec<K>,
    make: M,
    at_once: usize,
    is_first: bool,
    tail: String,
}

impl<K, M, F> Rest<K, M>
where
    M: Fn(Ask, Vec<K>) -> F,
    F: Future<Output = Result<Vec<Json>, ApiFailure>>,
{
    /// Adds to `text` until it is a piece long. Whether there is more.
    async fn fill(&mut self, text: &mut String) -> Result<bool, ApiFailure> {
        while !self.keys.is_empty() {
            if text.len() >= PIECE_BYTES {
                return Ok(true);
            }
            let rest = self.keys.split_off(self.at_once.min(self.keys.len()));
            let keys = std::mem::replace(&mut self.keys, rest);
            let count = keys.len();
            let before = text.len();
            for item in (self.make)(self.ask.clone(), keys).await? {
                // Before it goes out.
                readings::note_shown(&self.ask, &item).await?;
                if !std::mem::take(&mut self.is_first) {
                    text.push(',');
                }
                text.push_str(&item.to_string());
            }
            let each = ((text.len() - before) / count).max(1);
            self.at_once = (PIECE_BYTES / each).clamp(1, ITEMS_MAX);
        }
        text.push_str(&self.tail);
        Ok(false)
    }
}

/// Answers `head`, the items that `make` makes of the keys, and `tail`. What is deleted between
/// two pieces is left out.
pub async fn answer<K, M, F>(
    ask: &Ask,
    (head, tail): (String, String),
    keys: Vec<K>,
    first: usize,
    make: M,
) -> Result<Response, ApiFailure>
where
    K: Send + 'static,
    M: Fn(Ask, Vec<K>) -> F + Send + 'static,
    F: Future<Output = Result<Vec<Json>, ApiFailure>> + Send + 'static,
{
    let mut rest = Rest {
        ask: ask.clone(),
        keys,
        make,
        at_once: first,
        is_first: true,
        tail,
    };
    let mut text = head;
    let is_more = rest.fill(&mut text).await?;
    let media_type = [(header::CONTENT_TYPE, "application/json")];
    if !is_more {
        return Ok((media_type, text).into_response());
    }
    let pieces = stream::unfold(
        (Some(rest), Some(text), false),
        |(rest, ready, has_failed)| async move {
            if let Some(text) = ready {
                return Some((Ok(Bytes::from(text)), (rest, None, false)));
            }
            let mut rest = rest.filter(|_| !has_failed)?;
            let mut text = String::new();
            match rest.fill(&mut text).await {
                Ok(is_more) => {
                    let rest = is_more.then_some(rest);
                    Some((Ok(Bytes::from(text)), (rest, None, false)))
                }
                Err(failure) => {
                    tracing::error!(error = %failure, "an answer broke off");
                    // The line is cut: half an answer must not be taken for a whole one.
                    let broken = std::io::Error::other("the answer broke off");
                    Some((Err(broken), (None, None, true)))
                }
            }
        },
    );
    // Whoever compresses it asks once more after its end.
    Ok((media_type, Body::from_stream(pieces.fuse())).into_response())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::around;

    #[test]
    fn the_array_is_found_whatever_texts_say() {
        let json = json!({"title": "\"results\":[]", "results": [], "more": [1]});
        let (before, after) = around(&json, "results");
        let whole = format!("{before}7{after}");
        let read: serde_json::Value = serde_json::from_str(&whole).unwrap();
        assert_eq!(
            read,
            json!({"title": "\"results\":[]", "results": [7], "more": [1]})
        );
    }
}
