//! A child process that listens on a port.

use std::ffi::OsStr;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Ends the process with it.
#[derive(Debug)]
pub(crate) struct Server(Child);

impl Server {
    /// Starts `command` and waits until it accepts connections on `port`.
    pub(crate) fn start(command: &mut Command, port: u16, log: &Path) -> Server {
        let file = std::fs::File::create(log).expect("a log");
        let errors = file.try_clone().expect("a log");
        let child = command.stdout(file).stderr(errors).spawn();
        let mut server = Server(child.expect("a server that starts"));
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = server.0.try_wait().expect("a child");
            let log = || std::fs::read_to_string(log).unwrap_or_default();
            assert!(ended.is_none(), "the server has ended: {}", log());
            let waited = begin.elapsed();
            assert!(waited < Duration::from_secs(60), "no server: {}", log());
            std::thread::yield_now();
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The program of this name on the `PATH` or in one of `folders`; says that the test is skipped if there is none.
pub(crate) fn program(name: &str, folders: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = folders
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: `{name}` is not installed");
    }
    found
}

/// Runs a command to its end.
pub(crate) fn run<S: AsRef<OsStr>>(command: &mut Command, what: S) {
    let output = command.output().expect("a program that starts");
    assert!(
        output.status.success(),
        "{}: {}{}",
        what.as_ref().display(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
