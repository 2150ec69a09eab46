//! Another program of the company, which writes to Central over REST: its commands, at random,
//! while desks sync.

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Map, Value as Json, json};
use servease_central::caller::{Caller, Role};
use servease_central::clock::World as Garage;
use servease_central::commands::{
    Command, Create, Deactivate, Delete, Edit, Request, UpdateMileage, Verify, execute,
};
use servease_central::failure::ApiFailure;
use servease_domain::{EntityKind, Record, Values};
use uuid::Uuid;

use super::Tally;
use super::machine::CentralPc;

/// Something that a client of REST asks for. What breaks rules is refused; nothing else may fail.
pub async fn random_request(
    central: &CentralPc,
    now: DateTime<Utc>,
    random: &mut StdRng,
    tally: &mut Tally,
) -> Result<(), String> {
    let Some((name, command)) = random_command(central, now, random).await else {
        return Ok(());
    };
    let mut link = central.db.read().await.map_err(|it| format!("{it:?}"))?;
    let world = Garage::load(&mut link).await;
    drop(link);
    let world = world.map_err(|it| format!("the garage: {it:?}"))?;
    let request = Request {
        caller: client(),
        now,
        context: world.context(now),
        world,
        base_url: String::new(),
        idempotency: None,
        if_match: None,
    };
    match execute(&central.db, &request, command.as_ref()).await {
        Ok(_) => tally.count(name),
        Err(ApiFailure::Problems(_) | ApiFailure::Refused(_) | ApiFailure::MergedAway { .. }) => {
            tally.count("REST: refused");
        }
        Err(other) => return Err(format!("{name}: {other:?}")),
    }
    Ok(())
}

/// An account of the platform that no desk has.
fn client() -> Caller {
    Caller {
        user_id: Uuid::from_u128(0xc11e).to_string(),
        email: "stock@example.com".to_owned(),
        name: "Stock".to_owned(),
        role: Role::Employee,
    }
}

type Wanted = (&'static str, Box<dyn Command>);

async fn random_command(
    central: &CentralPc,
    now: DateTime<Utc>,
    random: &mut StdRng,
) -> Option<Wanted> {
    let vehicle = pick(central, EntityKind::Vehicle, random).await;
    let customer = pick(central, EntityKind::Customer, random).await;
    let service = pick(central, EntityKind::ServiceRecord, random).await;
    let shown = vehicle
        .as_ref()
        .and_then(|it| it.get("current_mileage").as_integer())
        .unwrap_or(0);
    let mileage = shown + random.random_range(-50..800);
    let days_ago = TimeDelta::days(random.random_range(0..40));
    let day = (now + TimeDelta::days(random.random_range(1..90))).date_naive();
    let edit = |kind, id, input| -> Box<dyn Command> {
        Box::new(Edit {
            kind,
            id,
            input: object(input),
            is_whole: false,
        })
    };
    Some(match random.random_range(0..20_u32) {
        0 => {
            let email = format!("rest{}@x.org", random.random_range(0..4));
            let input = json!({"first_name": "Rosa", "last_name": "Parks", "email": email,
                "phone": "+15550123457"});
            (
                "REST: new customer",
                create(EntityKind::Customer, input, random),
            )
        }
        1 => {
            let input = json!({"customer_id": customer?.id, "make": "Fiat", "model": "Panda",
                "license_plate": "R-ES 7", "current_mileage": 1_000,
                "service_interval_months": 12});
            (
                "REST: new vehicle",
                create(EntityKind::Vehicle, input, random),
            )
        }
        2..=5 => {
            let input = json!({"vehicle_id": vehicle?.id, "service_type": "tyres",
                "performed_at": now - days_ago, "mileage": mileage.max(0), "confirm": true});
            let new = create(EntityKind::ServiceRecord, input, random);
            ("REST: new service", new)
        }
        6 => {
            let input = json!({"performed_at": now - days_ago});
            let id = service?.id;
            let edited = edit(EntityKind::ServiceRecord, id, input);
            ("REST: service edited", edited)
        }
        7 => {
            let id = service?.id;
            let kind = EntityKind::ServiceRecord;
            ("REST: service deleted", Box::new(Delete { kind, id }))
        }
        8..=10 => {
            let command = UpdateMileage {
                vehicle: vehicle?.id,
                input: object(json!({"mileage": mileage.max(0), "confirm": true})),
            };
            ("REST: mileage", Box::new(command))
        }
        11 => {
            let input = json!({"service_interval_months": random.random_range(1..24)});
            let edited = edit(EntityKind::Vehicle, vehicle?.id, input);
            ("REST: interval", edited)
        }
        12 => {
            let input = json!({"next_service_due_date": day});
            let edited = edit(EntityKind::Vehicle, vehicle?.id, input);
            ("REST: due date", edited)
        }
        13 | 14 => {
            let to = customer?.id;
            let input = json!({"customer_id": to, "keep_insurance": to.as_u128() & 1 == 0});
            let edited = edit(EntityKind::Vehicle, vehicle?.id, input);
            ("REST: transfer", edited)
        }
        15 | 16 => {
            let words = ["Austin", "Waco", "Grace"];
            let (city, name) = (words.choose(random)?, words.choose(random)?);
            let input = json!({"city": city, "first_name": name});
            let edited = edit(EntityKind::Customer, customer?.id, input);
            ("REST: customer edited", edited)
        }
        17 => {
            let customer = customer?.id;
            ("REST: verified", Box::new(Verify { customer }))
        }
        18 => {
            let customer = customer?.id;
            ("REST: deactivated", Box::new(Deactivate { customer }))
        }
        _ => {
            let (kind, id) = match random.random::<bool>() {
                true => (EntityKind::Vehicle, vehicle?.id),
                false => (EntityKind::Customer, customer?.id),
            };
            ("REST: deleted", Box::new(Delete { kind, id }))
        }
    })
}

/// The client names the new record's id, so that it follows from the seed.
fn create(kind: EntityKind, input: Json, random: &mut StdRng) -> Box<dyn Command> {
    let mut input = object(input);
    input.insert("id".to_owned(), json!(Uuid::from_u128(random.random())));
    Box::new(Create {
        kind,
        input,
        system: Values::new(),
    })
}

fn object(input: Json) -> Map<String, Json> {
    match input {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// A live record of Central's.
pub async fn pick(central: &CentralPc, kind: EntityKind, random: &mut StdRng) -> Option<Record> {
    let sql = format!(
        "SELECT id FROM {} WHERE deleted_at IS NULL ORDER BY id",
        kind.table()
    );
    let ids: Vec<Uuid> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_all(&central.pool)
        .await
        .expect("ids");
    let id = ids.choose(random)?;
    let mut link = central.db.read().await.expect("link");
    let found = servease_central::store::records::find(&mut link, kind, *id).await;
    found.expect("record").map(|stored| stored.record)
}
