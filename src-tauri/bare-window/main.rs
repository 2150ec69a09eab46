//! The floor of the window's benchmark: a Tauri window with one input and nothing else.

use std::io::Write;

/// The page says that its input takes typing.
#[tauri::command]
async fn ready() {
    // The bench waits for this word, as it waits for the desk's.
    let _ = writeln!(std::io::stderr(), "ready for typing");
}

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ready])
        .run(tauri::generate_context!(
            "src-tauri/bare-window/tauri.conf.json"
        ))
}
