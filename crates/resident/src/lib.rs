//! What a program needs that stays in somebody's session: to tell them something wherever they
//! are, and to start when they do. Each concern is written once; what operating systems do
//! differently stays in here.

pub mod autostart;
pub mod notices;
pub mod tray;
