//! The program from its window's opening to its end: what runs beside the window, and in which
//! order it stops.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use servease_platform::changes::Changes;
use servease_platform::ending::Requests;
use tauri::async_runtime::JoinHandle;
use tauri::{App, AppHandle, Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;
use tracing::{info, warn};

use crate::instance::Request;
use crate::papers::watched::Watched;
use crate::papers::{Papers, protocol};
use crate::resident::{self, Resident};
use crate::shell::Shell;
use crate::syncing::Syncing;
use crate::trouble::NoWindow;
use crate::{instance, ipc, news, window};

const PLACE_FILE: &str = "window.json";

/// A question that is being answered may finish; nobody waits longer for a window to close.
const CLOSE_PATIENCE: Duration = Duration::from_secs(3);

/// Opens the window and runs until it is closed.
/// With `is_hidden` it waits unseen until somebody asks for it.
pub fn run(folder: &Path, context: tauri::Context, is_hidden: bool) -> Result<(), NoWindow> {
    let broken = |problem: tauri::Error| NoWindow::Broken {
        folder: folder.to_owned(),
        problem: problem.to_string(),
    };
    let app = prepare(folder.to_path_buf(), context, is_hidden).map_err(broken)?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            tauri::async_runtime::block_on(close(app));
        }
    });
    Ok(())
}

fn prepare(folder: PathBuf, context: tauri::Context, is_hidden: bool) -> tauri::Result<App> {
    // The plugin joins this name to its own folder; an absolute path replaces that folder.
    let place = tauri_plugin_window_state::Builder::new()
        .with_filename(folder.join(PLACE_FILE).to_string_lossy())
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .build();
    let contract = ipc::contract();
    tauri::Builder::default()
        .plugin(place)
        .manage(Shell::new(folder.clone()))
        .manage(Syncing::default())
        .manage(Resident::new())
        .manage(Papers::new(&folder))
        .register_asynchronous_uri_scheme_protocol(
            protocol::SCHEME,
            |context, request, responder| {
                let app = context.app_handle().clone();
                let label = context.webview_label().to_owned();
                tauri::async_runtime::spawn(async move {
                    responder.respond(protocol::answer(app, &label, &request).await);
                });
            },
        )
        .invoke_handler(contract.invoke_handler())
        .setup(move |app| {
            contract.mount_events(app);
            // The database opens while the window is being made.
            let news = news::start(app.handle().clone());
            app.manage(News(Mutex::new(Some(news))));
            Syncing::start(app.handle());
            Resident::start(app.handle());
            Watched::start(app.handle());
            let closing = app.handle().clone();
            let closed = move || resident::closed(&closing);
            if let Err(problem) = window::open(app.handle(), &folder, is_hidden, closed) {
                // Handed on, it would be a panic: https://docs.rs/tauri/2/tauri/struct.App.html#method.run
                let problem = problem.to_string();
                NoWindow::Broken { folder, problem }.tell();
                app.handle().exit(1);
                return Ok(());
            }
            answer_requests(app.handle().clone(), folder);
            end_when_asked(app.handle().clone());
            Ok(())
        })
        .build(context)
}

/// What tells the page of changes, until the window is closed.
struct News(Mutex<Option<JoinHandle<()>>>);

/// Stops syncing and closes the database. Nothing is lost when that takes too long: what was confirmed is on disk,
/// and the next start tidies up.
async fn close(app: &AppHandle) {
    let resident = app.state::<Resident>();
    if tokio::time::timeout(CLOSE_PATIENCE, resident.stop())
        .await
        .is_err()
    {
        warn!("notifications are not closed in time; the window closes all the same");
    }
    let papers = app.state::<Papers>();
    papers.watched.stop().await;
    papers.copies.remove();
    let syncing = app.state::<Syncing>();
    let stopped = tokio::time::timeout(CLOSE_PATIENCE, syncing.stop()).await;
    if stopped.is_err() {
        warn!("syncing does not stop in time; the window closes all the same");
    }
    let news = app
        .try_state::<News>()
        .and_then(|news| news.0.lock().ok()?.take());
    if let Some(news) = news {
        news.abort();
        // Ended, it has given its connection back. That it was told to end is no failure.
        let _ = news.await;
    }
    let shell = app.state::<Shell>();
    let closed = tokio::time::timeout(CLOSE_PATIENCE, shell.close()).await;
    if closed.is_err() {
        warn!("the database is still in use; the window closes all the same");
    }
}

/// Comes to the front when a second start asks for it, and ends when an installer does.
fn answer_requests(app: AppHandle, folder: PathBuf) {
    tauri::async_runtime::spawn(async move {
        let changes = Changes::of(&folder);
        loop {
            if instance::take(Request::Front, &folder) {
                window::come_to_front(&app);
            }
            if instance::take(Request::End, &folder) {
                info!("asked to end by another program");
                app.exit(0);
                return;
            }
            changes.next(instance::REQUEST_POLL).await;
        }
    });
}

/// Ends in order when the system asks: on log-out, on shutdown, on Ctrl+C in a terminal. Windows
/// tells the window of a log-off itself, which ends the program in the same way.
fn end_when_asked(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        match Requests::listen() {
            Ok(mut requests) => requests.next().await,
            Err(problem) => {
                warn!(%problem, "the system's request to end will not be noticed");
                return;
            }
        }
        info!("asked to end");
        app.exit(0);
    });
}
