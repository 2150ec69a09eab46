//! How a program is told to end: Ctrl+C, `kill`, a closed console, the shutdown of the machine.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown,
};

/// Requests to end, from the moment on that somebody listens: they no longer end the program by
/// themselves.
#[cfg(unix)]
#[derive(Debug)]
pub struct Requests {
    terminate: Signal,
    interrupt: Signal,
}

#[cfg(unix)]
impl Requests {
    /// Errors: the system tells nobody of such requests.
    pub fn listen() -> io::Result<Requests> {
        Ok(Requests {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Requests to end, from the moment on that somebody listens: they no longer end the program by
/// themselves. After a closed console or at a shutdown Windows does, some five seconds later.
///
/// A log-off is not listened to: only programs of the service session hear of it, whoever it is
/// that logs off; those of the user who does are told that their console closes.
/// <https://learn.microsoft.com/windows/console/handlerroutine>
#[cfg(windows)]
#[derive(Debug)]
pub struct Requests {
    interrupt: CtrlC,
    stop: CtrlBreak,
    close: CtrlClose,
    shutdown: CtrlShutdown,
}

#[cfg(windows)]
impl Requests {
    /// Errors: the system tells nobody of such requests.
    pub fn listen() -> io::Result<Requests> {
        Ok(Requests {
            interrupt: ctrl_c()?,
            stop: ctrl_break()?,
            close: ctrl_close()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.stop.recv() => {}
            _ = self.close.recv() => {}
            _ = self.shutdown.recv() => {}
        }
    }
}
