//! What a process of Windows may use: it goes into a job of its own, which has limits.
#![expect(
    unsafe_code,
    reason = "jobs are made through the system's C interface only"
)]

use std::io;
use std::ptr;

use windows_sys::Win32::Foundation::{CloseHandle, HANDLE};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION,
    JOB_OBJECT_LIMIT_PROCESS_MEMORY, JOB_OBJECT_LIMIT_PROCESS_TIME,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation,
    SetInformationJobObject,
};
use windows_sys::Win32::System::Threading::GetCurrentProcess;

/// The unit in which the system counts a process's time: 100 nanoseconds.
const PER_SECOND: i64 = 10_000_000;

/// Puts this process into a job in which it gets no more memory than that, ends after so many
/// seconds of the processor's time, and opens no window about its end.
pub fn enter(memory_bytes: u64, processor_seconds: u64) -> io::Result<()> {
    // SAFETY: a job without a name and with the usual rights needs neither pointer.
    let job = unsafe { CreateJobObjectW(ptr::null(), ptr::null()) };
    if job.is_null() {
        return Err(io::Error::last_os_error());
    }
    let entered = enter_this(job, memory_bytes, processor_seconds);
    // SAFETY: opened above, and used no more. A job lasts as long as a process is in it.
    unsafe { CloseHandle(job) };
    entered
}

fn enter_this(job: HANDLE, memory_bytes: u64, processor_seconds: u64) -> io::Result<()> {
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION {
        ProcessMemoryLimit: usize::try_from(memory_bytes).unwrap_or(usize::MAX),
        ..Default::default()
    };
    let seconds = i64::try_from(processor_seconds).unwrap_or(i64::MAX);
    limits.BasicLimitInformation.PerProcessUserTimeLimit = seconds.saturating_mul(PER_SECOND);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_MEMORY
        | JOB_OBJECT_LIMIT_PROCESS_TIME
        | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
    let length = u32::try_from(size_of_val(&limits)).unwrap_or(0);
    // SAFETY: the class says how the system reads `limits`, which is that long and outlives the call.
    succeeded(unsafe {
        SetInformationJobObject(
            job,
            JobObjectExtendedLimitInformation,
            ptr::from_ref(&limits).cast(),
            length,
        )
    })?;
    // SAFETY: the job is open, and the handle of this process needs no closing.
    succeeded(unsafe { AssignProcessToJobObject(job, GetCurrentProcess()) })
}

fn succeeded(answer: i32) -> io::Result<()> {
    match answer {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_process_goes_into_a_job_with_limits() {
        // Far beyond what the tests beside this one use.
        super::enter(64 * 1024 * 1024 * 1024, 100_000).expect("a job");
    }
}
