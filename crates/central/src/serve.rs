//! Starting the service and stopping it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::RustlsConfig;
use tokio::task::JoinHandle;

use crate::auth::tokens::Tokens;
use crate::clock;
use crate::config::Config;
use crate::db::{self, Db, DbError};
use crate::files::FileStore;
use crate::http::{App, Settings, router};
use crate::retention::Retention;
use crate::store::forms;
use crate::sync::ready::ReadyFiles;
use crate::{adopt, garage, meta};

/// Requests that are being answered may finish this long after the stop was asked for.
const GRACE: Duration = Duration::from_secs(20);

/// A client that dawdles over its headers holds a connection no longer than this.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("the data folder cannot be used")]
    Folder(#[source] io::Error),
    #[error("cannot listen on {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("the certificate or its key cannot be used")]
    Tls(#[source] io::Error),
    #[error("the address {0} cannot be a public URL")]
    PublicUrl(String),
}

/// A service that is answering. Dropped, it goes on until the runtime ends; stop it.
#[derive(Debug)]
pub struct Running {
    pub address: SocketAddr,
    /// `http://…` or `https://…`, without a path.
    pub url: String,
    handle: Handle<SocketAddr>,
    server: JoinHandle<io::Result<()>>,
    retention: Retention,
    db: Db,
    ready: Arc<ReadyFiles>,
}

impl Running {
    /// Lets requests finish, then closes the database.
    pub async fn stop(self) {
        self.handle.graceful_shutdown(Some(GRACE));
        crate::changes::end_waiting();
        if let Ok(Err(error)) = self.server.await {
            tracing::error!(%error, "the server ended with an error");
        }
        self.retention.stop().await;
        self.ready.stop().await;
        self.db.close().await;
    }
}

/// Opens the data, brings it up to date, and starts answering.
pub async fn start(config: Config) -> Result<Running, StartError> {
    tokio::fs::create_dir_all(&config.data.data_dir)
        .await
        .map_err(StartError::Folder)?;
    let public_url = match &config.public_url {
        Some(text) => Some(
            url::Url::parse(text)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"))
                .ok_or_else(|| StartError::PublicUrl(text.clone()))?
                .to_string(),
        ),
        None => None,
    };
    let tls = match (&config.tls_cert, &config.tls_key) {
        (Some(cert), Some(key)) => Some(
            RustlsConfig::from_pem_file(cert, key)
                .await
                .map_err(StartError::Tls)?,
        ),
        _ => None,
    };
    let db = db::open(&config.data.target(), config.connections).await?;
    let files = FileStore::open(config.data.files())
        .await
        .map_err(StartError::Folder)?;
    adopt::adopt(&db, clock::now()).await?;
    garage::state_first(
        &db,
        config.time_zone,
        config.currency.as_deref(),
        clock::now(),
    )
    .await?;
    forms::renew(&db).await?;
    let secret = match &config.jwt_secret {
        Some(secret) => secret.clone(),
        None => meta::secret(&db).await?,
    };
    let settings = Settings {
        public_url,
        is_tls: tls.is_some(),
        cors_origins: config.cors_origin.clone(),
        metrics_token: config.metrics_token.clone(),
        upload_max_bytes: config.max_upload_mib * 1024 * 1024,
        request_timeout: Duration::from_secs(config.request_timeout),
        requests_at_once: config.max_requests,
    };
    let epoch = meta::epoch(&db).await?;
    let tokens = Tokens::new(secret.as_bytes());
    let ready = Arc::new(ReadyFiles::open(config.data.ready_files(), &epoch));
    let app = App::new(db.clone(), files, ready.clone(), tokens, settings, epoch);
    let listening = listen(&config, app, tls)?;
    Ok(Running {
        address: listening.address,
        url: listening.url,
        handle: listening.handle,
        server: listening.server,
        retention: Retention::start(db.clone(), config.keep_days),
        ready,
        db,
    })
}

/// A listener that answers: where, and what stops it.
struct Listening {
    address: SocketAddr,
    url: String,
    handle: Handle<SocketAddr>,
    server: JoinHandle<io::Result<()>>,
}

/// Answers go out at once: the second part of one would wait some 40 ms for the other side to
/// confirm the first.
fn listen(config: &Config, app: App, tls: Option<RustlsConfig>) -> Result<Listening, StartError> {
    let failed = |source| StartError::Listen {
        address: config.listen,
        source,
    };
    let listener = std::net::TcpListener::bind(config.listen).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let handle = Handle::new();
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let server = match tls {
        Some(tls) => {
            let mut server = axum_server::from_tcp_rustls(listener, tls)
                .map_err(failed)?
                .map(|tls| tls.acceptor(NoDelayAcceptor::new()))
                .handle(handle.clone());
            server
                .http_builder()
                .http1()
                .header_read_timeout(HEADER_TIMEOUT);
            tokio::spawn(server.serve(service))
        }
        None => {
            let mut server = axum_server::from_tcp(listener)
                .map_err(failed)?
                .acceptor(NoDelayAcceptor::new())
                .handle(handle.clone());
            server
                .http_builder()
                .http1()
                .header_read_timeout(HEADER_TIMEOUT);
            tokio::spawn(server.serve(service))
        }
    };
    Ok(Listening {
        address,
        url: format!("{scheme}://{address}"),
        handle,
        server,
    })
}
