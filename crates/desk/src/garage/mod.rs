//! The garage and this PC: settings, who works, what day it is.

pub(crate) mod context;
pub(crate) mod quiet;
pub(crate) mod settings;
pub mod views;
