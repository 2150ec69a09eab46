//! What the service knows better than whoever records a service.

use servease_domain::{EntityKind, Problem, Record, Value};

use super::{Request, employee};
use crate::changes::Changeset;
use crate::failure::ApiFailure;

/// Fills in what the service knows better than the client: whose car it was, who did it, and
/// in which currency.
pub async fn prepare(
    work: &mut Changeset,
    request: &Request,
    record: &mut Record,
    problems: &mut [Problem],
) -> Result<(), ApiFailure> {
    if let Some(id) = record.get("vehicle_id").as_id()
        && let Some(vehicle) = work.find(EntityKind::Vehicle, id).await?
    {
        let owner = vehicle.record.get("customer_id").clone();
        record.values.insert("customer_id", owner);
    }
    if record.get("cost").as_integer().is_some() && record.get("currency").is_blank() {
        let currency = Value::Text(request.context.currency.clone());
        record.values.insert("currency", currency);
    }
    if record.get("employee_id").as_id().is_none() && problems.is_empty() {
        let employee = employee::ensure(work, request).await?;
        record.values.insert("employee_id", Value::Id(employee));
    }
    Ok(())
}
