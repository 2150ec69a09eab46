//! Folders of Windows with an access list of their own: the calls that `std` does not offer.
#![expect(
    unsafe_code,
    reason = "access lists are set through the system's C interface only"
)]

use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;

use windows_sys::Win32::Foundation::{CloseHandle, HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    GetTokenInformation, PSECURITY_DESCRIPTOR, SECURITY_ATTRIBUTES, TOKEN_QUERY, TOKEN_USER,
    TokenUser,
};
use windows_sys::Win32::Storage::FileSystem::CreateDirectoryW;
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

/// Makes a folder that its owner, the system and administrators may use, with all that is made in
/// it, whatever the folder above it allows to others. Its parent must be there.
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    // D: who may; P: nothing is inherited from above; OICI: files and folders in it inherit;
    // FA: everything; SY, BA: the system and administrators, as in every folder of a user.
    // https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format
    let rights = format!(
        "D:P(A;OICI;FA;;;{})(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)",
        user()?
    );
    let rights = Descriptor::read(&rights)?;
    let attributes = SECURITY_ATTRIBUTES {
        nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or(u32::MAX),
        lpSecurityDescriptor: rights.0,
        bInheritHandle: 0,
    };
    let path = terminated(crate::paths::absolute(path).as_os_str().encode_wide());
    // SAFETY: the path ends in a zero; the attributes and what they point to live during the call.
    succeeded(unsafe { CreateDirectoryW(path.as_ptr(), &attributes) })
}

/// Who runs this program, as `S-1-5-21-…`.
fn user() -> io::Result<String> {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: the handle of this process needs no closing, and `token` can be written to.
    succeeded(unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &mut token) })?;
    let answer = user_of(token);
    // SAFETY: the token was opened above, and nobody uses it any more.
    unsafe { CloseHandle(token) };
    answer
}

fn user_of(token: HANDLE) -> io::Result<String> {
    // The structure with what it points to: a SID has at most 68 bytes. Of 64-bit words, since
    // the structure begins with a pointer.
    let mut answer = [0_u64; 16];
    let length = u32::try_from(size_of_val(&answer)).unwrap_or(0);
    let mut written = 0;
    // SAFETY: the system writes at most `length` bytes into `answer`.
    succeeded(unsafe {
        GetTokenInformation(
            token,
            TokenUser,
            answer.as_mut_ptr().cast(),
            length,
            &mut written,
        )
    })?;
    // SAFETY: the call succeeded, so that the structure stands at the beginning of `answer`, which
    // is aligned for it and outlives the pointer in it.
    let user = unsafe { &*answer.as_ptr().cast::<TOKEN_USER>() };
    let mut text: *mut u16 = ptr::null_mut();
    // SAFETY: the SID is one that the system has written; `text` can be written to.
    succeeded(unsafe { ConvertSidToStringSidW(user.User.Sid, &mut text) })?;
    let mut units = Vec::new();
    let mut next = text;
    // SAFETY: the system has written a text that ends in a zero, and gives it to us to free.
    unsafe {
        while *next != 0 {
            units.push(*next);
            next = next.add(1);
        }
        LocalFree(text.cast());
    }
    String::from_utf16(&units).map_err(io::Error::other)
}

/// A security descriptor that the system has allocated.
struct Descriptor(PSECURITY_DESCRIPTOR);

impl Descriptor {
    fn read(text: &str) -> io::Result<Descriptor> {
        let text = terminated(text.encode_utf16());
        let mut descriptor: PSECURITY_DESCRIPTOR = ptr::null_mut();
        // SAFETY: the text ends in a zero, the descriptor can be written to, and its length is
        // not asked for.
        succeeded(unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &mut descriptor,
                ptr::null_mut(),
            )
        })?;
        Ok(Descriptor(descriptor))
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the system allocated it for us, and it is freed once.
        unsafe { LocalFree(self.0) };
    }
}

fn terminated(text: impl Iterator<Item = u16>) -> Vec<u16> {
    text.chain([0]).collect()
}

fn succeeded(answer: i32) -> io::Result<()> {
    match answer {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
