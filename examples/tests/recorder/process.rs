//! The bot's side: the program, as it is built.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use crate::channel::read;

/// The bot, until it is dropped.
pub(crate) struct Recorder {
    child: Child,
    address: SocketAddr,
}

pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recorder"));
    for name in ["HOST", "MicrosoftAppId", "MicrosoftAppPassword"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}

impl Recorder {
    pub(crate) fn new() -> Recorder {
        // A port that is free now, and so most likely in a moment.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let mut child = command()
            .env("PORT", address.port().to_string())
            .spawn()
            .unwrap();
        while TcpStream::connect(address).is_err() {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "the recorder does not run: {ended:?}");
            std::thread::yield_now();
        }
        Recorder { child, address }
    }

    pub(crate) fn post(&self, body: &str) -> u16 {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(
            stream,
            "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let (line, _) = read(&mut BufReader::new(stream)).unwrap();
        line.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Tells the process to end, as whoever runs it does, and gives its exit code.
    #[cfg(unix)]
    pub(crate) fn end(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
