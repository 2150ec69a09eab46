//! A network between desks and Central that fails on demand: one request a connection, so that
//! each can be lost, cut, delayed, repeated or answered by somebody else.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value as Json;

use super::PATIENCE;

/// What becomes of a request.
#[derive(Clone)]
pub enum Fault {
    /// It does not arrive.
    LoseRequest,
    /// It arrives and is answered; the answer is lost.
    LoseAnswer,
    /// Half of the answer arrives.
    CutAnswer,
    /// It arrives twice; the second answer comes back.
    Duplicate,
    /// It arrives late.
    Delay(Duration),
    /// It waits until the gate is opened.
    Hold(Gate),
    /// Somebody else answers.
    Answer(Canned),
    /// The JSON of the answer is changed on its way.
    Rewrite(Arc<dyn Fn(&mut Json) + Send + Sync>),
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Fault::LoseRequest => "LoseRequest",
            Fault::LoseAnswer => "LoseAnswer",
            Fault::CutAnswer => "CutAnswer",
            Fault::Duplicate => "Duplicate",
            Fault::Delay(_) => "Delay",
            Fault::Hold(_) => "Hold",
            Fault::Answer(_) => "Answer",
            Fault::Rewrite(_) => "Rewrite",
        })
    }
}

/// An answer that does not come from Central.
#[derive(Debug, Clone)]
pub struct Canned {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Canned {
    pub fn json(status: u16, body: &Json) -> Canned {
        Canned {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string(),
        }
    }

    /// What a proxy says that wants somebody to sign in to the wireless network first.
    pub fn html() -> Canned {
        Canned {
            status: 200,
            headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
            body: "<!doctype html><title>Welcome to the guest network</title>".to_owned(),
        }
    }

    /// A server that is overloaded.
    pub fn busy(retry_after_s: u64) -> Canned {
        let mut canned = Canned::json(503, &serde_json::json!({"detail": "Come back later."}));
        canned
            .headers
            .push(("retry-after", retry_after_s.to_string()));
        canned
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Canned\r\nconnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        [head.as_bytes(), self.body.as_bytes()].concat()
    }
}

/// What requests wait at until a test lets them through.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<(Mutex<GateState>, Condvar)>);

#[derive(Debug, Default)]
struct GateState {
    is_open: bool,
    arrived: u32,
}

impl Gate {
    pub fn open(&self) {
        lock(&self.0.0).is_open = true;
        self.0.1.notify_all();
    }

    /// Waits until a request stands at the gate.
    pub fn wait_for_arrival(&self) {
        let state = lock(&self.0.0);
        let (state, late) = self
            .0
            .1
            .wait_timeout_while(state, PATIENCE, |state| state.arrived == 0)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!late.timed_out(), "no request came to the gate: {state:?}");
    }

    fn pass(&self) {
        let mut state = lock(&self.0.0);
        state.arrived += 1;
        self.0.1.notify_all();
        // A test that fails never opens its gates; its proxy must end all the same.
        let _ = self
            .0
            .1
            .wait_timeout_while(state, PATIENCE, |state| !state.is_open);
    }
}

/// A fault for the next requests of a path.
#[derive(Debug)]
struct Rule {
    path: &'static str,
    fault: Fault,
    left: u32,
}

/// Faults by chance.
#[derive(Debug)]
struct Weather {
    random: StdRng,
    /// Of a hundred requests, how many meet one.
    percent: u32,
}

/// A request that came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    /// What it asks for of a file.
    pub range: String,
    /// Of its body.
    pub bytes: usize,
}

/// The network in front of one Central. Dropped, it is down for good.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    happened: Condvar,
}

#[derive(Debug)]
struct State {
    upstreams: Vec<SocketAddr>,
    /// Whose turn it is among them.
    turn: usize,
    is_down: bool,
    has_ended: bool,
    rules: Vec<Rule>,
    weather: Option<Weather>,
    seen: Vec<Seen>,
    /// Both ends of what is open, to be cut in an outage.
    open: Vec<TcpStream>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    pub fn start(upstream: SocketAddr) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("its number");
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                upstreams: vec![upstream],
                turn: 0,
                is_down: false,
                has_ended: false,
                rules: Vec::new(),
                weather: None,
                seen: Vec::new(),
                open: Vec::new(),
            }),
            happened: Condvar::new(),
        });
        let listening = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&listening);
                if lock(&shared.state).has_ended {
                    return;
                }
                thread::spawn(move || {
                    // A connection that fails is what this is for.
                    let _ = shared.serve(client);
                });
            }
        });
        Proxy { shared, address }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where Central is now; None while it is not running.
    pub fn set_upstream(&self, upstream: Option<SocketAddr>) {
        lock(&self.shared.state).upstreams = upstream.into_iter().collect();
    }

    /// Several Centrals take turns, a request each.
    pub fn set_upstreams(&self, upstreams: Vec<SocketAddr>) {
        lock(&self.shared.state).upstreams = upstreams;
    }

    /// Everything that is open is cut, and nothing gets through until [`Self::restore`].
    pub fn cut(&self) {
        let mut state = lock(&self.shared.state);
        state.is_down = true;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub fn restore(&self) {
        lock(&self.shared.state).is_down = false;
    }

    /// The next `times` requests whose path ends so meet a fault; "" is every path.
    pub fn fail(&self, path: &'static str, times: u32, fault: Fault) {
        lock(&self.shared.state).rules.push(Rule {
            path,
            fault,
            left: times,
        });
    }

    /// Takes back what [`Self::fail`] ordered and did not happen; how many times are left.
    pub fn clear(&self) -> u32 {
        let rules = std::mem::take(&mut lock(&self.shared.state).rules);
        rules.iter().map(|rule| rule.left).sum()
    }

    /// Of a hundred requests, `percent` meet some fault. Zero is fine weather.
    pub fn set_weather(&self, seed: u64, percent: u32) {
        lock(&self.shared.state).weather = (percent > 0).then(|| Weather {
            random: StdRng::seed_from_u64(seed),
            percent,
        });
    }

    /// The requests so far whose path ends so.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        let state = lock(&self.shared.state);
        let seen = state.seen.iter();
        seen.filter(|seen| seen.path.ends_with(path))
            .cloned()
            .collect()
    }

    /// Waits until more than `before` requests to such a path have come by.
    pub fn wait_for(&self, path: &str, before: usize) {
        let count = |state: &State| {
            let seen = state.seen.iter();
            seen.filter(|seen| seen.path.ends_with(path)).count()
        };
        let state = lock(&self.shared.state);
        let (state, late) = self
            .shared
            .happened
            .wait_timeout_while(state, PATIENCE, |state| count(state) <= before)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(
            !late.timed_out(),
            "only {} requests to …{path}: {:?}",
            count(&state),
            state.seen
        );
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
        lock(&self.shared.state).has_ended = true;
        // The listener looks up when somebody comes.
        let _ = TcpStream::connect(self.address);
    }
}

struct Request {
    seen: Seen,
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &mut TcpStream) -> io::Result<Request> {
        let mut bytes = Vec::new();
        let mut chunk = [0_u8; 16 * 1024];
        let head_end = loop {
            if let Some(at) = find(&bytes, b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read(&mut chunk)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => bytes.extend_from_slice(&chunk[..length]),
            }
        };
        let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
        let mut body = bytes.split_off(head_end);
        let length = header(&head, "content-length").map_or(0, |text| text.parse().unwrap_or(0));
        while body.len() < length {
            match stream.read(&mut chunk)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => body.extend_from_slice(&chunk[..read]),
            }
        }
        let mut words = head.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Ok(Request {
            seen: Seen {
                method,
                path: path.to_owned(),
                query: query.to_owned(),
                range: header(&head, "range").unwrap_or_default().to_owned(),
                bytes: body.len(),
            },
            head,
            body,
        })
    }

    /// As it goes on: the connection ends with the answer, and the answer is readable where
    /// somebody wants to change it.
    fn onward(&self, is_plain: bool) -> Vec<u8> {
        let dropped = |line: &str| {
            let lower = line.to_ascii_lowercase();
            lower.starts_with("connection:") || (is_plain && lower.starts_with("accept-encoding:"))
        };
        let mut head: String = self
            .head
            .trim_end()
            .split("\r\n")
            .filter(|line| !dropped(line))
            .flat_map(|line| [line, "\r\n"])
            .collect();
        head.push_str("connection: close\r\n\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

impl Shared {
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        self.keep(&client)?;
        let request = Request::read(&mut client)?;
        let (upstream, fault) = {
            let mut state = lock(&self.state);
            state.seen.push(request.seen.clone());
            (state.upstream(), state.fault(&request.seen.path))
        };
        self.happened.notify_all();
        match &fault {
            Some(Fault::LoseRequest) => return client.shutdown(Shutdown::Both),
            Some(Fault::Answer(canned)) => {
                client.write_all(&canned.bytes())?;
                return client.shutdown(Shutdown::Both);
            }
            Some(Fault::Hold(gate)) => gate.pass(),
            Some(Fault::Delay(late)) => thread::sleep(*late),
            _ => {}
        }
        let Some(upstream) = upstream else {
            return client.shutdown(Shutdown::Both);
        };
        if matches!(fault, Some(Fault::Duplicate)) {
            // Both answers are waited for: only the order of arrival is certain on a network.
            self.ask(upstream, &request, false)?;
        }
        match &fault {
            None | Some(Fault::Duplicate | Fault::Delay(_) | Fault::Hold(_)) => {
                self.pass_on(upstream, &request, &mut client)
            }
            Some(Fault::Rewrite(change)) => {
                let answer = self.ask(upstream, &request, true)?;
                client.write_all(&rewritten(&answer, change.as_ref()))?;
                client.shutdown(Shutdown::Both)
            }
            Some(fault) => {
                let answer = self.ask(upstream, &request, false)?;
                if matches!(fault, Fault::CutAnswer) {
                    client.write_all(&answer[..answer.len() / 2])?;
                }
                client.shutdown(Shutdown::Both)
            }
        }
    }

    /// Remembers a connection for an outage. Errors: there is one.
    fn keep(&self, stream: &TcpStream) -> io::Result<()> {
        let copy = stream.try_clone()?;
        let mut state = lock(&self.state);
        if state.is_down {
            let _ = stream.shutdown(Shutdown::Both);
            return Err(io::ErrorKind::NetworkDown.into());
        }
        state.open.retain(|open| open.peer_addr().is_ok());
        state.open.push(copy);
        Ok(())
    }

    fn send(
        &self,
        upstream: SocketAddr,
        request: &Request,
        is_plain: bool,
    ) -> io::Result<TcpStream> {
        let mut server = TcpStream::connect(upstream)?;
        self.keep(&server)?;
        server.write_all(&request.onward(is_plain))?;
        Ok(server)
    }

    fn ask(&self, upstream: SocketAddr, request: &Request, is_plain: bool) -> io::Result<Vec<u8>> {
        let mut answer = Vec::new();
        self.send(upstream, request, is_plain)?
            .read_to_end(&mut answer)?;
        Ok(answer)
    }

    /// Piece by piece, since events go on for as long as somebody listens.
    fn pass_on(
        &self,
        upstream: SocketAddr,
        request: &Request,
        client: &mut TcpStream,
    ) -> io::Result<()> {
        let mut server = self.send(upstream, request, false)?;
        let mut back = client.try_clone()?;
        let copied = io::copy(&mut server, &mut back);
        client.shutdown(Shutdown::Both)?;
        copied.map(|_| ())
    }
}

impl State {
    fn upstream(&mut self) -> Option<SocketAddr> {
        let at = self.turn.checked_rem(self.upstreams.len())?;
        self.turn += 1;
        self.upstreams.get(at).copied()
    }

    fn fault(&mut self, path: &str) -> Option<Fault> {
        let rule = self
            .rules
            .iter_mut()
            .find(|rule| rule.left > 0 && path.ends_with(rule.path));
        if let Some(rule) = rule {
            rule.left -= 1;
            return Some(rule.fault.clone());
        }
        let weather = self.weather.as_mut()?;
        if weather.random.random_range(0..100) >= weather.percent {
            return None;
        }
        Some(match weather.random.random_range(0..8) {
            0 | 1 => Fault::LoseRequest,
            2 | 3 => Fault::LoseAnswer,
            4 => Fault::CutAnswer,
            5 => Fault::Duplicate,
            6 => Fault::Delay(Duration::from_millis(weather.random.random_range(1..40))),
            _ if weather.random.random_bool(0.5) => Fault::Answer(Canned::html()),
            _ => Fault::Answer(Canned::busy(1)),
        })
    }
}

/// The answer with other JSON; what is no JSON stays.
fn rewritten(answer: &[u8], change: &(dyn Fn(&mut Json) + Send + Sync)) -> Vec<u8> {
    let Some(at) = find(answer, b"\r\n\r\n") else {
        return answer.to_vec();
    };
    let head = String::from_utf8_lossy(&answer[..at]).into_owned();
    let body = &answer[at + 4..];
    assert!(
        header(&head, "transfer-encoding").is_none(),
        "an answer in chunks cannot be changed: {head}"
    );
    let Ok(mut json) = serde_json::from_slice::<Json>(body) else {
        return answer.to_vec();
    };
    change(&mut json);
    let body = json.to_string();
    let mut head: String = head
        .split("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"))
        .flat_map(|line| [line, "\r\n"])
        .collect();
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    [head.as_bytes(), body.as_bytes()].concat()
}
