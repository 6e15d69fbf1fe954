//! The recorder on a disk that is too slow.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use time::{Date, Month};

use super::tape::WAITING;
use super::*;
use crate::events::Publisher;
use crate::media::SAMPLE_RATE;
use crate::store::metadata::SessionState;
use crate::store::{Disk, DiskFile, RealDisk, SessionId, Store};
use crate::wav::Storage;

/// A disk that writes only while nobody holds the gate.
struct SlowDisk(Arc<Mutex<()>>);

struct SlowFile(Box<dyn DiskFile>, Arc<Mutex<()>>);

impl Disk for SlowDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir(path)
    }

    fn create_new(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = RealDisk.create_new(path)?;
        Ok(Box::new(SlowFile(file, Arc::clone(&self.0))))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        RealDisk.open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_dir(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_dir(path)
    }
}

impl Read for SlowFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for SlowFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let _gate = self.1.lock().unwrap();
        self.0.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Seek for SlowFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.0.seek(position)
    }
}

impl Storage for SlowFile {
    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        self.0.set_len(bytes)
    }
}

impl DiskFile for SlowFile {
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync()
    }
}

/// Half a minute may wait; what is more is told and counted, and what comes behind the gap too, once there
/// is room again; what waited is kept whole, and steps are taken.
#[tokio::test]
async fn a_disk_that_is_too_slow_costs_audio_that_is_counted_and_no_step() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Arc::new(Mutex::new(()));
    let disk = SlowDisk(Arc::clone(&gate));
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
