//! Scenarios that once failed, a fresh handful, and the test of the test.
#![expect(
    clippy::panic,
    reason = "a scenario that cannot go on stops by panicking"
)]

use servease_tests::simulation::{Arena, Options, Sabotage};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

async fn must_hold(arena: &Arena, seed: u64, options: Options) {
    if let Err((violation, _)) = arena.run(seed, options).await {
        panic!("seed {seed}: {}", violation.what);
    }
}

#[test]
fn nothing_is_lost_in_the_first_scenarios() {
    block_on(async {
        let options = Options::default();
        let arena = Arena::new(options.desks).await;
        for seed in 0..60 {
            must_hold(&arena, seed, options).await;
        }
    });
}

/// A client of REST and a colleague who forges messages write to Central meanwhile.
#[test]
fn nothing_is_lost_among_outsiders() {
    block_on(async {
        let options = Options {
            has_outsiders: true,
            ..Options::default()
        };
        let arena = Arena::new(options.desks).await;
        for seed in 0..60 {
            must_hold(&arena, seed, options).await;
        }
    });
}

/// People take papers in, and machines die between any two parts of a file.
#[test]
fn no_file_is_lost_on_its_way() {
    block_on(async {
        let options = Options {
            has_papers: true,
            ..Options::default()
        };
        let arena = Arena::new(options.desks).await;
        for seed in 0..60 {
            must_hold(&arena, seed, options).await;
        }
    });
}

/// Each of these once lost something, or did not come to rest.
const ONCE_FAILED: &[(u64, &str)] = &[
    (
        1075,
        "a deletion that a snapshot brought, below a refused edit that was given up",
    ),
    (1615, "a mark of a duplicate in an answer that was not kept"),
    (1696, "the same, below a refused edit"),
    (
        1721,
        "a change that Central had lost, sent before the beginning of its record",
    ),
    (
        1868,
        "preferences deleted, their customer kept, when a first entry was undone",
    ),
    (1917, "a mark of a duplicate in an answer that was not kept"),
    (
        2054,
        "answers of a batch taken in piece by piece, applied as if they were of one age",
    ),
    (2110, "a mark of a duplicate in an answer that was not kept"),
    (2392, "a deletion's root in an answer that was not kept"),
    (
        2620,
        "a change that Central had lost, sent before the beginning of its record",
    ),
    (
        2751,
        "preferences deleted, their customer kept, when a first entry was undone",
    ),
    (
        3215,
        "two changes of one id: preferences share the id of their customer",
    ),
    (
        5142,
        "Central restored while a desk read its rows: what it had sent was not sent again",
    ),
    (
        6424,
        "sides that differed until rows of another past were refused",
    ),
    (
        7480,
        "sides that differed until rows of another past were refused",
    ),
    (8188, "two changes of one id"),
    (
        10_090,
        "an owner that an answer had named before Central was restored",
    ),
    (12_010, "two changes of one id"),
    (13_080, "two changes of one id"),
    (
        13_687,
        "a deletion that did not stand, below a refused edit that was given up",
    ),
    (
        16_630,
        "an owner that an answer had named before Central was restored",
    ),
    (17_409, "two changes of one id"),
    (
        19_669,
        "a record passed on with a value that Central had refused",
    ),
    (
        1_002_948,
        "a change without a mutation, passed on to a Central that still had it: told twice",
    ),
    (
        1_003_478,
        "a field of a newer program that Central had lost, kept by a desk that read its rows",
    ),
    (
        2_909,
        "a date from the future of which Central's judgement came without the date",
    ),
    (
        3_434,
        "an edit refused on a desk, and mended and sent by its clone",
    ),
    (
        8_161,
        "a conflict passed on after a restore, about another value than is overruled now",
    ),
    (
        3_421_794_924,
        "the rest of a group, seen below a refused edit that was given up",
    ),
    (
        40_001_505,
        "a new record refused on a clone, mended and sent by the desk it was copied from: buried",
    ),
];

/// The same, where others than desks write to Central.
const ONCE_FAILED_AMONG_OUTSIDERS: &[(u64, &str)] = &[
    (
        1_115,
        "Central restored after a desk had read rows of later changes than its place",
    ),
    (
        40_003_924,
        "a value of a lost past, in a field that the repeated creation of its record does not name",
    ),
    (40_004_806, "the same"),
    (40_004_985, "the same"),
    (
        60_001_392,
        "a part of an address, written beside another that its author wrote again before it was sent",
    ),
    (
        60_013_751,
        "a change of a deleted record of which Central, restored, knew nothing: it waited for ever",
    ),
    (
        3_656_342_750,
        "an edit between two pages of a snapshot: a customer's last visit, settled without the services of the second",
    ),
    (
        80_007_408,
        "an address that won as a whole: the rest of it stood otherwise at the desk that had written it",
    ),
    (
        80_013_158,
        "a car whose new owner was merged away, merged into another car: that one got the owner who was gone",
    ),
];

/// The same, of scenarios in which others than desks write to Central and papers are taken in.
const ONCE_FAILED_WITH_ALL: &[(u64, &str)] = &[
    (
        1_192_957_859,
        "a paper that came back with its car after the customer who brought it was merged into \
         another: it stayed with whom nobody sees any more",
    ),
    (
        500_009_185,
        "the whole garage, passed on after a restore, took refused edits of it for replaced: nobody was \
         asked any more, and the desk went on showing what Central had not taken",
    ),
    (
        600_004_445,
        "an edit that Central had lost with a restore, taken in once more: what somebody else had written \
         beside it the first time stayed at its desk",
    ),
    (
        800_004_221,
        "a service that Central had refused, mended and sent by a clone of its desk: given up where it was \
         refused, it died there, though a snapshot had told of it",
    ),
    (
        800_002_238,
        "an edit of a customer who had been merged away, after Central had forgotten of the merge: the \
         test did not find the question, which is about the heir",
    ),
    (
        700_006_936,
        "a change over REST that was passed on, long on its way, came once more after Central had \
         forgotten it: it was taken for a new one and overruled what had been written since",
    ),
    (
        400_018_400,
        "an edit whose value another one of the same batch had written before: the earlier one's stood in \
         the row",
    ),
    (
        400_018_740,
        "an edit of a customer who was merged away, and whose merge was taken back later: the question \
         stands with the one into whom they were merged",
    ),
    (
        400_006_577,
        "a car whose beginning a clone had sent with an odometer that followed from a reading: refused as \
         another use of its id, and then nobody told the desk that the car lives",
    ),
];

#[test]
fn what_once_failed_holds() {
    block_on(async {
        let alone = Options::default();
        let among_outsiders = Options {
            has_outsiders: true,
            ..alone
        };
        let with_all = Options {
            has_papers: true,
            ..among_outsiders
        };
        let arena = Arena::new(alone.desks).await;
        for (seeds, options) in [
            (ONCE_FAILED, alone),
            (ONCE_FAILED_AMONG_OUTSIDERS, among_outsiders),
            (ONCE_FAILED_WITH_ALL, with_all),
        ] {
            for (seed, story) in seeds {
                if let Err((violation, _)) = arena.run(*seed, options).await {
                    panic!("seed {seed} ({story}): {}", violation.what);
                }
            }
        }
    });
}

fn is_noticed(sabotage: Sabotage) {
    block_on(async {
        let options = Options {
            sabotage: Some(sabotage),
            has_outsiders: sabotage == Sabotage::Rights,
            ..Options::default()
        };
        let arena = Arena::new(options.desks).await;
        for seed in 0..500 {
            if arena.run(seed, options).await.is_err() {
                return;
            }
        }
        panic!("500 scenarios did not notice that the {sabotage:?} is broken");
    });
}

#[test]
fn a_broken_ledger_is_noticed() {
    is_noticed(Sabotage::Ledger);
}

#[test]
fn a_broken_cursor_order_is_noticed() {
    is_noticed(Sabotage::CursorOrder);
}

#[test]
fn consequences_by_the_order_of_arrival_are_noticed() {
    is_noticed(Sabotage::Consequences);
}

#[test]
fn rights_that_nobody_asks_for_are_noticed() {
    is_noticed(Sabotage::Rights);
}

#[test]
fn a_broken_field_merge_is_noticed() {
    is_noticed(Sabotage::FieldMerge);
}
