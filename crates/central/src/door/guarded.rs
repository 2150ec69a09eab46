//! The bytes of a connection: a stream that ends when its connection has to go, since neither
//! hyper nor TCP ends one that is merely of no use.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::{Connection, Connections, Reason};

/// How often a quiet connection is looked at: often enough for its limits to be kept to a
/// quarter, seldom enough for thousands of them to cost nothing.
const LOOK_AT_MOST: Duration = Duration::from_secs(4);
const LOOK_AT_LEAST: Duration = Duration::from_millis(100);

/// A stream with its place among the connections, which is given back with it.
#[derive(Debug)]
pub struct Guarded<S> {
    inner: S,
    connection: Arc<Connection>,
    connections: Connections,
    look: Pin<Box<Sleep>>,
    look_every: Duration,
    was_asked_to_go: bool,
}

impl<S> Guarded<S> {
    pub(super) fn new(
        inner: S,
        connection: Arc<Connection>,
        connections: Connections,
    ) -> Guarded<S> {
        let limits = connections.limits();
        let shortest = limits.idle.min(limits.unread);
        let look_every = (shortest / 4).clamp(LOOK_AT_LEAST, LOOK_AT_MOST);
        Guarded {
            inner,
            connection,
            connections,
            look: Box::pin(sleep(look_every)),
            look_every,
            was_asked_to_go: false,
        }
    }

    /// Called whenever nothing can be read or written: whether that may go on.
    fn may_wait(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.connection.is_doomed(context.waker()) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        while self.look.as_mut().poll(context).is_ready() {
            let next = Instant::now() + self.look_every;
            self.look.as_mut().reset(next);
            let limits = self.connections.limits();
            let Some(reason) = self.connection.overdue(limits.idle, limits.unread) else {
                continue;
            };
            // HTTP/2 says that it ends (GOAWAY), so that nobody asks into a closed line.
            if reason == Reason::Idle && !self.was_asked_to_go {
                self.was_asked_to_go = true;
                if self.connection.ask_to_go() {
                    continue;
                }
            }
            let peer = self.connection.peer;
            self.connections.turned_away().count(reason, &peer);
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }
}

impl<S> Drop for Guarded<S> {
    fn drop(&mut self) {
        self.connections.leave(&self.connection);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.inner).poll_read(context, buffer) {
            Poll::Pending => match this.may_wait(context) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
            ready => ready,
        }
    }
}

impl<S: AsyncWrite + Unpin> Guarded<S> {
    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Pending => match self.may_wait(context) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
            Poll::Ready(Ok(count)) => {
                self.connection.bytes_went_out();
                Poll::Ready(Ok(count))
            }
            failed => failed,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write(context, bytes);
        this.written(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write_vectored(context, parts);
        this.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}
