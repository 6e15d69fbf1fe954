//! The servers, each a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use onhook::http::{Endpoint, Server};

use super::{ROLE, by_hand, caller, recorder};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Onhook,
    ByHand,
    Bare,
}

impl Kind {
    pub(crate) const ALL: [Kind; 3] = [Kind::Onhook, Kind::ByHand, Kind::Bare];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Onhook => "onhook",
            Kind::ByHand => "by hand",
            Kind::Bare => "bare axum",
        }
    }
}

/// Runs the server that `role` names, on one thread.
pub(crate) fn run(role: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        if role == Kind::Onhook.name() {
            let endpoint = Endpoint::new(recorder::Recorder);
            let bound = Server::new(endpoint).port(0).bind().await.expect("a port");
            println!("{}", bound.local_addr());
            bound.run_until(std::future::pending()).await;
        } else {
            by_hand::serve(role == Kind::Bare.name()).await;
        }
    });
}

pub(crate) fn can_pin() -> bool {
    Command::new("taskset")
        .args(["-c", "1", "true"])
        .status()
        .is_ok_and(|status| status.success())
}

/// This program on one core, if that can be.
pub(crate) fn pinned(core: &str) -> Command {
    let program = std::env::current_exe().expect("this program has a path");
    if !can_pin() {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

/// A server that listens.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts a server; how long it took to its first answer.
    pub(crate) async fn start(kind: Kind) -> (Process, Duration) {
        let mut command = pinned("0");
        let begun = Instant::now();
        let mut child = command
            .env(ROLE, kind.name())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("it is piped");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the server says where it is");
        let address = line.trim().parse().expect("an address");
        caller::one(address).await;
        (Process { child, address }, begun.elapsed())
    }

    /// The processor time that it has taken, to 10 ms; 0 where `/proc` does not tell.
    pub(crate) fn processor(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        // Fields 14 and 15, user and system, in hundredths of a second; the name before them may have spaces.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u64 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        Duration::from_millis(ticks * 10)
    }

    /// A line of `/proc/…/status` in KiB; 0 where there is none.
    pub(crate) fn resident(&self, field: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with(field));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
