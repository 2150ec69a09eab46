//! What a process may use of the PC, and how one is started that nobody sees.

use std::process::Command;

/// Refuses this process more private memory than that. Linux alone counts it so.
#[cfg(target_os = "linux")]
pub fn limit_memory(bytes: u64) {
    use rustix::process::Resource;

    limit(Resource::Data, bytes);
    // What it held must not lie on a disk after it died.
    limit(Resource::Core, 0);
}

/// Ends this process after so many seconds of the processor's time.
#[cfg(unix)]
pub fn limit_processor(seconds: u64) {
    limit(rustix::process::Resource::Cpu, seconds);
}

#[cfg(unix)]
fn limit(resource: rustix::process::Resource, most: u64) {
    use rustix::process::{Rlimit, setrlimit};

    let wanted = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    // Only a limit that is lower already refuses this one.
    let _ = setrlimit(resource, wanted);
}

/// Windows opens a console for programs that have none.
#[cfg(windows)]
pub fn without_console(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;

    /// `CREATE_NO_WINDOW` of the process creation flags.
    const NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(NO_WINDOW);
}

#[cfg(not(windows))]
pub fn without_console(_command: &mut Command) {}
