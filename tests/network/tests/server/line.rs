//! A client that writes what it is told, byte for byte.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// One connection.
pub(crate) struct Line {
    stream: TcpStream,
    read: Vec<u8>,
}

/// One response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Line {
    pub(crate) async fn to(address: SocketAddr) -> Line {
        Line {
            stream: TcpStream::connect(address).await.unwrap(),
            read: Vec::new(),
        }
    }

    /// From another address of this machine.
    pub(crate) async fn from(source: [u8; 4], address: SocketAddr) -> Line {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((source, 0))).unwrap();
        Line {
            stream: socket.connect(address).await.unwrap(),
            read: Vec::new(),
        }
    }

    /// Hangs up without reading: the peer is told at once.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
        drop(self);
    }

    pub(crate) async fn say(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).await.unwrap();
    }

    /// Says that nothing more will come.
    pub(crate) async fn close_half(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// Whether the peer has closed the connection; waits until it has, or has said more.
    pub(crate) async fn is_closed(&mut self) -> bool {
        assert!(self.read.is_empty());
        let mut byte = [0];
        matches!(self.stream.read(&mut byte).await, Ok(0) | Err(_))
    }

    /// Whether something came that was not read.
    pub(crate) fn has_more(&self) -> bool {
        let mut byte = [0];
        !self.read.is_empty() || self.stream.try_read(&mut byte).is_ok_and(|read| read > 0)
    }

    /// Everything until the peer closes the connection.
    pub(crate) async fn rest(mut self) -> String {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = self.stream.read(&mut piece).await {
            self.read.extend_from_slice(&piece[..read]);
        }
        String::from_utf8(self.read).unwrap()
    }

    /// Whether a response with these words came before the peer closed the connection.
    pub(crate) async fn rest_has(&mut self, words: &str) -> bool {
        while !String::from_utf8_lossy(&self.read).contains(words) {
            if !self.more_if_open().await {
                return false;
            }
        }
        true
    }

    /// Waits for the first bytes of a response.
    pub(crate) async fn begins(&mut self) {
        assert!(self.more().await);
    }

    async fn more_if_open(&mut self) -> bool {
        let mut piece = [0; 4096];
        let read = self.stream.read(&mut piece).await.unwrap_or_default();
        self.read.extend_from_slice(&piece[..read]);
        read > 0
    }

    async fn more(&mut self) -> bool {
        let mut piece = [0; 4096];
        let read = self.stream.read(&mut piece).await.unwrap();
        self.read.extend_from_slice(&piece[..read]);
        read > 0
    }

    async fn head(&mut self) -> String {
        loop {
            let end = self.read.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let rest = self.read.split_off(end + 4);
                let head = std::mem::replace(&mut self.read, rest);
                return String::from_utf8(head).unwrap();
            }
            let read = String::from_utf8_lossy(&self.read).into_owned();
            assert!(self.more().await, "closed after {read:?}");
        }
    }

    /// The next response to a request with a body.
    pub(crate) async fn answer(&mut self) -> Answer {
        self.answer_to(true).await
    }

    /// The next response, whose body is announced and not sent.
    pub(crate) async fn answer_without_body(&mut self) -> Answer {
        self.answer_to(false).await
    }

    async fn answer_to(&mut self, has_body: bool) -> Answer {
        let head = self.head().await;
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap();
        let field = |name: &str| {
            head.lines().find_map(|line| {
                let (field, value) = line.split_once(':')?;
                field
                    .eq_ignore_ascii_case(name)
                    .then(|| value.trim().to_owned())
            })
        };
        let length = field("content-length").map(|length| length.parse::<usize>().unwrap());
        let body = match length {
            _ if !has_body || status == 100 => Vec::new(),
            Some(length) => {
                while self.read.len() < length {
                    assert!(self.more().await, "closed within a body");
                }
                let rest = self.read.split_off(length);
                std::mem::replace(&mut self.read, rest)
            }
            // Until the end: chunks or not, the tests look for words only.
            None => {
                while !self.read.ends_with(b"0\r\n\r\n") && self.more().await {}
                std::mem::take(&mut self.read)
            }
        };
        Answer {
            status,
            body: String::from_utf8(body).unwrap(),
            head,
        }
    }
}
