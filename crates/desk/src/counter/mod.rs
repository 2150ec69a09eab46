//! What screens of the counter ask for: cards, lists, search, check-in.

mod cards;
mod check_in;
mod licence;
mod lists;
mod search;
pub mod views;
