//! The connections of a server: how many there are, whose they are, and which may be closed for others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::peer::{Bounds, Peer};

/// How long a connection must have been idle before it is closed for another: one that is used all the time is idle
/// between its requests too.
const SPARED: Duration = Duration::from_secs(1);

/// The connections that are counted.
#[derive(Debug)]
pub(super) struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bounds: Bounds,
    began: Instant,
    table: Mutex<Table>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Table {
    last: u64,
    open: HashMap<u64, Arc<Usage>>,
    peers: HashMap<Peer, usize>,
}

/// What one connection does.
#[derive(Debug)]
struct Usage {
    peer: Peer,
    /// Milliseconds after the server's beginning, or `BUSY`.
    idle_since: AtomicU64,
    /// The connection is to be closed when it has answered.
    close: Notify,
}

/// A request is being answered.
const BUSY: u64 = u64::MAX;

/// The place of one connection. Dropped, it is free.
#[derive(Debug)]
pub(super) struct Place {
    number: u64,
    usage: Arc<Usage>,
    connections: Arc<Inner>,
}

/// Why a connection has no place yet.
#[derive(Debug, PartialEq, Eq)]
enum Full {
    /// Its peer has too many that are busy.
    Peer,
    /// All are busy, or will have been idle for long enough only after this time.
    All(Duration),
}

impl Connections {
    pub(super) fn new(bounds: Bounds) -> Connections {
        Connections(Arc::new(Inner {
            bounds,
            began: Instant::now(),
            table: Mutex::default(),
            freed: Notify::new(),
        }))
    }

    /// Takes a place for a connection of `peer`, and waits for one if need be; `None` if the peer has too many.
    pub(super) async fn enter(&self, peer: IpAddr) -> Option<Place> {
        loop {
            // Made before the look: what is freed after it is heard.
            let freed = self.0.freed.notified();
            match self.0.enter(Peer::of(peer)) {
                Ok(place) => return Some(place),
                Err(Full::Peer) => return None,
                // One that becomes idle meanwhile is found at the next look.
                Err(Full::All(time)) => drop(tokio::time::timeout(time, freed).await),
            }
        }
    }

    /// Closes the connection that has been idle longest; `false` if there is none.
    pub(super) fn close_idlest(&self) -> bool {
        let mut table = self.0.lock();
        let idlest = table.idlest(None, self.0.now());
        idlest.is_ok_and(|number| table.close(number))
    }

    /// Closes all, each when it has answered.
    pub(super) fn close_all(&self) {
        for connection in self.0.lock().open.values() {
            connection.close.notify_one();
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(BUSY - 1)
    }

    fn enter(self: &Arc<Self>, peer: Peer) -> Result<Place, Full> {
        let now = self.now();
        let mut table = self.lock();
        let of_peer = table.peers.get(&peer).copied().unwrap_or_default();
        if of_peer >= self.bounds.of(peer) {
            let idlest = table.idlest(Some(peer), now);
            table.close(idlest.map_err(|_busy| Full::Peer)?);
        } else if table.open.len() >= self.bounds.all {
            let idlest = table.idlest(None, now);
            table.close(idlest.map_err(Full::All)?);
        }
        let usage = Arc::new(Usage {
            peer,
            idle_since: AtomicU64::new(now),
            close: Notify::new(),
        });
        table.last += 1;
        let number = table.last;
        table.open.insert(number, Arc::clone(&usage));
        *table.peers.entry(peer).or_default() += 1;
        Ok(Place {
            number,
            usage,
            connections: Arc::clone(self),
        })
    }
}

impl Table {
    /// The connection that has been idle longest, or the time until the first has been idle for long enough.
    fn idlest(&self, peer: Option<Peer>, now: u64) -> Result<u64, Duration> {
        let of_peer = |connection: &Usage| peer.is_none_or(|peer| connection.peer == peer);
        let idle = self
            .open
            .iter()
            .filter(|(_, connection)| of_peer(connection))
            .map(|(number, connection)| (connection.idle_since.load(Ordering::Relaxed), *number))
            .min();
        match idle {
            Some((since, number)) if since != BUSY => {
                let idle = Duration::from_millis(now.saturating_sub(since));
                match SPARED.checked_sub(idle) {
                    None | Some(Duration::ZERO) => Ok(number),
                    Some(left) => Err(left),
                }
            }
            Some(_) | None => Err(SPARED),
        }
    }

    /// Has a connection closed, and gives its place away.
    fn close(&mut self, number: u64) -> bool {
        match self.remove(number) {
            Some(connection) => {
                connection.close.notify_one();
                true
            }
            None => false,
        }
    }

    fn remove(&mut self, number: u64) -> Option<Arc<Usage>> {
        let connection = self.open.remove(&number)?;
        if let Some(count) = self.peers.get_mut(&connection.peer) {
            *count -= 1;
            if *count == 0 {
                self.peers.remove(&connection.peer);
            }
        }
        Some(connection)
    }
}

impl Place {
    /// A request has come.
    pub(super) fn begin(&self) {
        self.usage.idle_since.store(BUSY, Ordering::Relaxed);
    }

    /// Its response is over.
    pub(super) fn end(&self) {
        let now = self.connections.now();
        self.usage.idle_since.store(now, Ordering::Relaxed);
    }

    pub(super) fn is_busy(&self) -> bool {
        self.usage.idle_since.load(Ordering::Relaxed) == BUSY
    }

    /// Waits until the connection is to be closed.
    pub(super) async fn closed(&self) {
        self.usage.close.notified().await;
    }

    /// Gives the place to others, while the last answer is still under way.
    pub(super) fn leave(&self) {
        let left = self.connections.lock().remove(self.number);
        if left.is_some() {
            self.connections.freed.notify_one();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(all: usize, per_peer: Option<usize>) -> Connections {
        Connections::new(Bounds { all, per_peer })
    }

    fn peer(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    /// Whether the connection was told to close.
    async fn is_closed(place: &Place) -> bool {
        let told = tokio::time::timeout(Duration::from_millis(1), place.closed());
        told.await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_has_too_many_is_refused_and_others_are_not() {
        let connections = connections(100, None);
        let mut busy = Vec::new();
        for number in 0..25 {
            let place = connections
                .enter(peer(&format!("2001:db8::{number}")))
                .await;
            busy.push(place.unwrap());
            busy[number].begin();
        }
        assert!(connections.enter(peer("2001:db8::ffff")).await.is_none());
        assert!(connections.enter(peer("2001:db9::1")).await.is_some());
        // Unless one of its own is idle.
        busy[7].end();
        tokio::time::advance(SPARED).await;
        assert!(connections.enter(peer("2001:db8::ffff")).await.is_some());
        assert!(is_closed(&busy[7]).await);
    }

    #[tokio::test(start_paused = true)]
    async fn loopback_is_bounded_if_that_is_said() {
        for (per_peer, expected) in [(None, 8), (Some(3), 3)] {
            let connections = connections(8, per_peer);
            let mut places = Vec::new();
            for _ in 0..8 {
                places.extend(connections.enter(peer("127.0.0.1")).await);
            }
            assert_eq!(places.len(), expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_idlest_makes_room_when_it_has_been_idle_for_a_while() {
        let connections = connections(3, None);
        let began = Instant::now();
        let places = [
            connections.enter(peer("192.0.2.1")).await.unwrap(),
            connections.enter(peer("192.0.2.2")).await.unwrap(),
            connections.enter(peer("192.0.2.3")).await.unwrap(),
        ];
        places[0].begin();
        tokio::time::advance(SPARED / 2).await;
        places[1].begin();
        places[1].end();
        let fourth = connections.enter(peer("192.0.2.4")).await.unwrap();
        assert_eq!(began.elapsed(), SPARED);
        assert!(is_closed(&places[2]).await);
        assert!(!is_closed(&places[0]).await && !is_closed(&places[1]).await);
        // It has no place to give back any more.
        drop(places);
        assert_eq!(connections.0.lock().open.len(), 1);
        drop(fourth);
        assert!(connections.0.lock().peers.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_are_busy_the_next_waits() {
        let connections = connections(1, None);
        let place = connections.enter(peer("127.0.0.1")).await.unwrap();
        place.begin();
        let waiting = connections.enter(peer("127.0.0.1"));
        let mut waiting = std::pin::pin!(waiting);
        let time = Duration::from_secs(100);
        assert!(tokio::time::timeout(time, waiting.as_mut()).await.is_err());
        // The caller of the first has hung up.
        place.leave();
        assert!(waiting.await.is_some());
    }
}
