//! Papers: the lists, files on their way in, and papers that are looked at.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use servease_desk::views::{
    Keep, MissingLine, PaperCard, PaperCounts, PaperDeed, PaperLine, PaperQuery, Saved, Window,
};
use servease_desk::{Failure, FailureView, Source, ToKeep, inbox};
use servease_domain::EntityKind;
use servease_domain::licence::Licence;
use servease_drawing::{About, NotDrawn, Wanted};
use servease_files::MAX_BYTES;
use servease_platform::files;
use tauri::{AppHandle, Manager as _, State, WebviewWindow};
use tracing::warn;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::records::Fields;
use super::{Answer, Shell};
use crate::papers::dialogs::{self, DialogWords};
use crate::papers::picks::{Pick, PickView};
use crate::papers::{Papers, file_of};
use crate::shell::told;

/// How far a text is shown: some hundred pages.
const TEXT_MAX_CHARS: usize = 200_000;

/// The longer side of the picture from which a paper's pages and shape are known.
const FIRST_SIDE: u32 = 160;

#[tauri::command]
#[specta::specta]
pub async fn papers_of(
    shell: Shell<'_>,
    customer: Option<Uuid>,
    vehicle: Option<Uuid>,
) -> Answer<Vec<PaperLine>> {
    let desk = shell.desk().await?;
    desk.papers_of(customer, vehicle).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn paper_list(
    shell: Shell<'_>,
    query: PaperQuery,
    offset: u32,
    limit: u32,
) -> Answer<Window<PaperLine>> {
    let desk = shell.desk().await?;
    desk.paper_list(&query, offset, limit).await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn paper_counts(shell: Shell<'_>) -> Answer<PaperCounts> {
    shell.desk().await?.paper_counts().await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn missing_papers(shell: Shell<'_>) -> Answer<Vec<MissingLine>> {
    shell.desk().await?.missing_lines().await.map_err(told)
}

#[tauri::command]
#[specta::specta]
pub async fn paper_card(shell: Shell<'_>, id: Uuid) -> Answer<PaperCard> {
    shell.desk().await?.paper_card(id).await.map_err(told)
}

/// Lets somebody choose files, `customer`'s where that is known.
#[tauri::command]
#[specta::specta]
pub async fn choose_papers(
    app: AppHandle,
    shell: Shell<'_>,
    papers: State<'_, Papers>,
    words: DialogWords,
    customer: Option<Uuid>,
) -> Answer<Vec<PickView>> {
    let desk = shell.desk().await?;
    let chosen = dialogs::choose_files(&app, &words).await;
    let picks = chosen.into_iter().map(|path| Pick {
        source: Source::File(path),
        scan: None,
    });
    Ok(papers.picks.take(desk, picks.collect(), customer).await)
}

/// Takes what somebody pasted, as base64. What is none, or is too long, is refused as a file that
/// cannot be read would be.
#[tauri::command]
#[specta::specta]
pub async fn paste_paper(
    shell: Shell<'_>,
    papers: State<'_, Papers>,
    name: String,
    content: String,
    customer: Option<Uuid>,
) -> Answer<Vec<PickView>> {
    let desk = shell.desk().await?;
    let is_short = content.len() as u64 <= MAX_BYTES * 4 / 3 + 4;
    let content = match is_short {
        true => STANDARD.decode(content).unwrap_or_default(),
        false => Vec::new(),
    };
    let pick = Pick {
        source: Source::Content(name, Zeroizing::new(content)),
        scan: None,
    };
    Ok(papers.picks.take(desk, vec![pick], customer).await)
}

/// A file that was picked, and what its document says.
#[derive(Debug, Clone, Deserialize, specta::Type)]
pub struct PickToKeep {
    pub token: Uuid,
    pub fields: Fields,
    pub keep: Keep,
}

/// What became of a file.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct Kept {
    /// None: it was refused.
    pub saved: Option<Saved>,
    pub failure: Option<FailureView>,
    /// The scanner's file could not be taken out of its folder.
    pub is_left: bool,
}

impl Kept {
    fn refused(failure: Failure) -> Kept {
        Kept {
            saved: None,
            failure: Some(told(failure)),
            is_left: false,
        }
    }
}

/// Keeps files that were picked, as documents, in one step. What became of each stands in its place.
#[tauri::command]
#[specta::specta]
pub async fn keep_papers(
    shell: Shell<'_>,
    papers: State<'_, Papers>,
    picks: Vec<PickToKeep>,
) -> Answer<Vec<Kept>> {
    let desk = shell.desk().await?;
    let found: Vec<_> = picks.iter().map(|it| papers.picks.find(it.token)).collect();
    let there = picks.iter().zip(&found).filter_map(|(wanted, pick)| {
        Some(ToKeep {
            source: &pick.as_ref()?.source,
            fields: &wanted.fields,
            keep: &wanted.keep,
        })
    });
    let there: Vec<ToKeep<'_>> = there.collect();
    let mut saved = desk.keep_documents(&there).await.map_err(told)?.into_iter();
    let mut kept = Vec::with_capacity(picks.len());
    for (wanted, pick) in picks.iter().zip(&found) {
        let saved = match pick {
            Some(_) => saved.next(),
            None => None,
        };
        let gone = Failure::not_found(EntityKind::Document, wanted.token);
        kept.push(match saved.unwrap_or(Err(gone)) {
            Ok(saved) => {
                papers.picks.forget(&[wanted.token]);
                let scan = pick.as_ref().and_then(|pick| pick.scan.clone());
                let is_left = match scan {
                    Some(scan) => !take_away(desk, saved.id, scan).await,
                    None => false,
                };
                Kept {
                    saved: Some(saved),
                    failure: None,
                    is_left,
                }
            }
            Err(failure) => Kept::refused(failure),
        });
    }
    papers.watched.look();
    Ok(kept)
}

/// What a licence that was picked says of its holder, by the code on its back. None: it shows none.
#[tauri::command]
#[specta::specta]
pub async fn licence_of_pick(
    shell: Shell<'_>,
    papers: State<'_, Papers>,
    token: Uuid,
) -> Answer<Option<Licence>> {
    let desk = shell.desk().await?;
    let Some(pick) = papers.picks.find(token) else {
        return Ok(None);
    };
    let Ok((media_type, content)) = pick.source.content().await else {
        return Ok(None);
    };
    let code = papers.drawing.read_code(media_type, content).await;
    let code = code.unwrap_or(None);
    Ok(code.and_then(|code| desk.read_licence(&code).ok()))
}

/// Takes a scan out of its folder, once its document was read back whole.
async fn take_away(desk: &servease_desk::Desk, document: Uuid, scan: PathBuf) -> bool {
    let Ok((record, _)) = desk.document_file(document).await else {
        return false;
    };
    let sha256 = record.get("sha256").as_text().to_owned();
    let removed = tokio::task::spawn_blocking(move || inbox::remove_kept(&scan, &sha256)).await;
    match removed {
        Ok(Ok(is_removed)) => is_removed,
        Ok(Err(problem)) => {
            warn!(%problem, "a scan that is kept cannot be removed from its folder");
            false
        }
        Err(_) => false,
    }
}

#[tauri::command]
#[specta::specta]
pub async fn forget_papers(papers: State<'_, Papers>, tokens: Vec<Uuid>) -> Answer<()> {
    papers.picks.forget(&tokens);
    Ok(())
}

/// How a paper is shown.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ShownPaper {
    /// What its pages are asked for with; None: there are no pictures of it.
    pub token: Option<Uuid>,
    pub pages: u32,
    /// Of the first page, for its shape.
    pub width: u32,
    pub height: u32,
    pub text: Option<String>,
    /// Why there are no pictures: `kind`, `locked`, `too_much`, `damaged`, …
    pub trouble: Option<NotDrawn>,
}

/// Opens a paper to be looked at, and writes down that it was.
#[tauri::command]
#[specta::specta]
pub async fn show_paper(
    shell: Shell<'_>,
    papers: State<'_, Papers>,
    id: Uuid,
) -> Answer<ShownPaper> {
    let desk = shell.desk().await?;
    let (document, content) = file_of(desk, id).await.map_err(told)?;
    desk.note_look(document.id, PaperDeed::Seen)
        .await
        .map_err(told)?;
    let media_type = document.get("mime_type").as_text();
    let mut shown = ShownPaper {
        token: None,
        pages: 0,
        width: 0,
        height: 0,
        text: None,
        trouble: None,
    };
    if media_type == "text/plain" {
        let text = String::from_utf8_lossy(&content);
        shown.text = Some(text.chars().take(TEXT_MAX_CHARS).collect());
        return Ok(shown);
    }
    let wanted = Wanted {
        media_type: media_type.to_owned(),
        page: 0,
        long_side: FIRST_SIDE,
        is_thumbnail: true,
    };
    match papers.drawing.draw(wanted, content.clone()).await {
        Ok(drawn) => {
            let About {
                pages,
                width,
                height,
                ..
            } = drawn.about;
            (shown.pages, shown.width, shown.height) = (pages, width, height);
            shown.token = Some(papers.drawing.show(media_type, content));
        }
        Err(why) => shown.trouble = Some(why),
    }
    Ok(shown)
}

#[tauri::command]
#[specta::specta]
pub async fn hide_paper(papers: State<'_, Papers>, token: Uuid) -> Answer<()> {
    papers.drawing.hide(token);
    Ok(())
}

/// Writes a readable copy where somebody says. False: they thought better of it.
#[tauri::command]
#[specta::specta]
pub async fn copy_paper(app: AppHandle, shell: Shell<'_>, id: Uuid, title: String) -> Answer<bool> {
    let desk = shell.desk().await?;
    let (document, content) = file_of(desk, id).await.map_err(told)?;
    let name = document.get("file_name").as_text();
    let Some(target) = dialogs::choose_target(&app, &title, name).await else {
        return Ok(false);
    };
    let written = tokio::task::spawn_blocking(move || files::write(&target, &content)).await;
    written
        .unwrap_or_else(|problem| Err(std::io::Error::other(problem)))
        .map_err(|problem| told(Failure::Folder(problem)))?;
    desk.note_look(document.id, PaperDeed::Copied)
        .await
        .map_err(told)?;
    Ok(true)
}

/// Opens a copy with whatever program the system has for it.
#[tauri::command]
#[specta::specta]
pub async fn open_paper(app: AppHandle, shell: Shell<'_>, id: Uuid) -> Answer<()> {
    let desk = shell.desk().await?;
    let (document, content) = file_of(desk, id).await.map_err(told)?;
    desk.note_look(document.id, PaperDeed::Opened)
        .await
        .map_err(told)?;
    let name = document.get("file_name").as_text().to_owned();
    let opened = tokio::task::spawn_blocking(move || {
        let copy = app.state::<Papers>().copies.write(&name, &content)?;
        open::that_detached(copy)
    });
    opened
        .await
        .unwrap_or_else(|problem| Err(std::io::Error::other(problem)))
        .map_err(|problem| told(Failure::Folder(problem)))
}

/// Opens the system's dialog for printing what the page shows for that, and writes it down.
#[tauri::command]
#[specta::specta]
pub async fn print_paper(window: WebviewWindow, shell: Shell<'_>, id: Uuid) -> Answer<()> {
    let desk = shell.desk().await?;
    desk.note_look(id, PaperDeed::Printed).await.map_err(told)?;
    print(&window).await
}

/// The same for what is no paper: the recovery code.
#[tauri::command]
#[specta::specta]
pub async fn print_page(window: WebviewWindow) -> Answer<()> {
    print(&window).await
}

async fn print(window: &WebviewWindow) -> Answer<()> {
    let printed = window.print();
    printed.map_err(|problem| told(Failure::Folder(std::io::Error::other(problem))))
}

/// What waits in the folder of scans.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct Scans {
    /// Blank: none is watched.
    pub folder: String,
    /// Why it cannot be read, as the system says it.
    pub trouble: Option<String>,
    /// Oldest first.
    pub scans: Vec<ScanLine>,
}

#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ScanLine {
    pub name: String,
    pub size_bytes: i64,
    pub at: DateTime<Utc>,
}

#[tauri::command]
#[specta::specta]
pub async fn scans(shell: Shell<'_>, papers: State<'_, Papers>) -> Answer<Scans> {
    let desk = shell.desk().await?;
    let folder = desk.settings().await.map_err(told)?.scan_folder;
    let scans = papers.watched.scans().into_iter().map(|scan| ScanLine {
        name: scan.name,
        size_bytes: i64::try_from(scan.size_bytes).unwrap_or(i64::MAX),
        at: scan.modified.into(),
    });
    Ok(Scans {
        folder,
        trouble: papers.watched.trouble(),
        scans: scans.collect(),
    })
}

/// Looks scans over by their names, `customer`'s where that is known.
#[tauri::command]
#[specta::specta]
pub async fn pick_scans(
    shell: Shell<'_>,
    papers: State<'_, Papers>,
    names: Vec<String>,
    customer: Option<Uuid>,
) -> Answer<Vec<PickView>> {
    let desk = shell.desk().await?;
    let picks = names.iter().filter_map(|name| {
        let scan = papers.watched.find(name)?;
        Some(Pick {
            source: Source::File(scan.path.clone()),
            scan: Some(scan.path),
        })
    });
    Ok(papers.picks.take(desk, picks.collect(), customer).await)
}

/// Lets somebody choose the folder of scans. False: they thought better of it.
#[tauri::command]
#[specta::specta]
pub async fn choose_scan_folder(app: AppHandle, shell: Shell<'_>, title: String) -> Answer<bool> {
    let desk = shell.desk().await?;
    let Some(folder) = dialogs::choose_folder(&app, &title).await else {
        return Ok(false);
    };
    let folder = folder.display().to_string();
    let changes = [("scan_folder".to_owned(), folder)].into();
    desk.save_settings(&changes).await.map_err(told)?;
    Ok(true)
}

/// The words that bring the key of the files back on another PC.
#[tauri::command]
#[specta::specta]
pub async fn recovery_code(shell: Shell<'_>) -> Answer<String> {
    let words = shell.desk().await?.recovery_code().await.map_err(told)?;
    Ok(words.to_string())
}

#[tauri::command]
#[specta::specta]
pub async fn restore_file_key(shell: Shell<'_>, words: String) -> Answer<()> {
    let desk = shell.desk().await?;
    desk.restore_file_key(&words).await.map_err(told)
}
