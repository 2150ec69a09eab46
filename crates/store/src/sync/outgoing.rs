//! A mutation on its way to Central.

use servease_wire::sync::Mutation;

/// With its place in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its place in the log.
    pub number: i64,
    /// Central's number of the change where it had taken it in before it was restored.
    pub seq: Option<i64>,
    pub mutation: Mutation,
}
