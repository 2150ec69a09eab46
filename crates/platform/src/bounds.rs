//! What a process may use of the PC, and how one is started that nobody sees.

use std::process::Command;

/// What this process gets of the PC from here on: so much memory, which only Linux and Windows
/// refuse beyond that, and so many seconds of the processor's time, after which it ends.
#[cfg(unix)]
pub fn limit(memory_bytes: u64, processor_seconds: u64) {
    use rustix::process::Resource;

    if cfg!(target_os = "linux") {
        set(Resource::Data, memory_bytes);
    }
    // What it held must not lie on a disk after it died.
    set(Resource::Core, 0);
    set(Resource::Cpu, processor_seconds);
}

#[cfg(windows)]
pub fn limit(memory_bytes: u64, processor_seconds: u64) {
    // Refused where somebody else has put it into a job with stricter limits, which hold then.
    let _ = crate::job::enter(memory_bytes, processor_seconds);
}

#[cfg(unix)]
fn set(resource: rustix::process::Resource, most: u64) {
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
