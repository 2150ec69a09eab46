//! Connections: how many there are, whose, and which one goes when there is no room.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use axum::http::Request;
use axum_server::ConnectionShutdown;
use axum_server::accept::Accept;
use futures_util::task::AtomicWaker;
use tokio::net::TcpStream;
use tower::Service;

use super::guarded::Guarded;
use super::{Limits, Peer, Proxies, Reason, TurnedAway};

/// One connection, as all of its parts see it.
#[derive(Debug)]
pub struct Connection {
    pub peer: Peer,
    began: Instant,
    /// Somebody who is signed in has asked something over it.
    is_known: AtomicBool,
    has_asked: AtomicBool,
    /// Requests that are not finished, and answers of which a part is still to be sent.
    open: AtomicUsize,
    answering: AtomicUsize,
    /// Answers of which the next part is being made.
    making: AtomicUsize,
    /// Milliseconds after `began`: the end of the last request, and the last byte that went out.
    quiet_since_ms: AtomicU64,
    sent_at_ms: AtomicU64,
    is_doomed: AtomicBool,
    waker: AtomicWaker,
    shutdown: OnceLock<ConnectionShutdown>,
}

impl Connection {
    fn new(peer: Peer) -> Connection {
        Connection {
            peer,
            began: Instant::now(),
            is_known: AtomicBool::new(false),
            has_asked: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            answering: AtomicUsize::new(0),
            making: AtomicUsize::new(0),
            quiet_since_ms: AtomicU64::new(0),
            sent_at_ms: AtomicU64::new(0),
            is_doomed: AtomicBool::new(false),
            waker: AtomicWaker::new(),
            shutdown: OnceLock::new(),
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The credentials of a request were good.
    pub fn is_of_somebody_known(&self) {
        self.is_known.store(true, Ordering::Relaxed);
    }

    pub fn request_began(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    pub fn answer_began(&self) {
        self.sent_at_ms.store(self.now_ms(), Ordering::Relaxed);
        self.answering.fetch_add(1, Ordering::Relaxed);
    }

    /// The next part of an answer is being made, or is there: from then on it is to be read.
    pub fn making(&self, is_making: bool) {
        if is_making {
            self.making.fetch_add(1, Ordering::Relaxed);
        } else {
            self.sent_at_ms.store(self.now_ms(), Ordering::Relaxed);
            self.making.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub fn answer_ended(&self) {
        self.answering.fetch_sub(1, Ordering::Relaxed);
    }

    pub fn request_ended(&self) {
        self.quiet_since_ms.store(self.now_ms(), Ordering::Relaxed);
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn has_asked(&self) -> bool {
        self.has_asked.load(Ordering::Relaxed)
    }

    pub(super) fn bytes_went_out(&self) {
        self.sent_at_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    /// Whether it has to go at once; whoever waits on it is told when it has to.
    pub(super) fn is_doomed(&self, waker: &Waker) -> bool {
        self.waker.register(waker);
        self.is_doomed.load(Ordering::Acquire)
    }

    fn doom(&self) {
        self.is_doomed.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Whether it has been of no use for too long.
    pub(super) fn overdue(&self, idle: Duration, unread: Duration) -> Option<Reason> {
        let since = |at: &AtomicU64| {
            Duration::from_millis(self.now_ms().saturating_sub(at.load(Ordering::Relaxed)))
        };
        // While the service makes the next part of every answer nobody leaves anything unread.
        let to_be_read = self
            .answering
            .load(Ordering::Relaxed)
            .saturating_sub(self.making.load(Ordering::Relaxed));
        if to_be_read > 0 && since(&self.sent_at_ms) >= unread {
            return Some(Reason::Unread);
        }
        let is_idle = self.open.load(Ordering::Relaxed) == 0 && self.has_asked();
        (is_idle && since(&self.quiet_since_ms) >= idle).then_some(Reason::Idle)
    }

    /// Asks the other side to go, in the words of its protocol. False: there is no way to.
    pub(super) fn ask_to_go(&self) -> bool {
        self.shutdown
            .get()
            .map(ConnectionShutdown::graceful_shutdown)
            .is_some()
    }
}

#[derive(Debug, Default)]
struct Table {
    count: usize,
    /// Of each peer the connections, oldest first.
    by_peer: HashMap<Peer, Vec<Arc<Connection>>>,
}

impl Table {
    /// Takes one out; false if it is out already.
    fn remove(&mut self, connection: &Arc<Connection>) -> bool {
        let Some(list) = self.by_peer.get_mut(&connection.peer) else {
            return false;
        };
        let Some(place) = list.iter().position(|other| Arc::ptr_eq(other, connection)) else {
            return false;
        };
        list.remove(place);
        if list.is_empty() {
            self.by_peer.remove(&connection.peer);
        }
        self.count -= 1;
        true
    }

    /// The oldest connection of a peer over which nobody who is signed in has asked anything.
    fn oldest_stranger(&self, peer: &Peer) -> Option<Arc<Connection>> {
        self.by_peer
            .get(peer)?
            .iter()
            .find(|connection| !connection.is_known.load(Ordering::Relaxed))
            .cloned()
    }

    /// The peer with the most connections.
    fn greatest(&self) -> Option<(Peer, usize)> {
        self.by_peer
            .iter()
            .map(|(peer, list)| (*peer, list.len()))
            .max_by_key(|(_, count)| *count)
    }
}

#[derive(Debug)]
struct Inner {
    limits: Limits,
    proxies: Proxies,
    turned_away: Arc<TurnedAway>,
    table: Mutex<Table>,
}

/// All connections of the service. Takes in what the listener accepts.
#[derive(Debug, Clone)]
pub struct Connections(Arc<Inner>);

impl Connections {
    pub fn new(limits: Limits, proxies: Proxies, turned_away: Arc<TurnedAway>) -> Connections {
        Connections(Arc::new(Inner {
            limits,
            proxies,
            turned_away,
            table: Mutex::default(),
        }))
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(super) fn turned_away(&self) -> &TurnedAway {
        &self.0.turned_away
    }

    /// A place for a connection. Where there is none, the peer's oldest connection without
    /// anybody signed in makes room: silent sockets push each other out, not those who ask.
    fn enter(&self, address: IpAddr) -> Option<Arc<Connection>> {
        let inner = &self.0;
        let connection = Arc::new(Connection::new(Peer::of(address)));
        let peer = connection.peer;
        let mut table = inner.table.lock().unwrap_or_else(PoisonError::into_inner);
        let own = table.by_peer.get(&peer).map_or(0, Vec::len);
        // Everybody behind a proxy of ours comes from its address.
        let is_one_side = !inner.proxies.contain(address);
        let (reason, from) = if is_one_side && own >= inner.limits.connections_of_peer {
            (Reason::ConnectionsOfPeer, Some(peer))
        } else if table.count >= inner.limits.connections {
            let greatest = table.greatest().filter(|(_, count)| *count > own);
            let from = greatest.map_or(peer, |(peer, _)| peer);
            (Reason::Connections, Some(from))
        } else {
            (Reason::Connections, None)
        };
        if let Some(from) = from {
            inner.turned_away.count(reason, &from);
            let leaving = table.oldest_stranger(&from)?;
            table.remove(&leaving);
            leaving.doom();
        }
        table.count += 1;
        table
            .by_peer
            .entry(peer)
            .or_default()
            .push(connection.clone());
        Some(connection)
    }

    pub(super) fn leave(&self, connection: &Arc<Connection>) {
        let mut table = self.0.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.remove(connection) && !connection.has_asked() {
            drop(table);
            self.0.turned_away.count(Reason::Silent, &connection.peer);
        }
    }
}

impl<S> Accept<TcpStream, S> for Connections {
    type Stream = Guarded<TcpStream>;
    type Service = OfConnection<S>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    /// Answers go out at once: the second part of one would wait some 40 ms for the other side
    /// to confirm the first.
    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let entered = stream.set_nodelay(true).and_then(|()| {
            let address = stream.peer_addr()?.ip();
            self.enter(address)
                .ok_or_else(|| io::Error::from(io::ErrorKind::QuotaExceeded))
        });
        ready(entered.map(|connection| {
            let service = OfConnection {
                inner: service,
                connection: connection.clone(),
            };
            (Guarded::new(stream, connection, self.clone()), service)
        }))
    }
}

/// Tells every request over which connection it came.
#[derive(Debug, Clone)]
pub struct OfConnection<S> {
    inner: S,
    connection: Arc<Connection>,
}

impl<S, B> Service<Request<B>> for OfConnection<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        self.connection.has_asked.store(true, Ordering::Relaxed);
        if let Some(shutdown) = request.extensions().get::<ConnectionShutdown>() {
            let _ = self.connection.shutdown.set(shutdown.clone());
        }
        request.extensions_mut().insert(self.connection.clone());
        self.inner.call(request)
    }
}
