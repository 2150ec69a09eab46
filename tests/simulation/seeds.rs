//! Scenarios that once failed, a fresh handful, and the test of the test.

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

fn is_noticed(sabotage: Sabotage) {
    block_on(async {
        let options = Options {
            sabotage: Some(sabotage),
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
fn a_broken_field_merge_is_noticed() {
    is_noticed(Sabotage::FieldMerge);
}
