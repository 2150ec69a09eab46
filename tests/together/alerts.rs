//! What one desk did about an alert is done on all, and two who act at once end with one state.

use chrono::TimeDelta;
use serde_json::json;
use servease_domain::EntityKind;
use servease_domain::alerts::AlertState;
use servease_tests::simulation::Arena;

use crate::{BACK, FRONT, Garage, block_on, edit};

const ALL: &[AlertState] = &[
    AlertState::Raised,
    AlertState::Seen,
    AlertState::Snoozed,
    AlertState::Done,
];

async fn state(garage: &mut Garage<'_>, at: usize) -> AlertState {
    let alerts = garage.pair.desk(at).alerts(ALL, 30).await.expect("alerts");
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    alerts[0].state
}

#[test]
fn two_desks_that_answer_one_alert_end_with_one_state_and_nothing_to_decide() {
    block_on(async {
        let arena = Arena::new(2).await;
        for first in [FRONT, BACK] {
            let mut garage = Garage::open(&arena).await;
            let expires = (garage.pair.now() + TimeDelta::days(3)).date_naive();
            let front = garage.pair.desk(FRONT);
            let fields = json!({"registration_expiry_date": expires});
            edit(&front, EntityKind::Vehicle, garage.vehicle, fields).await;
            garage.pair.settle().await;

            // Each desk tells its own people.
            let mut ids = Vec::new();
            for at in [FRONT, BACK] {
                let checked = garage
                    .pair
                    .desk(at)
                    .check_alerts(None)
                    .await
                    .expect("a check");
                assert_eq!(checked.raised.len(), 1);
                ids.push(checked.raised[0].id);
            }
            assert_eq!(ids[0], ids[1]);
            let until = garage.pair.now() + TimeDelta::days(1);
            let front = garage.pair.desk(FRONT);
            front.snooze_alert(ids[0], until).await.expect("a snooze");
            let back = garage.pair.desk(BACK);
            back.finish_alert(ids[0]).await.expect("done");
            garage.arrive(first).await;

            let expected = match first {
                FRONT => AlertState::Done,
                _ => AlertState::Snoozed,
            };
            for at in [FRONT, BACK] {
                assert_eq!(state(&mut garage, at).await, expected);
            }
            garage.no_conflict().await;
        }
    });
}

#[test]
fn what_one_desk_has_seen_the_other_does_not_raise() {
    block_on(async {
        let arena = Arena::new(2).await;
        let mut garage = Garage::open(&arena).await;
        let expires = (garage.pair.now() + TimeDelta::days(3)).date_naive();
        let front = garage.pair.desk(FRONT);
        let fields = json!({"registration_expiry_date": expires});
        edit(&front, EntityKind::Vehicle, garage.vehicle, fields).await;
        let checked = front.check_alerts(None).await.expect("a check");
        front.see_alert(checked.raised[0].id).await.expect("seen");
        garage.pair.settle().await;
        let checked = garage.pair.desk(BACK).check_alerts(None).await;
        assert_eq!(checked.expect("a check").raised, []);
        assert_eq!(state(&mut garage, BACK).await, AlertState::Seen);
    });
}
