//! The cases of the contract.

pub mod alerts;
pub mod aliases;
pub mod conflicts;
pub mod customers;
pub mod documents;
pub mod files;
pub mod garage;
pub mod lists;
pub mod requests;
pub mod retention;
pub mod sign_in;
pub mod vehicles;
