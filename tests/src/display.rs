//! A private screen and session bus, so that a window can open where nobody sits.
//!
//! Each holder has its own: windows of two tests never take the focus from each other.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Size of a screen in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenSize {
    pub width: u32,
    pub height: u32,
}

impl ScreenSize {
    /// What most desks have; every window size that is supported fits.
    pub const FULL_HD: Self = Self {
        width: 1920,
        height: 1080,
    };
    /// The size of the window when it opens for the first time.
    pub const FIRST_WINDOW: Self = Self {
        width: 1280,
        height: 800,
    };
}

/// An X server and a D-Bus session bus of our own. Both end when it is dropped.
#[derive(Debug)]
pub struct Display {
    name: String,
    bus_address: String,
    // Dropped in this order: what the bus started needs the screen and the folder.
    _bus: Running,
    _screen: Running,
    runtime_folder: RuntimeFolder,
}

impl Display {
    /// Starts both and returns when they answer.
    ///
    /// # Errors
    /// `Xvfb` or `dbus-daemon` is missing or ends at once.
    pub fn start(size: ScreenSize) -> io::Result<Self> {
        let mut xvfb = Command::new("Xvfb");
        // The server picks a free number itself and writes it to the given descriptor.
        let geometry = format!("{}x{}x24", size.width, size.height);
        xvfb.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            &geometry,
            "-nolisten",
            "tcp",
            "-noreset",
            // On a busy machine a key is up again too late to be one.
            "-r",
        ]);
        let (screen, number) = start_and_read_line(xvfb)?;
        let name = format!(":{number}");

        let runtime_folder = RuntimeFolder::make()?;
        runtime_folder.leave_out("org.freedesktop.secrets")?;
        runtime_folder.leave_out("org.freedesktop.Notifications")?;
        let mut daemon = Command::new("dbus-daemon");
        daemon
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .env("DISPLAY", &name)
            .env("XDG_RUNTIME_DIR", &runtime_folder.path);
        let (bus, bus_address) = start_and_read_line(daemon)?;
        Ok(Self {
            name,
            bus_address,
            _bus: bus,
            _screen: screen,
            runtime_folder,
        })
    }

    /// What `DISPLAY` is on this screen, for a program that gets no other variable of ours.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address of the session bus.
    #[must_use]
    pub fn bus_address(&self) -> &str {
        &self.bus_address
    }

    /// Whether a window of this title can be seen.
    #[must_use]
    pub fn is_visible(&self, title: &str) -> bool {
        self.find_window(title).is_ok_and(|id| id.is_some())
    }

    /// Asks a window to close, as the cross in its frame does: there is no frame on this screen.
    ///
    /// # Errors
    /// There is no such window, or the screen does not answer.
    #[cfg(feature = "window")]
    pub fn ask_to_close(&self, title: &str) -> io::Result<()> {
        use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask};

        let window = self.find_window(title)?;
        let window = window.ok_or_else(|| io::Error::other(format!("no window {title}")))?;
        let (screen, _) = x11rb::connect(Some(&self.name)).map_err(io::Error::other)?;
        let atom = |name: &str| -> io::Result<u32> {
            let asked = screen.intern_atom(false, name.as_bytes());
            let answer = asked.map_err(io::Error::other)?.reply();
            Ok(answer.map_err(io::Error::other)?.atom)
        };
        let words = [atom("WM_DELETE_WINDOW")?, 0, 0, 0, 0];
        let event = ClientMessageEvent::new(32, window, atom("WM_PROTOCOLS")?, words);
        let sent = screen.send_event(false, window, EventMask::NO_EVENT, event);
        // Hung up at once, the screen may never have read it.
        sent.map_err(io::Error::other)?
            .check()
            .map_err(io::Error::other)
    }

    /// The number of the visible window of a title.
    fn find_window(&self, title: &str) -> io::Result<Option<u32>> {
        let mut search = Command::new("xdotool");
        search.args(["search", "--onlyvisible", "--name", title]);
        self.attach(&mut search);
        let found = search.output()?;
        let found = String::from_utf8_lossy(&found.stdout);
        Ok(found.lines().next().and_then(|id| id.parse().ok()))
    }

    /// Points a program at this screen and bus, away from any other.
    pub fn attach(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.name)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("XDG_RUNTIME_DIR", &self.runtime_folder.path)
            // Sign-ins that find no keyring lie below this folder: each test has its own.
            .env("XDG_CONFIG_HOME", self.runtime_folder.path.join("config"))
            .env("GDK_BACKEND", "x11")
            // Settings in memory: nothing is read from or left in the user's own.
            .env("GSETTINGS_BACKEND", "memory")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY");
    }

    /// Writes what is on the whole screen to a PNG.
    ///
    /// # Errors
    /// ImageMagick's `import` is missing or cannot write the file.
    pub fn screenshot(&self, png: &Path) -> io::Result<()> {
        self.import(&format!("png:{}", png.display())).map(drop)
    }

    /// What is on the whole screen now.
    ///
    /// # Errors
    /// ImageMagick's `import` is missing.
    pub fn look(&self) -> io::Result<Picture> {
        Ok(Picture {
            rgb: self.import("rgb:-")?,
        })
    }

    fn import(&self, destination: &str) -> io::Result<Vec<u8>> {
        let mut import = Command::new("import");
        import.args(["-silent", "-window", "root", "-depth", "8", destination]);
        self.attach(&mut import);
        let answer = import.output()?;
        if !answer.status.success() {
            let reason = String::from_utf8_lossy(&answer.stderr);
            return Err(io::Error::other(format!("import: {}", reason.trim())));
        }
        Ok(answer.stdout)
    }
}

/// The pixels of a screen.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    rgb: Vec<u8>,
}

impl Picture {
    /// Which part of the pixels is as good as white, from 0 to 1.
    pub fn share_of_white(&self) -> f64 {
        let pixels = self.rgb.chunks_exact(3);
        let all = pixels.len().max(1);
        let white = pixels.filter(|pixel| pixel.iter().all(|part| *part > 235));
        white.count() as f64 / all as f64
    }

    /// How many different colours there are.
    pub fn shades(&self) -> usize {
        self.rgb
            .chunks_exact(3)
            .collect::<std::collections::HashSet<_>>()
            .len()
    }
}

/// `XDG_RUNTIME_DIR`: sockets and a mount of the services that the bus starts.
#[derive(Debug)]
struct RuntimeFolder {
    path: PathBuf,
}

impl RuntimeFolder {
    fn make() -> io::Result<Self> {
        // Made by tempfile with mode 0700, as the specification of base directories demands.
        let path = tempfile::Builder::new()
            .prefix("servease-run-")
            .tempdir()?
            .keep();
        Ok(Self { path })
    }

    /// Programs that the bus would start show themselves: a keyring asks for a password that nobody
    /// types, in a window that takes the focus; notifications lie above the window. On this bus
    /// there are none. The bus looks here first.
    fn leave_out(&self, service: &str) -> io::Result<()> {
        let services = self.path.join("dbus-1/services");
        std::fs::create_dir_all(&services)?;
        std::fs::write(
            services.join(format!("{service}.service")),
            format!("[D-BUS Service]\nName={service}\nExec=/bin/false\n"),
        )
    }
}

impl Drop for RuntimeFolder {
    fn drop(&mut self) {
        // The services notice within moments that their bus is gone, and only then unmount.
        let deadline = Instant::now() + Duration::from_secs(3);
        while std::fs::remove_dir_all(&self.path).is_err() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A child that ends with its owner.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program that says on its first line where it can be reached.
fn start_and_read_line(mut command: Command) -> io::Result<(Running, String)> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| io::Error::new(cause.kind(), format!("{program}: {cause}")))?;
    let stdout = child
        .stdout
        .take()
        .ok_or_else(|| io::Error::other("no stdout"))?;
    let stderr = child.stderr.take();
    let running = Running(child);
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let line = line.trim().to_owned();
    if line.is_empty() {
        drop(running);
        let mut reason = String::new();
        if let Some(mut stderr) = stderr {
            let _ = stderr.read_to_string(&mut reason);
        }
        return Err(io::Error::other(format!(
            "{program} ended at once: {}",
            reason.trim()
        )));
    }
    // Read on, or a talkative program would stop at a full pipe.
    if let Some(stderr) = stderr {
        std::thread::spawn(move || io::copy(&mut { stderr }, &mut io::sink()));
    }
    Ok((running, line))
}
