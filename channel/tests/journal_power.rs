//! "Nothing acknowledged is lost" when the power fails: the journal on a disk that keeps after a power failure only
//! what was synchronised, and of the rest whatever it likes.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use onhook_channel::journal::{Journal, LiveSession, Settings};
use onhook_channel::media::Channels;
use onhook_channel::store::metadata::{Metadata, SessionRecord, SessionState};
use onhook_channel::store::{Disk, DiskFile, SessionId, Sha512Hex, Store};
use onhook_channel::wav::Storage;
use time::OffsetDateTime;

/// A generator of numbers that are the same for the same seed (xorshift64*).
#[derive(Clone, Debug)]
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit.max(1)
    }

    fn one_in(&mut self, odds: u64) -> bool {
        odds > 0 && self.below(odds) == 0
    }
}

#[derive(Clone, Debug, Default)]
struct Content {
    now: Vec<u8>,
    safe: Vec<u8>,
    /// What was written since the last synchronisation, successful or not.
    dirty: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Folder,
    File(usize),
}

#[derive(Debug)]
struct World {
    files: Vec<Content>,
    now: BTreeMap<PathBuf, Name>,
    safe: BTreeMap<PathBuf, Name>,
    dice: Dice,
    /// Operations until the power fails.
    left: usize,
    /// One of so many writes and synchronisations fails; 0 for none.
    odds: u64,
}

/// A disk whose power can fail.
#[derive(Clone, Debug)]
struct PowerDisk(Arc<Mutex<World>>);

impl PowerDisk {
    fn new(seed: u64) -> Self {
        let root = [(PathBuf::from("/"), Name::Folder)];
        Self(Arc::new(Mutex::new(World {
            files: Vec::new(),
            now: root.clone().into(),
            safe: root.into(),
            dice: Dice::new(seed),
            left: usize::MAX,
            odds: 0,
        })))
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self) -> Result<MutexGuard<'_, World>> {
        let mut world = self.world();
        world.left = world.left.saturating_sub(1);
        if world.left == 0 {
            return Err(Error::other("the power has failed"));
        }
        Ok(world)
    }

    fn fail_after(&self, operations: usize) {
        self.world().left = operations;
    }

    fn fail_one_in(&self, odds: u64) {
        self.world().odds = odds;
    }

    /// The disk after the power has come back.
    fn after_power_failure(&self) -> PowerDisk {
        let mut old = self.world();
        let mut dice = old.dice.clone();
        let mut names = BTreeMap::new();
        let paths: Vec<_> = old.now.keys().chain(old.safe.keys()).cloned().collect();
        for path in paths {
            let source = if dice.one_in(2) { &old.now } else { &old.safe };
            let parent = path
                .parent()
                .is_none_or(|parent| names.contains_key(parent));
            if let (Some(name), true) = (source.get(&path), parent) {
                names.entry(path).or_insert(*name);
            }
        }
        for content in &mut old.files {
            let mut after = content.safe.clone();
            if dice.one_in(2) {
                // A length that was not synchronised, with anything in the bytes that were not.
                after.resize(content.now.len(), 0);
                for (from, to) in &content.dirty {
                    for sector in (*from..*to).step_by(512) {
                        let to = (sector + 512).min(*to).min(after.len());
                        if sector < to && dice.one_in(2) {
                            after[sector..to].copy_from_slice(&content.now[sector..to]);
                        }
                    }
                }
            }
            content.now.clone_from(&after);
            content.safe = after;
            content.dirty.clear();
        }
        PowerDisk(Arc::new(Mutex::new(World {
            files: old.files.clone(),
            now: names.clone(),
            safe: names,
            dice,
            left: usize::MAX,
            odds: 0,
        })))
    }
}

impl Disk for PowerDisk {
    fn create_dir(&self, path: &Path) -> Result<()> {
        let mut world = self.step()?;
        if !path
            .parent()
            .is_none_or(|parent| world.now.contains_key(parent))
        {
            return Err(ErrorKind::NotFound.into());
        }
        if world.now.contains_key(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        world.now.insert(path.to_path_buf(), Name::Folder);
        Ok(())
    }

    fn create_new(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        let mut world = self.step()?;
        if world.now.contains_key(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        if !path
            .parent()
            .is_some_and(|parent| world.now.contains_key(parent))
        {
            return Err(ErrorKind::NotFound.into());
        }
        let file = world.files.len();
        world.files.push(Content::default());
        world.now.insert(path.to_path_buf(), Name::File(file));
        drop(world);
        Ok(Box::new(Open {
            disk: self.clone(),
            file,
            at: 0,
        }))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>> {
        let world = self.step()?;
        match world.now.get(path) {
            Some(Name::File(file)) => Ok(Box::new(Open {
                disk: self.clone(),
                file: *file,
                at: 0,
            })),
            _ => Err(ErrorKind::NotFound.into()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        let mut world = self.step()?;
        let name = world.now.remove(from).ok_or(ErrorKind::NotFound)?;
        world.now.insert(to.to_path_buf(), name);
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        let mut world = self.step()?;
        world
            .now
            .remove(path)
            .map(drop)
            .ok_or(ErrorKind::NotFound.into())
    }

    fn remove_dir(&self, path: &Path) -> Result<()> {
        self.remove_file(path)
    }

    fn list(&self, path: &Path) -> Result<Vec<String>> {
        let world = self.step()?;
        let inside = world.now.keys().filter(|name| name.parent() == Some(path));
        Ok(inside
            .filter_map(|name| Some(name.file_name()?.to_str()?.to_owned()))
            .collect())
    }

    fn sync_dir(&self, path: &Path) -> Result<()> {
        let mut world = self.step()?;
        let odds = world.odds;
        if world.dice.one_in(odds) {
            return Err(Error::other("the folder could not be synchronised"));
        }
        let World { now, safe, .. } = &mut *world;
        safe.retain(|name, _| name.parent() != Some(path) || now.contains_key(name));
        for (name, what) in now.iter().filter(|(name, _)| name.parent() == Some(path)) {
            safe.insert(name.clone(), *what);
        }
        Ok(())
    }
}

struct Open {
    disk: PowerDisk,
    file: usize,
    at: usize,
}

impl Read for Open {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let world = self.disk.step()?;
        let bytes = world.files[self.file]
            .now
            .get(self.at..)
            .unwrap_or_default();
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.at += count;
        Ok(count)
    }
}

impl Write for Open {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        let mut world = self.disk.step()?;
        let odds = world.odds;
        let fails = world.dice.one_in(odds);
        let some = world.dice.below(buffer.len() as u64 + 1);
        let count = if fails {
            usize::try_from(some).unwrap()
        } else {
            buffer.len()
        };
        let content = &mut world.files[self.file];
        let end = self.at + count;
        if content.now.len() < end {
            content.now.resize(end, 0);
        }
        content.now[self.at..end].copy_from_slice(&buffer[..count]);
        content.dirty.push((self.at, end));
        self.at = end;
        if fails {
            Err(ErrorKind::StorageFull.into())
        } else {
            Ok(count)
        }
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Seek for Open {
    fn seek(&mut self, position: SeekFrom) -> Result<u64> {
        let length = self.disk.world().files[self.file].now.len() as u64;
        let at = match position {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => length.checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => (self.at as u64).checked_add_signed(by).unwrap(),
        };
        self.at = usize::try_from(at).unwrap();
        Ok(at)
    }
}

impl Storage for Open {
    fn set_len(&mut self, bytes: u64) -> Result<()> {
        let mut world = self.disk.step()?;
        let content = &mut world.files[self.file];
        content.now.resize(usize::try_from(bytes).unwrap(), 0);
        Ok(())
    }
}

impl DiskFile for Open {
    fn sync(&mut self) -> Result<()> {
        let mut world = self.disk.step()?;
        let odds = world.odds;
        let fails = world.dice.one_in(odds);
        let content = &mut world.files[self.file];
        let dirty = std::mem::take(&mut content.dirty);
        if fails {
            // As Linux does: the pages count as clean from now on, and the next synchronisation succeeds without them.
            return Err(Error::other("an input or output error"));
        }
        content.safe.resize(content.now.len(), 0);
        for (from, to) in dirty {
            let to = to.min(content.now.len());
            if from < to {
                content.safe[from..to].copy_from_slice(&content.now[from..to]);
            }
        }
        Ok(())
    }
}

/// What a call knows of its session.
struct Known {
    record: SessionRecord,
    session: Option<LiveSession>,
    appended: u64,
    /// Samples and steps that were acknowledged.
    acknowledged: u64,
    steps: u64,
    finished: bool,
}

impl Known {
    fn channels(&self) -> u64 {
        self.record.channels.count().into()
    }

    fn metadata(&self, step: u64) -> Metadata {
        let mut record = self.record.clone();
        record.custom.insert("step".to_owned(), step.to_string());
        record.open_samples = self.appended / self.channels();
        record.metadata()
    }
}

fn sample(session: usize, at: u64) -> i16 {
    let value = (at * 31 + session as u64 * 7919) % 65_521;
    i16::try_from(i64::try_from(value).unwrap() - 32_760).unwrap()
}

fn busy() -> Settings {
    Settings {
        interval: Duration::from_micros(300),
        batch_bytes: 4096,
        pending_bytes: 1 << 20,
        segment_bytes: 6000,
        copy_interval: Duration::from_micros(500),
        checkpoint_interval: Duration::from_millis(2),
        segment_interval: Duration::from_millis(20),
        open_files: 3,
        longest_bytes: 1 << 30,
        ..Settings::default()
    }
}

/// Has some calls be recorded until the power fails, or for so many turns.
fn calls(journal: &Journal, dice: &mut Dice, turns: usize) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    for _ in 0..turns {
        if known.len() < 6 && dice.one_in(4) {
            let id = SessionId::new(format!("conv-{}", known.len()), 1, time::Date::MIN);
            let mut record = SessionRecord::new(id, OffsetDateTime::UNIX_EPOCH);
            // Of every kind: one file, files that are shorter than what is appended at once, two channels.
            (record.channels, record.samples_per_part) = match known.len() % 3 {
                0 => (Channels::Mixed, None),
                1 => (Channels::Mixed, Some(500)),
                _ => (Channels::STEREO, Some(300)),
            };
            let mut one = Known {
                record,
                session: None,
                appended: 0,
                acknowledged: 0,
                steps: 0,
                finished: false,
            };
            one.session = journal.begin(one.record.id.clone(), &one.metadata(0)).ok();
            known.push(one);
            continue;
        }
        let number = usize::try_from(dice.below(known.len() as u64)).unwrap();
        let Some(one) = known.get_mut(number).filter(|one| !one.finished) else {
            continue;
        };
        let Some(session) = &one.session else {
            continue;
        };
        match dice.below(20) {
            0..14 => {
                let count = dice.below(700) * one.channels();
                let samples: Vec<_> = (0..count)
                    .map(|at| sample(number, one.appended + at))
                    .collect();
                if session.append(&samples).is_ok() {
                    one.appended += count;
                }
            }
            14..18 => {
                let step = one.steps + 1;
                let metadata = one.metadata(step);
                if session
                    .step(&metadata)
                    .and_then(onhook_channel::journal::Commit::wait)
                    .is_ok()
                {
                    one.acknowledged = one.appended;
                    one.steps = step;
                }
            }
            18 => {
                let _ = session.settle();
            }
            _ => {
                let step = one.steps + 1;
                let metadata = one.metadata(step);
                if session.finish(&metadata).is_ok() {
                    one.acknowledged = one.appended;
                    one.steps = step;
                    one.finished = true;
                }
            }
        }
    }
    known
}

/// The audio files of a session, in order.
fn parts(disk: &PowerDisk, folder: &Path) -> Vec<Vec<u8>> {
    let names = (0..).map(|index| match index {
        0 => "content.wav".to_owned(),
        index => format!("content.{index:04}.wav"),
    });
    let mut parts = Vec::new();
    for name in names {
        let Ok(mut file) = disk.open(&folder.join(name)) else {
            break;
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        parts.push(bytes);
    }
    parts
}

/// Checks that everything that was acknowledged is there, and nothing else.
fn check(disk: &PowerDisk, known: &[Known], why: &str) {
    let store = Store::on(disk.clone(), "/recordings");
    for (number, one) in known
        .iter()
        .enumerate()
        .filter(|(_, one)| one.session.is_some())
    {
        let id = &one.record.id;
        let parts = parts(disk, &store.folder(id));
        let whole = one.record.samples_per_part;
        let mut samples = Vec::new();
        for (index, bytes) in parts.iter().enumerate() {
            let mut wav = hound::WavReader::new(&bytes[..])
                .unwrap_or_else(|error| panic!("{why}: {id:?} {index}: {error}"));
            assert_eq!(u64::from(wav.spec().channels), one.channels(), "{why}");
            let is_last = index + 1 == parts.len();
            let length = u64::from(wav.duration());
            assert!(
                whole.is_none_or(|whole| length == whole || is_last && length <= whole),
                "{why}: part {index} of {} of {id:?} has {length} samples",
                parts.len()
            );
            assert!(length > 0 || parts.len() == 1, "{why}: an empty part");
            samples.extend(wav.samples::<i16>().map(|sample| sample.unwrap()));
        }
        let count = samples.len() as u64;
        assert!(
            (one.acknowledged..=one.appended).contains(&count),
            "{why}: {id:?} has {count} samples of {}, {} acknowledged",
            one.appended,
            one.acknowledged
        );
        let wrong = samples
            .iter()
            .zip(0..)
            .position(|(got, at)| *got != sample(number, at));
        assert_eq!(wrong, None, "{why}: a sample of {id:?}");
        let metadata = store
            .read_metadata(id)
            .unwrap_or_else(|error| panic!("{why}: {error}"));
        let step: u64 = metadata.onhook.custom["step"].parse().unwrap();
        assert!(
            step == one.steps || step == one.steps + 1,
            "{why}: {id:?} is at step {step} of {}",
            one.steps
        );
        if !one.finished && metadata.onhook.session_end_reason.is_some() {
            assert_eq!(
                metadata.onhook.session_end_reason.as_deref(),
                Some("ServiceRecovered")
            );
            let state = if samples.is_empty() {
                SessionState::Empty
            } else {
                SessionState::Partial
            };
            assert_eq!(metadata.onhook.state, state, "{why}");
            let sealed = &metadata.onhook.parts;
            assert_eq!(sealed.len(), parts.len(), "{why}");
            let sum: u64 = sealed.iter().map(|part| part.samples).sum();
            assert_eq!(sum, count / one.channels(), "{why}");
            for (part, bytes) in sealed.iter().zip(&parts) {
                assert_eq!(part.sha512, Sha512Hex::of_bytes(bytes), "{why}");
            }
            for (one, next) in sealed.iter().zip(sealed.iter().skip(1)) {
                assert_eq!(next.prev.as_ref(), Some(&one.sha512), "{why}");
                assert_eq!(one.end_reason.as_deref(), Some("ChunkMaximumSizeExceeded"));
            }
        }
    }
}

fn rounds(default: u64) -> u64 {
    std::env::var("ONHOOK_POWER_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(default)
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_fails() {
    for seed in 0..rounds(150) {
        let mut dice = Dice::new(seed);
        let disk = PowerDisk::new(seed);
        let (journal, _) = Journal::open_with(disk.clone(), "/recordings", busy()).unwrap();
        disk.fail_after(usize::try_from(30 + dice.below(3000)).unwrap());
        let known = calls(&journal, &mut dice, 150);
        disk.fail_after(1);
        drop(journal);
        let mut disk = disk.after_power_failure();
        // The power fails while the recovery is at work, again and again.
        for _ in 0..dice.below(4) {
            disk.fail_after(usize::try_from(1 + dice.below(200)).unwrap());
            drop(Journal::open_with(disk.clone(), "/recordings", busy()));
            disk.fail_after(1);
            disk = disk.after_power_failure();
        }
        let (journal, recovery) = Journal::open_with(disk.clone(), "/recordings", busy()).unwrap();
        assert!(
            recovery.failed.is_empty(),
            "seed {seed}: {:?}",
            recovery.failed
        );
        assert!(
            recovery.damage.is_empty(),
            "seed {seed}: {:?}",
            recovery.damage
        );
        assert!(
            recovery.sessions.iter().all(|session| session.missing == 0),
            "seed {seed}"
        );
        check(&disk, &known, &format!("seed {seed}"));
        drop(journal);
        check(&disk, &known, &format!("seed {seed}, later"));
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_disk_fails_now_and_then() {
    for seed in 0..rounds(150) {
        let mut dice = Dice::new(seed + 1_000_000);
        let disk = PowerDisk::new(seed);
        let (journal, _) = Journal::open_with(disk.clone(), "/recordings", busy()).unwrap();
        disk.fail_one_in(5 + dice.below(60));
        let known = calls(&journal, &mut dice, 150);
        let cut = dice.one_in(2);
        if cut {
            disk.fail_after(1);
        } else {
            disk.fail_one_in(0);
        }
        drop(journal);
        let disk = if cut {
            disk.after_power_failure()
        } else {
            disk
        };
        disk.fail_one_in(0);
        let (journal, recovery) = Journal::open_with(disk.clone(), "/recordings", busy()).unwrap();
        assert!(
            recovery.failed.is_empty(),
            "seed {seed}: {:?}",
            recovery.failed
        );
        check(&disk, &known, &format!("seed {seed}"));
        drop(journal);
    }
}
