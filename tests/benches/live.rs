//! Whole calls in real time: bot, media, recorder, journal and disk, as many as are asked for at the same time.
//!
//! `cargo bench -p onhook-tests --bench live -- [calls] [seconds] [folder]`: 1,000 calls and 20 seconds unless said
//! otherwise. Each is greeted and recorded from its first second on, says something now and then, and hangs up.
//!
//! A frame is late when it is processed more than 20 ms after its time. Probes count that, which wait for
//! every 20 ms on the same threads and timers as the calls, one for a hundred of them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use onhook::prelude::*;
use onhook_channel::store::metadata::Metadata;
use onhook_channel::{Channel, Dial};
use tokio::time::Instant;

const FRAME: Duration = Duration::from_millis(20);
const THREADS: u32 = 2;
/// Calls that are dialled in one second.
const DIALLED: u32 = 250;
/// Until the last has been greeted.
const SETTLING: Duration = Duration::from_secs(3);

#[on_members_added]
async fn greet(turn: &Turn) -> Result<()> {
    turn.start_recording(RecordingStart::new()).await?.detach();
    turn.say("Welcome! This call may be recorded.").await
}

#[on_message]
async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
    turn.say(format!("You said {text}.")).await
}

/// What the calls and the probes have counted.
#[derive(Debug, Default)]
struct Count {
    /// All calls are up, and none hangs up yet.
    measuring: AtomicBool,
    up: AtomicUsize,
    frames: AtomicU64,
    late: AtomicU64,
    latest_us: AtomicU64,
    unrecorded: AtomicUsize,
    lost_frames: AtomicU64,
    recorded_ms: AtomicU64,
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("skipped: run it with `cargo bench`");
        return;
    }
    arguments.retain(|argument| !argument.starts_with("--"));
    let number = |at: usize, usual: u32| {
        let text = arguments.get(at);
        text.map_or(usual, |text| text.parse().expect("a number"))
    };
    let (calls, seconds) = (number(0, 1_000), number(1, 20));
    let folder = arguments
        .get(2)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let recordings = tempfile::tempdir_in(folder).expect("a temporary folder");
    let channel = Channel::builder(handlers![greet, echo])
        .recordings(recordings.path())
        .build();

    let count = Arc::<Count>::default();
    let dialling = Duration::from_secs(1) * calls.div_ceil(DIALLED) + SETTLING;
    let measured = Duration::from_secs(1) * seconds;
    let threads: Vec<_> = (0..THREADS)
        .map(|part| {
            let (channel, count) = (channel.clone(), Arc::clone(&count));
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_time()
                    .build()
                    .expect("a runtime");
                runtime.block_on(share(channel, count, part, calls, dialling + measured));
            })
        })
        .collect();

    thread::sleep(dialling);
    count.measuring.store(true, Ordering::Relaxed);
    let (start, before) = (std::time::Instant::now(), processor_seconds());
    thread::sleep(measured);
    count.measuring.store(false, Ordering::Relaxed);
    let (took, used) = (start.elapsed().as_secs_f64(), processor_seconds() - before);
    println!(
        "{} of {calls} calls up for {took:.0} s: {:.2} cores, {} MB resident",
        count.up.load(Ordering::Relaxed),
        used / took,
        resident_kilobytes() / 1024
    );
    for thread in threads {
        thread.join().expect("no call panics");
    }
    let get = |number: &AtomicU64| number.load(Ordering::Relaxed);
    println!(
        "frames: {} late of {} probed, the latest by {:.1} ms",
        get(&count.late),
        get(&count.frames),
        Duration::from_micros(get(&count.latest_us)).as_secs_f64() * 1000.0
    );
    println!(
        "recordings: {} calls without one, {} s of audio, {} frames refused",
        count.unrecorded.load(Ordering::Relaxed),
        get(&count.recorded_ms) / 1000,
        get(&count.lost_frames)
    );
}

/// One thread's share of the calls, and of the probes.
async fn share(channel: Channel, count: Arc<Count>, part: u32, calls: u32, lasts: Duration) {
    let (begin, end) = (Instant::now(), Instant::now() + lasts);
    let mut tasks = Vec::new();
    for number in (part..calls).step_by(THREADS as usize) {
        let dialled = begin + Duration::from_secs(1) * number / DIALLED;
        let (channel, count) = (channel.clone(), Arc::clone(&count));
        if number % 100 == part {
            tasks.push(tokio::spawn(probe(Arc::clone(&count), dialled, end)));
        }
        tasks.push(tokio::spawn(async move {
            tokio::time::sleep_until(dialled).await;
            call(&channel, &count, number, end).await;
        }));
    }
    for task in tasks {
        task.await.expect("no call panics");
    }
}

/// One call: something is said every ten seconds, in each call at another time.
async fn call(channel: &Channel, count: &Count, number: u32, end: Instant) {
    let call = channel.dial(Dial::new());
    call.listens().await;
    count.up.fetch_add(1, Ordering::Relaxed);
    let mut next = Instant::now() + Duration::from_millis(u64::from(number) * 7 % 10_000);
    while next < end {
        tokio::time::sleep_until(next).await;
        call.says("pay my bill").await.expect("the call is up");
        next += Duration::from_secs(10);
    }
    tokio::time::sleep_until(end).await;
    let report = call.hangs_up().await;
    if report.recordings.is_empty() {
        count.unrecorded.fetch_add(1, Ordering::Relaxed);
    }
    for recording in &report.recordings {
        let text = std::fs::read(&recording.metadata).expect("metadata");
        let metadata: Metadata = serde_json::from_slice(&text).expect("metadata");
        let lost = metadata
            .onhook
            .quality
            .map_or(0, |quality| quality.lost_frames);
        count.lost_frames.fetch_add(lost, Ordering::Relaxed);
        count
            .recorded_ms
            .fetch_add(metadata.onhook.recorded_ms, Ordering::Relaxed);
    }
}

/// Waits for every 20 ms as a call does.
async fn probe(count: Arc<Count>, begin: Instant, end: Instant) {
    let mut due = begin;
    while due < end {
        due += FRAME;
        tokio::time::sleep_until(due).await;
        if !count.measuring.load(Ordering::Relaxed) {
            continue;
        }
        let late = due.elapsed();
        count.frames.fetch_add(1, Ordering::Relaxed);
        count
            .late
            .fetch_add(u64::from(late > FRAME), Ordering::Relaxed);
        let late = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        count.latest_us.fetch_max(late, Ordering::Relaxed);
    }
}

/// Seconds of processor time of this process so far.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    // The 14th and 15th field, user and system, in hundredths.
    let used = fields.split_whitespace().skip(11).take(2);
    used.filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}
