//! A process that is killed loses nothing that was acknowledged, and leaves the old or the new of what was not.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use onhook::state::{Expect, RedbStore, StateStore, UnixMillis, Write};

const ROUNDS: u64 = 20;
const RECORDS: u64 = 4;

fn key(number: u64) -> String {
    format!("call-{}", number % RECORDS)
}

/// What a record holds after so many writes: enough to be torn.
fn content(number: u64) -> Vec<u8> {
    number.to_le_bytes().repeat(700)
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    if let Some(path) = std::env::var_os("ONHOOK_TEST_REDB") {
        return write_for_ever(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    for round in 0..ROUNDS {
        let acknowledged = until_killed(&path, round);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let store = RedbStore::open(&path).unwrap();
        let Some(acknowledged) = acknowledged else {
            continue;
        };
        for number in acknowledged.saturating_sub(RECORDS - 1)..=acknowledged {
            let found = runtime.block_on(store.get(&key(number))).unwrap().unwrap();
            // The write after the acknowledged ones may have arrived as well.
            let possible = [number, number + RECORDS];
            assert!(
                possible
                    .iter()
                    .any(|number| found.bytes == content(*number)),
                "round {round}: the record of write {number} is neither the old nor the new"
            );
        }
    }
}

/// Has a process write until it is killed at some point, and gives the last write that it had acknowledged.
fn until_killed(path: &Path, round: u64) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "what_was_acknowledged_is_there_after_a_kill",
            "--exact",
            "--nocapture",
        ])
        .env("ONHOOK_TEST_REDB", path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = None;
    for line in lines {
        let Some(number) = line
            .unwrap()
            .strip_prefix("acknowledged ")
            .map(str::to_owned)
        else {
            continue;
        };
        last = Some(number.parse().unwrap());
        if last == Some(10 + round * 3) {
            // Real time: what the process does meanwhile is up to the disk.
            std::thread::sleep(Duration::from_micros(round * 137));
            kill(&mut child);
        }
    }
    child.wait().unwrap();
    last
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
}

fn write_for_ever(path: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = RedbStore::open(path).unwrap();
        for number in 0.. {
            let found = store.get(&key(number)).await.unwrap();
            let write = Write {
                bytes: content(number),
                expect: found.map_or(Expect::Absent, |found| Expect::ETag(found.etag)),
                due: Some(UnixMillis(1)),
                expires: UnixMillis(i64::MAX),
            };
            store.put(&key(number), write).await.unwrap();
            let mut out = std::io::stdout();
            writeln!(out, "acknowledged {number}").unwrap();
            out.flush().unwrap();
        }
    });
}
