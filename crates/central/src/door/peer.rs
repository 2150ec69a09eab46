//! Who is at the other end of a line, as far as its address tells.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, header};
use ipnet::IpNet;

/// One side, as it is counted: an IPv4 address, or the /64 of an IPv6 one, which is what one
/// customer of a provider gets (RFC 6177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(IpAddr);

impl Peer {
    pub fn of(address: IpAddr) -> Peer {
        Peer(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) & (u128::from(u64::MAX) << 64);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 => v4,
        })
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => address.fmt(formatter),
            IpAddr::V6(address) => write!(formatter, "{address}/64"),
        }
    }
}

/// The proxies whose word about who called them is taken.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    pub fn new(networks: Vec<IpNet>) -> Proxies {
        Proxies(networks)
    }

    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who sent the request: the last address on its way that is no proxy of ours. What stands
    /// before that one in the headers was written by a stranger.
    ///
    /// Proxies write either `X-Forwarded-For` or `Forwarded` (RFC 7239) and pass the other one
    /// on as it came. Where both are there and differ, one of them is a lie: the request then
    /// counts as the proxy's own.
    pub fn sender(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.contain(peer) {
            return peer;
        }
        let named = joined(headers, &header::HeaderName::from_static("x-forwarded-for"));
        let listed = joined(headers, &header::FORWARDED);
        let by_name = named.map(|text| self.last_stranger(peer, text.split(',').map(read_address)));
        let by_list =
            listed.map(|text| self.last_stranger(peer, text.split(',').map(read_forwarded)));
        match (by_name, by_list) {
            (Some(one), Some(other)) if one != other => peer,
            (Some(one), _) | (None, Some(one)) => one,
            (None, None) => peer,
        }
    }

    fn last_stranger(
        &self,
        peer: IpAddr,
        way: impl DoubleEndedIterator<Item = Option<IpAddr>>,
    ) -> IpAddr {
        let mut last = peer;
        for address in way.rev() {
            let Some(address) = address else {
                return last;
            };
            last = address;
            if !self.contain(address) {
                break;
            }
        }
        last
    }
}

fn joined(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let values: Vec<&str> = headers
        .get_all(name)
        .iter()
        .map(|value| value.to_str().unwrap_or("?"))
        .collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn read_address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .map(|address: IpAddr| address.to_canonical())
}

/// `for=192.0.2.1;proto=https`
fn read_forwarded(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for")
            .then(|| read_address(value))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn hosts_of_one_ipv6_network_are_one_peer() {
        let peer = |text: &str| Peer::of(ip(text));
        assert_eq!(peer("2001:db8:1:2::1"), peer("2001:db8:1:2:ffff::9"));
        assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
        assert_eq!(peer("::ffff:192.0.2.1"), peer("192.0.2.1"));
        assert_ne!(peer("192.0.2.1"), peer("192.0.2.2"));
    }

    fn sender(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        proxies.sender(ip(peer), &map).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let forged = [("x-forwarded-for", "203.0.113.9")];
        assert_eq!(sender("192.0.2.1", &forged), "192.0.2.1");
        assert_eq!(sender("10.0.0.1", &forged), "203.0.113.9");
        assert_eq!(sender("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_a_stranger_wrote_before_the_proxy_is_not_believed() {
        let through_two = [("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.0.0.7")];
        assert_eq!(sender("10.0.0.1", &through_two), "203.0.113.9");
        let nonsense = [("x-forwarded-for", "1.1.1.1, unknown")];
        assert_eq!(sender("10.0.0.1", &nonsense), "10.0.0.1");
        let both = [
            ("x-forwarded-for", "203.0.113.9"),
            ("forwarded", "for=198.51.100.4"),
        ];
        assert_eq!(sender("10.0.0.1", &both), "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_in_its_notations() {
        let read = |text: &str| sender("10.0.0.1", &[("forwarded", text)]);
        assert_eq!(read("for=203.0.113.9"), "203.0.113.9");
        assert_eq!(
            read("For=\"[2001:db8::1]:4711\";proto=https"),
            "2001:db8::1"
        );
        assert_eq!(read("for=1.1.1.1, for=\"203.0.113.9:80\""), "203.0.113.9");
        assert_eq!(read("for=_hidden"), "10.0.0.1");
    }
}
