//! A store of objects as S3 is, with one bucket, in the test's own process: it checks signatures, keeps
//! objects as files, and can go away and come back where it was.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// The bucket, and what all names in it begin with.
pub const PLACE: &str = "s3://papers/garage";
const BUCKET: &str = "papers";
const PREFIX: &str = "garage";

const KEY: &str = "the-key-of-the-tests";
const SECRET: &str = "the secret key of the tests";

/// A running store. Dropped, it and what it holds are gone.
#[derive(Debug)]
pub struct Bucket {
    folder: TempDir,
    address: SocketAddr,
    server: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Default for Bucket {
    fn default() -> Bucket {
        Bucket::start()
    }
}

impl Bucket {
    pub fn start() -> Bucket {
        let folder = TempDir::with_prefix("servease-bucket-").expect("a temporary folder");
        fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        let mut bucket = Bucket {
            folder,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            server: None,
        };
        bucket.come_back();
        bucket
    }

    /// It listens (again), where it was.
    pub fn come_back(&mut self) {
        assert!(self.server.is_none(), "it is there");
        let listener = TcpListener::bind(self.address).expect("a port");
        listener.set_nonblocking(true).expect("a listener");
        self.address = listener.local_addr().expect("its number");
        let files = FileSystem::new(self.folder.path()).expect("a folder of objects");
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = builder.build();
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        // With the runtime everything that is open ends.
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, service) => {}
                    _ = stopped => {}
                }
            });
        });
        self.server = Some((stop, thread));
    }

    /// Nobody listens there any more; what it holds stays.
    pub fn go_away(&mut self) {
        let (stop, thread) = self.server.take().expect("it is there");
        let _ = stop.send(());
        thread.join().expect("its end");
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What names it to a Central: flags and credentials, as variables.
    pub fn variables(&self) -> Vec<(String, String)> {
        Bucket::variables_at(self.address)
    }

    /// The same where something stands before it.
    pub fn variables_at(address: SocketAddr) -> Vec<(String, String)> {
        let endpoint = format!("http://{address}");
        let variables = [
            ("SERVEASE_FILES", PLACE),
            ("AWS_ENDPOINT_URL", &endpoint),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ];
        let owned = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        owned.to_vec()
    }

    /// Where an object lies, for a test that damages it.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.folder.path().join(BUCKET).join(PREFIX).join(name)
    }

    /// Names and lengths of what is in it, below the prefix.
    pub fn objects(&self) -> Vec<(String, u64)> {
        let folder = self.folder.path().join(BUCKET).join(PREFIX);
        let mut found = Vec::new();
        for path in files_below(&folder) {
            let name = path.strip_prefix(&folder).expect("below it");
            let length = path.metadata().map_or(0, |found| found.len());
            found.push((name.display().to_string(), length));
        }
        found
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        if self.server.is_some() {
            self.go_away();
        }
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    let server = Builder::new(TokioExecutor::new());
    while let Ok((stream, _)) = listener.accept().await {
        let connection = server.serve_connection(TokioIo::new(stream), service.clone());
        let connection = connection.into_owned();
        tokio::spawn(async move {
            // Who hangs up in the middle is part of the tests.
            let _ = connection.await;
        });
    }
}

/// Files in a folder and in those within it, in the order of their names.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}
