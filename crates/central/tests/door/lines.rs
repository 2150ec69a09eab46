//! Lines from several addresses of the loopback network, each of which is a side of its own.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::Client;
use servease_central::caller::Role;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use uuid::Uuid;

use crate::program::Process;

pub const ATTACKER: &str = "127.0.0.66";
pub const OTHERS: &str = "127.0.0.1";

/// Others are served within a second, whatever the attack; the rest is for a machine that has
/// other tests to run.
pub const AT_ONCE: Duration = Duration::from_secs(3);

pub fn raise_open_files() {
    servease_central::door::raise_open_files();
}

pub async fn connect(from: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0))?;
    socket.connect(to).await
}

/// A line over which something was sent and nothing more will be.
pub async fn send(from: &str, to: SocketAddr, bytes: &[u8]) -> Option<TcpStream> {
    let mut line = connect(from, to).await.ok()?;
    line.write_all(bytes).await.ok()?;
    Some(line)
}

/// Waits until the other side has closed the line; what it said before.
pub async fn read_to_end(line: &mut TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), line.read_to_end(&mut said));
    // A reset is a close too.
    let _ = read.await.expect("the line is closed");
    said
}

pub fn client(from: &str) -> Client {
    Client::builder()
        // Plain HTTP: to read every certificate of the system takes longer than the request.
        .tls_certs_only([])
        .local_address(Some(from.parse().unwrap()))
        .timeout(Duration::from_secs(20))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

pub fn employee(number: u128) -> String {
    let email = format!("employee{number}@example.com");
    servease_tests::central::token(Role::Employee, &email, Uuid::from_u128(number))
}

/// Whoever asks from this address is answered at once: health, somebody who is signed in, and
/// somebody who signs in.
pub async fn everybody_is_served(service: &Process, from: &str) {
    for (method, path, token, expected) in [
        ("GET", "/health/", None, 200),
        ("GET", "/api/v1/customers/", Some(employee(1)), 200),
        ("GET", "/api/v1/", None, 200),
        ("POST", "/api/v1/auth/token/refresh/", None, 401),
    ] {
        let url = format!("{}{path}", service.url);
        let client = client(from);
        let began = Instant::now();
        let mut request = client.request(method.parse().unwrap(), url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if method == "POST" {
            request = request.json(&serde_json::json!({"refresh": "x"}));
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{path} from {from}");
        assert!(began.elapsed() < AT_ONCE, "{path}: {:?}", began.elapsed());
    }
}
