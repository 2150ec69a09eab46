//! Backups as `verify` and `restore` read them. What is packed already is read as it is; anything
//! else stands for the archive inside, since no change of packed bytes would get that far.
#![no_main]

use std::io::Write as _;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use servease_central::backup::verify;
use tokio::runtime::{Builder, Runtime};

const PACKED: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).build().expect("a runtime")
    })
}

fuzz_target!(|data: &[u8]| {
    let packed = match data.starts_with(&PACKED) {
        true => data.to_vec(),
        false => zstd::encode_all(data, 1).expect("packed"),
    };
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&packed).expect("written");
    let _ = runtime().block_on(verify(file.path()));
});
