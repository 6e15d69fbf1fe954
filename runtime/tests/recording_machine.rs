//! The recording commands against the table of states, and the rules around it.

use std::collections::BTreeMap;
use std::time::Duration;

use onhook::command_error::CommandError;
use onhook::recording::{
    Action, ChannelType, CommandId, ContentType, Dialect, Effect, EndReason, ErrorCode,
    Fingerprint, Ledger, Machine, MetadataError, Phase, RecordingFormat, RecordingPause,
    RecordingResume, RecordingStart, RecordingStatus, RecordingStop, ResumePolicy, Seen,
    StartOptions, State,
};
use proptest::prelude::*;

/// One cell of the table: where the command leads, with which work; or the error it is refused with.
#[derive(Clone, Copy)]
enum Cell {
    /// The word of the state, the session relative to the one before, and what the recorder does.
    Goes(&'static str, u32, Work),
    Refused(&'static str, &'static str),
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Work {
    Open,
    Pause,
    Resume,
    Reopen,
    Close,
}

use Cell::Goes;

const ALREADY: Cell = Cell::Refused(
    "RecordingAlreadyInProgress",
    "Recording is already in progress",
);
const NOT: Cell = Cell::Refused("RecordingNotStarted", "Recording has not started");
const PAUSED: Cell = Cell::Refused("RecordingAlreadyPaused", "Recording is already paused");
const ENDED: Cell = Cell::Refused("ConversationEnded", "The conversation has ended");

/// Columns: start, pause, resume, stop.
#[rustfmt::skip]
const TABLE: [(&str, [Cell; 4]); 5] = [
    ("idle",      [Goes("recording", 1, Work::Open), NOT,                             NOT,                                NOT]),
    ("recording", [ALREADY,                          Goes("paused", 0, Work::Pause),  ALREADY,                            Goes("stopped", 0, Work::Close)]),
    ("paused",    [ALREADY,                          PAUSED,                          Goes("recording", 0, Work::Resume), Goes("stopped", 0, Work::Close)]),
    ("stopped",   [Goes("recording", 1, Work::Open), NOT,                             Goes("recording", 0, Work::Reopen), NOT]),
    ("ended",     [ENDED,                            NOT,                             NOT,                                NOT]),
];

/// The table read as a program, knowing nothing of the machine.
struct Model {
    word: &'static str,
    session: u32,
    paused_only: bool,
}

impl Model {
    fn command(
        &mut self,
        column: usize,
        paused: bool,
    ) -> Result<Work, (&'static str, &'static str)> {
        let (_, row) = TABLE
            .into_iter()
            .find(|(word, _)| *word == self.word)
            .expect("a row for each state");
        let cell = if self.paused_only && self.word == "stopped" && column == 2 {
            NOT
        } else {
            row[column]
        };
        match cell {
            Goes(next, more, work) => {
                self.word = if paused && work == Work::Open {
                    "paused"
                } else {
                    next
                };
                self.session += more;
                Ok(work)
            }
            Cell::Refused(code, message) => Err((code, message)),
        }
    }

    /// Something other than a command closes the recording; true when there was something to close.
    fn interrupted(&mut self, word: &'static str) -> bool {
        let open = matches!(self.word, "recording" | "paused");
        if open || word == "ended" {
            self.word = word;
        }
        open
    }

    fn assert_is(&self, state: State) {
        assert_eq!(state.phase().as_str(), self.word);
        let session = if matches!(self.word, "idle" | "ended") {
            None
        } else {
            Some(self.session)
        };
        assert_eq!(state.session(), session);
    }
}

fn work_of(effect: &Effect) -> Work {
    match effect {
        Effect::OpenSession { .. } => Work::Open,
        Effect::Pause => Work::Pause,
        Effect::Resume => Work::Resume,
        Effect::Reopen => Work::Reopen,
        Effect::Close(_) => Work::Close,
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Command {
        column: usize,
        paused: bool,
        committed: bool,
    },
    Fail,
    MaxDuration,
    End,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let command = (0_usize..4, any::<bool>(), prop::bool::weighted(0.9)).prop_map(
        |(column, paused, committed)| Step::Command {
            column,
            paused,
            committed,
        },
    );
    let step = prop_oneof![30 => command, 2 => Just(Step::Fail), 2 => Just(Step::MaxDuration), 1 => Just(Step::End)];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_follows_the_table(steps in steps(), paused_only: bool) {
        let policy = if paused_only { ResumePolicy::PausedOnly } else { ResumePolicy::AfterStopAppends };
        let mut machine = Machine::new(policy);
        let mut model = Model { word: "idle", session: 0, paused_only };
        for step in steps {
            let before = machine.clone();
            match step {
                Step::Command { column, paused, committed: false } => {
                    let _ = machine.plan(Action::ALL[column], StartOptions { pause_on_start: paused });
                    prop_assert_eq!(&machine, &before, "a plan changes nothing");
                }
                Step::Command { column, paused, committed: true } => {
                    let answered = machine.apply(Action::ALL[column], StartOptions { pause_on_start: paused });
                    match (answered, model.command(column, paused)) {
                        (Ok(done), Ok(work)) => {
                            prop_assert_eq!(work_of(&done.effect), work);
                            prop_assert_eq!(done.from, before.state());
                            prop_assert_eq!(done.to, machine.state());
                            if let Effect::OpenSession { session, paused: opened_paused } = done.effect {
                                prop_assert_eq!((session, opened_paused), (model.session, paused));
                            }
                            if let Effect::Close(reason) = done.effect {
                                prop_assert_eq!(reason, EndReason::StopRecording);
                            }
                        }
                        (Err(error), Err((code, message))) => {
                            prop_assert_eq!((error.code.as_str(), error.message.as_str()), (code, message));
                            prop_assert_eq!(&machine, &before, "a refused command changes nothing");
                        }
                        (answered, expected) => prop_assert!(false, "answered {answered:?}, expected {expected:?}"),
                    }
                }
                Step::Fail => {
                    let closed = machine.fail().map(|done| done.effect);
                    let expected = model.interrupted("stopped").then_some(Effect::Close(EndReason::StorageFailed));
                    prop_assert_eq!(closed, expected);
                }
                Step::MaxDuration => {
                    let closed = machine.close(EndReason::MaxDurationExceeded).map(|done| done.effect);
                    let expected = model.interrupted("stopped").then_some(Effect::Close(EndReason::MaxDurationExceeded));
                    prop_assert_eq!(closed, expected);
                }
                Step::End => {
                    let closed = machine.end(EndReason::CallEnded);
                    let expected = model.interrupted("ended").then_some(Effect::Close(EndReason::CallEnded));
                    prop_assert_eq!(closed.map(|done| (done.from, done.effect)), expected.map(|effect| (before.state(), effect)));
                    prop_assert_eq!(machine.end(EndReason::CallTransferred), None, "the first end counts");
                }
            }
            model.assert_is(machine.state());
        }
    }
}

#[test]
fn a_start_whose_file_could_not_be_created_is_dropped_and_may_be_tried_again() {
    let mut machine = Machine::new(ResumePolicy::default());
    let dropped = machine
        .plan(Action::Start, StartOptions::default())
        .unwrap();
    let again = machine
        .plan(Action::Start, StartOptions::default())
        .unwrap();
    assert_eq!(dropped, again);
    machine.commit(&again).unwrap();
    assert_eq!(machine.state(), State::Recording(1));
}

#[test]
fn a_plan_made_before_the_end_of_the_call_cannot_be_committed_after_it() {
    let mut machine = Machine::new(ResumePolicy::default());
    let start = machine
        .plan(Action::Start, StartOptions::default())
        .unwrap();
    machine.end(EndReason::CallEnded);
    let stale = machine.commit(&start).unwrap_err();
    assert_eq!((stale.planned, stale.found), (State::Idle, State::Ended));
    assert_eq!(machine.state(), State::Ended);
}

#[test]
fn a_failed_recording_can_be_started_again() {
    let mut machine = Machine::new(ResumePolicy::default());
    machine
        .apply(
            Action::Start,
            StartOptions {
                pause_on_start: true,
            },
        )
        .unwrap();
    assert_eq!(
        machine.fail().map(|done| (done.from, done.to)),
        Some((State::Paused(1), State::Stopped(1)))
    );
    assert_eq!(machine.fail(), None);
    assert_eq!(
        machine
            .apply(Action::Start, StartOptions::default())
            .unwrap()
            .to,
        State::Recording(2)
    );
}

#[test]
fn a_journal_restores_the_machine() {
    let mut machine = Machine::restore(ResumePolicy::default(), State::Recording(3));
    assert_eq!(
        machine.end(EndReason::ServiceRecovered).unwrap().effect,
        Effect::Close(EndReason::ServiceRecovered)
    );
}

#[test]
fn codes_and_messages_are_exact() {
    let errors = [
        (
            CommandError::recording_already_in_progress(),
            "RecordingAlreadyInProgress",
            "Recording is already in progress",
        ),
        (
            CommandError::recording_not_started(),
            "RecordingNotStarted",
            "Recording has not started",
        ),
        (
            CommandError::recording_already_paused(),
            "RecordingAlreadyPaused",
            "Recording is already paused",
        ),
        (
            CommandError::conversation_ended(),
            "ConversationEnded",
            "The conversation has ended",
        ),
        (
            CommandError::recording_storage_failed(),
            "RecordingStorageFailed",
            "Recording could not be stored",
        ),
        (
            CommandError::command_id_conflict(),
            "CommandIdConflict",
            "The command id was already used for a different command",
        ),
        (
            CommandError::bad_argument("metadata has an empty key"),
            "BadArgument",
            "metadata has an empty key",
        ),
        (
            CommandError::unsupported_command("x/y"),
            "UnsupportedCommand",
            "The command is not known: x/y",
        ),
        (
            CommandError::not_supported(),
            "NotSupported",
            "The command is not supported here",
        ),
    ];
    for ((error, code, message), known) in errors.iter().zip(ErrorCode::ALL) {
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            (*code, *message)
        );
        assert_eq!(error.known(), Some(known));
        assert_eq!(
            serde_json::to_string(error).unwrap(),
            format!(r#"{{"code":"{code}","message":"{message}"}}"#),
            "nothing else is written"
        );
    }
}

fn id(text: &str) -> CommandId {
    CommandId::of(Some(text), None).unwrap()
}

fn data(json: &str) -> Fingerprint {
    Fingerprint::of(Some(&serde_json::from_str(json).unwrap()))
}

const START: &str = "recording_start_command";
const ZERO: Duration = Duration::ZERO;

#[test]
fn a_command_that_comes_twice_is_carried_out_once() {
    let mut ledger = Ledger::default();
    let none = Fingerprint::of(None);
    assert_eq!(ledger.check(&id("1"), START, none), Seen::New);
    ledger.accept(id("1"), START, none, ZERO);
    assert_eq!(ledger.check(&id("1"), START, none), Seen::UnderWay);
    ledger.remember(id("1"), START, none, "started", ZERO);
    assert_eq!(
        ledger.check(&id("1"), START, data("{}")),
        Seen::Replay(&"started")
    );
    assert_eq!(
        ledger.check(&CommandId::of(None, Some("1")).unwrap(), START, none),
        Seen::New
    );
}

#[test]
fn the_same_command_in_another_dialect_is_the_same() {
    let none = Fingerprint::of(None);
    for action in Action::ALL {
        let mut ledger = Ledger::default();
        ledger.remember(id("1"), action.wire_name(Dialect::Preview), none, (), ZERO);
        for other in Action::ALL {
            let expected = if other == action {
                Seen::Replay(&())
            } else {
                Seen::Conflict
            };
            assert_eq!(
                ledger.check(&id("1"), other.wire_name(Dialect::Current), none),
                expected,
                "{action} {other}"
            );
        }
    }
}

#[test]
fn an_id_used_for_something_else_is_a_conflict_and_leaves_the_first_answer() {
    let mut ledger = Ledger::default();
    let queue = |name| data(&format!(r#"{{"metadata":{{"queue":"{name}"}}}}"#));
    ledger.remember(id("1"), START, queue("a"), 1, ZERO);
    assert_eq!(ledger.check(&id("1"), START, queue("b")), Seen::Conflict);
    assert_eq!(
        ledger.check(&id("1"), "application/vnd.contoso.ticket", queue("a")),
        Seen::Conflict
    );
    ledger.remember(id("1"), START, queue("b"), 2, ZERO);
    ledger.accept(id("1"), START, queue("a"), ZERO);
    assert_eq!(ledger.check(&id("1"), START, queue("a")), Seen::Replay(&1));
}

#[test]
fn at_most_1024_commands_are_remembered_and_the_oldest_answered_leaves() {
    let mut ledger = Ledger::default();
    let none = Fingerprint::of(None);
    ledger.accept(id("under way"), START, none, ZERO);
    for number in 0..1_023 {
        ledger.remember(id(&number.to_string()), START, none, number, ZERO);
    }
    assert_eq!(
        (ledger.len(), ledger.check(&id("0"), START, none)),
        (1_024, Seen::Replay(&0))
    );
    ledger.remember(id("1023"), START, none, 1_023, ZERO);
    assert_eq!(ledger.len(), 1_024);
    assert_eq!(ledger.check(&id("0"), START, none), Seen::New);
    assert_eq!(ledger.check(&id("1"), START, none), Seen::Replay(&1));
    assert_eq!(ledger.check(&id("under way"), START, none), Seen::UnderWay);
}

#[test]
fn commands_are_remembered_for_the_conversation_and_ten_minutes() {
    let mut ledger = Ledger::default();
    let none = Fingerprint::of(None);
    let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
    ledger.remember(id("in the call"), START, none, (), ZERO);
    assert!(
        !ledger.expire(minutes(600)),
        "nothing is forgotten in a call"
    );
    ledger.end(minutes(600));
    ledger.end(minutes(900));
    ledger.remember(id("after it"), START, none, (), minutes(601));
    assert!(!ledger.expire(minutes(609) + Duration::from_millis(59_999)));
    assert_eq!(ledger.len(), 2);
    assert!(!ledger.expire(minutes(610)));
    assert_eq!(ledger.check(&id("in the call"), START, none), Seen::New);
    assert_eq!(
        ledger.check(&id("after it"), START, none),
        Seen::Replay(&())
    );
    assert!(ledger.expire(minutes(611)));
    assert!(ledger.is_empty());
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

#[test]
fn start_data_is_read_as_clients_write_it() {
    let audio = RecordingStart::new()
        .content_type(ContentType::Audio)
        .channel_type(ChannelType::Unmixed);
    for json in [
        r#"{"recordingContentType":0,"recordingChannelType":1}"#,
        r#"{"recordingContentType":"Audio","recordingChannelType":"UNMIXED","later":{"x":1}}"#,
        r#"{"recordingContentType":"audio","recordingChannelType":"unmixed","metadata":null,"pauseOnStart":null}"#,
    ] {
        assert_eq!(read::<RecordingStart>(json), audio, "{json}");
    }
    let full = RecordingStart::new()
        .metadata("k", "v")
        .content_type(ContentType::AudioVideo)
        .channel_type(ChannelType::Mixed)
        .format(RecordingFormat::Mp3)
        .pause_on_start();
    let json = r#"{"metadata":{"k":"v"},"recordingContentType":"audioVideo","recordingChannelType":"mixed","recordingFormatType":"mp3","pauseOnStart":true}"#;
    assert_eq!(serde_json::to_string(&full).unwrap(), json);
    assert_eq!(read::<RecordingStart>(json), full);
    assert_eq!(
        StartOptions::from(&full),
        StartOptions {
            pause_on_start: true
        }
    );
}

#[test]
fn data_that_is_null_is_the_default() {
    for json in ["null", "{}"] {
        assert_eq!(read::<RecordingStart>(json), RecordingStart::default());
        assert_eq!(read::<RecordingPause>(json), RecordingPause::default());
        assert_eq!(read::<RecordingResume>(json), RecordingResume::default());
        assert_eq!(read::<RecordingStop>(json), RecordingStop::default());
        assert_eq!(read::<RecordingStatus>(json), RecordingStatus::default());
    }
    assert_eq!(serde_json::to_string(&RecordingStart::new()).unwrap(), "{}");
    assert_eq!(serde_json::to_string(&RecordingStop::new()).unwrap(), "{}");
    assert_eq!(
        read::<RecordingPause>(r#"{"reason":"payment-card"}"#),
        RecordingPause::new().reason("payment-card")
    );
}

#[test]
fn wrong_start_data_is_refused_with_what_was_expected() {
    for (json, part) in [
        (
            r#"{"recordingContentType":"video"}"#,
            r#"expected "audio" (0) or "audioVideo" (1)"#,
        ),
        (
            r#"{"recordingChannelType":2}"#,
            r#"expected "mixed" (0) or "unmixed" (1)"#,
        ),
        (
            r#"{"recordingChannelType":-1}"#,
            r#"expected "mixed" (0) or "unmixed" (1)"#,
        ),
        (
            r#"{"recordingFormatType":0}"#,
            r#"expected "wav", "mp3" or "mp4""#,
        ),
        (r#"{"metadata":{"n":1}}"#, "expected a string"),
        ("[]", ""),
    ] {
        let error = serde_json::from_str::<RecordingStart>(json).map(drop);
        if json == "[]" {
            assert!(error.is_err(), "{json}");
        } else {
            let error = error.unwrap_err().to_string();
            assert!(error.contains(part), "{json}: {error}");
        }
    }
}

#[test]
fn a_status_is_open_for_states_to_come() {
    let json = r#"{"recordingId":"conv-7-0001","session":1,"state":"muted","effectiveAtMs":8120,"recordedMs":8000}"#;
    let status: RecordingStatus = read(json);
    assert_eq!(status.state, Some(Phase::Other("muted".into())));
    assert_eq!(serde_json::to_string(&status).unwrap(), json);
    assert_eq!(
        read::<RecordingStatus>(r#"{"state":"paused","new":0}"#).state,
        Some(Phase::Paused)
    );
}

fn keys(count: usize) -> RecordingStart {
    (0..count).fold(RecordingStart::new(), |start, number| {
        start.metadata(format!("k{number}"), "")
    })
}

/// One key of two bytes in UTF-8, and values that fill up to `bytes`.
fn bytes(bytes: usize) -> RecordingStart {
    RecordingStart::new().metadata("ü", "x".repeat(bytes - 2))
}

#[test]
fn metadata_is_limited_in_keys_and_bytes() {
    for (start, expected) in [
        (RecordingStart::new(), Ok(())),
        (keys(64), Ok(())),
        (
            keys(65),
            Err(MetadataError::TooManyKeys {
                found: 65,
                limit: 64,
            }),
        ),
        (bytes(16_384), Ok(())),
        (
            bytes(16_385),
            Err(MetadataError::TooLarge {
                found: 16_385,
                limit: 16_384,
            }),
        ),
        (
            RecordingStart::new().metadata("", "v"),
            Err(MetadataError::EmptyKey),
        ),
    ] {
        assert_eq!(start.check(), expected);
    }
    let refused = CommandError::from(keys(65).check().unwrap_err());
    assert_eq!(
        refused.to_string(),
        "BadArgument: metadata has 65 keys, and at most 64 are allowed"
    );
    assert_eq!(onhook::recording::check_metadata(&BTreeMap::new()), Ok(()));
}
