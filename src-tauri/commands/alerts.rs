//! Alerts: the inbox, the calendar, what people do about them, and how this PC tells of them.

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use servease_desk::views::{AlertAnswer, AlertDay, AlertLine, AlertPage, AlertQuery, Saved};
use servease_desk::{DataFolder, Failure, calendar_file};
use servease_resident::autostart::{self, Entry};
use tauri::{AppHandle, Manager as _};
use tracing::warn;
use uuid::Uuid;

use super::{Answer, Shell};
use crate::HIDDEN;
use crate::resident::notices::{PROGRAM_ID, PROGRAM_NAME};
use crate::resident::{self, Resident, tray};
use crate::shell::told;

/// How this PC tells of alerts.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct NoticeState {
    /// What shows notifications here. None: nothing does.
    pub service: Option<String>,
    pub paused_until: Option<DateTime<Utc>>,
    pub calendar_file: String,
    /// There is a tray, in which a closed window goes on.
    pub tray: bool,
    /// Whether the program starts with the session. None: that cannot be said here.
    pub autostart: Option<bool>,
}

#[tauri::command]
#[specta::specta]
pub async fn alert_page(shell: Shell<'_>, query: AlertQuery) -> Answer<AlertPage> {
    shell.desk().await?.alert_page(&query).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn alert_count(shell: Shell<'_>) -> Answer<u64> {
    shell.desk().await?.alert_count().await.map_err(told)
}

/// Gives many alerts the same answer, in one step.
#[tauri::command]
#[specta::specta]
pub async fn answer_alerts(shell: Shell<'_>, ids: Vec<Uuid>, answer: AlertAnswer) -> Answer<Saved> {
    let desk = shell.desk().await?;
    desk.answer_alerts(&ids, &answer).await.map_err(told)
}

/// Writes down what came of a call, and answers the alert.
#[tauri::command]
#[specta::specta]
pub async fn note_call(
    shell: Shell<'_>,
    id: Uuid,
    text: String,
    answer: AlertAnswer,
) -> Answer<Saved> {
    let desk = shell.desk().await?;
    desk.note_call(id, &text, &answer).await.map_err(told)
}

/// How many alerts have their date on each day.
#[tauri::command]
#[specta::specta]
pub async fn alert_days(shell: Shell<'_>, from: NaiveDate, to: NaiveDate) -> Answer<Vec<AlertDay>> {
    shell.desk().await?.alert_days(from, to).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn alerts_between(
    shell: Shell<'_>,
    from: NaiveDate,
    to: NaiveDate,
) -> Answer<Vec<AlertLine>> {
    shell
        .desk()
        .await?
        .alerts_between(from, to)
        .await
        .map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn notice_state(app: AppHandle, shell: Shell<'_>) -> Answer<NoticeState> {
    state(&app, shell.desk().await?, shell.folder()).await
}

/// Shows a notification at once.
#[tauri::command]
#[specta::specta]
pub async fn try_notice(app: AppHandle, shell: Shell<'_>) -> Answer<()> {
    let locale = resident::locale(shell.desk().await?).await;
    let shown = app.state::<Resident>().teller.try_one(&locale).await;
    shown.map_err(|problem| told(Failure::NoNotices(problem.to_string())))
}

/// Shows no notifications for so many minutes; none ends a pause.
#[tauri::command]
#[specta::specta]
pub async fn pause_notices(app: AppHandle, shell: Shell<'_>, minutes: u32) -> Answer<NoticeState> {
    let desk = shell.desk().await?;
    desk.pause_notices(minutes).await.map_err(told)?;
    app.state::<Resident>().note_settings();
    state(&app, desk, shell.folder()).await
}

/// Makes the program start with the session, or not any more.
#[tauri::command]
#[specta::specta]
pub async fn set_autostart(app: AppHandle, shell: Shell<'_>, on: bool) -> Answer<NoticeState> {
    let program = std::env::current_exe().map_err(|cause| told(Failure::Folder(cause)))?;
    let folder = shell.folder().display().to_string();
    let usual = DataFolder::resolve(None);
    let is_usual = usual.is_some_and(|usual| usual.path() == shell.folder());
    let arguments: &[&str] = match is_usual {
        true => &[HIDDEN],
        false => &[HIDDEN, "--data-dir", &folder],
    };
    let entry = Entry {
        id: PROGRAM_ID,
        name: PROGRAM_NAME,
        program: &program,
        arguments,
    };
    autostart::set(&entry, on).map_err(|cause| told(Failure::Folder(cause)))?;
    state(&app, shell.desk().await?, shell.folder()).await
}

async fn state(app: &AppHandle, desk: &servease_desk::Desk, folder: &Path) -> Answer<NoticeState> {
    let autostart = autostart::is_on(PROGRAM_ID);
    if let Err(problem) = &autostart {
        warn!(%problem, "whether the program starts with the session cannot be said");
    }
    Ok(NoticeState {
        service: app.state::<Resident>().teller.service().await,
        paused_until: desk.notices_paused_until().await.map_err(told)?,
        calendar_file: calendar_file(folder).display().to_string(),
        tray: tray::is_there(app).await,
        autostart: autostart.ok(),
    })
}
