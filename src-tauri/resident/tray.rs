//! The icon in the tray, with the count of alerts drawn into it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use servease_desk::Failure;
use servease_locale::Locale;
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _};
use tokio::sync::oneshot;
use tracing::warn;

use super::{ALERTS, Resident, open};
use crate::shell::{Shell, told};
use crate::window;

/// Finds the icon again.
pub const ID: &str = "servease";

const OPEN: &str = "open";
const LIST: &str = "list";
const PAUSE: &str = "pause";
const QUIT: &str = "quit";

const PAUSE_MINUTES: u32 = 60;

/// Whether there is a tray that shows our icon.
pub async fn is_there(app: &AppHandle) -> bool {
    app.tray_by_id(ID).is_some() && servease_resident::tray::is_there().await
}

/// The program's icon in the tray.
pub struct Tray {
    icon: TrayIcon,
    list: MenuItem<tauri::Wry>,
}

impl std::fmt::Debug for Tray {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_tuple("Tray");
        shown.field(self.icon.id()).finish()
    }
}

impl Tray {
    /// Makes the icon. None where the system has no library for it: everything else works.
    pub async fn make(app: &AppHandle, locale: Locale) -> Option<Tray> {
        let (tell, made) = oneshot::channel();
        let on_main = app.clone();
        // The crate below works on the main thread whoever asks, and panics there without its
        // library: it is caught where it happens.
        let asked = app.run_on_main_thread(move || {
            let made = catch_unwind(AssertUnwindSafe(|| make(&on_main, &locale)));
            // Whoever asked may have ended with the program.
            let _ = tell.send(made.map_err(drop));
        });
        if let Err(problem) = asked {
            warn!(%problem, "no icon in the tray");
            return None;
        }
        match made.await.ok()? {
            Ok(Ok(tray)) => Some(tray),
            Ok(Err(problem)) => {
                warn!(%problem, "no icon in the tray");
                None
            }
            Err(()) => {
                warn!("no icon in the tray: the library for it is not installed");
                None
            }
        }
    }

    /// Shows how many alerts speak.
    pub fn count(&self, raised: u64, locale: &Locale) {
        let words = locale.text("tray-alerts", [("count", raised.to_string().as_str())]);
        let shown = self
            .list
            .set_text(&words)
            .and_then(|()| self.icon.set_icon(Some(picture(raised))))
            .and_then(|()| self.icon.set_tooltip(Some(&words)));
        if let Err(problem) = shown {
            warn!(%problem, "the tray does not show the count");
        }
    }
}

fn make(app: &AppHandle, locale: &Locale) -> tauri::Result<Tray> {
    let item = |id: &str, words: String| MenuItem::with_id(app, id, words, true, None::<&str>);
    let words = |id: &str| locale.text(id, []);
    let list = item(LIST, locale.text("tray-alerts", [("count", "0")]))?;
    let menu = Menu::with_items(
        app,
        &[
            &item(OPEN, words("tray-open"))?,
            &list,
            &item(PAUSE, words("tray-pause"))?,
            &item(QUIT, words("tray-quit"))?,
        ],
    )?;
    let icon = TrayIconBuilder::with_id(ID)
        .icon(picture(0))
        .menu(&menu)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .on_tray_icon_event(|icon, event| {
            let is_click = matches!(
                event,
                TrayIconEvent::Click {
                    button: MouseButton::Left,
                    button_state: MouseButtonState::Up,
                    ..
                }
            );
            if is_click {
                window::come_to_front(icon.app_handle());
            }
        })
        .build(app)?;
    Ok(Tray { icon, list })
}

fn chosen(app: &AppHandle, item: &str) {
    match item {
        OPEN => window::come_to_front(app),
        LIST => open(app, ALERTS),
        QUIT => app.exit(0),
        PAUSE => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                if let Err(failure) = pause(&app).await {
                    told(failure);
                }
            });
        }
        _ => {}
    }
}

async fn pause(app: &AppHandle) -> Result<(), Failure> {
    app.state::<Shell>()
        .opened()
        .await
        .pause_notices(PAUSE_MINUTES)
        .await?;
    app.state::<Resident>().note_settings();
    Ok(())
}

const SIDE: usize = 32;

/// The digits, three dots wide and five high, a row in three bits.
const DIGITS: [[u8; 5]; 10] = [
    [7, 5, 5, 5, 7],
    [2, 6, 2, 2, 7],
    [7, 1, 7, 4, 7],
    [7, 1, 7, 1, 7],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [7, 4, 7, 5, 7],
    [7, 1, 1, 1, 1],
    [7, 5, 7, 5, 7],
    [7, 5, 7, 1, 7],
];

const PLUS: [u8; 5] = [0, 2, 7, 2, 0];

const GROUND: [u8; 4] = [0x1f, 0x4e, 0x8c, 0xff];
const MARK: [u8; 4] = [0xc6, 0x28, 0x28, 0xff];
const WHITE: [u8; 4] = [0xff, 0xff, 0xff, 0xff];

/// The icon: a plate, and on it how many alerts speak; more than 99 as `9+`.
fn picture(raised: u64) -> Image<'static> {
    let mut dots = vec![0_u8; SIDE * SIDE * 4];
    let mut fill = |x: usize, y: usize, width: usize, height: usize, colour: [u8; 4]| {
        for row in y..(y + height).min(SIDE) {
            for column in x..(x + width).min(SIDE) {
                let at = (row * SIDE + column) * 4;
                if let Some(dot) = dots.get_mut(at..at + 4) {
                    dot.copy_from_slice(&colour);
                }
            }
        }
    };
    let ground = if raised == 0 { GROUND } else { MARK };
    fill(1, 3, 30, 26, ground);
    if raised == 0 {
        // A plate without a number.
        fill(6, 14, 20, 4, WHITE);
    } else {
        let glyphs: Vec<[u8; 5]> = match raised {
            0..=99 => raised
                .to_string()
                .bytes()
                .filter_map(|digit| DIGITS.get(usize::from(digit - b'0')).copied())
                .collect(),
            _ => [DIGITS.last().copied(), Some(PLUS)]
                .into_iter()
                .flatten()
                .collect(),
        };
        // Each dot of a digit is four of the icon.
        let left = (SIDE - glyphs.len() * 16 + 4) / 2;
        for (place, glyph) in glyphs.iter().enumerate() {
            for (row, bits) in glyph.iter().enumerate() {
                for column in (0..3).filter(|column| bits >> (2 - column) & 1 == 1) {
                    fill(left + place * 16 + column * 4, 6 + row * 4, 4, 4, WHITE);
                }
            }
        }
    }
    let side = u32::try_from(SIDE).unwrap_or(0);
    Image::new_owned(dots, side, side)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn white(raised: u64) -> usize {
        let picture = picture(raised);
        let dots = picture.rgba().chunks_exact(4);
        dots.filter(|dot| *dot == WHITE).count()
    }

    #[test]
    fn every_count_fits_and_looks_different() {
        // The dots of the digits, sixteen dots of the icon each.
        assert_eq!(white(1), 8 * 16);
        assert_eq!(white(8), 13 * 16);
        assert_eq!(white(18), 21 * 16);
        assert_eq!(white(100), white(5_000));
        assert_ne!(white(99), white(100));
    }
}
