//! Pictures of papers for the page. They are drawn by a process of their own and kept in memory
//! alone: nothing readable reaches the disk, and a small picture is made again in a tenth of a second.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::sync::{Arc, Mutex};

use servease_drawing::{Drawer, Drawn, NotDrawn, Wanted};
use tokio::sync::Semaphore;
use uuid::Uuid;
use zeroize::Zeroizing;

/// What the program is told to be the process that draws.
pub const WORKER: &str = "--draw";

/// Processes that draw at once: as many hold memory, and a receptionist looks at one paper.
const AT_ONCE: usize = 2;

/// The longer side of a small picture: 96 points on a screen that doubles them.
pub const THUMBNAIL_SIDE: u32 = 192;

/// How many small pictures are remembered, of some 10 KiB each: what a morning's customers have.
const THUMBNAILS: usize = 600;

/// Papers that are open at once: one, and the one before while the next appears.
const SHOWN: usize = 3;

/// A paper that is open: its content, so that turning pages reads no file.
#[derive(Debug)]
pub struct Shown {
    pub media_type: String,
    pub content: Zeroizing<Vec<u8>>,
}

type Thumbnail = Result<Arc<Drawn>, NotDrawn>;

/// What draws, and what it has drawn.
#[derive(Debug)]
pub struct Drawing {
    drawer: Option<Drawer>,
    slots: Semaphore,
    thumbnails: Mutex<VecDeque<(String, Thumbnail)>>,
    shown: Mutex<BTreeMap<Uuid, Arc<Shown>>>,
}

impl Drawing {
    pub fn new() -> Drawing {
        let program = std::env::current_exe().ok();
        Drawing {
            drawer: program.map(|program| Drawer::new(program, [OsString::from(WORKER)])),
            slots: Semaphore::new(AT_ONCE),
            thumbnails: Mutex::default(),
            shown: Mutex::default(),
        }
    }

    /// Draws, when it is this one's turn.
    pub async fn draw(
        &self,
        wanted: Wanted,
        content: Zeroizing<Vec<u8>>,
    ) -> Result<Drawn, NotDrawn> {
        let drawer = self.drawer.clone().ok_or(NotDrawn::NoDrawer)?;
        let _slot = self.slots.acquire().await.map_err(|_| NotDrawn::NoDrawer)?;
        let drawn = tokio::task::spawn_blocking(move || drawer.draw(&wanted, content)).await;
        drawn.unwrap_or(Err(NotDrawn::NoDrawer))
    }

    /// Reads the code of a licence that a file shows, when it is this one's turn.
    pub async fn read_code(
        &self,
        media_type: &'static str,
        content: Zeroizing<Vec<u8>>,
    ) -> Result<Option<String>, NotDrawn> {
        let drawer = self.drawer.clone().ok_or(NotDrawn::NoDrawer)?;
        let _slot = self.slots.acquire().await.map_err(|_| NotDrawn::NoDrawer)?;
        let read = tokio::task::spawn_blocking(move || drawer.read_code(media_type, content));
        read.await.unwrap_or(Err(NotDrawn::NoDrawer))
    }

    /// The small picture of a content, if it was drawn or refused before.
    pub fn find_thumbnail(&self, sha256: &str) -> Option<Thumbnail> {
        let kept = self.thumbnails.lock().ok()?;
        let found = kept.iter().find(|(name, _)| name == sha256);
        found.map(|(_, thumbnail)| thumbnail.clone())
    }

    pub async fn thumbnail(
        &self,
        sha256: &str,
        media_type: &str,
        content: Zeroizing<Vec<u8>>,
    ) -> Thumbnail {
        let wanted = Wanted {
            media_type: media_type.to_owned(),
            page: 0,
            long_side: THUMBNAIL_SIDE,
            is_thumbnail: true,
        };
        let drawn = self.draw(wanted, content).await.map(Arc::new);
        // What could not be started today may be tomorrow.
        if !matches!(drawn, Err(NotDrawn::NoDrawer))
            && let Ok(mut kept) = self.thumbnails.lock()
        {
            kept.push_back((sha256.to_owned(), drawn.clone()));
            while kept.len() > THUMBNAILS {
                kept.pop_front();
            }
        }
        drawn
    }

    /// Opens a paper for the page; the token is what its pictures are asked for with.
    pub fn show(&self, media_type: &str, content: Zeroizing<Vec<u8>>) -> Uuid {
        let token = Uuid::now_v7();
        let shown = Shown {
            media_type: media_type.to_owned(),
            content,
        };
        if let Ok(mut open) = self.shown.lock() {
            open.insert(token, Arc::new(shown));
            while open.len() > SHOWN {
                open.pop_first();
            }
        }
        token
    }

    pub fn find_shown(&self, token: Uuid) -> Option<Arc<Shown>> {
        self.shown.lock().ok()?.get(&token).cloned()
    }

    pub fn hide(&self, token: Uuid) {
        if let Ok(mut open) = self.shown.lock() {
            open.remove(&token);
        }
    }
}
