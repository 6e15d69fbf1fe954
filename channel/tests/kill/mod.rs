//! A process that is killed at random moments, again and again, and what it wrote until then.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

const FOLDER: &str = "ONHOOK_KILL_FOLDER";
const SEED: &str = "ONHOOK_KILL_SEED";

/// Where the process that is killed works, and its seed; none in the process that kills.
pub(crate) fn errand() -> Option<(PathBuf, u64)> {
    let folder = std::env::var_os(FOLDER)?;
    let seed = std::env::var(SEED).unwrap().parse().unwrap();
    Some((PathBuf::from(folder), seed))
}

/// Runs the test `child` of this program in a process of its own and kills it after this time; gives what it wrote.
pub(crate) fn killed(folder: &Path, seed: u64, after: Duration) -> Vec<u8> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    // A pipe that is full would hold the child up.
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        out.read_to_end(&mut bytes).map(|_| bytes)
    });
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap().unwrap()
}

/// Plays rounds in folders of their own, four at a time: as many as the environment says, or as usual. Gives how many
/// there were, and the most that one of them lost.
pub(crate) fn rounds(variable: &str, usual: u64, round: fn(&Path, u64) -> u64) -> (u64, u64) {
    let rounds = std::env::var(variable).ok();
    let rounds = rounds.map_or(usual, |rounds| rounds.parse().unwrap());
    let (next, most) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= rounds {
                        break;
                    }
                    let folder = tempfile::tempdir().unwrap();
                    most.fetch_max(round(folder.path(), seed), Ordering::Relaxed);
                }
            });
        }
    });
    (rounds, most.into_inner())
}

/// Numbers below a limit, the same for the same seed (xorshift64*).
pub(crate) fn dice(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |limit| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }
}
