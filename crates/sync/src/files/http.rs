//! The lane of files over HTTP.

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, RANGE};
use serde_json::json;
use servease_wire::sync::files::{FileName, FileStanding, FilesAnswer, FilesQuery};

use super::FileRemote;
use crate::http::{HttpRemote, REQUEST_TIMEOUT, failure, media_type, read, unreachable};
use crate::remote::{FilePart, RemoteError};

/// Bytes as they are.
const BYTES: &str = "application/octet-stream";

impl FileRemote for HttpRemote {
    async fn standings(&self, query: &FilesQuery) -> Result<Option<FilesAnswer>, RemoteError> {
        let url = self.url("sync/files/")?;
        let body = serde_json::to_vec(query).unwrap_or_default();
        let response = self
            .exchange(&|| {
                self.client()
                    .post(url.clone())
                    .timeout(REQUEST_TIMEOUT)
                    .header(CONTENT_TYPE, "application/json")
                    .body(body.clone())
            })
            .await?;
        match response.status() {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Ok(None),
            status if status.is_success() => read(response).await.map(Some),
            _ => Err(failure(response).await),
        }
    }

    async fn put(
        &self,
        file: &FileName,
        at: u64,
        part: Bytes,
    ) -> Result<FileStanding, RemoteError> {
        let path = format!("sync/files/{}/", file.sha256);
        let place = json!({"size_bytes": file.size_bytes, "at": at});
        let url = self.url_with(&path, &place)?;
        let response = self
            .exchange(&|| {
                self.client()
                    .put(url.clone())
                    .timeout(REQUEST_TIMEOUT)
                    .header(CONTENT_TYPE, BYTES)
                    .body(part.clone())
            })
            .await?;
        match response.status() {
            status if status.is_success() => read(response).await,
            // It did not arrive in the time that Central waits: a shorter one will.
            StatusCode::REQUEST_TIMEOUT => Err(RemoteError::Busy {
                status: 408,
                retry_after: None,
            }),
            _ => Err(failure(response).await),
        }
    }

    async fn get(&self, sha256: &str, from: u64) -> Result<Option<FilePart>, RemoteError> {
        let url = self.url(&format!("sync/files/{sha256}/"))?;
        // No bound on the whole: whoever reads the chunks bounds the wait for each.
        let response = self
            .exchange(&|| {
                let request = self.client().get(url.clone());
                match from {
                    0 => request,
                    _ => request.header(RANGE, format!("bytes={from}-")),
                }
            })
            .await?;
        let from = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => from,
            StatusCode::NOT_FOUND | StatusCode::RANGE_NOT_SATISFIABLE => return Ok(None),
            _ => return Err(failure(response).await),
        };
        let found = media_type(&response);
        if found != BYTES {
            return Err(RemoteError::NotCentral(found));
        }
        Ok(Some(FilePart {
            from,
            chunks: response.bytes_stream().map_err(unreachable).boxed(),
        }))
    }
}
