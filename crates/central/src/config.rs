//! What the operator decides: flags, each with an environment variable.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use axum::http::HeaderValue;
use chrono_tz::Tz;
use clap::Args;
use clap::builder::{NonEmptyStringValueParser, PathBufValueParser, TypedValueParser as _};
use ipnet::IpNet;
use servease_platform::paths;

use crate::db::Target;
use crate::files::{BucketSettings, Files, OpenError, Place};
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
        default_value = "servease-central-data",
        value_parser = PathBufValueParser::new().map(|path| paths::absolute(&path))
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
    /// Where the documents' files are kept: another folder, or s3://bucket/prefix in a store of the
    /// kind of S3, whose address and credentials the variables AWS_ENDPOINT_URL, AWS_REGION,
    /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY name; without it they are in the data folder
    #[arg(long, env = "SERVEASE_FILES", value_name = "PLACE", value_parser = Place::read)]
    pub files: Option<Place>,
    /// The variables AWS_…; None: those of the environment.
    #[arg(skip)]
    pub bucket: Option<BucketSettings>,
}

impl DataArgs {
    pub fn target(&self) -> Target {
        match &self.database_url {
            Some(url) => Target::Url(url.clone()),
            None => Target::Folder(self.data_dir.clone()),
        }
    }

    /// Opens where files are kept, to read them.
    pub async fn files(&self) -> Result<Files, OpenError> {
        Files::open(&self.place(), &self.settings(), &self.data_dir).await
    }

    /// The same to write there too.
    pub async fn files_to_write(&self) -> Result<Files, OpenError> {
        Files::open_to_write(&self.place(), &self.settings(), &self.data_dir).await
    }

    fn place(&self) -> Place {
        let default = || Place::Folder(self.data_dir.join("files"));
        self.files.clone().unwrap_or_else(default)
    }

    fn settings(&self) -> BucketSettings {
        let said = self.bucket.clone();
        said.unwrap_or_else(BucketSettings::of_environment)
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
    /// The secret that the platform signs its tokens with, of at least 32 bytes; without it one
    /// is generated
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
    /// How many connections are kept; a quarter of them, and no more than 256, for one address
    #[arg(long, env = "SERVEASE_MAX_CONNECTIONS", default_value_t = 4_096)]
    pub max_connections: usize,
    /// How long a first byte, headers, a handshake or a sign-in may take to arrive, in seconds;
    /// an answer that is not read ends after three times as long
    #[arg(
        long,
        env = "SERVEASE_PATIENCE",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..=600)
    )]
    pub patience: u64,
    /// How long a connection may stay open on which nothing is asked, in seconds
    #[arg(
        long,
        env = "SERVEASE_IDLE_TIMEOUT",
        default_value_t = 75,
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    pub idle_timeout: u64,
    /// An address or network (192.0.2.0/24) of a proxy before this service, whose X-Forwarded-For
    /// or Forwarded is believed; may be repeated
    #[arg(long, env = "SERVEASE_TRUSTED_PROXY", value_delimiter = ',', value_parser = network)]
    pub trusted_proxy: Vec<IpNet>,
    /// How long changes, tombstones and answers are kept, in days on which the service runs;
    /// a desk that was away longer takes a snapshot
    #[arg(
        long,
        env = "SERVEASE_KEEP_DAYS",
        default_value_t = KEEP_DAYS_DEFAULT,
        value_parser = clap::value_parser!(u32).range(i64::from(KEEP_DAYS_MIN)..)
    )]
    pub keep_days: u32,
    /// The platform's notification service: what speaks is handed over to it, with the customer's
    /// preferences; without one nothing leaves
    #[arg(long, env = "SERVEASE_NOTIFY_URL", value_parser = NonEmptyStringValueParser::new())]
    pub notify_url: Option<String>,
    /// A file with the secret that what is handed over is signed with; instead of it the secret may
    /// stand in the variable SERVEASE_NOTIFY_SECRET
    #[arg(long, env = "SERVEASE_NOTIFY_SECRET_FILE")]
    pub notify_secret_file: Option<PathBuf>,
    /// The secret, where it stands in the environment: never on the command line.
    #[arg(skip)]
    pub notify_secret: Option<String>,
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

/// RFC 7518, section 3.2: a key of HS256 has at least the length of its output. A shorter one is
/// found by trying, with one token and a graphics card.
pub const SECRET_MIN_BYTES: usize = 32;

fn network(text: &str) -> Result<IpNet, String> {
    text.parse()
        .or_else(|_| text.parse().map(|address: IpAddr| IpNet::from(address)))
        .map_err(|_| format!("{text} is neither an address nor a network"))
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
                files: None,
                bucket: None,
            },
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            jwt_secret: None,
            cors_origin: Vec::new(),
            metrics_token: None,
            max_upload_mib: 25,
            request_timeout: 30,
            max_requests: 512,
            max_connections: 4_096,
            patience: 15,
            idle_timeout: 75,
            trusted_proxy: Vec::new(),
            notify_url: None,
            notify_secret_file: None,
            notify_secret: None,
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
