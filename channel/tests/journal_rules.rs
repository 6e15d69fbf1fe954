//! Rules of the journal about sessions that give way: to a newer one, to a deletion, to metadata that cannot be placed.

use std::io::{self, Error, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use onhook::prelude::*;
use onhook_channel::journal::{Ending, Journal, LiveSession, Settings};
use onhook_channel::store::metadata::{Metadata, SessionRecord, SessionState};
use onhook_channel::store::{Disk, DiskFile, RealDisk, SessionId, Store};
use onhook_channel::wav::Storage;
use onhook_channel::{Channel, Dial};
use time::OffsetDateTime;

fn id(session: u32) -> SessionId {
    SessionId::new("conv-7", session, time::Date::MIN)
}

fn metadata(session: u32) -> Metadata {
    SessionRecord::new(id(session), OffsetDateTime::UNIX_EPOCH).metadata()
}

fn begin(journal: &Journal, session: u32) -> LiveSession {
    journal.begin(id(session), &metadata(session)).unwrap()
}

fn step(session: &LiveSession) {
    session.step(&metadata(1)).unwrap().wait().unwrap();
}

/// Nothing is copied or released before somebody waits for it.
fn patient() -> Settings {
    Settings {
        copy_interval: Duration::from_secs(3600),
        checkpoint_interval: Duration::from_secs(3600),
        ..Settings::default()
    }
}

/// The folder of a session is made once, unless it was removed: of two with one id in the journal the newer counts.
#[test]
fn of_two_sessions_with_one_id_only_the_newer_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open_with(RealDisk, folder.path(), patient()).unwrap();
    let older = begin(&journal, 1);
    older.append(&[1; 1000]).unwrap();
    step(&older);
    std::fs::remove_dir_all(journal.store().folder(&id(1))).unwrap();
    let newer = begin(&journal, 1);
    newer.append(&[2; 50]).unwrap();
    step(&newer);
    older.append(&[1; 1000]).unwrap();
    step(&older);
    drop(journal);

    let (journal, recovery) = Journal::open(RealDisk, folder.path()).unwrap();
    let ended: Vec<_> = recovery
        .sessions
        .iter()
        .map(|one| (one.samples, one.ending))
        .collect();
    assert_eq!(ended, [(50, Ending::Interrupted)]);
    assert!(recovery.failed.is_empty(), "{:?}", recovery.failed);
    let wav = hound::WavReader::open(journal.store().content(&id(1))).unwrap();
    let samples: Vec<i16> = wav.into_samples().map(|sample| sample.unwrap()).collect();
    assert_eq!(samples, [2; 50]);
}

/// A disk that counts what is written to audio files, and can have its moods.
#[derive(Clone, Default)]
struct Stubborn {
    /// It puts no metadata in place; how often it was asked to.
    refuses: bool,
    renames: Arc<AtomicUsize>,
    audio_bytes: Arc<AtomicUsize>,
    /// It panics at the next write to the journal.
    panics: Arc<AtomicBool>,
}

struct Counted {
    file: Box<dyn DiskFile>,
    audio_bytes: Option<Arc<AtomicUsize>>,
    panics: Option<Arc<AtomicBool>>,
}

impl Stubborn {
    fn counted(&self, path: &Path, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        let audio = path.file_name().is_some_and(|name| name == "content.wav");
        let journal = path.extension().is_some_and(|name| name == "journal");
        Box::new(Counted {
            file,
            audio_bytes: audio.then(|| Arc::clone(&self.audio_bytes)),
            panics: journal.then(|| Arc::clone(&self.panics)),
        })
    }
}

impl Disk for Stubborn {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir(path)
    }

    fn create_new(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.counted(path, RealDisk.create_new(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.counted(path, RealDisk.open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.refuses && to.file_name().is_some_and(|name| name == "metadata.json") {
            self.renames.fetch_add(1, Ordering::Relaxed);
            return Err(Error::other("this disk renames no metadata"));
        }
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

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Write for Counted {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        // A header is written again whenever it is refreshed.
        let panics = self.panics.as_ref();
        assert!(
            !panics.is_some_and(|panics| panics.swap(false, Ordering::Relaxed)),
            "the disk driver panics once, as it was told to"
        );
        if let Some(bytes) = self.audio_bytes.as_ref().filter(|_| buffer.len() > 80) {
            bytes.fetch_add(buffer.len(), Ordering::Relaxed);
        }
        self.file.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Counted {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}

impl Storage for Counted {
    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes)
    }
}

impl DiskFile for Counted {
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }
}

/// A rename that fails for good is tried again, and says nothing of the audio: that is written once.
#[test]
fn metadata_that_cannot_be_placed_do_not_have_the_audio_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Stubborn {
        refuses: true,
        ..Stubborn::default()
    };
    let settings = Settings {
        copy_interval: Duration::from_millis(1),
        checkpoint_interval: Duration::from_millis(1),
        ..Settings::default()
    };
    let (journal, _) = Journal::open_with(disk.clone(), folder.path(), settings).unwrap();
    let session = begin(&journal, 1);
    session.append(&[7; 5000]).unwrap();
    step(&session);
    for _ in 0..20 {
        assert!(session.settle().is_err());
    }
    assert!(disk.renames.load(Ordering::Relaxed) >= 20);
    assert_eq!(disk.audio_bytes.load(Ordering::Relaxed), 10_000);
    let wav = hound::WavReader::open(journal.store().content(&id(1))).unwrap();
    assert_eq!(wav.len(), 5000, "the audio can be read all the same");
}

fn holds(folder: &Path, pattern: &[u8]) -> bool {
    let entries = std::fs::read_dir(folder).unwrap();
    // What is removed meanwhile holds nothing.
    let mut files = entries.filter_map(|entry| std::fs::read(entry.unwrap().path()).ok());
    files.any(|bytes| bytes.windows(pattern.len()).any(|window| window == pattern))
}

/// Audio leaves the journal while others are being recorded: also from segments that are written over, and from one
/// that is never full.
#[test]
fn the_journal_lets_go_of_audio_in_bounded_time() {
    for (segment_bytes, samples) in [(64 << 10, 8000), (1 << 30, 1)] {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            interval: Duration::from_millis(5),
            copy_interval: Duration::from_millis(10),
            checkpoint_interval: Duration::from_millis(50),
            segment_interval: Duration::from_millis(100),
            segment_bytes,
            ..Settings::default()
        };
        let (journal, _) = Journal::open_with(RealDisk, folder.path(), settings).unwrap();
        let (erased, other) = (begin(&journal, 1), begin(&journal, 2));
        let secret: Vec<i16> = (0..2000).map(|at| at * 13 - 9000).collect();
        let pattern = secret[700..900]
            .iter()
            .flat_map(|sample| sample.to_le_bytes());
        let pattern: Vec<u8> = pattern.collect();
        erased.append(&secret).unwrap();
        erased.finish(&metadata(1)).unwrap();
        std::fs::remove_dir_all(journal.store().folder(&id(1))).unwrap();
        let segments = folder.path().join("journal");
        assert!(holds(&segments, &pattern), "as long as it may be needed");

        let start = Instant::now();
        while holds(&segments, &pattern) {
            assert!(start.elapsed() < Duration::from_secs(20), "it is kept");
            other.append(&vec![3; samples]).unwrap();
            step(&other);
        }
    }
}

#[on_message]
async fn record(turn: &Turn, text: Text<'_>) -> Result<()> {
    match text.as_ref() {
        "record" => turn.start_recording(RecordingStart::new()).await.map(drop),
        _ => turn.pause_recording().await.map(drop),
    }
}

/// A journal that has died is closed for all who have it: another channel need not wait until they are gone.
#[tokio::test(start_paused = true)]
async fn a_journal_that_has_died_keeps_no_other_channel_from_recording() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Stubborn::default();
    let store = Store::on(disk.clone(), folder.path());
    let channel = || {
        Channel::builder(handlers![record])
            .store(store.clone())
            .build()
    };
    let (unlucky, other) = (channel(), channel());
    let first = unlucky.dial(Dial::new());
    first.says("record").await.unwrap();
    first.listens().await;
    disk.panics.store(true, Ordering::Relaxed);
    first.says("pause").await.unwrap();
    first.listens().await;
    assert!(!disk.panics.load(Ordering::Relaxed), "it has panicked");

    let second = other.dial(Dial::new());
    second.says("record").await.unwrap();
    second.listens().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let report = second.hangs_up().await;
    assert_eq!(report.recordings.len(), 1, "{}", report.transcript);
    let metadata = std::fs::read(&report.recordings[0].metadata).unwrap();
    let metadata: Metadata = serde_json::from_slice(&metadata).unwrap();
    assert_eq!(metadata.onhook.state, SessionState::Sealed);
    let report = first.hangs_up().await;
    assert_eq!(report.recordings.len(), 1, "{}", report.transcript);
    let ids: Vec<_> = store
        .events()
        .unwrap()
        .map(|event| event.unwrap().id)
        .collect();
    assert_eq!(ids.len(), 2, "one for each: {ids:?}");
    assert_ne!(ids[0], ids[1]);
}
