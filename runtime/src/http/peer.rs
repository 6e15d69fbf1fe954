//! Whom connections are counted for, and how many one may have.

use std::net::{IpAddr, Ipv4Addr};

/// What bounds the number of connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Of all peers.
    pub(super) all: usize,
    /// Of one; a quarter of all unless set, and loopback is then not bounded: a proxy may be there.
    pub(super) per_peer: Option<usize>,
}

impl Bounds {
    pub(super) fn of(&self, peer: Peer) -> usize {
        match (self.per_peer, peer) {
            (Some(bound), _) => bound,
            (None, Peer::Loopback) => usize::MAX,
            (None, _) => (self.all / 4).max(1),
        }
    }
}

/// Whom connections are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Peer {
    Loopback,
    V4(Ipv4Addr),
    /// The network of an address, which one host has all of.
    V6([u16; 4]),
}

impl Peer {
    pub(super) fn of(address: IpAddr) -> Peer {
        match address.to_canonical() {
            address if address.is_loopback() => Peer::Loopback,
            IpAddr::V4(address) => Peer::V4(address),
            IpAddr::V6(address) => {
                let [first, second, third, fourth, ..] = address.segments();
                Peer::V6([first, second, third, fourth])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer::of(address.parse().unwrap())
    }

    #[test]
    fn peers_are_addresses_and_networks() {
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("2001:db8::1", "2001:db8::ffff:2", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("127.0.0.1", "127.0.0.2", true),
            ("127.0.0.1", "::1", true),
        ] {
            assert_eq!(peer(one) == peer(other), same, "{one} {other}");
        }
    }
}
