//! Records in the database: which columns they have, how they are found and listed.
//!
//! Everything follows from the description of the entities; nothing here is written for one
//! field. Nothing here writes records: that is `changes`, through which every write goes.

pub mod blocks;
pub mod forms;
pub mod lists;
pub mod papers;
pub mod records;
pub mod search;
pub mod versions;
