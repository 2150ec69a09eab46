//! Which notifications a PC shows: each once, none of what is over, and none while people want quiet.

use chrono::Duration;
use serde_json::json;
use servease_desk::views::{SyncState, SyncStatus};
use servease_desk::{Activity, Notices, SyncNotice, SyncTrouble};
use servease_domain::{Code, EntityKind};
use uuid::Uuid;

use crate::garage::changes;
use crate::shop::{Shop, invalid};

const NONE: [Uuid; 0] = [];

/// A car whose registration expires so many days from the shop's first day, a Monday, noon in New
/// York.
async fn registered(shop: &Shop, in_days: i64) -> Uuid {
    let owner = shop.customer(&format!("Ann{in_days}")).await;
    let day = (shop.now() + Duration::days(in_days)).date_naive();
    let fields = json!({"registration_expiry_date": day, "license_plate": format!("AB {in_days}")});
    shop.vehicle(owner, fields).await
}

async fn look(shop: &Shop) -> Vec<Uuid> {
    let checked = shop.desk.check_alerts(None).await.unwrap();
    checked.answered
}

async fn shown(shop: &Shop) -> Vec<Uuid> {
    let notices = shop.desk.take_notices().await.unwrap();
    assert_eq!(notices.again, None);
    notices.show.iter().map(|line| line.record).collect()
}

#[tokio::test]
async fn what_is_raised_is_shown_once_the_most_urgent_first() {
    let shop = Shop::new().await;
    let (later, sooner) = (registered(&shop, 9).await, registered(&shop, 2).await);
    assert_eq!(shown(&shop).await, NONE);
    look(&shop).await;
    assert_eq!(shown(&shop).await, [sooner, later]);
    look(&shop).await;
    assert_eq!(shown(&shop).await, NONE);
    // More urgent: it speaks again.
    shop.pass_days(2);
    look(&shop).await;
    assert_eq!(shown(&shop).await, [sooner, later]);
}

#[tokio::test]
async fn what_somebody_has_answered_meanwhile_is_not_shown_and_what_was_shown_is_closed() {
    let shop = Shop::new().await;
    registered(&shop, 2).await;
    let car = registered(&shop, 9).await;
    let raised = shop.desk.check_alerts(None).await.unwrap().raised;
    shop.desk.see_alert(raised[0].id).await.unwrap();
    assert_eq!(shown(&shop).await, [car]);
    assert_eq!(look(&shop).await, NONE);
    // Another desk has handled it.
    shop.desk
        .snooze_alert(raised[1].id, shop.now() + Duration::hours(2))
        .await
        .unwrap();
    assert_eq!(look(&shop).await, [raised[1].id]);
    assert_eq!(look(&shop).await, NONE);
    shop.pass(Duration::hours(2));
    look(&shop).await;
    assert_eq!(shown(&shop).await, [car]);
}

#[tokio::test]
async fn at_night_on_days_off_and_in_a_pause_notifications_wait_and_alerts_do_not() {
    let shop = Shop::new().await;
    let quiet = changes(&[
        ("quiet_from", "18:00"),
        ("quiet_to", "8:00"),
        ("working_days", "friday, monday"),
    ]);
    let settings = shop.desk.save_settings(&quiet).await.unwrap();
    assert_eq!(settings.working_days, "monday, friday");
    assert_eq!(settings.quiet_to, "08:00");
    let car = registered(&shop, 2).await;
    shop.desk.pause_notices(60).await.unwrap();
    let until = shop.desk.notices_paused_until().await.unwrap();
    assert_eq!(until, Some(shop.now() + Duration::hours(1)));
    assert_eq!(shop.desk.check_alerts(None).await.unwrap().raised.len(), 1);
    let waits = shop.desk.take_notices().await.unwrap();
    assert_eq!(
        waits,
        Notices {
            show: vec![],
            again: until
        }
    );
    // A clock that was ahead began it.
    shop.pass_days(-365);
    assert_eq!(shop.desk.notices_paused_until().await.unwrap(), None);
    shop.pass_days(365);
    shop.desk.pause_notices(0).await.unwrap();
    // The evening of that Monday: the next working morning is Friday's, in New York.
    shop.pass(Duration::hours(12));
    let waits = shop.desk.take_notices().await.unwrap();
    let friday = "2025-03-14T12:00:00Z".parse().unwrap();
    assert_eq!(
        waits,
        Notices {
            show: vec![],
            again: Some(friday)
        }
    );
    shop.pass(friday.signed_duration_since(shop.now()));
    assert_eq!(shown(&shop).await, [car]);
}

#[tokio::test]
async fn switched_off_nothing_is_shown_later_either() {
    let shop = Shop::new().await;
    let car = registered(&shop, 9).await;
    look(&shop).await;
    shop.desk
        .save_settings(&changes(&[("notifications", "off")]))
        .await
        .unwrap();
    assert_eq!(shown(&shop).await, NONE);
    shop.desk
        .save_settings(&changes(&[("notifications", "on")]))
        .await
        .unwrap();
    assert_eq!(shown(&shop).await, NONE);
    shop.pass_days(2);
    look(&shop).await;
    assert_eq!(shown(&shop).await, [car]);
}

#[tokio::test]
async fn what_is_over_before_anybody_was_told_is_not_shown() {
    let shop = Shop::new().await;
    let car = registered(&shop, 9).await;
    look(&shop).await;
    let inactive = json!({"is_active": false});
    shop.edit(EntityKind::Vehicle, car, inactive).await.unwrap();
    assert_eq!(shown(&shop).await, NONE);
    look(&shop).await;
    assert_eq!(shown(&shop).await, NONE);
}

#[tokio::test]
async fn settings_of_notifications_are_checked() {
    let shop = Shop::new().await;
    for (key, value, code) in [
        ("quiet_from", "late", Code::NotATime),
        ("working_days", "caturday", Code::NotAChoice),
        ("notifications", "perhaps", Code::NotAChoice),
        ("alert_detail", "all", Code::NotAChoice),
    ] {
        let refused = shop.desk.save_settings(&changes(&[(key, value)])).await;
        assert_eq!(invalid(refused), [(key.to_owned(), code)]);
    }
}

#[tokio::test]
async fn something_is_said_for_the_first_time_once() {
    let shop = Shop::new().await;
    assert!(shop.desk.is_first_time("hello").await.unwrap());
    assert!(!shop.desk.is_first_time("hello").await.unwrap());
    assert!(shop.desk.is_first_time("other").await.unwrap());
}

async fn sync_is(shop: &Shop, state: SyncState, last_success: i64) -> SyncNotice {
    let status = SyncStatus {
        state,
        last_success: Some(shop.now() - Duration::hours(last_success)),
        ..shop.desk.sync_status(&Activity::default()).await.unwrap()
    };
    shop.desk.take_sync_notice(&status).await.unwrap()
}

#[tokio::test]
async fn that_syncing_needs_somebody_or_was_away_for_a_day_is_shown_once_until_it_is_well() {
    let shop = Shop::new().await;
    let attention = SyncNotice::Show(SyncTrouble::Attention);
    let away = SyncNotice::Show(SyncTrouble::Away);
    for (state, hours, expected) in [
        (SyncState::Synced, 0, SyncNotice::Leave),
        (SyncState::Offline, 23, SyncNotice::Leave),
        (SyncState::Offline, 24, away),
        (SyncState::Offline, 50, SyncNotice::Leave),
        (SyncState::Working, 50, SyncNotice::Leave),
        (SyncState::Synced, 0, SyncNotice::Close),
        (SyncState::NeedsAttention, 0, attention),
        (SyncState::Offline, 1, SyncNotice::Leave),
        (SyncState::NeedsAttention, 1, SyncNotice::Leave),
        (SyncState::Synced, 0, SyncNotice::Close),
    ] {
        assert_eq!(sync_is(&shop, state, hours).await, expected, "{state:?}");
    }
    // Not while people want quiet, and then after it.
    shop.desk.pause_notices(60).await.unwrap();
    let attends = SyncState::NeedsAttention;
    assert_eq!(sync_is(&shop, attends, 0).await, SyncNotice::Leave);
    shop.desk.pause_notices(0).await.unwrap();
    assert_eq!(sync_is(&shop, attends, 0).await, attention);
}
