//! The parsers of foreign bytes, each as a function of the bytes that may fail and must not panic.
//!
//! `fuzz/` gives them to libFuzzer, and `tests/fuzz_corpus.rs` the corpus that is kept there. What they assert holds for
//! all bytes: mostly that what was read and is written is read as the same again.

mod corpus;
mod store;

use std::fs;
use std::io::Cursor;

use onhook::activity::{Activity, Entity, Json};
use onhook::ssml::{self, LONGEST_BREAK, Segment};
use onhook::testing::TestTurn;
use onhook::{CommandError, CommandResult, FromTurn, RecordingStart, hook};
use onhook_channel::journal::{Journal, fuzzing};
use onhook_channel::store::RealDisk;
use onhook_channel::testing::SavedCall;
use onhook_channel::wav;

pub use corpus::replay;
pub use store::store;

/// The name of a folder in `fuzz/corpus`, and what is done with the files in it.
pub type Target = (&'static str, fn(&[u8]));

/// The targets of this crate.
pub const TARGETS: [Target; 6] = [
    ("activity", activity),
    ("journal", journal),
    ("saved_call", saved_call),
    ("ssml", ssml),
    ("store", store),
    ("wav", wav),
];

/// An activity, and what handlers read from one.
pub fn activity(bytes: &[u8]) {
    let Ok(activity) = Activity::from_slice(bytes) else {
        return;
    };
    let written = activity.to_json();
    assert_eq!(Activity::from_json(&written).as_ref(), Ok(&activity));
    let open = [&activity.value, &activity.channel_data];
    let members = activity.extra.iter().map(|(_, value)| value);
    for value in open.into_iter().flatten().chain(members) {
        let _ = value.parse::<serde_json::Value>();
        // Every JSON is an error, but for numbers that no double holds and for what is nested too deep.
        let error = value.parse::<CommandError>();
        assert_eq!(error.is_ok(), value.parse::<serde_json::Value>().is_ok());
        assert_eq!(&value.as_str().parse::<Json>().unwrap(), value);
    }
    for entity in activity.entities() {
        let _ = entity.is(Entity::DTMF);
    }
    let _ = (activity.dtmf(), activity.stream_info());
    let _ = Activity::continuation(activity.conversation_reference());
    if let Some(speak) = &activity.speak {
        ssml(speak.as_bytes());
    }
    let turn = TestTurn::new(activity);
    let result = <CommandResult<RecordingStart> as FromTurn<
        hook::on_command_result<RecordingStart>,
    >>::from_turn(&turn);
    if let Ok(result) = result {
        let _ = result.outcome();
    }
}

/// A document of SSML.
pub fn ssml(bytes: &[u8]) {
    let document = String::from_utf8_lossy(bytes);
    match ssml::read(&document) {
        Ok(segments) => {
            for pair in segments.windows(2) {
                assert!(!matches!(pair, [Segment::Text(_), Segment::Text(_)]));
            }
            for segment in &segments {
                match segment {
                    Segment::Text(text) => assert!(!text.is_empty()),
                    Segment::Break(pause) => assert!(!pause.is_zero() && *pause <= LONGEST_BREAK),
                    Segment::Rate(percent) => assert!((50..=200).contains(percent)),
                }
            }
        }
        Err(error) => assert!(document.is_char_boundary(error.offset)),
    }
}

/// A WAV file: read, as one and as channels, and repaired as after a crash.
pub fn wav(bytes: &[u8]) {
    const LIMIT: u64 = 16_000;
    if let Ok(audio) = wav::read_at_most(bytes, LIMIT) {
        assert!(audio.samples.len() as u64 <= LIMIT);
    }
    let _ = wav::read(bytes);
    let _ = wav::read_channels(bytes);
    let mut file = Cursor::new(bytes.to_vec());
    if wav::repair(&mut file).is_ok() {
        let again = wav::repair(&mut Cursor::new(file.get_ref().clone()));
        assert!(again.is_ok(), "what is repaired can be repaired");
    }
    let _ = wav::Writer::reopen(Cursor::new(bytes.to_vec()));
}

/// What a process has left in its journal: a segment as it is, or one that the bytes describe.
pub fn journal(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (name, described) = fuzzing::segment(bytes);
    let segment = if bytes.starts_with(b"onhookJ") {
        bytes
    } else {
        &described
    };
    let recordings = folder.path().join("recordings");
    fs::create_dir_all(recordings.join("journal")).expect("a folder for the journal");
    fs::write(recordings.join("journal").join(name), segment).expect("a segment");
    if let Ok((journal, recovery)) = Journal::open(RealDisk, &recordings) {
        for recovered in &recovery.sessions {
            let _ = journal.store().read_metadata(&recovered.id);
        }
        drop(journal);
        let again = Journal::open(RealDisk, &recordings);
        let (_, again) = again.expect("a journal that was opened can be opened again");
        assert!(
            !recovery.failed.is_empty() || again.sessions.is_empty(),
            "what was recovered is recovered once"
        );
    }
}

/// A call that a test has saved.
pub fn saved_call(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(call) = text.parse::<SavedCall>() {
        let written = call.to_string();
        let again: SavedCall = written.parse().expect("what is written is read");
        assert_eq!(again.to_string(), written);
    }
}
