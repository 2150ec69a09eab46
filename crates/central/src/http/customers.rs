//! The paths that only customers have.

use axum::Json;
use axum::response::{IntoResponse, Response};
use sea_query::{Expr, ExprTrait, Order};
use serde_json::Value;
use servease_domain::{EntityKind, Kind, Record};
use servease_wire::customer;
use uuid::Uuid;

use super::answer;
use super::ask::{Ask, RecordId};
use super::body::JsonObject;
use super::lists::{Paging, Params, array, envelope};
use super::records::run;
use super::{pieces, readings};
use crate::changes;
use crate::commands::{Deactivate, EditPreferences, Verify};
use crate::db::Link;
use crate::failure::ApiFailure;
use crate::handover;
use crate::store::{lists, records};
use crate::views;

/// A customer's own lists are plain arrays: this bounds them.
const ARRAY_MAX: u64 = 1_000;

async fn find(link: &mut Link, ask: &Ask, id: Uuid) -> Result<Record, ApiFailure> {
    let found = views::find(link, &ask.caller, EntityKind::Customer, id).await?;
    Ok(found.record)
}

pub async fn dashboard(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    let mut link = ask.app.db.read().await?;
    let owner = find(&mut link, &ask, id).await?;
    let mut body = views::dashboard(&mut link, &owner, &ask.scene).await?;
    if ask.caller.is_customer()
        && let Some(object) = body.as_object_mut()
    {
        // Notes are the staff's.
        object.insert("important_notes".to_owned(), Value::Array(Vec::new()));
    }
    drop(link);
    readings::note_shown(&ask, &body).await?;
    Ok(Json(body).into_response())
}

pub async fn preferences(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    let mut link = ask.app.db.read().await?;
    let owner = find(&mut link, &ask, id).await?;
    let stored = records::find(&mut link, EntityKind::Preferences, owner.id).await?;
    let Some(stored) = stored else {
        let defaults = views::preferences(&mut link, &owner).await?;
        return Ok(Json(customer::preferences(&defaults)).into_response());
    };
    let mut response = Json(customer::preferences(&stored.record)).into_response();
    answer::tag(&mut response, &ask.app.epoch, stored.seq);
    Ok(response)
}

/// How they want to be reached is the one thing that customers change themselves.
pub async fn edit_preferences(
    ask: Ask,
    RecordId(id): RecordId,
    body: JsonObject,
) -> Result<Response, ApiFailure> {
    let mut link = ask.app.db.read().await?;
    let owner = find(&mut link, &ask, id).await?;
    drop(link);
    let command = EditPreferences {
        customer: owner.id,
        input: body.fields,
    };
    run(&ask, &body.bytes, &command).await
}

/// Active vehicles, in full form.
pub async fn vehicles(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    let mut link = ask.app.db.read().await?;
    let owner = find(&mut link, &ask, id).await?;
    let mut active = lists::select_ids(EntityKind::Vehicle);
    active
        .and_where(Expr::col("customer_id").eq(owner.id))
        .and_where(Expr::col("is_active").eq(true))
        .order_by("created_at", Order::Desc)
        .order_by("id", Order::Desc)
        .limit(ARRAY_MAX);
    array(&ask, link, EntityKind::Vehicle, &active).await
}

/// `?type=` and `?vehicle_id=` narrow it.
pub async fn documents(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    let params = Params::read(&ask.query);
    let mut link = ask.app.db.read().await?;
    let owner = find(&mut link, &ask, id).await?;
    let mut papers = lists::select_ids(EntityKind::Document);
    papers
        .cond_where(views::papers_of(owner.id, &ask.scene))
        .and_where(Expr::col("is_active").eq(true))
        .order_by("created_at", Order::Desc)
        .order_by("id", Order::Desc)
        .limit(ARRAY_MAX);
    if let Some(wanted) = params.get("type") {
        let is_type = EntityKind::Document.field("document_type").is_some_and(
            |field| matches!(field.kind, Kind::Choice { of, .. } if of.contains(&wanted)),
        );
        if !is_type {
            return Err(ApiFailure::Refused(servease_wire::error::field(
                "type",
                "Select a valid choice. That is not one of the available choices.",
            )));
        }
        papers.and_where(Expr::col("document_type").eq(wanted));
    }
    if let Some(wanted) = params.get("vehicle_id") {
        let vehicle = servease_wire::id::parse(wanted).ok_or_else(|| {
            ApiFailure::Refused(servease_wire::error::field(
                "vehicle_id",
                "Select a valid choice. That is not one of the available choices.",
            ))
        })?;
        let vehicle = records::resolve(&mut link, EntityKind::Vehicle, vehicle).await?;
        papers.and_where(Expr::col("vehicle_id").eq(vehicle));
    }
    array(&ask, link, EntityKind::Document, &papers).await
}

pub async fn service_history(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    let mut link = ask.app.db.read().await?;
    let owner = find(&mut link, &ask, id).await?;
    let currency = &ask.world.garage.currency;
    let (body, services) = views::service_history(&mut link, &owner, currency, &ask.scene).await?;
    drop(link);
    let around = pieces::around(&body, "services");
    let kind = EntityKind::ServiceRecord;
    pieces::answer(
        &ask,
        around,
        services,
        pieces::FIRST,
        move |ask, ids| async move {
            let mut link = ask.app.db.read().await?;
            let services = records::of_ids(&mut link, kind, &ids).await?;
            views::list_items(&mut link, kind, &services, &ask.scene).await
        },
    )
    .await
}

pub async fn verify(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    run(&ask, b"", &Verify { customer: id }).await
}

pub async fn deactivate(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    run(&ask, b"", &Deactivate { customer: id }).await
}

/// What was handed over to the notification service about them, and about those that were merged
/// into them.
pub async fn notifications(ask: Ask, RecordId(id): RecordId) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    let params = Params::read(&ask.query);
    let paging = Paging::read(&params)?;
    let mut link = ask.app.db.read().await?;
    let owner = find(&mut link, &ask, id).await?;
    let customers = records::merged_into(&mut link, EntityKind::Customer, owner.id).await?;
    let count = handover::count_of_customers(&mut link, &customers).await?;
    let number = paging.resolve(count)?;
    let offset = (number - 1) * paging.size;
    let found = handover::of_customers(&mut link, &customers, offset, paging.size).await?;
    let mut body = envelope(&ask, &params, paging, (number, count));
    body["results"] = found.into_iter().map(|it| it.0).collect();
    Ok(Json(body).into_response())
}

/// Counting a million customers takes a tenth of a second: once for each change is enough.
pub async fn stats(ask: Ask) -> Result<Response, ApiFailure> {
    ask.caller.must_be_staff()?;
    let mut link = ask.app.db.read().await?;
    let seq = changes::last_seq(&mut link).await?;
    let kept = ask.app.stats.lock().ok().and_then(|kept| *kept);
    if let Some((at, day, stats)) = kept
        && (at, day) == (seq, ask.scene.today)
    {
        return Ok(Json(stats.to_json()).into_response());
    }
    let stats = views::stats(&mut link, ask.now).await?;
    if let Ok(mut kept) = ask.app.stats.lock() {
        *kept = Some((seq, ask.scene.today, stats));
    }
    Ok(Json(stats.to_json()).into_response())
}
