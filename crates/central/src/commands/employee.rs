//! The employee record of whoever calls.

use servease_domain::{Code, EntityKind, Problem, Record, Value, rights};
use uuid::Uuid;

use super::{Request, inputs};
use crate::changes::Changeset;
use crate::failure::ApiFailure;

/// The caller's employee record, made when it is first needed: notes name their author.
pub async fn ensure(work: &mut Changeset, request: &Request) -> Result<Uuid, ApiFailure> {
    let id = request.caller.employee_id();
    if inputs::is_used(work, EntityKind::Employee, id).await? {
        return Ok(id);
    }
    let values = [
        ("name", Value::Text(request.caller.name.clone())),
        ("role", Value::Text(request.caller.role.name().to_owned())),
    ];
    let record = Record::new(EntityKind::Employee, id, values.into(), request.now);
    inputs::write(work, record).await?;
    Ok(id)
}

/// The words for what an account may do are an admin's to give and to take.
pub fn check_role(request: &Request, before: &str, wanted: &Record) -> Option<Problem> {
    let role = wanted.get("role").as_text();
    let may = rights::may_set_role(request.caller.is_admin(), before, role);
    (!may).then(|| Problem::new("role", Code::Fixed))
}
