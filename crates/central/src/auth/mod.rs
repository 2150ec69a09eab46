//! Who somebody is: accounts, passwords, tokens, and the slowing down of guesses.
//!
//! What they may then do is `caller`'s business.

pub mod calendar_tokens;
pub mod passwords;
pub mod sign_in;
pub mod throttle;
pub mod tokens;
pub mod users;
