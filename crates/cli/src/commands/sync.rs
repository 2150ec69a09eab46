//! `servease sync`, `login` and `logout`.

use std::io::{self, BufRead as _};
use std::sync::Mutex;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use serde_json::json;
use servease_desk::views::{Account, FilesPace};
use servease_desk::{
    Activity, Clock, Desk, Failure, FailureCode, FilesProgress, Pace, Report, Rhythm, Run,
};
use servease_platform::ending::Requests;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::answer::Answer;
use crate::error::CliError;
use crate::input;
use crate::progress::ProgressLine;
use crate::voice::Voice;

#[derive(Debug, Args)]
pub struct Login {
    /// The server's address; https:// unless it says otherwise
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// The e-mail of the account; the password is read from standard input
    #[arg(long, value_name = "E")]
    pub email: String,
    /// Let a folder that has synced with another server go over to this one
    #[arg(long)]
    pub confirm: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(group(ArgGroup::new("how").args(["once", "watch"])))]
pub struct Sync {
    #[command(subcommand)]
    pub command: Option<SyncCommand>,
    /// Sync until both sides agree, and report what was done
    #[arg(long)]
    pub once: bool,
    /// Go on syncing until interrupted; a report a line
    #[arg(long)]
    pub watch: bool,
}

#[derive(Debug, Subcommand)]
pub enum SyncCommand {
    /// How this desk stands with the server, and what waits
    Status,
    /// Send an edit that the server refused once more, with the next run
    Retry { id: String },
    /// Give up an edit that the server refused: its record goes back to what the server holds
    Discard { id: String },
    /// Take a discard back
    Undiscard { id: String },
    /// When the files of documents are sent: at once, while no records wait, or not until told
    Files {
        #[arg(value_enum)]
        when: When,
    },
}

/// When files are sent.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum When {
    Now,
    Idle,
    Paused,
}

impl From<When> for FilesPace {
    fn from(when: When) -> FilesPace {
        match when {
            When::Now => FilesPace::Now,
            When::Idle => FilesPace::Idle,
            When::Paused => FilesPace::Paused,
        }
    }
}

pub async fn login(command: &Login, desk: &Desk) -> Result<Answer, CliError> {
    let mut password = String::new();
    io::stdin()
        .lock()
        .read_line(&mut password)
        .map_err(|cause| CliError::Input {
            file: "-".into(),
            cause,
        })?;
    let password = password.trim_end_matches(['\r', '\n']);
    let account = desk
        .sign_in(&command.server, &command.email, password, command.confirm)
        .await?;
    let note = (!account.is_in_keyring).then_some("cli-session-in-file");
    Ok(Answer::record(json!(account))
        .noted(note)
        .noted(open_line(&account)))
}

/// Others on the network read along.
fn open_line(account: &Account) -> Option<&'static str> {
    account.is_open_line.then_some("cli-open-line")
}

pub async fn logout(desk: &Desk) -> Result<Answer, CliError> {
    desk.sign_out().await?;
    Ok(Answer::record(json!({"signed_out": true})))
}

pub async fn run(command: &Sync, desk: &Desk, voice: &Voice<'_>) -> Result<Answer, CliError> {
    if let Some(command) = &command.command {
        return decide(command, desk).await;
    }
    if command.watch {
        return watch(desk, voice).await;
    }
    // `servease sync` alone means once.
    let cancel = CancellationToken::new();
    let shown = Mutex::new((ProgressLine::begin(), None));
    let clock = Clock::system();
    let on_progress = |progress| {
        // A line that could not be written is no reason to stop.
        if let Ok(mut shown) = shown.lock() {
            let (line, pace) = &mut *shown;
            let now = clock.now();
            let newest = Pace::after(*pace, progress, now);
            let (done, of) = newest.part_done(progress);
            line.show(done, of, newest.remaining_s(progress, now));
            *pace = Some(newest);
        }
    };
    let on_file = |file: FilesProgress| {
        if let Ok(mut shown) = shown.lock() {
            shown.0.show(file.done, file.total, None);
        }
    };
    let (report, files, result) = desk.sync_all(&cancel, &on_progress, &on_file).await;
    if let Ok(shown) = shown.lock() {
        shown.0.end();
    }
    match result {
        Ok(()) => {
            let mut json = json!(report);
            json["files"] = json!(files);
            Ok(Answer::record(json))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// What somebody decides about an edit that waits.
async fn decide(command: &SyncCommand, desk: &Desk) -> Result<Answer, CliError> {
    match command {
        SyncCommand::Status => status(desk).await,
        SyncCommand::Retry { id } => {
            let id = input::any_id(id)?;
            desk.retry_edit(id).await?;
            Ok(Answer::record(json!({"id": id, "retried": true})))
        }
        SyncCommand::Discard { id } => {
            let id = input::any_id(id)?;
            desk.discard_edit(id).await?;
            Ok(Answer::record(json!({"id": id, "discarded": true})))
        }
        SyncCommand::Undiscard { id } => {
            let id = input::any_id(id)?;
            if !desk.take_up_file(id).await? {
                desk.undo_discard(id).await?;
            }
            Ok(Answer::record(json!({"id": id, "discarded": false})))
        }
        SyncCommand::Files { when } => {
            desk.set_files_pace((*when).into()).await?;
            Ok(Answer::record(json!(desk.files_status().await?)))
        }
    }
}

async fn status(desk: &Desk) -> Result<Answer, CliError> {
    let status = desk.sync_status(&Activity::default()).await?;
    let mut json = json!(status);
    json["edits"] = json!(desk.waiting_edits().await?);
    let note = status.account.as_ref().and_then(open_line);
    Ok(Answer::record(json).noted(note))
}

/// Reports each run that did something, until Ctrl+C.
///
/// Errors: the first run failed for a reason that does not go away by itself.
async fn watch(desk: &Desk, voice: &Voice<'_>) -> Result<Answer, CliError> {
    let (tell, mut runs) = mpsc::unbounded_channel();
    let seed = u64::from(std::process::id());
    let mut requests_to_end = Requests::listen().map_err(CliError::Runtime)?;
    let task = desk.start_syncing_at(Rhythm::default(), seed, Some(tell));
    let mut told = Told::default();
    loop {
        tokio::select! {
            () = requests_to_end.next() => break,
            run = runs.recv() => match run {
                Some(run) => told.tell(run, voice)?,
                None => break,
            }
        }
    }
    task.stop().await;
    Ok(Answer::said())
}

/// What was said last, so that nothing is said twice.
#[derive(Debug, Default)]
struct Told {
    last: Option<Report>,
    trouble: Option<FailureCode>,
}

impl Told {
    fn tell(&mut self, run: Run, voice: &Voice<'_>) -> Result<(), CliError> {
        let code = run.failure.as_ref().map(|failure| failure.code());
        if let Some(failure) = run.failure
            && code != self.trouble
        {
            let is_first = self.last.is_none() && self.trouble.is_none();
            if is_first && !goes_away(&failure) {
                return Err(CliError::Watched(failure));
            }
            voice.complain(&CliError::Watched(failure));
        }
        self.trouble = code;
        let now = run.report;
        let is_news = match &self.last {
            None => code.is_none(),
            Some(last) => {
                now.pushed + now.pulled + now.merged + now.conflicts + now.duplicates > 0
                    || (now.waiting, now.rejected) != (last.waiting, last.rejected)
            }
        };
        if is_news {
            voice.say(&json!(now))?;
            self.last = Some(now);
        }
        Ok(())
    }
}

fn goes_away(failure: &Failure) -> bool {
    matches!(failure, Failure::Remote(error) if error.is_transient())
}
