//! A garage that signs in with what it already has.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use servease_desk::demo::DemoPlan;
use servease_sync::remote::FilePart;
use servease_sync::{HttpRemote, Progress, Remote, RemoteError, SyncFailure};
use servease_wire::sync::{
    BeginAnswer, BeginQuery, ChangesAnswer, ChangesQuery, CommonAnswer, CommonQuery, Push,
    PushAnswer, RowsAnswer, RowsQuery,
};
use tokio_util::sync::CancellationToken;

use super::central::{BY_CHANGES, Central, Pc};
use super::content;

/// What happens once a batch was answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Nothing,
    /// Another desk has added a customer.
    SomebodyAdds,
    /// The answer is lost.
    Lost,
}

/// A line that counts what goes over it.
struct Counted<'c> {
    central: &'c Central,
    line: HttpRemote,
    batches: Mutex<Vec<usize>>,
    pages: AtomicUsize,
    /// After which batch what happens.
    then: (usize, Then),
}

impl Counted<'_> {
    fn new(central: &Central, then: (usize, Then)) -> Counted<'_> {
        Counted {
            central,
            line: central.remote(),
            batches: Mutex::default(),
            pages: AtomicUsize::new(0),
            then,
        }
    }
}

impl Remote for Counted<'_> {
    async fn push(&self, push: &Push) -> Result<PushAnswer, RemoteError> {
        let answer = self.line.push(push).await?;
        let number = {
            let mut batches = self.batches.lock().unwrap();
            batches.push(push.mutations.len());
            batches.len()
        };
        match self.then {
            (after, Then::SomebodyAdds) if after == number => {
                self.central.add_customer("Meanwhile").await;
                Ok(answer)
            }
            (after, Then::Lost) if after == number => {
                Err(RemoteError::Unreachable("the line was cut".to_owned()))
            }
            _ => Ok(answer),
        }
    }

    async fn changes(&self, query: &ChangesQuery) -> Result<ChangesAnswer, RemoteError> {
        self.pages.fetch_add(1, Ordering::SeqCst);
        self.line.changes(query).await
    }

    async fn common(&self, query: &CommonQuery) -> Result<CommonAnswer, RemoteError> {
        self.line.common(query).await
    }

    async fn rows(&self, query: &RowsQuery) -> Result<RowsAnswer, RemoteError> {
        self.line.rows(query).await
    }

    async fn begin(&self, query: &BeginQuery) -> Result<Option<BeginAnswer>, RemoteError> {
        self.line.begin(query).await
    }

    async fn file(&self, sha256: &str, from: u64) -> Result<Option<FilePart>, RemoteError> {
        self.line.file(sha256, from).await
    }
}

/// A desk that has been at work for years, with some 2,000 records.
async fn with_past() -> Pc {
    let pc = Pc::new().await;
    let plan = DemoPlan {
        customers: 200,
        seed: 3,
    };
    pc.desk.fill_demo(plan, |_, _| {}).await.unwrap();
    pc
}

async fn waiting(pc: &Pc) -> usize {
    let open = "mutations WHERE state IN ('waiting', 'parked', 'rejected')";
    usize::try_from(content::count(&pc.desk, open).await).unwrap()
}

#[tokio::test]
async fn what_a_desk_sends_it_does_not_read_back() {
    let central = Central::start(None).await;
    let pc = with_past().await;
    let all = waiting(&pc).await;
    let line = Counted::new(&central, (0, Then::Nothing));
    let told = Mutex::new(Vec::new());
    let cancel = CancellationToken::new();
    let on_progress = |progress| told.lock().unwrap().push(progress);
    let report = pc
        .sync_until(&line, BY_CHANGES, &cancel, &on_progress)
        .await
        .unwrap();
    assert_eq!(report.pushed, all as u64);
    assert_eq!(waiting(&pc).await, 0);
    assert_eq!(report.pulled, 1, "the garage's zone");
    assert_eq!(
        line.pages.load(Ordering::SeqCst),
        1,
        "own changes were read"
    );
    assert_eq!(line.batches.lock().unwrap().iter().sum::<usize>(), all);
    let told = told.into_inner().unwrap();
    let total = all as u64;
    let mut sending = told
        .iter()
        .filter(|progress| matches!(progress, Progress::Pushing { .. }));
    assert_eq!(sending.next(), Some(&Progress::Pushing { done: 0, total }));
    assert!(
        told.iter().any(
            |progress| matches!(progress, Progress::Pushing { done, total: of }
                if *done > 0 && *of == total)
        ),
        "{told:?}"
    );
    // Another desk gets everything, and this one has nothing to ask any more.
    let other = Pc::new().await;
    other.sync(&central.remote(), BY_CHANGES).await.unwrap();
    for table in ["customers", "vehicles", "service_records"] {
        let here = content::count(&pc.desk, table).await;
        assert_eq!(content::count(&other.desk, table).await, here, "{table}");
    }
    let again = pc.sync(&central.remote(), BY_CHANGES).await.unwrap();
    assert_eq!((again.pushed, again.pulled, again.waiting), (0, 0, 0));
    central.stop().await;
}

#[tokio::test]
async fn what_others_add_meanwhile_is_read() {
    let central = Central::start(None).await;
    let pc = with_past().await;
    let line = Counted::new(&central, (2, Then::SomebodyAdds));
    let report = pc.sync(&line, BY_CHANGES).await.unwrap();
    assert_eq!((report.pulled, report.waiting), (2, 0));
    let added = "customers WHERE first_name = 'Meanwhile'";
    assert_eq!(content::count(&pc.desk, added).await, 1);
    let again = pc.sync(&central.remote(), BY_CHANGES).await.unwrap();
    assert_eq!((again.pulled, again.cursor), (0, report.cursor));
    central.stop().await;
}

#[tokio::test]
async fn a_line_that_is_cut_between_two_batches_loses_and_doubles_nothing() {
    let central = Central::start(None).await;
    let pc = with_past().await;
    let all = waiting(&pc).await;
    let line = Counted::new(&central, (2, Then::Lost));
    let failure = pc.sync(&line, BY_CHANGES).await.unwrap_err();
    assert!(matches!(failure, SyncFailure::Remote(_)), "{failure:?}");
    // What was answered before is written down, though the next batch was on its way.
    let first = line.batches.lock().unwrap()[0];
    assert_eq!(waiting(&pc).await, all - first);
    pc.customer(&json!({"first_name": "Ida", "last_name": "Between", "phone": "+493012399"}))
        .await;
    let report = pc.sync(&central.remote(), BY_CHANGES).await.unwrap();
    assert_eq!(
        (report.waiting, report.conflicts, report.rejected),
        (0, 0, 0)
    );
    let other = Pc::new().await;
    other.sync(&central.remote(), BY_CHANGES).await.unwrap();
    assert_eq!(
        content::count(&other.desk, "customers").await,
        content::count(&pc.desk, "customers").await
    );
    central.stop().await;
}
