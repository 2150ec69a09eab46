//! The one search box, and what looks like what is being typed.

use serde_json::{Map, json};
use servease_domain::query::{self, Query};
use servease_domain::{EntityKind, Record, plate, reading, vin};
use servease_store::search::{self, Found};
use servease_store::{Connection, bulk, rows};
use uuid::Uuid;

use crate::counter::views::{LikelyDuplicate, Likeness, SearchHit, TypedField};
use crate::{Desk, Result};

/// More hits than anybody reads.
const HITS_MAX: u32 = 200;

/// A form shows a few likely duplicates; more of them say nothing more.
const LIKELY_MAX: usize = 5;

impl Desk {
    /// Customers and vehicles that match every word, best first. Blank text finds nothing.
    pub async fn search(&self, text: &str, limit: u32) -> Result<Vec<SearchHit>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        let Some(query) = Query::parse_in(text, &garage.settings.country) else {
            return Ok(Vec::new());
        };
        let found = search::search(&mut conn, &query, limit.min(HITS_MAX)).await?;
        let hits = hits(&mut conn, &found).await?;
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }

    /// The fields of a new record into which text goes that found nothing.
    pub fn fields_for(&self, text: &str) -> Vec<TypedField> {
        query::fields_for(text)
            .into_iter()
            .map(|(kind, field, text)| TypedField {
                kind,
                field: field.to_owned(),
                text,
            })
            .collect()
    }

    /// Does what the first search would wait for: reads what every search reads, and the
    /// numbering plans of phones. Nobody misses it where it fails.
    pub async fn warm_up(&self) -> Result<()> {
        self.search("a 1", 1).await?;
        self.search("5035550100", 1).await?;
        let number = Likeness {
            phone: "5035550100".to_owned(),
            ..Likeness::default()
        };
        self.likely_duplicates(&number, None).await?;
        Ok(())
    }

    /// Who and what is there already that shares a phone, an e-mail, a name, a plate or a VIN
    /// with a form, except the record `except`. Each record once, by its strongest likeness.
    pub async fn likely_duplicates(
        &self,
        likeness: &Likeness,
        except: Option<Uuid>,
    ) -> Result<Vec<LikelyDuplicate>> {
        let mut conn = self.store.read().await?;
        let garage = self.garage(&mut conn).await?;
        // The form's texts in the form in which they would be stored.
        let input = Map::from_iter([
            ("phone".to_owned(), json!(likeness.phone)),
            (
                "secondary_phone".to_owned(),
                json!(likeness.secondary_phone),
            ),
            ("email".to_owned(), json!(likeness.email)),
        ]);
        let read = reading::read(EntityKind::Customer, &input, &garage.rules());
        let text = |field| {
            let value = read.values.get(field);
            value.map_or("", |value| value.as_text()).to_owned()
        };
        let mut found: Vec<(&str, Found)> = Vec::new();
        let vin = vin::normalize(&likeness.vin);
        // O and 0, I and 1 are read one for the other.
        let plates = plate::readings(&plate::key(&likeness.license_plate));
        let plates = plates
            .into_iter()
            .map(|key| ("license_plate", EntityKind::Vehicle, "plate_key", key));
        let fields = [
            ("vin", EntityKind::Vehicle, "lower(vin)", vin.to_lowercase()),
            (
                "email",
                EntityKind::Customer,
                "lower(email)",
                text("email").to_lowercase(),
            ),
            // One's second number may be another's first.
            ("phone", EntityKind::Customer, "phone", text("phone")),
            (
                "phone",
                EntityKind::Customer,
                "secondary_phone",
                text("phone"),
            ),
            (
                "phone",
                EntityKind::Customer,
                "phone",
                text("secondary_phone"),
            ),
            (
                "phone",
                EntityKind::Customer,
                "secondary_phone",
                text("secondary_phone"),
            ),
        ];
        for (by, kind, field, value) in plates.chain(fields) {
            let ids = rows::list_equal(&mut conn, kind, field, &value, LIKELY_MAX).await?;
            found.extend(ids.into_iter().map(|id| (by, Found { kind, id })));
        }
        let ids = rows::list_named(
            &mut conn,
            &likeness.first_name,
            &likeness.last_name,
            LIKELY_MAX,
        )
        .await?;
        let kind = EntityKind::Customer;
        found.extend(ids.into_iter().map(|id| ("name", Found { kind, id })));

        found.retain(|(_, found)| Some(found.id) != except);
        let records: Vec<Found> = found.iter().map(|(_, found)| *found).collect();
        let hits = hits(&mut conn, &records).await?;
        let mut likely: Vec<LikelyDuplicate> = Vec::new();
        for (customer_id, hit) in hits {
            // The first likeness is the strongest.
            let by = found.iter().find(|(_, found)| found.id == hit.id);
            if likely.iter().any(|other| other.hit.id == hit.id) {
                continue;
            }
            likely.push(LikelyDuplicate {
                by: by.map_or("", |(by, _)| by).to_owned(),
                hit,
                customer_id,
            });
        }
        likely.truncate(LIKELY_MAX);
        Ok(likely)
    }
}

/// What was found as it is shown, in the same order, with the owners of vehicles. What is gone
/// meanwhile is left out.
async fn hits(conn: &mut Connection, found: &[Found]) -> Result<Vec<(Option<Uuid>, SearchHit)>> {
    let ids = |wanted: EntityKind| -> Vec<Uuid> {
        let of_kind = found.iter().filter(|found| found.kind == wanted);
        of_kind.map(|found| found.id).collect()
    };
    let vehicles = bulk::find(conn, EntityKind::Vehicle, &ids(EntityKind::Vehicle)).await?;
    let owner_of = |vehicle: &Record| vehicle.get("customer_id").as_id();
    let mut people = ids(EntityKind::Customer);
    people.extend(vehicles.values().filter_map(owner_of));
    let customers = bulk::find(conn, EntityKind::Customer, &people).await?;
    let shown = found.iter().filter_map(|found| {
        let record = match found.kind {
            EntityKind::Vehicle => vehicles.get(&found.id)?,
            _ => customers.get(&found.id)?,
        };
        let owner = owner_of(record);
        let owner_title = owner
            .and_then(|id| customers.get(&id))
            .map(servease_domain::Record::title);
        Some((owner, hit(record, owner_title.unwrap_or_default())))
    });
    Ok(shown.collect())
}

fn hit(record: &Record, owner: String) -> SearchHit {
    let text = |field: &str| record.get(field).as_text().to_owned();
    let some = |parts: [String; 3]| {
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
    };
    let (hit_title, subtitle) = if record.kind == EntityKind::Vehicle {
        let year = record
            .get("year")
            .as_integer()
            .map(|year| year.to_string())
            .unwrap_or_default();
        (some([text("make"), text("model"), year]).join(" "), owner)
    } else {
        let mut ways = some([text("company_name"), text("phone"), text("email")]);
        // A company of which no person is known is called by it.
        ways.retain(|way| *way != record.title());
        (record.title(), ways.join(" · "))
    };
    SearchHit {
        kind: record.kind,
        id: record.id,
        title: hit_title,
        subtitle,
        license_plate: text("license_plate"),
        vin: text("vin"),
        is_active: record.get("is_active").as_flag(),
    }
}
