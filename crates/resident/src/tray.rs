//! Whether anybody shows icons in a tray.

/// Whether there is a tray. On Linux a program of the desktop shows what others register with it:
/// https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
#[cfg(target_os = "linux")]
pub async fn is_there() -> bool {
    use std::time::Duration;

    /// A bus that says nothing for so long has none.
    const PATIENCE: Duration = Duration::from_secs(1);

    let asked = tokio::time::timeout(PATIENCE, has_watcher()).await;
    matches!(asked, Ok(Ok(true)))
}

#[cfg(target_os = "linux")]
async fn has_watcher() -> zbus::Result<bool> {
    let bus = zbus::Connection::session().await?;
    let watcher = zbus::names::BusName::try_from("org.kde.StatusNotifierWatcher")?;
    let asked = zbus::fdo::DBusProxy::new(&bus).await?;
    Ok(asked.name_has_owner(watcher).await?)
}

/// Whether there is a tray: everywhere but on Linux it is part of the system.
#[cfg(not(target_os = "linux"))]
pub async fn is_there() -> bool {
    true
}
