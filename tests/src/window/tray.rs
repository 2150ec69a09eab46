//! A tray host on the bus of a window: what desktops run in their panel, as far as tests need it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, interface, proxy};

use super::{Desk, PATIENCE};

/// An icon: the name of its program on the bus, and its path there.
type Icon = (String, String);

/// https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/
#[derive(Debug)]
struct Watcher {
    icons: Arc<Mutex<Vec<Icon>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let icon = match service.starts_with('/') {
            true => (sender, service),
            false => (service, "/StatusNotifierItem".to_owned()),
        };
        self.icons
            .lock()
            .expect("no panic while it is held")
            .push(icon);
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

#[proxy(interface = "org.kde.StatusNotifierItem", gen_blocking = false)]
trait Item {
    #[zbus(property)]
    fn menu(&self) -> zbus::Result<OwnedObjectPath>;
}

/// An entry of a menu, as the bus tells it: number, properties, entries below it.
type Entry = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// https://github.com/AyatanaIndicators/libdbusmenu/blob/master/libdbusmenu-glib/dbus-menu.xml
#[proxy(interface = "com.canonical.dbusmenu", gen_blocking = false)]
trait Menu {
    fn get_layout(&self, parent: i32, depth: i32, names: &[&str]) -> zbus::Result<(u32, Entry)>;
    fn event(&self, id: i32, event: &str, data: &Value<'_>, timestamp: u32) -> zbus::Result<()>;
}

/// The host, and the one icon that it shows.
#[derive(Debug)]
pub struct Tray {
    bus: Connection,
    icon: Icon,
}

impl Tray {
    /// Starts the host, and waits until the program of the window has put its icon there.
    pub async fn start(desk: &Desk) -> Self {
        let icons = Arc::<Mutex<Vec<Icon>>>::default();
        let watcher = Watcher {
            icons: Arc::clone(&icons),
        };
        let bus = zbus::connection::Builder::address(desk.display.bus_address())
            .and_then(|builder| builder.name("org.kde.StatusNotifierWatcher"))
            .and_then(|builder| builder.serve_at("/StatusNotifierWatcher", watcher))
            .expect("an address and names")
            .build()
            .await
            .expect("the bus of the screen");
        let icon = desk
            .wait_for("an icon in the tray", || async {
                icons
                    .lock()
                    .expect("no panic while it is held")
                    .first()
                    .cloned()
            })
            .await;
        Self { bus, icon }
    }

    /// What the menu of the icon offers.
    pub async fn labels(&self) -> Vec<String> {
        self.entries()
            .await
            .into_iter()
            .map(|(_, label)| label)
            .collect()
    }

    /// Chooses an entry of the menu.
    pub async fn choose(&self, label: &str) {
        let entries = self.entries().await;
        let entry = entries.iter().find(|(_, its)| its == label);
        let (id, _) = entry.unwrap_or_else(|| super::fail(&format!("{label}: {entries:?}")));
        let chosen = self.menu().await;
        let chosen = chosen.event(*id, "clicked", &Value::I32(0), 0);
        let _ = tokio::time::timeout(PATIENCE, chosen).await;
    }

    async fn menu(&self) -> MenuProxy<'static> {
        let (name, path) = self.icon.clone();
        let item = ItemProxy::new(&self.bus, name.clone(), path).await;
        let menu = item.expect("an icon").menu().await.expect("its menu");
        MenuProxy::new(&self.bus, name, menu).await.expect("a menu")
    }

    async fn entries(&self) -> Vec<(i32, String)> {
        let layout = self.menu().await.get_layout(0, -1, &[]).await;
        let (_, (_, _, below)) = layout.expect("what the menu offers");
        below
            .into_iter()
            .filter_map(|entry| Entry::try_from(entry).ok())
            .map(|(id, properties, _)| {
                let label = properties.get("label").cloned();
                let label = label.and_then(|label| String::try_from(label).ok());
                (id, label.unwrap_or_default())
            })
            .collect()
    }
}
