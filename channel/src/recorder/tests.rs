//! The recorder on a disk that is too slow.

use std::sync::{Arc, Mutex};

use time::{Date, Month};

use super::tape::WAITING;
use super::*;
use crate::events::Publisher;
use crate::media::SAMPLE_RATE;
use crate::store::metadata::SessionState;
use crate::store::{FaultyDisk, Operation, SessionId, Store};

/// Half a minute may wait; what is more is told and counted, and what comes behind the gap too, once there
/// is room again; what waited is kept whole, and steps are taken.
#[tokio::test]
async fn a_disk_that_is_too_slow_costs_audio_that_is_counted_and_no_step() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Arc::new(Mutex::new(()));
    // It writes only while nobody holds the gate.
    let disk = FaultyDisk::default();
    let at_the_gate = Arc::clone(&gate);
    disk.before(Operation::Write, move || drop(at_the_gate.lock().unwrap()));
    let mut recorder = Recorder::start(Shelf::new(
        Store::on(disk, folder.path()),
        Publisher::default(),
        crate::store::metadata::RETENTION,
    ));
    let id = SessionId::new(
        "conv-7",
        1,
        Date::from_calendar_date(2026, Month::November, 22).unwrap(),
    );
    let session = SessionRecord::new(id, time::OffsetDateTime::UNIX_EPOCH);
    let mut session = *recorder.step(Step::Open, session).await.unwrap().unwrap();

    let closed = gate.lock().unwrap();
    let second = vec![1_i16; SAMPLE_RATE as usize];
    for _ in 0..WAITING + 3 {
        recorder.audio(&second);
    }
    let synced = recorder.step(Step::Sync, session.clone());
    drop(closed);
    synced.await.unwrap().unwrap();
    recorder.audio(&second);
    session.state = SessionState::Sealed;
    let outcome = recorder.step(Step::Close, session);

    let session = outcome.await.unwrap().unwrap();
    assert_eq!(session.parts[0].samples, WAITING * u64::from(SAMPLE_RATE));
    assert_eq!(session.lost_frames, Some(4 * 50));
    assert_eq!(session.state, SessionState::Partial);
    assert!(matches!(
        recorder.failed().await,
        Some(RecorderError::Behind)
    ));
}
