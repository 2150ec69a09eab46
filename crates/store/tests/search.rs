//! What the search box finds, in which order, and what it does not.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops by panicking"
)]

mod garage;

use garage::{Garage, now, values};
use proptest::prelude::*;
use servease_domain::fold;
use servease_domain::query::Query;
use servease_domain::{EntityKind, Record, Value, Values};
use servease_store::{rows, search};
use uuid::Uuid;

const CUSTOMER: EntityKind = EntityKind::Customer;
const VEHICLE: EntityKind = EntityKind::Vehicle;

const NOTHING: [Uuid; 0] = [];

async fn smith_and_car(garage: &Garage) -> (Uuid, Uuid) {
    let smith = garage
        .customer(&[
            ("first_name", "John"),
            ("last_name", "O'Brien-Smith"),
            ("email", "john.smith+garage@web-mail.example"),
            ("phone", "+16145550123"),
            ("secondary_phone", "+493023125042"),
            ("company_name", "Blue Ridge Heating & Air"),
        ])
        .await;
    let car = garage
        .vehicle(
            smith,
            &[
                ("make", "Toyota"),
                ("model", "Corolla LE"),
                ("vin", "4T1BF1FK5CU123456"),
                ("license_plate", "hzt 4711"),
            ],
        )
        .await;
    garage
        .edit(VEHICLE, car, Values::from([("year", Value::Integer(2015))]))
        .await;
    (smith, car)
}

#[tokio::test]
async fn a_customer_is_found_by_name_mail_phone_and_company() {
    let garage = Garage::open().await;
    let (smith, _) = smith_and_car(&garage).await;
    for typed in [
        "j",
        "jo",
        "john",
        "o'brien",
        "OBRIEN",
        "brien",
        "smith",
        "ohn",
        "mit",
        "john smith",
        "smith john",
        "SMITH, JOHN",
        "obrien-smith",
        "obriensmith",
        "john.smith",
        "smith+garage",
        "web-mail",
        "john.smith+garage@web-mail.example",
        "mail.example",
        "blue",
        "heat air",
        "ridge blue",
        "6145550123",
        "(614) 555-0123",
        "+1 614 555 0123",
        "001 614 555-0123",
        "1-614-555-0123",
        "614.555",
        "5550123",
        "0123",
        "555 01",
        "+49 30 23125042",
        "030 23125042",
        "0049 (0)30 / 23125-042",
        "030-231",
        "25042",
    ] {
        assert!(garage.search(typed).await.contains(&smith), "{typed}");
    }
    for typed in ["smyth", "john doe", "614 999", "jonh", "+44 614 555 0123"] {
        assert!(garage.search(typed).await.is_empty(), "{typed}");
    }
}

#[tokio::test]
async fn a_vehicle_is_found_by_plate_vin_model_year_and_owner() {
    let garage = Garage::open().await;
    let (_, car) = smith_and_car(&garage).await;
    for typed in [
        "h",
        "hzt",
        "HZT-4711",
        "hzt4711",
        "HZT 47",
        "zt47",
        "4711",
        "71",
        "t4",
        "z",
        "4T1BF1FK5CU123456",
        "4t1bf",
        "1FK5",
        "123456",
        "toyota",
        "corolla",
        "roll",
        "le",
        "corolla le",
        "corollale",
        "2015",
        "smith corolla",
        "corolla SMITH 2015",
        "toy john",
        "blue ridge corolla",
        "brien hzt",
        "4711 smith",
    ] {
        assert!(garage.search(typed).await.contains(&car), "{typed}");
    }
    for typed in ["hzt4712", "2016", "smith camry", "doe corolla"] {
        assert!(garage.search(typed).await.is_empty(), "{typed}");
    }
}

#[tokio::test]
async fn whole_words_come_before_beginnings_before_parts() {
    let garage = Garage::open().await;
    let whole = garage.customer(&[("last_name", "Marti")]).await;
    let begun = garage.customer(&[("last_name", "Martin")]).await;
    let part = garage.customer(&[("last_name", "Demarti")]).await;
    assert_eq!(garage.search("marti").await, [whole, begun, part]);
    assert_eq!(garage.search("marti").await, garage.search("MÁRTI").await);
    assert_eq!(garage.search_up_to("marti", 2).await, [whole, begun]);
    assert_eq!(garage.search_up_to("marti", 0).await, NOTHING);
}

#[tokio::test]
async fn among_equals_the_most_recently_changed_come_first() {
    let garage = Garage::open().await;
    let mut people = Vec::new();
    for first in ["Ada", "Bea", "Cid"] {
        people.push(
            garage
                .customer(&[("first_name", first), ("last_name", "Novak")])
                .await,
        );
    }
    let [ada, bea, cid] = people[..] else {
        unreachable!("three were made")
    };
    assert_eq!(garage.search("novak").await, [cid, bea, ada]);
    garage
        .edit(CUSTOMER, ada, values(&[("city", "Dublin")]))
        .await;
    assert_eq!(garage.search("novak").await, [ada, cid, bea]);
}

#[tokio::test]
async fn a_person_comes_before_their_cars() {
    let garage = Garage::open().await;
    let (smith, car) = smith_and_car(&garage).await;
    let namesake = garage.customer(&[("last_name", "Smithers")]).await;
    assert_eq!(garage.search("smith").await, [smith, car, namesake]);
    assert_eq!(garage.search("smith corolla").await, [car]);
}

/// More finds than the sample that is ranked in memory.
#[tokio::test]
async fn the_order_is_the_same_among_many() {
    let garage = Garage::open().await;
    let whole = garage.customer(&[("last_name", "Ander")]).await;
    let car = garage.vehicle(whole, &[("make", "Kia")]).await;
    let begun = garage.customer(&[("last_name", "Anderson")]).await;
    for number in 0..120 {
        garage
            .customer(&[("last_name", &format!("Xander{number:03}"))])
            .await;
    }
    let found = garage.search_up_to("ander", 200).await;
    assert_eq!(found.len(), 123);
    assert_eq!(found[..3], [whole, car, begun]);
    assert_eq!(garage.search_up_to("ander", 3).await, [whole, car, begun]);
    assert_eq!(garage.search("ander xander").await.len(), 20);
    assert_eq!(garage.search("kia ander").await, [car]);
}

#[tokio::test]
async fn cjk_names_are_found_in_either_order_and_unspaced() {
    let garage = Garage::open().await;
    let yamada = garage
        .customer(&[("first_name", "太郎"), ("last_name", "山田")])
        .await;
    let kim = garage
        .customer(&[("first_name", "민준"), ("last_name", "김")])
        .await;
    garage
        .customer(&[("first_name", "花子"), ("last_name", "佐藤")])
        .await;
    for typed in [
        "山",
        "山田",
        "太郎",
        "郎",
        "山田太郎",
        "太郎山田",
        "太郎 山田",
        "田太",
        "山 太",
    ] {
        assert_eq!(garage.search(typed).await, [yamada], "{typed}");
    }
    for typed in ["김", "민준", "김민준", "민준김", "준"] {
        assert_eq!(garage.search(typed).await, [kim], "{typed}");
    }
}

#[tokio::test]
async fn letters_are_found_as_they_are_typed_elsewhere() {
    let garage = Garage::open().await;
    let lukasz = garage
        .customer(&[("first_name", "Łukasz"), ("last_name", "Weiß-Sørensen")])
        .await;
    let cohen = garage
        .customer(&[("first_name", "שרה"), ("last_name", "כהן")])
        .await;
    for typed in [
        "lukasz",
        "Łuk",
        "weiss",
        "weiß",
        "sorensen",
        "SØREN",
        "weisssorensen",
    ] {
        assert_eq!(garage.search(typed).await, [lukasz], "{typed}");
    }
    assert_eq!(garage.search("כהן שרה").await, [cohen]);
}

#[tokio::test]
async fn blank_text_finds_nothing_and_syntax_is_only_text() {
    let garage = Garage::open().await;
    smith_and_car(&garage).await;
    for typed in [
        "", "   ", "\t", "-", "\"", "*", "'", "()", "^", "\u{0}", ".",
    ] {
        assert_eq!(garage.search(typed).await, NOTHING, "{typed:?}");
    }
    for typed in [
        "\"john",
        "john\"",
        "john*",
        "john OR smith",
        "NOT john",
        "NEAR(john smith)",
        "grams:john",
        "john AND",
        "-john",
        "{john}",
        "john'; DROP TABLE customers; --",
        ".john.",
        "@john.",
        "%",
        "_ohn",
        "jo\u{0}hn",
    ] {
        // No error is what matters; some of them do hold her name.
        garage.search(typed).await;
    }
    assert_eq!(garage.search("john*").await.len(), 2);
    let long = "x".repeat(10_000);
    assert_eq!(garage.search(&long).await, NOTHING);
    assert_eq!(garage.search(&"john ".repeat(2_000)).await.len(), 2);
}

#[tokio::test]
async fn vehicles_follow_their_owners_name_and_a_transfer() {
    let garage = Garage::open().await;
    let (smith, car) = smith_and_car(&garage).await;
    garage
        .edit(CUSTOMER, smith, values(&[("last_name", "Kowalski")]))
        .await;
    assert_eq!(garage.search("kowalski corolla").await, [car]);
    assert_eq!(garage.search("brien corolla").await, NOTHING);
    // What does not change the name leaves the car where it was.
    let other = garage.vehicle(smith, &[("make", "Kia")]).await;
    garage
        .edit(CUSTOMER, smith, values(&[("city", "Dublin")]))
        .await;
    assert_eq!(garage.search("kowalski").await, [smith, other, car]);

    let buyer = garage.customer(&[("first_name", "Zoé")]).await;
    garage
        .edit(
            VEHICLE,
            car,
            Values::from([("customer_id", Value::Id(buyer))]),
        )
        .await;
    assert_eq!(garage.search("zoe corolla").await, [car]);
    assert_eq!(garage.search("kowalski corolla").await, NOTHING);
}

#[tokio::test]
async fn what_is_deleted_is_not_found_until_it_is_brought_back() {
    let garage = Garage::open().await;
    let (smith, car) = smith_and_car(&garage).await;
    garage.delete(VEHICLE, car).await;
    assert_eq!(garage.search("corolla").await, NOTHING);
    garage.restore(VEHICLE, car).await;
    assert_eq!(garage.search("corolla").await, [car]);
    garage.delete(CUSTOMER, smith).await;
    assert_eq!(garage.search("john").await, NOTHING);
    assert_eq!(garage.search("4711").await, NOTHING);
    garage.restore(CUSTOMER, smith).await;
    assert_eq!(garage.search("john").await, [smith, car]);
}

#[tokio::test]
async fn a_record_that_repeats_another_is_still_found() {
    let garage = Garage::open().await;
    let first = garage.customer(&[("last_name", "Twin")]).await;
    let mut repeated = Record::new(
        CUSTOMER,
        Uuid::from_u128(7),
        values(&[("last_name", "Twin")]),
        now(),
    );
    repeated.duplicate_of = Some(first);
    let mut conn = garage.store.write().await.unwrap();
    rows::insert(&mut conn, &repeated).await.unwrap();
    search::index(&mut conn, &repeated).await.unwrap();
    drop(conn);
    assert_eq!(garage.search("twin").await, [repeated.id, first]);
}

#[tokio::test]
async fn making_the_index_again_changes_nothing_that_is_found() {
    let garage = Garage::open().await;
    let (smith, car) = smith_and_car(&garage).await;
    let gone = garage.customer(&[("last_name", "Gone")]).await;
    garage.delete(CUSTOMER, gone).await;
    for number in 0..600 {
        garage
            .customer(&[
                ("first_name", "Extra"),
                ("last_name", &format!("No{number}")),
            ])
            .await;
    }
    let mut told = Vec::new();
    let mut conn = garage.store.write().await.unwrap();
    search::index_all(&mut conn, |done, total| told.push((done, total)))
        .await
        .unwrap();
    drop(conn);
    assert_eq!(told.last(), Some(&(602, 602)));
    assert_eq!(garage.search("john").await, [smith, car]);
    assert_eq!(garage.search("gone").await, NOTHING);
    assert_eq!(garage.search_up_to("extra", 1_000).await.len(), 600);
    // And it goes on from there.
    garage
        .edit(CUSTOMER, smith, values(&[("first_name", "Jack")]))
        .await;
    assert_eq!(garage.search("jack smith").await, [smith, car]);
    assert_eq!(
        garage.search("john smith").await,
        [smith],
        "the e-mail still says so"
    );
}

/// A record of few letters, so that words meet.
fn fields() -> impl Strategy<Value = (bool, Vec<(&'static str, String)>)> {
    let word = "[abcß1 2-]{0,5}";
    (
        any::<bool>(),
        (
            word,
            word,
            "[abc1]{1,4}@[ab]{1,3}\\.ab",
            "\\+1[0-9]{10}",
            "[A-C]{0,3}[ -]?[0-9]{0,4}",
        ),
        "[A-C0-9]{17}",
    )
        .prop_map(|(is_vehicle, (one, two, email, phone, plate), vin)| {
            let fields = if is_vehicle {
                vec![
                    ("make", one),
                    ("model", two),
                    ("license_plate", plate),
                    ("vin", vin),
                ]
            } else {
                vec![
                    ("first_name", one),
                    ("last_name", two),
                    ("email", email),
                    ("phone", phone),
                ]
            };
            (is_vehicle, fields)
        })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn squeezed(text: &str) -> String {
    fold::fold(text).replace(' ', "")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_part_of_what_was_entered_finds_it(
        records in proptest::collection::vec(fields(), 1..12),
        (field, start, length) in (0_usize..4, 0_usize..20, 1_usize..20),
    ) {
        runtime().block_on(async {
            let garage = Garage::open().await;
            let owner = garage.customer(&[("last_name", "zzz")]).await;
            for (is_vehicle, fields) in &records {
                let fields: Vec<(&'static str, &str)> =
                    fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
                let id = if *is_vehicle {
                    garage.vehicle(owner, &fields).await
                } else {
                    garage.customer(&fields).await
                };
                let whole = squeezed(fields[field].1);
                let part: String = whole.chars().skip(start).take(length).collect();
                // Names and makes are of words: a part lies in one of them.
                let of_words = matches!(fields[field].0, "last_name" | "first_name");
                let is_within = !of_words || fields[field].1.split_whitespace()
                    .any(|word| squeezed(word).contains(&part));
                if !part.is_empty() && is_within {
                    let found = garage.search_up_to(&part, 1_000).await;
                    assert!(found.contains(&id), "{part} of {fields:?}");
                }
                // Beginnings of each word, in any order.
                let mut begun: Vec<String> = fields[..2].iter()
                    .flat_map(|(_, text)| fold::words(text))
                    .map(|word| word.chars().take(length).collect())
                    .collect();
                begun.reverse();
                if !begun.is_empty() {
                    let found = garage.search_up_to(&begun.join(" "), 1_000).await;
                    assert!(found.contains(&id), "{begun:?} of {fields:?}");
                }
            }
        });
    }

    #[test]
    fn a_page_of_finds_is_the_beginning_of_all_of_them(
        records in proptest::collection::vec(fields(), 60..110),
        typed in "[abc12]{1,3}( [abc12]{1,2})?",
        limit in 1_u32..30,
    ) {
        runtime().block_on(async {
            let garage = Garage::open().await;
            let owner = garage.customer(&[("last_name", "abc")]).await;
            for (is_vehicle, fields) in &records {
                let fields: Vec<(&'static str, &str)> =
                    fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
                if *is_vehicle {
                    garage.vehicle(owner, &fields).await;
                } else {
                    garage.customer(&fields).await;
                }
            }
            // Ranked in memory, since fewer are found than asked for.
            let all = garage.search_up_to(&typed, 10_000).await;
            let page = garage.search_up_to(&typed, limit).await;
            let expected: Vec<Uuid> = all.into_iter().take(limit as usize).collect();
            assert_eq!(page, expected, "{typed}");
            assert!(Query::parse(&typed).is_some());
        });
    }
}
