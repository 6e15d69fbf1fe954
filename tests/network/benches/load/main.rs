//! Turns a second over loopback: the recorder bot of the examples, an axum handler by hand that does the same JSON
//! work, and a bare axum route, each in a process of its own on one core, the callers on another.
//!
//! `cargo bench -p onhook-network-tests --bench load` (`ONHOOK_SECONDS=5` for each row). Without `taskset` nobody is
//! kept on a core, which is said. `ONHOOK_SERVER=onhook` and `ONHOOK_CONNECTIONS=64` leave out the rest.

mod by_hand;
mod caller;
mod channel;
#[path = "../../../../examples/src/bin/recorder.rs"]
#[allow(dead_code, reason = "its `main` is not ours")]
mod recorder;
mod server;

use std::time::Duration;

use caller::Load;
use server::{Kind, Process};

const ROLE: &str = "ONHOOK_LOAD_ROLE";
const PINNED: &str = "ONHOOK_LOAD_PINNED";
const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Whether the variable allows this one.
fn wanted(variable: &str, this: &str) -> bool {
    std::env::var(variable).map_or(true, |only| only == this)
}

fn main() {
    if let Ok(role) = std::env::var(ROLE) {
        return server::run(&role);
    }
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("skipped: run it with `cargo bench`");
        return;
    }
    if std::env::var(PINNED).is_err() && server::can_pin() {
        let status = server::pinned("1").env(PINNED, "1").arg("--bench").status();
        assert!(status.expect("taskset runs").success());
        return;
    }
    if !server::can_pin() {
        println!("there is no taskset: servers and callers share the cores");
    }
    let seconds = std::env::var("ONHOOK_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(5);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(measure(Duration::from_secs(seconds)));
}

async fn measure(time: Duration) {
    println!("first answer after the start of the process, median of 20; resident memory then");
    let kinds = || {
        Kind::ALL
            .into_iter()
            .filter(|kind| wanted("ONHOOK_SERVER", kind.name()))
    };
    let connections = CONNECTIONS.into_iter();
    let connections = connections.filter(|count| wanted("ONHOOK_CONNECTIONS", &count.to_string()));
    let connections: Vec<_> = connections.collect();
    for kind in kinds() {
        let mut starts = Vec::new();
        let mut resident = 0;
        for _ in 0..20 {
            let (process, start) = Process::start(kind).await;
            starts.push(start);
            resident = process.resident("VmRSS");
        }
        starts.sort_unstable();
        println!(
            "{:<10} {:>8.1} ms {:>8} KiB",
            kind.name(),
            starts[starts.len() / 2].as_secs_f64() * 1e3,
            resident
        );
    }
    let channel = channel::Channel::open().await;
    for (title, mode) in [
        ("replies in the response", Load::ExpectReplies),
        ("replies posted to the channel", Load::Posted),
    ] {
        println!("\n{title}");
        println!("server     connections   turns/s   p50 µs   p99 µs   CPU µs/turn   peak KiB");
        for &connections in &connections {
            for kind in kinds() {
                let (process, _) = Process::start(kind).await;
                let (before, idle) = (channel.taken(), process.processor());
                let measured =
                    caller::load(process.address, mode, connections, time, &channel.url).await;
                let posted = channel.taken() - before;
                if mode == Load::Posted && kind != Kind::Bare {
                    assert_eq!(posted, measured.turns, "each turn posts one reply");
                }
                let busy = process.processor().saturating_sub(idle);
                println!(
                    "{:<10} {connections:>11} {:>9.0} {:>8} {:>8} {:>13.1} {:>10}",
                    kind.name(),
                    measured.per_second(),
                    measured.percentile(50),
                    measured.percentile(99),
                    busy.as_secs_f64() * 1e6 / measured.every_turn(),
                    process.resident("VmHWM"),
                );
            }
        }
    }
}
