//! The door: how much of the service one side may hold before anybody looks at what it wants.
//!
//! Connections are counted, timed and closed here (`connections`, `guarded`); requests get a seat
//! by who sends them, and memory by what they bring (`seats`). Who is turned away is counted and
//! said in the log (`turned_away`). Nothing here knows paths, records or rights.

mod connections;
mod guarded;
mod limits;
mod peer;
mod seats;
mod turned_away;

pub use connections::{Connection, Connections};
pub use limits::{Limits, raise_open_files};
pub use peer::{Peer, Proxies};
pub use seats::{Lane, Memory, Seat, Seats, Who};
pub use turned_away::{Reason, TurnedAway, Why};
