//! "At most 200 ms of audio lost per call at kill -9, whatever the number of calls; nothing acknowledged lost, no
//! corrupt file, no lost session": a process that records calls in real time is killed at random moments.
//!
//! `ONHOOK_KILL_ROUNDS` says how often, 200 times unless set.

mod kill;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use onhook_channel::journal::{Commit, Ending, Journal, LiveSession};
use onhook_channel::media::Channels;
use onhook_channel::store::metadata::{Metadata, SessionRecord};
use onhook_channel::store::{RealDisk, SessionId};
use time::OffsetDateTime;

use kill::{dice, errand, killed, rounds};

const CALLS: u32 = 6;
/// 200 ms at 16 kHz.
const BOUND: u64 = 3200;
const FRAME: u64 = 320;

/// What the child reports: a mark, what it is about, the session, and a number.
const MARK: [u8; 4] = *b"\0kil";
const BEGUN: u32 = 1;
const HEARD: u32 = 2;
const STEPPED: u32 = 3;
const KEPT: u32 = 4;
const FINISHED: u32 = 5;

fn report(what: u32, session: u32, value: u64) {
    let mut line = Vec::with_capacity(20);
    line.extend_from_slice(&MARK);
    line.extend_from_slice(&what.to_le_bytes());
    line.extend_from_slice(&session.to_le_bytes());
    line.extend_from_slice(&value.to_le_bytes());
    let mut out = std::io::stdout().lock();
    // The parent is there until it has killed us.
    let _ = out.write_all(&line).and_then(|()| out.flush());
}

fn sample(session: u32, at: u64) -> i16 {
    let value = (at * 31 + u64::from(session) * 7919) % 65_521;
    i16::try_from(i64::try_from(value).unwrap() - 32_760).unwrap()
}

fn id(session: u32) -> SessionId {
    SessionId::new(format!("conv-{session}"), 1, time::Date::MIN)
}

/// The channels of a session and the length of its files: some of every kind.
fn shape(session: u32) -> (Channels, Option<u64>) {
    match session % 3 {
        0 => (Channels::Mixed, None),
        1 => (Channels::Mixed, Some(1000)),
        _ => (Channels::STEREO, Some(500)),
    }
}

fn metadata(session: u32, step: u64) -> Metadata {
    let mut record = SessionRecord::new(id(session), OffsetDateTime::UNIX_EPOCH);
    (record.channels, record.samples_per_part) = shape(session);
    record.custom.insert("step".to_owned(), step.to_string());
    record.metadata()
}

/// Not a test: the process that is killed, when the environment says so.
#[test]
fn child() {
    let Some((folder, seed)) = errand() else {
        return;
    };
    let (journal, _) = Journal::open(RealDisk, folder).unwrap();
    let journal = Arc::new(journal);
    let calls: Vec<_> = (0..CALLS)
        .map(|session| {
            let journal = Arc::clone(&journal);
            let seed = seed * u64::from(CALLS) + u64::from(session);
            thread::spawn(move || call(&journal, session, seed))
        })
        .collect();
    for call in calls {
        call.join().unwrap();
    }
}

/// One call in real time.
fn call(journal: &Journal, session: u32, seed: u64) {
    let mut dice = dice(seed);
    let tick = Duration::from_millis(20);
    // Nobody but the clock says when a frame is there.
    thread::sleep(Duration::from_millis(dice(150)));
    let live = journal.begin(id(session), &metadata(session, 0)).unwrap();
    report(BEGUN, session, 0);
    let (asked, answers) = mpsc::channel::<(Commit, u64, u64)>();
    let answering = thread::spawn(move || {
        for (commit, step, samples) in answers {
            commit.wait().unwrap();
            report(KEPT, session, samples);
            report(STEPPED, session, step);
        }
    });
    let (start, mut step) = (Instant::now(), 0);
    for frame in 0..u32::MAX {
        if let Some(left) = (tick * frame).checked_sub(start.elapsed()) {
            thread::sleep(left);
        }
        let at = u64::from(frame) * FRAME;
        report(HEARD, session, at + FRAME);
        let samples: Vec<_> = (at..at + FRAME).map(|at| sample(session, at)).collect();
        live.append(&samples).unwrap();
        if dice(8) == 0 {
            step += 1;
            let commit = live.step(&metadata(session, step)).unwrap();
            asked.send((commit, step, at + FRAME)).unwrap();
        }
        if frame > 3 && dice(40) == 0 {
            finish(&live, session, step + 1, at + FRAME);
            break;
        }
    }
    drop(asked);
    answering.join().unwrap();
}

fn finish(live: &LiveSession, session: u32, step: u64, samples: u64) {
    live.finish(&metadata(session, step)).unwrap();
    report(FINISHED, session, samples);
    report(STEPPED, session, step);
}

/// What was reported of a session.
#[derive(Debug, Default)]
struct Said {
    begun: bool,
    heard: u64,
    step: u64,
    kept: u64,
    finished: Option<u64>,
}

fn said(bytes: &[u8]) -> BTreeMap<u32, Said> {
    let mut sessions: BTreeMap<u32, Said> = BTreeMap::new();
    let mut at = 0;
    while let Some(record) = bytes.get(at..at + 20) {
        if record[..4] != MARK {
            at += 1;
            continue;
        }
        at += 20;
        let word = |at: usize| u32::from_le_bytes(record[at..at + 4].try_into().unwrap());
        let value = u64::from_le_bytes(record[12..].try_into().unwrap());
        let said = sessions.entry(word(8)).or_default();
        match word(4) {
            BEGUN => said.begun = true,
            HEARD => said.heard = value,
            STEPPED => said.step = said.step.max(value),
            KEPT => said.kept = value,
            FINISHED => said.finished = Some(value),
            other => panic!("report {other}"),
        }
    }
    sessions
}

/// What all files of a session have, one after the other.
fn samples(folder: &Path, session: u32, why: &str) -> Vec<i16> {
    let (channels, whole) = shape(session);
    let names = (0..).map(|index| match index {
        0 => "content.wav".to_owned(),
        index => format!("content.{index:04}.wav"),
    });
    let files = names.map(|name| folder.join(name));
    let mut files = files.take_while(|path| path.exists()).peekable();
    assert!(files.peek().is_some(), "{why}: no file");
    let mut samples = Vec::new();
    while let Some(path) = files.next() {
        let wav = hound::WavReader::open(path);
        let mut wav = wav.unwrap_or_else(|error| panic!("{why}: {error}"));
        assert_eq!(wav.spec().channels, channels.count(), "{why}");
        let length = u64::from(wav.duration());
        let is_last = files.peek().is_none();
        let fits = |whole| length == whole || is_last && length <= whole;
        assert!(whole.is_none_or(fits), "{why}: a file of {length} samples");
        samples.extend(wav.samples::<i16>().map(|sample| sample.unwrap()));
    }
    samples
}

fn round(folder: &Path, seed: u64) -> u64 {
    let after = Duration::from_millis(10 + dice(seed)(500));
    let bytes = killed(folder, seed, after);

    let (journal, recovery) = Journal::open(RealDisk, folder).unwrap();
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
    let mut most = 0;
    for (session, said) in said(&bytes).into_iter().filter(|(_, said)| said.begun) {
        let (id, why) = (
            id(session),
            format!("seed {seed}, session {session}, {said:?}"),
        );
        let samples = samples(&journal.store().folder(&id), session, &why);
        let wrong = samples
            .iter()
            .zip(0..)
            .position(|(got, at)| *got != sample(session, at));
        assert_eq!(wrong, None, "{why}");
        let count = samples.len() as u64;
        assert!(count >= said.kept, "{why}: {count} samples");
        assert!(
            said.finished.is_none_or(|finished| finished == count),
            "{why}: {count} samples"
        );
        let lost = said.heard.saturating_sub(count);
        assert!(lost <= BOUND, "{why}: {} ms were lost", lost / 16);
        most = most.max(lost);
        let metadata = journal
            .store()
            .read_metadata(&id)
            .unwrap_or_else(|error| panic!("{why}: {error}"));
        let step: u64 = metadata.onhook.custom["step"].parse().unwrap();
        assert!(step >= said.step, "{why}: step {step}");
        let recovered = recovery.sessions.iter().find(|one| one.id == id);
        if let Some(recovered) = recovered {
            let channels = u64::from(shape(session).0.count());
            assert_eq!(
                (recovered.samples * channels, recovered.missing),
                (count, 0),
                "{why}"
            );
            let ended = metadata.onhook.session_end_reason.as_deref() == Some("ServiceRecovered");
            assert_eq!(ended, recovered.ending == Ending::Interrupted, "{why}");
        }
        assert!(
            recovered.is_some() || said.finished.is_some(),
            "{why}: lost session"
        );
    }
    most
}

#[test]
fn at_most_200_ms_are_lost_when_the_process_is_killed() {
    let (rounds, most) = rounds("ONHOOK_KILL_ROUNDS", 200, round);
    println!(
        "{rounds} times killed, at most {} ms lost of a call",
        most / 16
    );
}
