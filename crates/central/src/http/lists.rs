//! The query of a list: filters, search, order and page, as the contract has them.

use axum::response::Response;
use sea_query::SelectStatement;
use serde_json::Value as Json;
use servease_domain::{EntityKind, Kind, Value};
use servease_wire::error::field;
use servease_wire::input::alias_of;
use servease_wire::list::{page, page_count};
use servease_wire::{PAGE_SIZE, PAGE_SIZE_MAX};
use url::form_urlencoded;
use uuid::Uuid;

use super::ask::Ask;
use super::pieces;
use crate::db::Link;
use crate::failure::ApiFailure;
use crate::store::forms;
use crate::store::lists::{self, Visible, Wanted};
use crate::store::records;
use crate::store::search::{self, Search};
use crate::views;

const INVALID_PAGE: ApiFailure = ApiFailure::NotFound("Invalid page.");

/// Parameters by name; of one that is repeated the last counts.
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn read(query: &str) -> Params {
        Params(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// This query for another page; the first page has no number.
    fn for_page(&self, number: u64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.0.iter().filter(|(name, _)| name != "page") {
            query.append_pair(name, value);
        }
        if number > 1 {
            query.append_pair("page", &number.to_string());
        }
        query.finish()
    }
}

/// Which page, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Paging {
    number: PageNumber,
    pub size: u64,
}

#[derive(Debug, Clone, Copy)]
enum PageNumber {
    Nth(u64),
    Last,
}

impl Paging {
    pub fn read(params: &Params) -> Result<Paging, ApiFailure> {
        let number = match params.get("page") {
            None => PageNumber::Nth(1),
            Some("last") => PageNumber::Last,
            Some(text) => match text.trim().parse() {
                Ok(number) if number >= 1 => PageNumber::Nth(number),
                _ => return Err(INVALID_PAGE),
            },
        };
        let size = params
            .get("page_size")
            .and_then(|text| text.trim().parse().ok())
            .filter(|size| *size >= 1)
            .unwrap_or(PAGE_SIZE)
            .min(PAGE_SIZE_MAX);
        Ok(Paging { number, size })
    }

    /// The page's number, once it is known how many records there are.
    pub fn resolve(self, count: u64) -> Result<u64, ApiFailure> {
        let pages = page_count(count, self.size);
        match self.number {
            PageNumber::Last => Ok(pages),
            PageNumber::Nth(number) if number <= pages => Ok(number),
            PageNumber::Nth(_) => Err(INVALID_PAGE),
        }
    }
}

/// The envelope around one page, which is still empty.
pub fn envelope(ask: &Ask, params: &Params, paging: Paging, (number, count): (u64, u64)) -> Json {
    let url = |number: u64| {
        let query = params.for_page(number);
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{}{}{separator}{query}", ask.scene.base_url, ask.path)
    };
    let pages = page_count(count, paging.size);
    page(
        count,
        (number < pages).then(|| url(number + 1)),
        (number > 1).then(|| url(number - 1)),
        Vec::new(),
    )
}

/// One page of a kind's list.
pub async fn answer(ask: &Ask, kind: EntityKind) -> Result<Response, ApiFailure> {
    let params = Params::read(&ask.query);
    let paging = Paging::read(&params)?;
    let mut link = ask.app.db.read().await?;
    let visible = views::visible(&mut link, &ask.caller, kind).await?;
    let mut wanted = wanted(kind, &params, visible)?;
    for (name, value) in &mut wanted.filters {
        if let (Some(Kind::Reference(to)), Some(id)) =
            (kind.field(name).map(|field| field.kind), value.as_id())
        {
            *value = Value::Id(records::resolve(&mut link, to, id).await?);
        }
    }
    if let (EntityKind::Document, Visible::Customer(own)) = (kind, &wanted.visible) {
        // Theirs is what they may see, also what somebody else has brought for their car.
        let own = Value::Id(*own);
        wanted
            .filters
            .retain(|(name, value)| *name != "customer_id" || *value != own);
    }
    let is_search = !wanted.words.is_empty();
    let count = lists::count(&mut link, &wanted)
        .await
        .map_err(|error| too_broad(error, is_search))?;
    let number = paging.resolve(count)?;
    let offset = (number - 1) * paging.size;
    let ids = lists::page(&mut link, &wanted, offset, paging.size)
        .await
        .map_err(|error| too_broad(error, is_search))?;
    drop(link);
    let envelope = envelope(ask, &params, paging, (number, count));
    let around = pieces::around(&envelope, "results");
    of_ids(ask, around, kind, ids).await
}

/// Records by their ids, in this order, in the form that lists have.
async fn of_ids(
    ask: &Ask,
    around: (String, String),
    kind: EntityKind,
    ids: Vec<Uuid>,
) -> Result<Response, ApiFailure> {
    pieces::answer(
        ask,
        around,
        ids,
        pieces::FIRST,
        move |ask, ids| async move {
            let mut link = ask.app.db.read().await?;
            let records = records::of_ids(&mut link, kind, &ids).await?;
            let records = views::seen(&mut link, &ask.caller, records).await?;
            views::list_items(&mut link, kind, &records, &ask.scene).await
        },
    )
    .await
}

/// A plain array of the records whose ids a statement (of `store::lists::select_ids`) finds.
pub async fn array(
    ask: &Ask,
    mut link: Link,
    kind: EntityKind,
    statement: &SelectStatement,
) -> Result<Response, ApiFailure> {
    let ids = lists::ids(&mut link, statement).await?;
    drop(link);
    of_ids(ask, ("[".to_owned(), "]".to_owned()), kind, ids).await
}

/// A search that runs into the statement's time limit is the client's to narrow.
fn too_broad(error: crate::db::DbError, is_search: bool) -> ApiFailure {
    match error {
        crate::db::DbError::TimedOut(_) if is_search => {
            ApiFailure::Refused(field("search", "This search is too broad."))
        }
        other => ApiFailure::Database(other),
    }
}

/// Reads filters, search and order.
fn wanted(kind: EntityKind, params: &Params, visible: Visible) -> Result<Wanted, ApiFailure> {
    let mut wanted = Wanted {
        filters: filters(kind, params)?,
        ordering: ordering(kind, params),
        visible,
        ..Wanted::all(kind)
    };
    if search::is_searched(kind)
        && let Some(text) = params.get("search")
    {
        match search::parse(text) {
            Search::All => {}
            Search::Nothing => wanted.visible = Visible::Nothing,
            Search::Words { words, pieces } => {
                wanted.words = words;
                wanted.pieces = pieces;
            }
            Search::TooLong => {
                let words = format!(
                    "A search has at most {} words and {} characters.",
                    search::WORDS_MAX,
                    search::SEARCH_MAX_CHARS
                );
                return Err(ApiFailure::Refused(field("search", words)));
            }
        }
    }
    Ok(wanted)
}

fn filters(kind: EntityKind, params: &Params) -> Result<Vec<(&'static str, Value)>, ApiFailure> {
    let mut filters = Vec::new();
    let mut refused = serde_json::Map::new();
    for described in kind.fields().iter().filter(|field| field.filtered) {
        let names = [Some(described.name), alias_of(described.name)];
        for name in names.into_iter().flatten() {
            let Some(text) = params.get(name) else {
                continue;
            };
            match filter_value(&described.kind, text) {
                Ok(Some(value)) => filters.push((described.name, value)),
                Ok(None) => {}
                Err(words) => {
                    refused.insert(name.to_owned(), Json::from(vec![words]));
                }
            }
        }
    }
    if refused.is_empty() {
        Ok(filters)
    } else {
        Err(ApiFailure::Refused(Json::Object(refused)))
    }
}

/// None: the filter is ignored.
fn filter_value(kind: &Kind, text: &str) -> Result<Option<Value>, String> {
    let no_choice = || {
        let shown: String = text.chars().filter(|c| !c.is_control()).take(100).collect();
        format!("Select a valid choice. {shown} is not one of the available choices.")
    };
    match kind {
        Kind::Flag => Ok(match text.to_ascii_lowercase().as_str() {
            "true" => Some(Value::Flag(true)),
            "false" => Some(Value::Flag(false)),
            _ => None,
        }),
        Kind::Choice { of, .. } => {
            if of.contains(&text) {
                Ok(Some(Value::Text(text.to_owned())))
            } else {
                Err(no_choice())
            }
        }
        Kind::Reference(_) => servease_wire::id::parse(text)
            .map(|id| Some(Value::Id(id)))
            .ok_or_else(no_choice),
        _ if text.contains('\0') => Err("Null characters are not allowed.".to_owned()),
        _ => Ok(Some(Value::Text(text.to_owned()))),
    }
}

/// Unknown and repeated names are passed over.
fn ordering(kind: EntityKind, params: &Params) -> Vec<(&'static str, bool)> {
    let mut ordering: Vec<(&'static str, bool)> = Vec::new();
    for part in params.get("ordering").unwrap_or_default().split(',') {
        let part = part.trim();
        let (name, descending) = match part.strip_prefix('-') {
            Some(name) => (name, true),
            None => (part, false),
        };
        let column = match name {
            "created_at" => Some("created_at"),
            _ => kind
                .field(name)
                .filter(|field| field.ordered)
                .map(|field| forms::ordered_by(kind, field.name)),
        };
        if let Some(column) = column
            && !ordering.iter().any(|(known, _)| *known == column)
        {
            ordering.push((column, descending));
        }
    }
    // `-created_at` is the default order, which pages quickly.
    if ordering == [("created_at", true)] {
        ordering.clear();
    }
    ordering
}
