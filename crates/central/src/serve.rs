//! Starting the service and stopping it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto::Builder;
use tokio::task::JoinHandle;

use crate::auth::tokens::Tokens;
use crate::clock;
use crate::config::{Config, SECRET_MIN_BYTES};
use crate::db::{self, Db, DbError, Pulse};
use crate::door::{Connections, Limits, Proxies, Reason, Seats, TurnedAway};
use crate::files::OpenError;
use crate::handover::{Handover, Notify, NotifyError};
use crate::http::{App, Parts, Settings, router};
use crate::retention::Retention;
use crate::store::forms;
use crate::sync::ready::ReadyFiles;
use crate::{adopt, garage, handover, meta, running};
use servease_platform::private;

/// Requests that are being answered may finish this long after the stop was asked for.
const GRACE: Duration = Duration::from_secs(20);

/// What a data folder holds, by the beginnings of its names.
const NAMES: [&str; 4] = ["central.db", "files", "ready", "running.lock"];

/// Request line and headers of ours take two kilobytes; a long query and a token a few more.
const HEADERS_MAX_BYTES: u32 = 16 * 1024;

/// hyper's buffer for each side of an HTTP/1 connection.
const BUFFER_BYTES: usize = 64 * 1024;

/// Requests at once over one HTTP/2 connection. A desk has three.
const STREAMS_MAX: u32 = 64;

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
    #[error("--jwt-secret has at least {SECRET_MIN_BYTES} bytes")]
    ShortSecret,
    #[error("a backup is being restored into this data folder")]
    Restoring,
    #[error("the address {0} cannot be a public URL")]
    PublicUrl(String),
    #[error(transparent)]
    Notify(#[from] NotifyError),
    #[error(transparent)]
    Files(#[from] OpenError),
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
    handover: Option<Handover>,
    db: Db,
    ready: Arc<ReadyFiles>,
    app: App,
    _held: running::Held,
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
        if let Some(handover) = self.handover {
            handover.stop().await;
        }
        self.ready.stop().await;
        self.app.pulse.close().await;
        self.db.close().await;
    }
}

/// Opens the data, brings it up to date, and starts answering.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let folder = &config.data.data_dir;
    private::make_folder(folder).map_err(StartError::Folder)?;
    private::tighten(folder, &NAMES);
    let held = running::hold_shared(folder)
        .map_err(StartError::Folder)?
        .ok_or(StartError::Restoring)?;
    let secret = config.jwt_secret.as_deref();
    if secret.is_some_and(|secret| secret.len() < SECRET_MIN_BYTES) {
        return Err(StartError::ShortSecret);
    }
    let notify = Notify::of(&config)?;
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
    let files = config.data.files_to_write().await?;
    adopt::adopt(&db, clock::now()).await?;
    garage::first::state(
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
    let limits = Limits::of(&config);
    let proxies = Proxies::new(config.trusted_proxy.clone());
    let turned_away = Arc::new(TurnedAway::default());
    let settings = Settings {
        public_url,
        is_tls: tls.is_some(),
        cors_origins: config.cors_origin.clone(),
        metrics_token: config.metrics_token.clone(),
        upload_max_bytes: config.max_upload_mib * 1024 * 1024,
        request_timeout: Duration::from_secs(config.request_timeout),
        proxies: proxies.clone(),
    };
    let epoch = meta::epoch(&db).await?;
    let tokens = Tokens::new(secret.as_bytes());
    let ready = Arc::new(ReadyFiles::open(config.data.ready_files(), &epoch));
    let app = App::new(Parts {
        db: db.clone(),
        files,
        ready: ready.clone(),
        tokens,
        settings,
        epoch,
        seats: Seats::new(limits.clone()),
        turned_away: turned_away.clone(),
        pulse: Pulse::new(config.data.target()),
    });
    let connections = Connections::new(limits.clone(), proxies, turned_away.clone());
    let work = match notify {
        Some(notify) => Some(handover::Work::new(db.clone(), notify, config.keep_days)?),
        None => None,
    };
    let listening = listen(&config, app.clone(), tls, connections, limits, turned_away)?;
    Ok(Running {
        address: listening.address,
        url: listening.url,
        handle: listening.handle,
        server: listening.server,
        handover: work.map(Handover::start),
        retention: Retention::start(db.clone(), config.keep_days),
        ready,
        db,
        app,
        _held: held,
    })
}

/// A listener that answers: where, and what stops it.
struct Listening {
    address: SocketAddr,
    url: String,
    handle: Handle<SocketAddr>,
    server: JoinHandle<io::Result<()>>,
}

fn listen(
    config: &Config,
    app: App,
    tls: Option<RustlsConfig>,
    connections: Connections,
    limits: Limits,
    turned_away: Arc<TurnedAway>,
) -> Result<Listening, StartError> {
    let failed = |source| StartError::Listen {
        address: config.listen,
        source,
    };
    let listener = std::net::TcpListener::bind(config.listen).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let handle = Handle::new();
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let server = axum_server::from_tcp(listener)
        .map_err(failed)?
        .handle(handle.clone())
        .first_request_timeout(limits.patience)
        .accept_error_handler(move |address: Option<&SocketAddr>, error| {
            // Connections that found no place are counted where they are turned away.
            if error.kind() != io::ErrorKind::QuotaExceeded {
                match address {
                    Some(address) => turned_away.count(Reason::Accept, &address.ip()),
                    None => turned_away.count(Reason::Accept, error),
                }
            }
        });
    let server = match tls {
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls)
                .handshake_timeout(limits.patience)
                .acceptor(connections);
            let mut server = server.acceptor(acceptor);
            bound(server.http_builder(), &limits);
            tokio::spawn(server.serve(service))
        }
        None => {
            let mut server = server.acceptor(connections);
            bound(server.http_builder(), &limits);
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

/// What hyper keeps of one connection, and for how long it waits for headers.
fn bound(builder: &mut Builder<TokioExecutor>, limits: &Limits) {
    builder
        .http1()
        .header_read_timeout(limits.patience)
        .max_buf_size(BUFFER_BYTES)
        .max_headers(64);
    builder
        .http2()
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEADERS_MAX_BYTES)
        .max_send_buf_size(BUFFER_BYTES);
}
