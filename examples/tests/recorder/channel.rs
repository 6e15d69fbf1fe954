//! The channel's side: takes what the bot sends, over real sockets.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// The connector of a channel.
pub(crate) struct Channel {
    pub(crate) address: SocketAddr,
    sent: Arc<Mutex<Vec<Value>>>,
}

impl Channel {
    pub(crate) fn new() -> Channel {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let sent = Arc::<Mutex<Vec<Value>>>::default();
        let kept = Arc::clone(&sent);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(stream.unwrap(), &kept));
            }
        });
        Channel { address, sent }
    }

    /// What was sent since this was asked last: the kind of each, and what it says.
    pub(crate) fn taken(&self) -> Vec<(String, String)> {
        let sent = std::mem::take(&mut *self.sent.lock().unwrap());
        sent.iter()
            .map(|activity| {
                let said = ["text", "name"]
                    .iter()
                    .find_map(|field| activity[*field].as_str());
                let kind = activity["type"].as_str().unwrap();
                (kind.to_owned(), said.unwrap_or_default().to_owned())
            })
            .collect()
    }
}

/// Answers requests until the bot closes the connection.
fn serve(stream: TcpStream, sent: &Mutex<Vec<Value>>) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some((_, body)) = read(&mut reader) {
        let activity = serde_json::from_slice(&body).unwrap();
        let id = {
            let mut sent = sent.lock().unwrap();
            sent.push(activity);
            sent.len()
        };
        let body = format!(r#"{{"id":"sent-{id}"}}"#);
        write!(
            writer,
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
    }
}

/// The first line and the body of a message; `None` when there is no other.
pub(crate) fn read(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Some((first, body))
}
