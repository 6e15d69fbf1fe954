//! A `PostgreSQL` server.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::certificate;
use crate::server::{Server, free_port, program, run};

/// A server with an empty database, on 127.0.0.1 alone, for whoever asks.
#[derive(Debug)]
pub struct Postgres {
    server: Option<Server>,
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    owner: Option<(u32, u32)>,
}

impl Postgres {
    /// Starts a server; none if it is not installed, which is said.
    ///
    /// # Panics
    /// If it is installed and does not start.
    pub fn start() -> Option<Postgres> {
        let initdb = program("initdb", versions())?;
        let programs = initdb.parent()?.to_owned();
        let folder = TempDir::new().expect("a folder");
        let owner = if is_root(folder.path()) {
            Some(other_user()?)
        } else {
            None
        };
        let mut postgres = Postgres {
            server: None,
            programs,
            port: free_port(),
            owner,
            folder,
        };
        postgres.give_away(postgres.folder.path());
        let mut initdb = postgres.command("initdb");
        initdb.args(["--no-sync", "--auth=trust", "--username=bot", "--pgdata"]);
        run(initdb.arg(postgres.data()), "initdb");
        postgres.certify();
        postgres.restart();
        Some(postgres)
    }

    /// Kills the server if it runs, and starts it on the same data.
    ///
    /// # Panics
    /// If it does not start.
    pub fn restart(&mut self) {
        self.stop();
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).arg("-k").arg("");
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        // Only what the machine does to it is tested here, not the machine's end.
        command.args(["-c", "fsync=off", "-c", "ssl=on"]);
        let log = self.folder.path().join("log");
        self.server = Some(Server::start(&mut command, self.port, &log));
        // It listens before it is ready.
        let port = self.port.to_string();
        let mut ready = self.command("pg_isready");
        ready.args(["-q", "-h", "127.0.0.1", "-p", &port]);
        while !ready.status().expect("pg_isready").success() {
            std::thread::yield_now();
        }
    }

    /// Kills the server.
    pub fn stop(&mut self) {
        drop(self.server.take());
        // Left by a server that was killed; the next one would ask whether its process still lives.
        drop(fs::remove_file(self.data().join("postmaster.pid")));
    }

    /// The URL of the database, by the name that the certificate has.
    pub fn url(&self) -> String {
        format!("postgres://bot@localhost:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server reads a key only if nobody else can.
    fn certify(&self) {
        for file in ["server.pem", "server.key"] {
            let to = self.data().join(file.replace(".pem", ".crt"));
            fs::copy(certificate::path(file), &to).expect("a copy");
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).expect("a mode");
            self.give_away(&to);
        }
    }

    fn give_away(&self, path: &Path) {
        if let Some((user, group)) = self.owner {
            chown(path, Some(user), Some(group)).expect("another owner");
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.folder.path());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Where Debian installs the server, the newest version first.
fn versions() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    found.sort();
    found.reverse();
    found
}

/// Whether this process is root, as whom the server does not run.
fn is_root(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(folder).expect("a folder").uid() == 0
}

/// The user `postgres` and its group; none if there is none, which is said.
fn other_user() -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let user = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        (name == "postgres").then_some((user, group))
    });
    if ids.is_none() {
        eprintln!("skipped: PostgreSQL does not run as root, and there is no user `postgres`");
    }
    ids
}
