//! How much the journal carries: `journal_load [calls] [seconds] [folder] [checkpoint]` records so many calls of 16 kHz mono in
//! real time, is then killed, and recovers them.
//!
//! Prints how long steps took to be acknowledged, what was refused, the processor's share, and the time of the
//! recovery. The folder should be on the disk in question; a checkpoint is every so many seconds.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use onhook_channel::journal::{Journal, LiveSession, Settings};
use onhook_channel::store::metadata::{Metadata, SessionRecord};
use onhook_channel::store::{RealDisk, SessionId};
use time::OffsetDateTime;

const FRAME: Duration = Duration::from_millis(20);
const CHILD: &str = "ONHOOK_LOAD_CHILD";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let number =
        |at: usize, default: usize| arguments.get(at).map_or(Ok(default), |text| text.parse());
    let (calls, seconds, checkpoint) = (number(0, 1000)?, number(1, 10)?, number(3, 10)?);
    let folder = arguments
        .get(2)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    if std::env::var_os(CHILD).is_some() {
        return record(folder, calls, seconds, checkpoint);
    }
    let folder = folder.join(format!("onhook-load-{}", std::process::id()));
    Command::new(std::env::current_exe()?)
        .args([calls.to_string(), seconds.to_string()])
        .arg(&folder)
        .arg(checkpoint.to_string())
        .env(CHILD, "1")
        .status()?;
    let start = Instant::now();
    let (journal, recovery) = Journal::open(RealDisk, &folder)?;
    let took = start.elapsed();
    let samples: u64 = recovery
        .sessions
        .iter()
        .map(|session| session.samples)
        .sum();
    println!(
        "recovery: {} sessions of {} MB in {took:.1?}, {} failed, {} damaged",
        recovery.sessions.len(),
        samples * 2 / 1_000_000,
        recovery.failed.len(),
        recovery.damage.len(),
    );
    drop(journal);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

fn metadata(call: usize) -> Metadata {
    let id = SessionId::new(format!("conv-{call}"), 1, time::Date::MIN);
    SessionRecord::new(id, OffsetDateTime::UNIX_EPOCH).metadata()
}

fn record(
    folder: PathBuf,
    calls: usize,
    seconds: usize,
    checkpoint: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings {
        checkpoint_interval: Duration::from_secs(checkpoint as u64),
        ..Settings::default()
    };
    let (journal, _) = Journal::open_with(RealDisk, folder, settings)?;
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let sessions: Vec<LiveSession> = thread::scope(|scope| {
        let threads: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    let mut sessions = Vec::new();
                    loop {
                        let call = next.fetch_add(1, Ordering::Relaxed);
                        if call >= calls {
                            return sessions;
                        }
                        let id = SessionId::new(format!("conv-{call}"), 1, time::Date::MIN);
                        sessions.extend(journal.begin(id, &metadata(call)));
                    }
                })
            })
            .collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_default());
        joined.flatten().collect()
    });
    println!(
        "begun: {} sessions in {:.1?}",
        sessions.len(),
        start.elapsed()
    );

    let (over, before) = (AtomicBool::new(false), cpu());
    let start = Instant::now();
    let (mut late, mut pending, mut longest) = (Duration::ZERO, 0, 0);
    let mut latencies = thread::scope(|scope| {
        let steps = scope.spawn(|| steps(&sessions, &over));
        let frames = u32::try_from(seconds * 50).unwrap_or(u32::MAX);
        let samples: Vec<i16> = (0..320).map(|at| at * 97).collect();
        for frame in 0..frames {
            let due = FRAME * frame;
            match due.checked_sub(start.elapsed()) {
                Some(left) => thread::sleep(left),
                None => late = late.max(start.elapsed().saturating_sub(due)),
            }
            for session in &sessions {
                // Counted by the session.
                let _ = session.append(&samples);
            }
            let figures = journal.figures();
            pending = pending.max(figures.pending_bytes);
            longest = longest.max(figures.journal_bytes);
        }
        over.store(true, Ordering::Relaxed);
        steps.join().unwrap_or_default()
    });
    let (took, used) = (start.elapsed().as_secs_f64(), cpu() - before);
    latencies.sort_unstable();
    let at = |share: usize| {
        latencies
            .get(latencies.len() * share / 1000)
            .copied()
            .unwrap_or_default()
    };
    let refused: u64 = sessions.iter().map(LiveSession::refused).sum();
    let megabytes = (seconds * 50 * sessions.len() * 640) / 1_000_000;
    println!(
        "recorded: {megabytes} MB in {took:.1} s, {refused} refused samples, frames at most {late:.1?} late"
    );
    println!(
        "steps: {} acknowledged, p50 {:.1?}, p99 {:.1?}, longest {:.1?}",
        latencies.len(),
        at(500),
        at(990),
        latencies.last().copied().unwrap_or_default()
    );
    println!(
        "commits: {}, at most {} KB pending, journal at most {} MB, {:.2} cores",
        journal.figures().commits,
        pending / 1000,
        longest / 1_000_000,
        used / took
    );
    for trouble in journal.troubles().iter().take(5) {
        println!("trouble: {trouble}");
    }
    // As a crash would.
    std::process::abort();
}

/// Steps of one call after the other, and how long each took.
fn steps(sessions: &[LiveSession], over: &AtomicBool) -> Vec<Duration> {
    let mut latencies = Vec::new();
    for (call, session) in sessions.iter().enumerate().cycle() {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let start = Instant::now();
        let committed = session
            .step(&metadata(call))
            .and_then(onhook_channel::journal::Commit::wait);
        if committed.is_ok() {
            latencies.push(start.elapsed());
        }
        thread::sleep(Duration::from_millis(7));
    }
    latencies
}

/// Seconds of processor time so far.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    // The 14th and 15th field, user and system, in hundredths.
    fields
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}
