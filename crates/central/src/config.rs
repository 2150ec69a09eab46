//! What the operator decides: flags, each with an environment variable.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::http::HeaderValue;
use chrono_tz::Tz;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::db::Target;
use crate::retention::{KEEP_DAYS_DEFAULT, KEEP_DAYS_MIN};

/// A file is in memory as a whole while it is recognised: 1 GiB.
const UPLOAD_MIB_MAX: u64 = 1_024;

/// Where the data is: the same for every command.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The folder of the database and of the documents' files
    #[arg(
        long,
        env = "SERVEASE_DATA_DIR",
        default_value = "servease-central-data"
    )]
    pub data_dir: PathBuf,
    /// PostgreSQL instead of the SQLite database in the data folder
    #[arg(
        long,
        env = "SERVEASE_DATABASE_URL",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub database_url: Option<String>,
}

impl DataArgs {
    pub fn target(&self) -> Target {
        match &self.database_url {
            Some(url) => Target::Url(url.clone()),
            None => Target::Folder(self.data_dir.clone()),
        }
    }

    pub fn files(&self) -> PathBuf {
        self.data_dir.join("files")
    }

    /// Databases made for new desks: a cache, not part of the data.
    pub fn ready_files(&self) -> PathBuf {
        self.data_dir.join("ready")
    }
}

/// Everything that `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct Config {
    #[command(flatten)]
    pub data: DataArgs,
    /// Address and port; port 0 picks a free one
    #[arg(long, env = "SERVEASE_LISTEN", default_value = "127.0.0.1:8002")]
    pub listen: SocketAddr,
    /// The secret that the platform signs its tokens with; without it one is generated
    #[arg(
        long,
        env = "SERVEASE_JWT_SECRET",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub jwt_secret: Option<String>,
    /// An origin whose pages may call this service; may be repeated
    #[arg(long, env = "SERVEASE_CORS_ORIGIN", value_delimiter = ',')]
    pub cors_origin: Vec<HeaderValue>,
    /// Opens /metrics to whoever sends this token
    #[arg(
        long,
        env = "SERVEASE_METRICS_TOKEN",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub metrics_token: Option<String>,
    /// The largest document file
    #[arg(
        long,
        env = "SERVEASE_MAX_UPLOAD_MIB",
        default_value_t = 25,
        value_parser = clap::value_parser!(u64).range(1..=UPLOAD_MIB_MAX)
    )]
    pub max_upload_mib: u64,
    /// How long a request may take, in seconds
    #[arg(
        long,
        env = "SERVEASE_REQUEST_TIMEOUT",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3_600)
    )]
    pub request_timeout: u64,
    /// How many requests are answered at once; more are told to come back
    #[arg(long, env = "SERVEASE_MAX_REQUESTS", default_value_t = 512)]
    pub max_requests: usize,
    /// How long changes, tombstones and answers are kept, in days on which the service runs;
    /// a desk that was away longer takes a snapshot
    #[arg(
        long,
        env = "SERVEASE_KEEP_DAYS",
        default_value_t = KEEP_DAYS_DEFAULT,
        value_parser = clap::value_parser!(u32).range(i64::from(KEEP_DAYS_MIN)..)
    )]
    pub keep_days: u32,
    /// Database connections (SQLite: readers)
    #[arg(long, env = "SERVEASE_CONNECTIONS", default_value_t = 8)]
    pub connections: u32,
    /// The certificate chain, PEM
    #[arg(long, env = "SERVEASE_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM
    #[arg(long, env = "SERVEASE_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// The URL under which clients reach this service, where a proxy stands before it
    #[arg(long, env = "SERVEASE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// The garage's time zone until somebody has set one; afterwards it is the garage's setting
    #[arg(long, env = "SERVEASE_TIME_ZONE")]
    pub time_zone: Option<Tz>,
    /// The garage's currency (ISO 4217) until somebody has set one
    #[arg(long, env = "SERVEASE_CURRENCY", value_parser = currency)]
    pub currency: Option<String>,
}

fn currency(text: &str) -> Result<String, String> {
    let code = text.to_ascii_uppercase();
    if servease_domain::money::is_currency(&code) {
        Ok(code)
    } else {
        Err(format!("{text} is no ISO 4217 currency"))
    }
}

impl Config {
    /// The defaults over a data folder of one's own, on a free port: for tests.
    pub fn in_folder(folder: PathBuf) -> Config {
        Config {
            data: DataArgs {
                data_dir: folder,
                database_url: None,
            },
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            jwt_secret: None,
            cors_origin: Vec::new(),
            metrics_token: None,
            max_upload_mib: 25,
            request_timeout: 30,
            max_requests: 512,
            keep_days: KEEP_DAYS_DEFAULT,
            connections: 8,
            tls_cert: None,
            tls_key: None,
            public_url: None,
            time_zone: Some(Tz::UTC),
            currency: None,
        }
    }
}
