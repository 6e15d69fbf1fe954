//! A Redis server.

use std::process::Command;

use tempfile::TempDir;

use crate::certificate;
use crate::server::{Server, free_port, program};

/// An empty server, on 127.0.0.1 alone, that writes every change to its log.
#[derive(Debug)]
pub struct Redis {
    server: Option<Server>,
    folder: TempDir,
    port: u16,
    tls_port: u16,
}

impl Redis {
    /// Starts a server; none if it is not installed, which is said.
    ///
    /// # Panics
    /// If it is installed and does not start.
    pub fn start() -> Option<Redis> {
        program("redis-server", [])?;
        let mut redis = Redis {
            server: None,
            folder: TempDir::new().expect("a folder"),
            port: free_port(),
            tls_port: free_port(),
        };
        redis.restart();
        Some(redis)
    }

    /// Kills the server if it runs, and starts it on the same data.
    ///
    /// # Panics
    /// If it does not start.
    pub fn restart(&mut self) {
        self.stop();
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]);
        command.args(["--appendfsync", "always", "--tls-auth-clients", "no"]);
        command.args(["--port", &self.port.to_string()]);
        command.args(["--tls-port", &self.tls_port.to_string()]);
        command.arg("--dir").arg(self.folder.path());
        for (option, file) in [
            ("--tls-cert-file", "server.pem"),
            ("--tls-key-file", "server.key"),
            ("--tls-ca-cert-file", "authority.pem"),
        ] {
            command.arg(option).arg(certificate::path(file));
        }
        let log = self.folder.path().join("log");
        self.server = Some(Server::start(&mut command, self.port, &log));
    }

    /// Kills the server.
    pub fn stop(&mut self) {
        drop(self.server.take());
    }

    /// Its URL in plain text.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its URL with TLS.
    pub fn tls_url(&self) -> String {
        format!("rediss://localhost:{}", self.tls_port)
    }
}
