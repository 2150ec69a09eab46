//! Files that somebody chose, dropped, pasted or scanned, until they are kept or given up. The page
//! knows them by a token: it names no path.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use serde::Serialize;
use servease_desk::views::FileLook;
use servease_desk::{Desk, FailureCode, Source};
use servease_domain::Problem;
use uuid::Uuid;

use crate::shell::told;

/// Files that are looked over at once; whoever drops a folder's worth gets the first of them.
pub const AT_ONCE: usize = 50;

/// Files that wait to be kept. What was pasted lies in memory until then.
const KEPT: usize = 200;

/// A file on its way in.
#[derive(Debug, Clone)]
pub struct Pick {
    pub source: Source,
    /// Where the scanner put it: it is taken away once it is kept.
    pub scan: Option<PathBuf>,
}

/// The same as the page is shown it.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct PickView {
    pub token: Uuid,
    pub name: String,
    pub is_scan: bool,
    /// None: it is not taken in, and `problems` say why.
    pub look: Option<FileLook>,
    pub problems: Vec<Problem>,
}

/// Files on their way in, by their tokens, which are ordered by time.
#[derive(Debug, Default)]
pub struct Picks(Mutex<BTreeMap<Uuid, Pick>>);

impl Picks {
    /// Looks files over, `customer`'s where that is known, and keeps those that may be taken in.
    pub async fn take(
        &self,
        desk: &Desk,
        picks: Vec<Pick>,
        customer: Option<Uuid>,
    ) -> Vec<PickView> {
        let mut views = Vec::new();
        for pick in picks.into_iter().take(AT_ONCE) {
            let token = Uuid::now_v7();
            let mut view = PickView {
                token,
                name: name_of(&pick),
                is_scan: pick.scan.is_some(),
                look: None,
                problems: Vec::new(),
            };
            match desk.look_at_file(&pick.source, customer).await {
                Ok(look) => {
                    view.look = Some(look);
                    self.keep(token, pick);
                }
                Err(failure) => {
                    let said = told(failure);
                    view.problems = said.problems;
                    // The words of a problem name the file; a database that fails has none here.
                    if said.code != FailureCode::Invalid {
                        view.problems.clear();
                    }
                }
            }
            views.push(view);
        }
        views
    }

    pub fn find(&self, token: Uuid) -> Option<Pick> {
        self.0.lock().ok()?.get(&token).cloned()
    }

    pub fn forget(&self, tokens: &[Uuid]) {
        if let Ok(mut kept) = self.0.lock() {
            kept.retain(|token, _| !tokens.contains(token));
        }
    }

    fn keep(&self, token: Uuid, pick: Pick) {
        if let Ok(mut kept) = self.0.lock() {
            kept.insert(token, pick);
            while kept.len() > KEPT {
                kept.pop_first();
            }
        }
    }
}

fn name_of(pick: &Pick) -> String {
    match &pick.source {
        Source::File(path) => path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        Source::Content(name, _) => name.clone(),
    }
}
