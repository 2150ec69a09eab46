//! Whose papers are, as conditions of statements: the rule of [`servease_domain::papers`], said once
//! for lists, alerts and what customers may see.

use sea_query::{Cond, Condition, Expr, ExprTrait, JoinType, Query, UnionType};
use servease_domain::{EntityKind, papers};
use uuid::Uuid;

const TABLE: &str = EntityKind::Document.table();
const VEHICLES: &str = EntityKind::Vehicle.table();

/// That a paper, in a table under this name, is about the car itself.
pub fn is_of_the_car(paper: &'static str) -> Expr {
    is_one_of(paper, papers::OF_THE_CAR)
}

/// That it is somebody's own, whatever becomes of a vehicle.
pub fn is_of_the_person(paper: &'static str) -> Expr {
    is_one_of(paper, papers::OF_THE_PERSON)
}

fn is_one_of(paper: &'static str, types: &[&str]) -> Expr {
    Expr::col((paper, "document_type")).is_in(types.iter().copied())
}

/// That a paper counts for its vehicle ([`papers::counts_for_vehicle`]).
pub fn counts_for(paper: &'static str, vehicle: &'static str) -> Expr {
    let is_the_owners = Expr::col((paper, "customer_id")).equals((vehicle, "customer_id"));
    is_of_the_car(paper).or(is_the_owners)
}

/// That a document is shown with a vehicle: it is about the car, or its present owner's.
pub fn shown_with(vehicle: Uuid) -> Condition {
    let mut counting = Query::select();
    counting
        .expr(Expr::val(1))
        .from_as(VEHICLES, "v")
        .and_where(Expr::col(("v", "id")).eq(vehicle))
        .and_where(counts_for(TABLE, "v"));
    Cond::all()
        .add(Expr::col((TABLE, "vehicle_id")).eq(vehicle))
        .add(Expr::exists(counting))
}

/// That a document is no former owner's: it has no vehicle, is somebody's own whatever becomes of it,
/// or counts for it.
pub fn is_no_former_owners() -> Condition {
    let mut counting = Query::select();
    counting
        .expr(Expr::val(1))
        .from_as(VEHICLES, "v")
        .and_where(Expr::col(("v", "id")).equals((TABLE, "vehicle_id")))
        .and_where(counts_for(TABLE, "v"));
    Cond::any()
        .add(Expr::col((TABLE, "vehicle_id")).is_null())
        .add(is_of_the_person(TABLE))
        .add(Expr::exists(counting))
}

/// That a document is a customer's business when they look themselves: they brought it, or it went
/// along with a car that they own now. By two indexes, which an OR would use neither of.
pub fn shown_to(customer: Uuid) -> Condition {
    let mut brought = Query::select();
    brought
        .column(("d", "id"))
        .from_as(TABLE, "d")
        .and_where(Expr::col(("d", "deleted_at")).is_null())
        .and_where(Expr::col(("d", "customer_id")).eq(customer));
    let mut along = Query::select();
    along
        .column(("d", "id"))
        .from_as(VEHICLES, "v")
        .join_as(
            JoinType::InnerJoin,
            TABLE,
            "d",
            Expr::col(("d", "vehicle_id")).equals(("v", "id")),
        )
        .and_where(Expr::col(("v", "customer_id")).eq(customer))
        .and_where(Expr::col(("v", "deleted_at")).is_null())
        .and_where(Expr::col(("d", "deleted_at")).is_null())
        .and_where(is_of_the_car("d"));
    brought.union(UnionType::All, along);
    Cond::all().add(Expr::col((TABLE, "id")).in_subquery(brought))
}
