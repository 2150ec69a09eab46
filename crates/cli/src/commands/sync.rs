//! `servease sync`, `login` and `logout`.

use std::io::{self, BufRead as _, Write as _};

use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;
use servease_desk::{Activity, Desk, Failure};
use tokio_util::sync::CancellationToken;

use crate::answer::Answer;
use crate::error::CliError;
use crate::text;

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
    Ok(Answer::record(json!(account)))
}

pub async fn logout(desk: &Desk) -> Result<Answer, CliError> {
    desk.sign_out().await?;
    Ok(Answer::record(json!({"signed_out": true})))
}

pub async fn run(command: &Sync, desk: &Desk) -> Result<Answer, CliError> {
    if matches!(command.command, Some(SyncCommand::Status)) {
        return status(desk).await;
    }
    if command.watch {
        return watch(desk).await;
    }
    // `servease sync` alone means once.
    let cancel = CancellationToken::new();
    let (report, result) = desk.sync_once(&cancel, &|_| {}).await;
    match result {
        Ok(()) => Ok(Answer::record(json!(report))),
        Err(failure) => Err(failure.into()),
    }
}

async fn status(desk: &Desk) -> Result<Answer, CliError> {
    let status = desk.sync_status(&Activity::default()).await?;
    let mut json = json!(status);
    json["edits"] = json!(desk.waiting_edits().await?);
    Ok(Answer::record(json))
}

/// Reports each run that did something, until Ctrl+C.
async fn watch(desk: &Desk) -> Result<Answer, CliError> {
    // A first run tells at once when nothing can come of it.
    let cancel = CancellationToken::new();
    let (report, result) = desk.sync_once(&cancel, &|_| {}).await;
    match result {
        Ok(()) => {}
        Err(Failure::Remote(error)) if error.is_transient() => {}
        Err(failure) => return Err(failure.into()),
    }
    print_line(&json!(report))?;
    let task = desk.start_syncing(u64::from(std::process::id()));
    let mut activity = task.activity();
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => break,
            changed = activity.changed() => {
                if changed.is_err() {
                    break;
                }
                let now = activity.borrow_and_update().clone();
                if !now.is_working {
                    let status = desk.sync_status(&now).await?;
                    print_line(&json!(status))?;
                }
            }
        }
    }
    task.stop().await;
    let status = desk.sync_status(&Activity::default()).await?;
    let json = json!(status);
    let text = text::record(&json);
    Ok(Answer::new(json, text))
}

fn print_line(json: &serde_json::Value) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{json}")
        .and_then(|()| stdout.flush())
        .map_err(CliError::Output)
}
