//! One process at a time records to a folder, and none after it is kept out by one that was killed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use onhook::prelude::*;
use onhook_channel::journal::{Journal, JournalError};
use onhook_channel::store::RealDisk;
use onhook_channel::{Channel, Dial};

#[on_message]
async fn record(turn: &Turn) -> Result<()> {
    turn.start_recording(RecordingStart::new()).await.map(drop)
}

const FOLDER: &str = "ONHOOK_LOCK_FOLDER";

/// Not a test: the process that has the folder, when the environment says so.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let _journal = Journal::open(RealDisk, folder).unwrap();
    println!("\nopen");
    std::io::stdout().flush().unwrap();
    // Until it is killed.
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[tokio::test]
async fn a_second_process_is_told_which_folder_and_a_killed_one_keeps_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let opened = lines
        .map_while(std::result::Result::ok)
        .any(|line| line == "open");
    assert!(opened);

    let locked =
        |error: &JournalError| matches!(error, JournalError::Locked(path) if path == folder.path());
    let error = Journal::open(RealDisk, folder.path()).unwrap_err();
    assert!(locked(&error), "{error}");
    assert!(
        error
            .to_string()
            .contains(&folder.path().display().to_string())
    );
    let channel = Channel::builder(handlers![record])
        .recordings(folder.path())
        .build();
    let error = channel.ready().await.unwrap_err();
    assert!(locked(&error), "{error}");
    let call = channel.dial(Dial::new());
    call.says("record").await.unwrap();
    call.listens().await;
    let report = call.hangs_up().await;
    assert!(report.recordings.is_empty(), "{}", report.transcript);

    child.kill().unwrap();
    child.wait().unwrap();
    let call = channel.dial(Dial::new());
    call.says("record").await.unwrap();
    call.listens().await;
    let report = call.hangs_up().await;
    assert_eq!(report.recordings.len(), 1, "{}", report.transcript);
}

#[test]
fn a_folder_is_free_when_its_journal_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let first = Journal::open(RealDisk, folder.path()).unwrap();
    assert!(matches!(
        Journal::open(RealDisk, folder.path()),
        Err(JournalError::Locked(_))
    ));
    drop(first);
    Journal::open(RealDisk, folder.path()).unwrap();
}
