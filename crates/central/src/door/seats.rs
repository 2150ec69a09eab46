//! Seats: what one side may have going at once. A seat lasts from the first byte of a request's
//! body to the last one of its answer; a turn, which is work, only in between.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::{Limits, Peer, Reason};

/// Who a request is counted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Somebody whose token is good, by the token's user.
    Account(String),
    Guest,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Peer(Peer),
    Guest(Peer),
}

/// What of one side works or lies in memory.
#[derive(Debug)]
struct Lanes {
    reads: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    memory: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
}

#[derive(Debug)]
struct Place {
    taken: usize,
    lanes: Arc<Lanes>,
}

#[derive(Debug, Default)]
struct Table {
    taken: usize,
    guests: usize,
    places: HashMap<Key, Place>,
}

#[derive(Debug)]
struct Inner {
    limits: Limits,
    table: Mutex<Table>,
    turns: Arc<Semaphore>,
    memory: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
}

/// All seats of the service.
#[derive(Debug, Clone)]
pub struct Seats(Arc<Inner>);

/// One request's place, until its answer has been read.
#[derive(Debug)]
pub struct Seat {
    inner: Arc<Inner>,
    keys: Vec<Key>,
    is_guest: bool,
    lanes: Arc<Lanes>,
}

/// Which kind of work a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    Read,
    Write,
    /// A file that comes in: it may take minutes, and waits for its own kind only.
    Upload,
}

/// Leave to work.
#[derive(Debug)]
pub struct Turn {
    _permits: [OwnedSemaphorePermit; 2],
}

/// Memory that is spoken for.
#[derive(Debug, Default)]
pub struct Memory {
    permits: Option<[OwnedSemaphorePermit; 2]>,
}

impl Memory {
    /// Both together.
    pub fn join(&mut self, mut other: Memory) {
        if let Some(permits) = other.permits.take() {
            self.add(permits);
        }
    }

    fn add(&mut self, more: [OwnedSemaphorePermit; 2]) {
        match &mut self.permits {
            None => self.permits = Some(more),
            Some([own, all]) => {
                let [more_own, more_all] = more;
                own.merge(more_own);
                all.merge(more_all);
            }
        }
    }
}

impl Seats {
    pub fn new(limits: Limits) -> Seats {
        let memory = usize::try_from(limits.memory_kib).unwrap_or(usize::MAX);
        Seats(Arc::new(Inner {
            turns: Arc::new(Semaphore::new(limits.turns)),
            memory: Arc::new(Semaphore::new(memory)),
            uploads: Arc::new(Semaphore::new(limits.uploads)),
            table: Mutex::default(),
            limits,
        }))
    }

    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// A seat. Errors: why there is none.
    pub fn take(&self, who: &Who, peer: Peer) -> Result<Seat, Reason> {
        let limits = &self.0.limits;
        let (keys, most, is_guest) = match who {
            Who::Account(id) => {
                let keys = vec![Key::Account(id.clone()), Key::Peer(peer)];
                (keys, [limits.seats_of_account, limits.seats_of_peer], false)
            }
            Who::Guest => (vec![Key::Guest(peer)], [limits.guests_of_peer; 2], true),
        };
        let mut table = self.0.table.lock().unwrap_or_else(PoisonError::into_inner);
        if is_guest && table.guests >= limits.guests {
            return Err(Reason::Guests);
        }
        let is_full = keys.iter().zip(most).any(|(key, most)| {
            let place = table.places.get(key);
            place.is_some_and(|place| place.taken >= most)
        });
        if is_full || table.taken >= limits.seats {
            return Err(if is_guest {
                Reason::Guests
            } else {
                Reason::Seats
            });
        }
        table.taken += 1;
        table.guests += usize::from(is_guest);
        let mut lanes = None;
        for key in &keys {
            let place = table.places.entry(key.clone()).or_insert_with(|| Place {
                taken: 0,
                lanes: Arc::new(Lanes::new(limits, is_guest)),
            });
            place.taken += 1;
            lanes.get_or_insert_with(|| place.lanes.clone());
        }
        drop(table);
        let lanes = lanes.unwrap_or_else(|| Arc::new(Lanes::new(limits, is_guest)));
        Ok(Seat {
            inner: self.0.clone(),
            keys,
            is_guest,
            lanes,
        })
    }
}

impl Lanes {
    fn new(limits: &Limits, is_guest: bool) -> Lanes {
        let memory = usize::try_from(limits.memory_of_account_kib).unwrap_or(usize::MAX);
        let (reads, memory) = match is_guest {
            // They ask for the root and sign in: 16 KiB may become 2.6 MiB of values.
            true => (limits.writes_of_account, 8 << 10),
            false => (limits.reads_of_account, memory),
        };
        Lanes {
            reads: Arc::new(Semaphore::new(reads)),
            writes: Arc::new(Semaphore::new(limits.writes_of_account)),
            memory: Arc::new(Semaphore::new(memory)),
            uploads: Arc::new(Semaphore::new(limits.uploads_of_account)),
        }
    }
}

impl Seat {
    pub fn is_guest(&self) -> bool {
        self.is_guest
    }

    /// Waits for the side's own turn; after that there must be one among all.
    ///
    /// Errors: everybody together has too much going.
    pub async fn turn(&self, lane: Lane) -> Result<Turn, Reason> {
        let (own, all, reason) = match lane {
            Lane::Read => (&self.lanes.reads, &self.inner.turns, Reason::Turns),
            Lane::Write => (&self.lanes.writes, &self.inner.turns, Reason::Turns),
            Lane::Upload => (&self.lanes.uploads, &self.inner.uploads, Reason::Uploads),
        };
        let closed = |_: AcquireError| reason;
        let own = own.clone().acquire_owned().await.map_err(closed)?;
        let all = all.clone().try_acquire_owned().map_err(|_| reason)?;
        Ok(Turn {
            _permits: [own, all],
        })
    }

    /// More memory for what is arriving. Waits a while: a colleague's batch may have the most of it
    /// for some milliseconds. Errors: there is none now.
    pub async fn more_memory(&self, memory: &mut Memory, kib: u32) -> Result<(), Reason> {
        if kib > 0 {
            let more =
                tokio::time::timeout(self.inner.limits.memory_patience, self.memory(kib)).await;
            memory.join(more.map_err(|_| Reason::Memory)??);
        }
        Ok(())
    }

    /// Waits for memory of a size, or for as much as one side may have.
    pub async fn memory_up_to(&self, bytes: u64) -> Result<Memory, Reason> {
        let most = self.inner.limits.memory_of_account_kib;
        let kib = u32::try_from(bytes.div_ceil(1_024)).unwrap_or(most);
        self.memory(kib.min(most)).await
    }

    /// Waits for memory. Errors: more than the side can ever have.
    pub async fn memory(&self, kib: u32) -> Result<Memory, Reason> {
        if kib > self.inner.limits.memory_of_account_kib {
            return Err(Reason::Memory);
        }
        let permits = async |of: &Arc<Semaphore>| {
            let permit = of.clone().acquire_many_owned(kib).await;
            permit.map_err(|_: AcquireError| Reason::Memory)
        };
        let own = permits(&self.lanes.memory).await?;
        let all = permits(&self.inner.memory).await?;
        Ok(Memory {
            permits: Some([own, all]),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self
            .inner
            .table
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        table.taken -= 1;
        table.guests -= usize::from(self.is_guest);
        for key in &self.keys {
            let is_empty = table.places.get_mut(key).is_some_and(|place| {
                place.taken -= 1;
                place.taken == 0
            });
            if is_empty {
                table.places.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats() -> Seats {
        let config = crate::Config::in_folder(std::path::PathBuf::new());
        Seats::new(Limits {
            seats_of_account: 2,
            seats_of_peer: 3,
            guests_of_peer: 1,
            memory_patience: std::time::Duration::from_millis(20),
            ..Limits::of(&config)
        })
    }

    #[test]
    fn one_side_takes_only_its_own_seats() {
        let seats = seats();
        let peer = Peer::of("192.0.2.1".parse().unwrap());
        let other = Peer::of("192.0.2.2".parse().unwrap());
        let ann = Who::Account("ann".to_owned());
        let bob = Who::Account("bob".to_owned());
        let held = [
            seats.take(&ann, peer).unwrap(),
            seats.take(&ann, peer).unwrap(),
        ];
        assert_eq!(seats.take(&ann, other).unwrap_err(), Reason::Seats);
        let of_bob = seats.take(&bob, peer).unwrap();
        assert_eq!(seats.take(&bob, peer).unwrap_err(), Reason::Seats);
        seats.take(&bob, other).unwrap();
        let guest = seats.take(&Who::Guest, peer).unwrap();
        assert_eq!(seats.take(&Who::Guest, peer).unwrap_err(), Reason::Guests);
        seats.take(&Who::Guest, other).unwrap();
        drop((held, of_bob, guest));
        seats.take(&ann, other).unwrap();
        let table = seats.0.table.lock().unwrap();
        assert_eq!((table.taken, table.guests), (0, 0));
        assert!(table.places.is_empty(), "nobody is remembered");
    }

    #[tokio::test]
    async fn memory_is_given_back_and_never_more_than_one_side_may_have() {
        let seats = seats();
        let peer = Peer::of("192.0.2.1".parse().unwrap());
        let seat = seats.take(&Who::Account("ann".to_owned()), peer).unwrap();
        let most = seats.limits().memory_of_account_kib;
        let mut memory = seat.memory(most - 1).await.unwrap();
        seat.more_memory(&mut memory, 1).await.unwrap();
        assert_eq!(
            seat.more_memory(&mut memory, 1).await.unwrap_err(),
            Reason::Memory
        );
        // A little is had as soon as those who came before are done with much.
        let mut little = Memory::default();
        let (_, more, ()) = tokio::join!(
            async { drop(seat.memory(most).await) },
            seat.more_memory(&mut little, 1),
            async { drop(memory) },
        );
        more.unwrap();
        drop(little);
        seat.memory(most).await.unwrap();
        assert_eq!(seat.memory(most + 1).await.unwrap_err(), Reason::Memory);
    }
}
