//! The recording commands against the table of states.

use onhook::recording::{Action, Effect, EndReason, Machine, ResumePolicy, StartOptions, State};
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
