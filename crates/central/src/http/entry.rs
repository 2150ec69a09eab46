//! The way in and out of every request: a seat by who asks, the whole body before any work, a turn
//! while it is worked at, a line in the log, figures for the metrics.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use futures_util::stream::{self, Stream, StreamExt as _};
use http_body_util::BodyExt as _;
use servease_wire::error::detail;
use servease_wire::sync::files::PART_BYTES_MAX;
use tokio::time::Instant;
use uuid::Uuid;

use super::ask::{Sender, bearer};
use super::body::{JSON_MAX_BYTES, weight_kib};
use super::layers::{REQUEST_ID, safe_headers};
use super::messages::BODY_MAX_BYTES;
use super::metrics::{Answered, Route};
use super::state::App;
use crate::door::{Connection, Lane, Memory, Peer, Reason, Seat, Who};

/// A file of 25 MiB over a poor line takes minutes.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);

/// What is read of an upload that was answered before its end, and for how long.
const REST_MAX_BYTES: usize = 8 * 1024 * 1024;
const REST_PATIENCE: Duration = Duration::from_secs(5);

/// What somebody who is not signed in may send: an address and a password, or a token.
const GUEST_MAX_BYTES: usize = 16 * 1024;

/// What kind of way a request takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// For whoever watches the service: answered whatever else is going on.
    Watch,
    /// A file: it is written to the disk as it comes.
    Upload,
    Plain(Lane),
}

fn class(method: &str, route: &str) -> Class {
    match (method, route) {
        (_, "/health/" | "/metrics" | "/metrics/") => Class::Watch,
        ("POST", route) if route.ends_with("/documents/") => Class::Upload,
        ("GET" | "HEAD" | "OPTIONS", _) => Class::Plain(Lane::Read),
        _ => Class::Plain(Lane::Write),
    }
}

/// Methods as labels: others than these are one.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// A request that is not finished; it is when its answer has been sent, or nobody waits for it.
#[derive(Debug)]
struct Open {
    app: App,
    connection: Option<Arc<Connection>>,
    seat: Option<Arc<Seat>>,
    is_answering: bool,
    /// The next part of the answer is being made: whoever reads it waits for this side.
    is_making: bool,
}

impl Open {
    fn new(app: &App, connection: Option<Arc<Connection>>) -> Open {
        app.metrics.in_flight.inc();
        if let Some(connection) = &connection {
            connection.request_began();
        }
        Open {
            app: app.clone(),
            connection,
            seat: None,
            is_answering: false,
            is_making: false,
        }
    }

    fn set_making(&mut self, is_making: bool) {
        if let Some(connection) = self
            .connection
            .as_ref()
            .filter(|_| is_making != self.is_making)
        {
            connection.making(is_making);
        }
        self.is_making = is_making;
    }

    /// The answer with this around it, for as long as a part of it is to be sent.
    fn around(mut self, response: Response) -> Response {
        self.is_answering = true;
        if let Some(connection) = &self.connection {
            connection.answer_began();
        }
        response.map(|body| Body::new(Kept { body, open: self }))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.set_making(false);
        self.app.metrics.in_flight.dec();
        if let Some(connection) = &self.connection {
            if self.is_answering {
                connection.answer_ended();
            }
            connection.request_ended();
        }
    }
}

/// A body with what must last as long as it.
#[derive(Debug)]
struct Kept {
    body: Body,
    open: Open,
}

impl HttpBody for Kept {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.open.set_making(polled.is_pending());
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

pub async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = method_label(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", |path| path.as_str())
        .to_owned();
    let request_id = Uuid::now_v7().to_string();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    let connection = request.extensions().get::<Arc<Connection>>().cloned();
    let mut open = Open::new(&app, connection);
    let class = class(method, &route);
    let mut response = match answer(&app, &mut open, class, &route, request, next).await {
        Ok(response) => response,
        Err(Away { reason, sender }) => {
            app.turned_away.count(reason, &Peer::of(sender));
            turn_away(&app, reason)
        }
    };
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    app.metrics
        .seconds
        .get_or_create(&Route {
            method: method.to_owned(),
            route: route.clone(),
        })
        .observe(elapsed.as_secs_f64());
    app.metrics
        .answered
        .get_or_create(&Answered {
            method: method.to_owned(),
            route: route.clone(),
            status,
        })
        .inc();
    // The route, not the path and not the query: those may say something about people.
    tracing::info!(
        request_id,
        method,
        route,
        status,
        ms = (elapsed.as_micros() as f64) / 1_000.0,
        "request"
    );
    safe_headers(&mut response, &request_id, app.settings.is_safe_line());
    open.around(response)
}

/// A request that gets no answer of its own.
struct Away {
    reason: Reason,
    sender: IpAddr,
}

async fn answer(
    app: &App,
    open: &mut Open,
    class: Class,
    route: &str,
    mut request: Request,
    next: Next,
) -> Result<Response, Away> {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip());
    let sender = app.settings.proxies.sender(peer, request.headers());
    request.extensions_mut().insert(Sender(sender));
    let timeout = match class {
        Class::Upload => UPLOAD_TIMEOUT,
        _ => app.settings.request_timeout,
    };
    let deadline = Instant::now() + timeout;
    if class == Class::Watch {
        return Ok(in_time(deadline, next.run(request)).await);
    }
    let away = |reason| Away { reason, sender };
    let caller = bearer(request.headers()).and_then(|token| app.tokens.read_access(token));
    let who = caller.map_or(Who::Guest, |caller| Who::Account(caller.user_id));
    let is_guest = who == Who::Guest;
    if let Some(connection) = open.connection.as_ref().filter(|_| !is_guest) {
        connection.is_of_somebody_known();
    }
    let seat = Arc::new(app.seats.take(&who, Peer::of(sender)).map_err(away)?);
    open.seat = Some(seat.clone());
    request.extensions_mut().insert(seat.clone());
    if class == Class::Upload && !is_guest {
        let (request, mut lent) = lend(request);
        let run = tokio::time::timeout_at(deadline, async {
            let _turn = seat.turn(Lane::Upload).await?;
            Ok::<_, Reason>(next.run(request).await)
        });
        return match run.await {
            Ok(answered) => {
                let _ = tokio::time::timeout(REST_PATIENCE, lent.read_rest()).await;
                answered.map_err(away)
            }
            Err(_) if lent.has_ended() => Ok(took_too_long()),
            Err(_) => Err(away(Reason::SlowBody)),
        };
    }
    let lane = match class {
        Class::Plain(lane) => lane,
        _ => Lane::Write,
    };
    // Nobody who is not signed in has anything to say but on the way to signing in: what they
    // send elsewhere is not read.
    let is_read = lane == Lane::Write && (!is_guest || route.contains("/auth/"));
    let mut _memory = Memory::default();
    if is_read {
        let patience = if is_guest {
            seat_patience(app, deadline)
        } else {
            deadline
        };
        let is_file_part = route.ends_with("/sync/files/{sha256}/");
        let max_bytes = if is_guest {
            GUEST_MAX_BYTES
        } else if is_file_part {
            PART_BYTES_MAX
        } else if route.contains("/sync/") {
            BODY_MAX_BYTES
        } else {
            JSON_MAX_BYTES
        };
        let arrived = arrive(&seat, request, (max_bytes, is_file_part), &mut _memory);
        match tokio::time::timeout_at(patience, arrived).await {
            Ok(arrived) => request = arrived.map_err(away)?,
            Err(_) => return Err(away(Reason::SlowBody)),
        }
    }
    let worked = in_time(deadline, async {
        match seat.turn(lane).await {
            Ok(_turn) => next.run(request).await,
            Err(reason) => {
                app.turned_away.count(reason, &Peer::of(sender));
                turn_away(app, reason)
            }
        }
    });
    Ok(worked.await)
}

fn seat_patience(app: &App, deadline: Instant) -> Instant {
    deadline.min(Instant::now() + app.seats.limits().patience)
}

/// The request with its whole body in memory, or with as much as shows that it is too long.
async fn arrive(
    seat: &Seat,
    request: Request,
    (max_bytes, is_file_part): (usize, bool),
    memory: &mut Memory,
) -> Result<Request, Reason> {
    let (parts, mut body) = request.into_parts();
    let mut kib = 0;
    // Room for all that is said to come, so that nothing is copied while it grows.
    let said = body.size_hint().exact().filter(|_| is_file_part);
    let said = said.and_then(|bytes| usize::try_from(bytes).ok());
    let mut bytes = BytesMut::new();
    if let Some(said) = said.filter(|said| *said <= max_bytes) {
        kib = said.div_ceil(1_024);
        let all = u32::try_from(kib).unwrap_or(u32::MAX);
        seat.more_memory(memory, all).await?;
        bytes.reserve(said);
    }
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            // The line broke: what the handler reads then is no complete request either.
            let broken = Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
            let body = Body::from_stream(stream::iter([broken]));
            return Ok(Request::from_parts(parts, body));
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let needed = (bytes.len() + data.len()).div_ceil(1_024);
        let more = u32::try_from(needed.saturating_sub(kib)).unwrap_or(u32::MAX);
        seat.more_memory(memory, more).await?;
        kib = kib.max(needed);
        bytes.extend_from_slice(&data);
        if bytes.len() > max_bytes {
            let body = Body::from(bytes.freeze());
            return Ok(Request::from_parts(parts, body));
        }
    }
    if is_file_part {
        // Nothing is made of it.
        return Ok(Request::from_parts(parts, Body::from(bytes.freeze())));
    }
    // What is made of it takes more than it does itself.
    let is_packed = !seat.is_guest() && parts.headers.contains_key(header::CONTENT_ENCODING);
    let weight = weight_kib(&bytes, is_packed);
    let parsed = seat.memory(weight).await?;
    memory.join(parsed);
    Ok(Request::from_parts(parts, Body::from(bytes.freeze())))
}

async fn in_time(deadline: Instant, work: impl Future<Output = Response>) -> Response {
    tokio::time::timeout_at(deadline, work)
        .await
        .unwrap_or_else(|_| took_too_long())
}

/// A request's body, lent to whoever answers it.
#[derive(Debug, Clone)]
struct Lent {
    body: Arc<Mutex<BodyDataStream>>,
    /// All of it has arrived: a client that dawdles is to blame itself.
    has_ended: Arc<AtomicBool>,
}

fn lend(request: Request) -> (Request, Lent) {
    let (parts, body) = request.into_parts();
    let has_ended = Arc::new(AtomicBool::new(body.is_end_stream()));
    let lent = Lent {
        body: Arc::new(Mutex::new(body.into_data_stream())),
        has_ended,
    };
    let body = match lent.has_ended() {
        true => Body::empty(),
        false => Body::from_stream(lent.clone()),
    };
    (Request::from_parts(parts, body), lent)
}

impl Lent {
    fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }

    /// Reads what was left unread, and throws it away. A connection that is closed over something
    /// unread is reset, and whoever was still writing never sees why.
    async fn read_rest(&mut self) {
        let mut bytes = 0;
        while let Some(Ok(part)) = self.next().await {
            bytes += part.len();
            if bytes > REST_MAX_BYTES {
                return;
            }
        }
    }
}

impl Stream for Lent {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.has_ended() {
            return Poll::Ready(None);
        }
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        let polled = Pin::new(&mut *body).poll_next(context);
        if matches!(polled, Poll::Ready(None)) {
            self.has_ended.store(true, Ordering::Relaxed);
        }
        polled
    }
}

fn turn_away(app: &App, reason: Reason) -> Response {
    match reason {
        Reason::SlowBody => too_slow(),
        _ => {
            app.metrics.turned_away.inc();
            busy("Too many requests at once. Try again.")
        }
    }
}

fn too_slow() -> Response {
    let words = detail("The request did not arrive in time.");
    (StatusCode::REQUEST_TIMEOUT, Json(words)).into_response()
}

fn took_too_long() -> Response {
    busy("The request took too long.")
}

fn busy(words: &'static str) -> Response {
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, Json(detail(words))).into_response();
    let retry_after = HeaderValue::from_static("1");
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, retry_after);
    response
}
