//! What happens to a vehicle: its odometer, its services, its owners.

pub(crate) mod mileage;
pub(crate) mod readings;
pub(crate) mod transfer;
