//! The paths that only vehicles have.

use axum::Json;
use axum::response::{IntoResponse, Response};
use servease_domain::EntityKind;
use servease_wire::vehicle;

use super::ask::{Ask, RecordId};
use super::body::JsonObject;
use super::records::run;
use crate::commands::UpdateMileage;
use crate::failure::ApiFailure;
use crate::views;

pub async fn update_mileage(
    ask: Ask,
    RecordId(id): RecordId,
    body: JsonObject,
) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    let command = UpdateMileage {
        vehicle: id,
        input: body.fields,
    };
    run(&ask, &body.bytes, &command).await
}

pub async fn service_status(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    let mut link = ask.app.db.read().await?;
    let stored = views::find(&mut link, &ask.caller, EntityKind::Vehicle, id).await?;
    let body = vehicle::service_status(&stored.record, ask.scene.today);
    Ok(Json(body).into_response())
}
