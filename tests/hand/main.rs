//! A hand that holds files over other windows, or has copied a picture: `drag X Y FILE…` shows a square
//! from which the files are dragged, `copy FILE` has a picture on the clipboard. Both until the end.

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

/// Where there is no GTK there is no window of a test either.
#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::PathBuf;

    use gtk::gdk::{DragAction, ModifierType, SELECTION_CLIPBOARD};
    use gtk::gdk_pixbuf::Pixbuf;
    use gtk::prelude::*;
    use gtk::{Clipboard, TargetEntry, TargetFlags, Window, WindowType, glib};

    const SIDE: i32 = 120;

    pub fn main() {
        gtk::init().expect("a screen");
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["drag", x, y, files @ ..] => {
                let place = (x.parse().expect("a number"), y.parse().expect("a number"));
                hold(place, files);
            }
            ["copy", file] => {
                let picture = Pixbuf::from_file(file).expect("a picture");
                Clipboard::get(&SELECTION_CLIPBOARD).set_image(&picture);
            }
            _ => return,
        }
        gtk::main();
    }

    fn hold((x, y): (i32, i32), files: &[&str]) {
        let addresses: Vec<String> = files
            .iter()
            .map(|file| {
                let address = glib::filename_to_uri(PathBuf::from(file), None);
                address.expect("an absolute path").to_string()
            })
            .collect();
        // No window manager places or frames it.
        let window = Window::new(WindowType::Popup);
        window.set_title("Hand");
        window.set_default_size(SIDE, SIDE);
        window.move_(x, y);
        let targets = [TargetEntry::new("text/uri-list", TargetFlags::empty(), 0)];
        window.drag_source_set(ModifierType::BUTTON1_MASK, &targets, DragAction::COPY);
        window.connect_drag_data_get(move |_, _, data, _, _| {
            let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
            data.set_uris(&addresses);
        });
        window.show_all();
    }
}
