//! What the notification service does not know yet: alerts that speak and were not said at this
//! stage, and those that were said and are over.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use servease_domain::alerts::{AlertKind, AlertState, TABLE};
use servease_domain::standing::{AlertLine, Standing, Subject};
use servease_domain::{EntityKind, Record, Value, Values};
use strum::IntoStaticStr;
use uuid::Uuid;

use super::consent;
use super::outbox::{self, Event, Message, Open};
use crate::alerts::causes::{self, Notes};
use crate::alerts::standing::Company;
use crate::alerts::{self, words};
use crate::db::{Db, DbError, Link};
use crate::store::records;

/// So many alerts are written down in one transaction.
const AT_ONCE: usize = 200;

/// Why an alert is withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum Reason {
    /// Somebody has dealt with it.
    Done,
    /// The service is done, the paper renewed, the record gone or silent.
    Gone,
    /// The customer wants no reminders any more.
    Consent,
}

/// What there is to say of one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Step {
    withdraw: Option<Reason>,
    raise: bool,
}

/// What is known of one alert, beside what was said of it.
#[derive(Debug, Clone)]
struct Known {
    /// None: it does not speak.
    standing: Option<Standing>,
    customer: Option<Uuid>,
    preferences: Option<Record>,
}

impl Known {
    fn channel(&self) -> Option<&'static str> {
        self.preferences.as_ref().and_then(consent::channel)
    }

    /// `heir` is who stands today for the customer to whom it was said.
    fn step(&self, open: Option<&Open>, heir: Option<Uuid>) -> Step {
        let speaks = self.standing.filter(|it| it.stage.is_some());
        let withdraw = open.and_then(|_| match speaks {
            None => Some(Reason::Gone),
            Some(it) if it.state == AlertState::Done => Some(Reason::Done),
            // It has another owner, who may be told in turn.
            Some(_) if self.customer != heir => Some(Reason::Gone),
            Some(_) if self.channel().is_none() => Some(Reason::Consent),
            Some(_) => None,
        });
        let open = open.filter(|_| withdraw.is_none());
        let raise = self.channel().is_some()
            && speaks.is_some_and(|it| {
                let is_news = open.is_none_or(|open| it.stage < Some(open.stage));
                it.state == AlertState::Raised && is_news
            });
        Step { withdraw, raise }
    }
}

/// What is for the garage's people alone: customers have not consented to hearing of notes.
fn is_for_customers(kind: AlertKind) -> bool {
    kind != AlertKind::FollowUp
}

/// Writes down all that is to be said now.
pub async fn plan(db: &Db, company: &Company) -> Result<(), DbError> {
    let mut link = db.read().await?;
    let kinds: Vec<AlertKind> = TABLE.map(|about| about.kind).into();
    let kinds: Vec<AlertKind> = kinds
        .into_iter()
        .filter(|it| is_for_customers(*it))
        .collect();
    let speaking = company
        .alerts(&mut link, None, &kinds, Notes::Public)
        .await?;
    let open = outbox::open(&mut link, None).await?;
    let mut known: HashMap<Uuid, Known> = open.keys().map(|id| (*id, nothing())).collect();
    for it in speaking {
        // Of what was not said, and does not speak, there is nothing to say.
        if it.state == AlertState::Raised || open.contains_key(&it.id) {
            let standing = Some(it);
            known.insert(
                it.id,
                Known {
                    standing,
                    ..nothing()
                },
            );
        }
    }
    // What was said at this stage, or a later one, is looked at for its owner and their consent only.
    add_customers(&mut link, &mut known, company).await?;
    let heirs = heirs(&mut link, &open, &known).await?;
    drop(link);
    let heir_of = |open: &Open| heirs.get(&open.customer).copied().unwrap_or(open.customer);
    let mut concerned: Vec<Uuid> = Vec::new();
    for (id, it) in &known {
        let open = open.get(id);
        if it.step(open, open.map(heir_of)) != Step::default() {
            concerned.push(*id);
        }
    }
    concerned.sort_unstable();
    for ids in concerned.chunks(AT_ONCE) {
        let about = ids.iter().filter_map(|id| {
            let cause = known.get(id)?.standing?.cause;
            Some((cause.kind.about().entity, cause.record))
        });
        let mut link = db.read().await?;
        let mut subjects = causes::subjects(&mut link, about).await?;
        drop(link);
        causes::keep_to_oneself(&mut subjects);
        let mut tx = db.write().await?;
        let count = i64::try_from(2 * ids.len()).unwrap_or(i64::MAX);
        let mut position = outbox::take_numbers(&mut tx, count).await?;
        // Another instance may have said it meanwhile.
        let open = outbox::open(&mut tx, Some(ids)).await?;
        for id in ids {
            let Some(it) = known.get(id) else { continue };
            let open = open.get(id);
            let step = it.step(open, open.map(heir_of));
            if let (Some(reason), Some(open)) = (step.withdraw, open) {
                withdraw(&mut tx, position, *id, open, reason, company).await?;
            }
            if step.raise
                && let Some(message) = raised(it, &subjects, company)
            {
                outbox::take_back(&mut tx, *id).await?;
                outbox::add(&mut tx, position + 1, message, company.moment.now).await?;
            }
            position += 2;
        }
        tx.commit().await?;
    }
    Ok(())
}

fn nothing() -> Known {
    Known {
        standing: None,
        customer: None,
        preferences: None,
    }
}

/// Whose alerts they are, and how those want to be reminded.
async fn add_customers(
    link: &mut Link,
    known: &mut HashMap<Uuid, Known>,
    company: &Company,
) -> Result<(), DbError> {
    let about = known.values().filter_map(|it| {
        let cause = it.standing?.cause;
        Some((cause.kind.about().entity, cause.record))
    });
    let owners = causes::owners(link, about).await?;
    let customers = owners.values().copied().collect();
    let mut stated = causes::of_ids(link, EntityKind::Preferences, customers).await?;
    for it in known.values_mut() {
        let Some(standing) = it.standing else {
            continue;
        };
        let Some(customer) = owners.get(&standing.cause.record).copied() else {
            continue;
        };
        // Who has stated nothing has the preferences that their card shows.
        let preferences = stated.entry(customer).or_insert_with(|| {
            let values = Values::from([("customer_id", Value::Id(customer))]);
            Record::new(
                EntityKind::Preferences,
                customer,
                values,
                company.moment.now,
            )
        });
        it.customer = Some(customer);
        it.preferences = Some(preferences.clone());
    }
    Ok(())
}

/// Who stands today for customers to whom something was said and whose it is not any more: those
/// that were merged away.
async fn heirs(
    link: &mut Link,
    open: &HashMap<Uuid, Open>,
    known: &HashMap<Uuid, Known>,
) -> Result<HashMap<Uuid, Uuid>, DbError> {
    let mut heirs = HashMap::new();
    for (id, open) in open {
        let owner = known.get(id).and_then(|it| it.customer);
        if owner.is_none_or(|owner| owner == open.customer) || heirs.contains_key(&open.customer) {
            continue;
        }
        let heir = records::resolve(link, EntityKind::Customer, open.customer).await?;
        heirs.insert(open.customer, heir);
    }
    Ok(heirs)
}

fn raised(it: &Known, subjects: &HashMap<Uuid, Subject>, company: &Company) -> Option<Message> {
    let (standing, preferences) = (it.standing?, it.preferences.as_ref()?);
    let cause = standing.cause;
    let line = AlertLine::of(&standing, subjects.get(&cause.record), &company.moment);
    let language = preferences.get("preferred_language").as_text();
    let unit = &company.garage.distance_unit;
    let alert = alerts::entry(&line, words::of_language(language), unit);
    Some(Message {
        event: Event::Raised,
        alert: standing.id,
        kind: cause.kind,
        record: cause.record,
        customer: it.customer?,
        stage: Some(standing.stage?),
        body: json!({
            "alert": alert,
            "preferences": consent::told(preferences, it.channel()?),
        }),
    })
}

/// What has left is withdrawn; what has not is forgotten.
async fn withdraw(
    tx: &mut Link,
    position: i64,
    id: Uuid,
    open: &Open,
    reason: Reason,
    company: &Company,
) -> Result<(), DbError> {
    outbox::take_back(tx, id).await?;
    outbox::close(tx, id).await?;
    if !open.has_left {
        return Ok(());
    }
    let line = AlertLine {
        customer_id: Some(open.customer),
        ..AlertLine::withdrawn(id, open.kind, open.record, None)
    };
    let message = Message {
        event: Event::Withdrawn,
        alert: id,
        kind: open.kind,
        record: open.record,
        customer: open.customer,
        stage: None,
        // Who it was, and what it was about, the service knows; nothing more is said of them.
        body: json!({"reason": <&str>::from(reason), "alert": bare(&line)}),
    };
    outbox::add(tx, position, message, company.moment.now).await
}

fn bare(line: &AlertLine) -> Json {
    let mut json = json!(line);
    if let Json::Object(fields) = &mut json {
        for name in ["title", "customer", "phone", "due", "until"] {
            fields.remove(name);
        }
    }
    json
}
