//! Giving a sensitive paper out: the desks are told as of a look at one of them.

use async_trait::async_trait;
use sea_query::{Expr, ExprTrait};
use servease_domain::{EntityKind, Record, Value, Values, papers};
use uuid::Uuid;

use super::{Command, Request};
use crate::changes::Changeset;
use crate::db::DbError;
use crate::failure::ApiFailure;
use crate::ledger::Done;
use crate::store::records;

/// What somebody does who fetches a file over HTTP: they have a copy.
const COPIED: &str = "copied";

/// Notes that the file of a document is given to whoever asks.
#[derive(Debug)]
pub struct GiveOut {
    pub document: Uuid,
}

#[async_trait]
impl Command for GiveOut {
    async fn run(&self, work: &mut Changeset, request: &Request) -> Result<Done, ApiFailure> {
        let name = request.caller.name.as_str();
        if !self.is_noted(work, name).await? {
            let text = |text: &str| Value::Text(text.to_owned());
            let values = Values::from([
                ("document_id", Value::Id(self.document)),
                ("deed", text(COPIED)),
                ("looked_at", Value::Instant(request.now)),
                ("looked_by", text(name)),
            ]);
            let look = Record::new(EntityKind::Look, Uuid::now_v7(), values, request.now);
            work.create(look).await?;
        }
        Ok(Done {
            status: 204,
            body: None,
            seq: None,
        })
    }
}

impl GiveOut {
    /// A file that comes in pieces, or again after a broken line, is given out once.
    async fn is_noted(&self, work: &mut Changeset, name: &str) -> Result<bool, DbError> {
        let (from, until) = papers::one_look(work.now);
        let mut select = records::select_live(EntityKind::Look);
        select
            .and_where(Expr::col("document_id").eq(self.document))
            .and_where(Expr::col("deed").eq(COPIED))
            .and_where(Expr::col("looked_by").eq(name))
            .and_where(Expr::col("looked_at").gt(from))
            .and_where(Expr::col("looked_at").lt(until))
            .limit(1);
        Ok(work.link().await?.row(&select).await?.is_some())
    }
}
