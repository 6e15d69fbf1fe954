//! The callers: each has a connection, sends a turn, and the next when it is answered.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    ExpectReplies,
    Posted,
}

pub(crate) struct Measured {
    pub(crate) turns: u64,
    time: Duration,
    /// Of the turns after the warming up, in µs, sorted.
    latencies: Vec<u32>,
}

impl Measured {
    #[expect(
        clippy::cast_precision_loss,
        reason = "there are fewer than 2^52 turns"
    )]
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.time.as_secs_f64()
    }

    /// With those of the warming up.
    #[expect(
        clippy::cast_precision_loss,
        reason = "there are fewer than 2^52 turns"
    )]
    pub(crate) fn every_turn(&self) -> f64 {
        self.turns as f64
    }

    pub(crate) fn percentile(&self, percent: usize) -> u32 {
        let at = self.latencies.len() * percent / 100;
        self.latencies.get(at).copied().unwrap_or_default()
    }
}

/// Ids are new in every turn: the same one would be a duplicate.
static IDS: AtomicU64 = AtomicU64::new(0);

/// A request of a call with a message of 27 characters.
fn request(caller: usize, load: Load, channel: &str) -> Vec<u8> {
    let id = IDS.fetch_add(1, Ordering::Relaxed);
    let mode = match load {
        Load::ExpectReplies => r#""deliveryMode":"expectReplies","#,
        Load::Posted => "",
    };
    let body = format!(
        concat!(
            r#"{{"type":"message","id":"{id:012}","timestamp":"2026-11-22T08:09:10.123Z","serviceUrl":"{channel}","#,
            r#""channelId":"telephony","from":{{"id":"+14255550100","name":"caller"}},"#,
            r#""conversation":{{"id":"call-{caller}"}},"recipient":{{"id":"bot","name":"recorder"}},"#,
            r#"{mode}"locale":"en-US","text":"I would like to pay my bill"}}"#
        ),
        id = id,
        channel = channel,
        caller = caller,
        mode = mode,
    );
    format!(
        "POST /api/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Whether the bytes are a whole message with a declared length.
pub(crate) fn whole(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let text = String::from_utf8_lossy(&bytes[..head]);
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    bytes.len() >= head + 4 + length.unwrap_or(0)
}

async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> usize {
    stream.write_all(request).await.expect("the server reads");
    let mut filled = 0;
    loop {
        let read = stream
            .read(&mut buffer[filled..])
            .await
            .expect("the server answers");
        assert!(read > 0, "the server hung up");
        filled += read;
        if whole(&buffer[..filled]) {
            return filled;
        }
    }
}

/// One turn on a connection of its own.
pub(crate) async fn one(address: SocketAddr) {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    let request = request(0, Load::ExpectReplies, "");
    let mut buffer = vec![0; 8192];
    let length = exchange(&mut stream, &request, &mut buffer).await;
    assert!(buffer[..length].starts_with(b"HTTP/1.1 200"));
}

/// `connections` callers for `time`, after a second of warming up.
pub(crate) async fn load(
    address: SocketAddr,
    load: Load,
    connections: usize,
    time: Duration,
    channel: &str,
) -> Measured {
    let start = Instant::now() + Duration::from_secs(1);
    let callers: Vec<_> = (0..connections)
        .map(|caller| {
            let channel = channel.to_owned();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address)
                    .await
                    .expect("the server listens");
                let _ = stream.set_nodelay(true);
                let mut buffer = vec![0; 8192];
                let (mut turns, mut latencies) = (0, Vec::new());
                loop {
                    let request = request(caller, load, &channel);
                    let sent = Instant::now();
                    if sent > start + time {
                        return (turns, latencies);
                    }
                    let length = exchange(&mut stream, &request, &mut buffer).await;
                    assert!(
                        buffer[..length].starts_with(b"HTTP/1.1 200"),
                        "{}",
                        String::from_utf8_lossy(&buffer[..length])
                    );
                    turns += 1;
                    if sent >= start {
                        let took = sent.elapsed().as_micros();
                        latencies.push(u32::try_from(took).unwrap_or(u32::MAX));
                    }
                }
            })
        })
        .collect();
    let (mut turns, mut latencies) = (0, Vec::new());
    for caller in callers {
        let (its_turns, its_latencies) = caller.await.expect("a caller does not panic");
        turns += its_turns;
        latencies.extend(its_latencies);
    }
    latencies.sort_unstable();
    Measured {
        turns,
        time,
        latencies,
    }
}
