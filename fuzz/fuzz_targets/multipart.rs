//! Multipart forms, whole and in pieces of every size. The first byte says how long the pieces are,
//! and the boundary is always the same.
#![no_main]

use std::sync::OnceLock;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use libfuzzer_sys::fuzz_target;
use servease_central::http::multipart::Form;
use tokio::runtime::{Builder, Runtime};

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_current_thread().build().expect("a runtime"))
}

fuzz_target!(|data: &[u8]| {
    let Some((length, body)) = data.split_first() else {
        return;
    };
    let pieces: Vec<Result<Bytes, std::io::Error>> = body
        .chunks(usize::from(*length).max(1))
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    let request = Request::builder()
        .header("content-type", "multipart/form-data; boundary=X")
        .body(Body::from_stream(futures_util::stream::iter(pieces)))
        .expect("a request");
    runtime().block_on(async {
        let Ok(mut form) = Form::read(request).await else {
            return;
        };
        let mut came = 0;
        while let Ok(Some(mut part)) = form.next().await {
            came += part.name.len() + part.file_name().len();
            while let Ok(Some(chunk)) = part.chunk().await {
                came += chunk.len();
            }
        }
        assert!(came <= body.len());
    });
});
