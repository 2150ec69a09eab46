//! Multipart bodies by measure. The parser takes in whatever is there before it looks at it, and
//! bounds neither names nor headers: so it is given one sip at a time, and not another one before
//! something came of the last few.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use futures_util::stream::Stream;

use crate::failure::ApiFailure;

/// What may arrive until a part's headers are complete: two of hyper's buffers, of which the
/// headers may be one.
const UNREAD_MAX_BYTES: usize = 128 * 1024;

/// The description names some thirty fields, none of 40 letters.
const NAME_MAX_BYTES: usize = 100;
const PARTS_MAX: usize = 100;

/// What the parser has taken and not given on, shared by both of its ends.
#[derive(Debug, Default)]
struct Measure {
    unread: AtomicUsize,
    is_over: AtomicBool,
}

/// The body, sip by sip.
struct Sips {
    inner: BodyDataStream,
    measure: Arc<Measure>,
    has_given: bool,
}

impl Stream for Sips {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.has_given) {
            // The parser polls until there is nothing: it is made to look at what it has.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = Pin::new(&mut self.inner).poll_next(context);
        if let Poll::Ready(Some(Ok(sip))) = &next {
            self.has_given = true;
            let length = sip.len();
            let unread = self.measure.unread.fetch_add(length, Ordering::Relaxed) + length;
            if unread > UNREAD_MAX_BYTES {
                self.measure.is_over.store(true, Ordering::Relaxed);
                let over = std::io::Error::from(std::io::ErrorKind::FileTooLarge);
                return Poll::Ready(Some(Err(axum::Error::new(over))));
            }
        }
        next
    }
}

/// A form whose parts are read one after the other.
#[derive(Debug)]
pub struct Form {
    multipart: Multipart,
    measure: Arc<Measure>,
    parts: usize,
}

/// A part of a form, and its name.
#[derive(Debug)]
pub struct Part<'a> {
    pub name: String,
    field: Field<'a>,
    measure: Arc<Measure>,
}

impl Form {
    pub async fn read(request: Request) -> Result<Form, ApiFailure> {
        let measure = Arc::new(Measure::default());
        let (parts, body) = request.into_parts();
        let sips = Sips {
            inner: body.into_data_stream(),
            measure: measure.clone(),
            has_given: false,
        };
        let request = Request::from_parts(parts, Body::from_stream(sips));
        let multipart = Multipart::from_request(request, &())
            .await
            .map_err(|error| {
                ApiFailure::Malformed(format!("Multipart form parse error - {error}"))
            })?;
        Ok(Form {
            multipart,
            measure,
            parts: 0,
        })
    }

    pub async fn next(&mut self) -> Result<Option<Part<'_>>, ApiFailure> {
        let measure = self.measure.clone();
        let next = self.multipart.next_field().await;
        let Some(field) = next.map_err(|error| malformed(&measure, &error))? else {
            return Ok(None);
        };
        measure.unread.store(0, Ordering::Relaxed);
        self.parts += 1;
        let name = field.name().unwrap_or_default().to_owned();
        if self.parts > PARTS_MAX || name.len() > NAME_MAX_BYTES {
            return Err(ApiFailure::TooLarge);
        }
        Ok(Some(Part {
            name,
            field,
            measure,
        }))
    }
}

impl Part<'_> {
    /// The client's name for the file in it.
    pub fn file_name(&self) -> &str {
        self.field.file_name().unwrap_or_default()
    }

    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ApiFailure> {
        let chunk = self.field.chunk().await;
        let chunk = chunk.map_err(|error| malformed(&self.measure, &error))?;
        self.measure.unread.store(0, Ordering::Relaxed);
        Ok(chunk)
    }
}

fn malformed(measure: &Measure, error: &MultipartError) -> ApiFailure {
    let is_over = measure.is_over.load(Ordering::Relaxed);
    if is_over || error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiFailure::TooLarge
    } else {
        ApiFailure::Malformed(format!("Multipart form parse error - {error}"))
    }
}
