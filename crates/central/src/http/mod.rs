//! HTTP: paths, headers, statuses. What is done lies in `commands`, what is shown in
//! `views`; here requests are taken apart and answers put together.

mod alerts;
mod answer;
mod ask;
mod body;
mod calendar;
mod customers;
mod docs;
mod documents;
mod entry;
mod files;
mod layers;
mod lists;
mod messages;
mod metrics;
mod pieces;
mod readings;
mod ready;
mod records;
mod router;
mod sign_in;
mod state;
mod sync;
mod system;
mod vehicles;

pub mod multipart;
pub mod schema;
mod serving;

pub use metrics::Metrics;
pub use router::{paths, router};
pub use state::{App, Parts, Settings};
