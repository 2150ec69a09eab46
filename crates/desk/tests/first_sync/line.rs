//! A line between a desk and Central that cuts or damages ready files on their way.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What happens to an answer with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The line is cut after so many bytes.
    CutAfter(usize),
    /// The byte at this place is another one.
    DamageAt(usize),
    /// After so many bytes nothing comes any more.
    HoldAfter(usize),
}

#[derive(Debug, Default)]
struct Shared {
    /// One for each answer to come, the last first.
    faults: Mutex<Vec<Fault>>,
    /// The heads of requests for files.
    asked: Mutex<Vec<String>>,
}

/// Dropped, the line is cut.
pub struct Line {
    pub url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Line {
    /// The first answers with files meet these faults, one each; later ones come well.
    pub async fn to(target: SocketAddr, faults: &[Fault]) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        *shared.faults.lock().unwrap() = faults.iter().rev().copied().collect();
        let mine = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((desk, _)) = listener.accept().await {
                let Ok(central) = TcpStream::connect(target).await else {
                    continue;
                };
                tokio::spawn(carry(desk, central, mine.clone()));
            }
        });
        Line { url, shared, task }
    }

    /// From which byte on files were asked for.
    pub fn asked_from(&self) -> Vec<u64> {
        let asked = self.shared.asked.lock().unwrap();
        asked
            .iter()
            .map(|head| {
                head.lines()
                    .find_map(|line| line.strip_prefix("range: bytes="))
                    .map_or(0, |range| range.trim_end_matches('-').parse().unwrap())
            })
            .collect()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(desk: TcpStream, central: TcpStream, shared: Arc<Shared>) {
    let (from_desk, to_desk) = desk.into_split();
    let (from_central, to_central) = central.into_split();
    let fault = Arc::new(Mutex::new(None));
    tokio::select! {
        () = requests(from_desk, to_central, &shared, &fault) => {}
        () = answers(from_central, to_desk, &fault) => {}
    }
}

async fn requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
    fault: &Mutex<Option<(Fault, usize)>>,
) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let head = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if head.contains("/sync/snapshot/file/") {
            shared.asked.lock().unwrap().push(head);
            *fault.lock().unwrap() = shared.faults.lock().unwrap().pop().map(|fault| (fault, 0));
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    fault: &Mutex<Option<(Fault, usize)>>,
) {
    let mut buffer = vec![0; 1 << 14];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let meets = {
            let mut fault = fault.lock().unwrap();
            let now = *fault;
            if let Some((_, passed)) = fault.as_mut() {
                *passed += length;
            }
            now
        };
        let mut end = length;
        match meets {
            Some((Fault::DamageAt(place), passed))
                if (passed..passed + length).contains(&place) =>
            {
                buffer[place - passed] ^= 0x20;
            }
            Some((Fault::CutAfter(place) | Fault::HoldAfter(place), passed))
                if passed + length > place =>
            {
                end = place.saturating_sub(passed);
            }
            _ => {}
        }
        if to.write_all(&buffer[..end]).await.is_err() {
            return;
        }
        if end < length {
            if matches!(meets, Some((Fault::HoldAfter(_), _))) {
                std::future::pending::<()>().await;
            }
            return;
        }
    }
}
