//! Syncing in the background for as long as the window is open. It wakes on local edits, on
//! Central's events and on a jittered timer; while the line is down it waits ever longer, and
//! tries at once when this PC has a way to the server again.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use servease_store::sync::{outbox, state};
use servease_sync::backoff::{self, Backoff};
use servease_sync::{HttpRemote, Report, http};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::sync::file_task::FileTask;
use crate::sync::pace::Pace;
use crate::sync::run::Activity;
use crate::{Desk, Failure, FailureCode, News, Watch};

/// How long the task waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// Without events a desk asks about this often: half of it to one and a half.
    pub ask_every: Duration,
    /// How often it is looked whether the PC has another way to the server. Nothing is sent.
    pub look_every: Duration,
    /// The first wait after a failure is somewhere below this; it doubles with each.
    pub first_retry: Duration,
}

impl Default for Rhythm {
    fn default() -> Rhythm {
        Rhythm {
            ask_every: Duration::from_secs(60),
            look_every: Duration::from_secs(2),
            first_retry: backoff::FIRST,
        }
    }
}

/// What a run of the task came to.
#[derive(Debug, Clone)]
pub struct Run {
    pub report: Report,
    pub failure: Option<Arc<Failure>>,
}

/// An address for documentation (RFC 5737), for as long as the server's own is not known:
/// whether there is a way to it is whether there is one out of the house.
const SOMEWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);

/// Whoever stopped a run wants it to rest for a while, and may forget to let it go on.
const PAUSED_FOR: Duration = Duration::from_secs(15 * 60);

/// Between the seed of a task and that of its files.
const FILES: u64 = 1 << 41;

/// A task that syncs. Dropped, it stops; [`SyncTask::stop`] waits until it has.
#[derive(Debug)]
pub struct SyncTask {
    cancel: CancellationToken,
    now: Arc<Notify>,
    pause: Arc<Notify>,
    files_anew: Arc<Notify>,
    activity: watch::Receiver<Activity>,
    handle: JoinHandle<()>,
    files: JoinHandle<()>,
}

impl Desk {
    /// Begins to sync in the background. `seed` is for the jitter of its waits.
    pub fn start_syncing(&self, seed: u64) -> SyncTask {
        self.start_syncing_at(Rhythm::default(), seed, None)
    }

    /// Starts the task in another rhythm; `runs` is told what each run came to.
    pub fn start_syncing_at(
        &self,
        rhythm: Rhythm,
        seed: u64,
        runs: Option<mpsc::UnboundedSender<Run>>,
    ) -> SyncTask {
        let cancel = CancellationToken::new();
        let now = Arc::new(Notify::new());
        let pause = Arc::new(Notify::new());
        let (tell, activity) = watch::channel(Activity::default());
        let files = FileTask {
            desk: self.clone(),
            cancel: cancel.clone(),
            begin: Arc::default(),
            pause: pause.clone(),
            anew: Arc::default(),
            tell: tell.clone(),
            first_retry: rhythm.first_retry,
            seed: seed ^ FILES,
        };
        let files_anew = files.anew.clone();
        let task = Task {
            desk: self.clone(),
            cancel: cancel.clone(),
            now: now.clone(),
            pause: pause.clone(),
            tell,
            runs,
            rhythm,
            random: StdRng::seed_from_u64(seed),
            backoff: Backoff::starting_at(rhythm.first_retry),
            address: None,
            files: files.begin.clone(),
            files_anew: files_anew.clone(),
        };
        SyncTask {
            cancel,
            now,
            pause,
            files_anew,
            activity,
            handle: tokio::spawn(task.run()),
            files: tokio::spawn(files.run()),
        }
    }
}

impl SyncTask {
    /// Syncs at once: somebody asked for it, or has signed in.
    pub fn sync_now(&self) {
        self.now.notify_one();
    }

    /// Ends the run that is going on between two of its steps. What was done stays done; the
    /// next run begins when somebody asks for it, or after a quarter of an hour.
    pub fn pause(&self) {
        // Only whoever works now is told: without a run there is nothing to stop.
        self.pause.notify_waiters();
    }

    /// Looks at once whether files are sent otherwise now. What another program has set is heard of
    /// a moment later.
    pub fn files_anew(&self) {
        self.files_anew.notify_one();
    }

    /// What the task does; the receiver hears of every change.
    pub fn activity(&self) -> watch::Receiver<Activity> {
        self.activity.clone()
    }

    /// Ends the run that is going on between two of its steps, and the task.
    pub async fn stop(mut self) {
        self.cancel.cancel();
        let _ = (&mut self.handle).await;
        let _ = (&mut self.files).await;
    }
}

impl Drop for SyncTask {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

struct Task {
    desk: Desk,
    cancel: CancellationToken,
    now: Arc<Notify>,
    pause: Arc<Notify>,
    tell: watch::Sender<Activity>,
    runs: Option<mpsc::UnboundedSender<Run>>,
    rhythm: Rhythm,
    random: StdRng,
    backoff: Backoff,
    /// Where the server was when it answered last.
    address: Option<SocketAddr>,
    /// Told when records are through.
    files: Arc<Notify>,
    /// Told when somebody has changed a setting of this PC.
    files_anew: Arc<Notify>,
}

impl Task {
    async fn run(mut self) {
        let mut watch = None;
        while !self.cancel.is_cancelled() {
            if watch.is_none() {
                watch = self.desk.watch().await.ok();
            }
            let way = self.way();
            let result = self.sync().await;
            match result {
                Ok(()) => {
                    self.backoff.succeed();
                    self.files.notify_one();
                    if self.address.is_none() {
                        self.address = self.find_address().await;
                    }
                    self.rest(&mut watch).await;
                }
                Err(failure) => self.recover(&failure, way, &mut watch).await,
            }
        }
    }

    async fn sync(&mut self) -> Result<(), Arc<Failure>> {
        self.tell.send_modify(|activity| {
            activity.is_working = true;
            activity.is_paused = false;
        });
        let tell = self.tell.clone();
        let clock = self.desk.clock.clone();
        let on_progress = move |progress| {
            let now = clock.now();
            tell.send_modify(|activity| {
                activity.pace = Some(Pace::after(activity.pace, progress, now));
                activity.progress = Some(progress);
            });
        };
        let run = self.cancel.child_token();
        let work = self.desk.sync_once(&run, &on_progress);
        tokio::pin!(work);
        let (report, result) = loop {
            tokio::select! {
                done = &mut work => break done,
                () = self.pause.notified() => run.cancel(),
            }
        };
        let result = result.map_err(Arc::new);
        let now = self.desk.clock.now();
        self.tell.send_modify(|activity| {
            activity.is_working = false;
            activity.progress = None;
            activity.pace = None;
            match &result {
                Ok(()) => {
                    activity.trouble = None;
                    activity.last_success = Some(now);
                }
                Err(failure) if matches!(**failure, Failure::Cancelled) => {
                    activity.is_paused = true
                }
                Err(failure) => activity.trouble = Some(failure.view()),
            }
        });
        if let Some(runs) = &self.runs {
            let failure = result.as_ref().err().cloned();
            // Whoever listened has gone; the task goes on.
            let _ = runs.send(Run { report, failure });
        }
        result
    }

    /// Waits until there is something to do: a local edit, an event, the timer, a call.
    async fn rest(&mut self, watch: &mut Option<Watch>) {
        let pause = self
            .rhythm
            .ask_every
            .mul_f64(self.random.random_range(0.5..1.5));
        let timer = tokio::time::sleep(pause);
        tokio::pin!(timer);
        // A task of its own: what is asked below would wait for a connection that was given to it
        // while nobody lets it go on.
        let mut news = JoinSet::new();
        news.spawn(wait_for_news(
            self.desk.clone(),
            self.rhythm.first_retry,
            self.random.random(),
        ));
        loop {
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = self.now.notified() => return,
                () = &mut timer => return,
                _ = news.join_next() => return,
                news = local_edit(watch) => match news {
                    Some(news) if news.settings => self.files_anew.notify_one(),
                    Some(_) => {}
                    None => {
                        *watch = None;
                        return;
                    }
                },
            }
            // Level-triggered: what another program wrote, or this run left behind, counts too.
            if self.has_waiting().await {
                return;
            }
        }
    }

    async fn rest_paused(&self) {
        tokio::select! {
            () = self.cancel.cancelled() => {}
            () = self.now.notified() => {}
            () = tokio::time::sleep(PAUSED_FOR) => {}
        }
    }

    async fn has_waiting(&self) -> bool {
        let counted = async {
            let mut conn = self.desk.store.read().await?;
            outbox::count(&mut conn).await
        };
        counted.await.is_ok_and(|counts| counts.waiting > 0)
    }

    /// Waits after a failure, as long as it makes sense to. `way` is the one that the attempt
    /// began with.
    async fn recover(
        &mut self,
        failure: &Failure,
        mut way: Option<IpAddr>,
        watch: &mut Option<Watch>,
    ) {
        let (retry_after, is_line) = match failure {
            Failure::Remote(error) => (error.retry_after(), error.is_transient()),
            Failure::Cancelled => return self.rest_paused().await,
            _ => (None, false),
        };
        if !matches!(failure, Failure::NotSignedIn) && self.backoff.failures() == 0 {
            tracing::warn!(error = failure.with_causes(), "syncing failed");
        }
        let pause = self.backoff.fail(retry_after, &mut self.random);
        // Nobody signed in: only a sign-in helps, which calls, or another program's.
        let needs_people = matches!(
            failure.code(),
            FailureCode::NotSignedIn | FailureCode::SignedOut | FailureCode::UpdateNeeded
        );
        let timer = tokio::time::sleep(if needs_people {
            self.rhythm.ask_every
        } else {
            pause
        });
        tokio::pin!(timer);
        let mut look = tokio::time::interval(self.rhythm.look_every);
        loop {
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = self.now.notified() => return,
                () = &mut timer => return,
                news = local_edit(watch), if needs_people => {
                    if news.is_none() {
                        *watch = None;
                    }
                    return;
                }
                _ = look.tick(), if is_line => {
                    let now = self.way();
                    if now.is_some() && now != way {
                        self.backoff.succeed();
                        return;
                    }
                    way = now;
                }
            }
        }
    }

    /// The local address by which this PC would reach the server; None without a way.
    fn way(&self) -> Option<IpAddr> {
        way_to(self.address.unwrap_or(SOMEWHERE))
    }

    /// Where the server is. Asked while there is a network: without one names lead nowhere.
    async fn find_address(&self) -> Option<SocketAddr> {
        let account = self.desk.account().await.ok()??;
        let url = http::read_address(&account.server)?;
        let host = url.host_str()?.to_owned();
        let port = url.port_or_known_default()?;
        tokio::task::spawn_blocking(move || (host, port).to_socket_addrs().ok()?.next())
            .await
            .ok()?
    }
}

/// The local address by which this PC would reach another one; None without a way. A UDP
/// socket that is connected sends nothing: it only asks the routing table.
fn way_to(address: SocketAddr) -> Option<IpAddr> {
    let any = if address.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(address).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Waits for a change in the database. None: nobody can be told of changes any more.
async fn local_edit(watch: &mut Option<Watch>) -> Option<News> {
    match watch {
        Some(watch) => watch.next().await.ok(),
        None => std::future::pending().await,
    }
}

/// A line that was open for so long was a good one.
const LASTED: Duration = Duration::from_secs(60);

/// Waits until Central tells a number beyond this desk's cursor. Where events do not come
/// through, the timer does it; a line that was closed is opened again, ever more patiently.
async fn wait_for_news(desk: Desk, first_retry: Duration, seed: u64) {
    let cursor = async {
        let mut conn = desk.store.read().await?;
        Ok::<i64, servease_store::StoreError>(state::load(&mut conn).await?.cursor)
    };
    let Ok(cursor) = cursor.await else {
        return std::future::pending().await;
    };
    let remote: HttpRemote = match desk.remote().await {
        Ok(remote) => remote,
        Err(_) => return std::future::pending().await,
    };
    let mut random = StdRng::seed_from_u64(seed);
    let mut backoff = Backoff::starting_at(first_retry);
    loop {
        let opened = tokio::time::Instant::now();
        if remote.wait_for_news(cursor).await.is_ok() {
            return;
        }
        // Lines end with the token that opened them, every quarter of an hour.
        if opened.elapsed() >= LASTED {
            backoff.succeed();
        }
        tokio::time::sleep(backoff.fail(None, &mut random)).await;
    }
}
