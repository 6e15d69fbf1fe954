//! Calls that nobody thought of: random orders, speech, keys and hang-ups against the whole channel, compared with a
//! model of the rules that fits on a page.

use std::collections::BTreeMap;

use onhook::Activity;
use onhook_channel::media::{FRAME_DURATION, FRAME_SAMPLES};
use onhook_channel::voice::{Party, ToneVoice};
use onhook_channel::{CallReport, Channel, Dial, EndedBy, Event};
use onhook_tests::obedient::{Obedient, command};
use onhook_tests::recorded::samples;
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

const ACTIONS: [&str; 4] = ["start", "pause", "resume", "stop"];
const WORDS: [&str; 4] = ["a", "apple", "kiwi", "pomegranate"];

/// What the bot sends in one turn.
#[derive(Clone, Debug)]
enum Sent {
    Command {
        id: u8,
        action: usize,
        preview: bool,
    },
    Says(usize),
    HangsUp,
}

/// What the caller does.
#[derive(Clone, Debug)]
enum Step {
    Says(usize),
    Presses(char),
    /// Says `raw`, upon which the bot sends these.
    Asks(Vec<Sent>),
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        12 => (0..40_u8, 0..4_usize, any::<bool>())
            .prop_map(|(id, action, preview)| Sent::Command { id, action, preview }),
        4 => (0..WORDS.len()).prop_map(Sent::Says),
        2 => Just(Sent::HangsUp),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..WORDS.len()).prop_map(Step::Says),
        1 => prop::sample::select(vec!['0', '7', '#']).prop_map(Step::Presses),
        5 => prop::collection::vec(sent(), 1..5).prop_map(Step::Asks),
    ]
}

fn activity(sent: &Sent) -> Activity {
    match sent {
        Sent::Command {
            id,
            action,
            preview,
        } => {
            let action = ACTIONS[*action];
            let name = if *preview {
                format!("recording_{action}_command")
            } else {
                format!("channel/vnd.microsoft.telephony.recording.{action}")
            };
            command(&name, &id.to_string(), &Value::Null)
        }
        Sent::Says(word) => Activity::message(WORDS[*word]),
        Sent::HangsUp => Activity::end_of_conversation(),
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    #[default]
    Idle,
    Recording,
    Paused,
    Stopped,
    Ended,
}

/// What the rules say of a call.
#[derive(Debug, Default)]
struct Model {
    state: State,
    /// Frames of each session.
    sessions: Vec<usize>,
    /// The action of each command id, and its outcome.
    known: BTreeMap<u8, (usize, &'static str)>,
    outcomes: Vec<&'static str>,
    /// Frames of the call.
    frames: usize,
}

impl Model {
    fn passes(&mut self, frames: usize) {
        self.frames += frames;
        if let (State::Recording, Some(session)) = (self.state, self.sessions.last_mut()) {
            *session += frames;
        }
    }

    fn commands(&mut self, id: u8, action: usize) {
        let outcome = match self.known.get(&id) {
            Some((known, outcome)) if *known == action => outcome,
            Some(_) => "CommandIdConflict",
            None => {
                let outcome = self.carries_out(ACTIONS[action]);
                self.known.insert(id, (action, outcome));
                outcome
            }
        };
        self.outcomes.push(outcome);
    }

    fn carries_out(&mut self, action: &str) -> &'static str {
        let (state, outcome) = match (self.state, action) {
            (State::Ended, "start") => (State::Ended, "ConversationEnded"),
            (State::Idle | State::Stopped, "start") => {
                self.sessions.push(0);
                (State::Recording, "ok")
            }
            (state @ (State::Recording | State::Paused), "start")
            | (state @ State::Recording, "resume") => (state, "RecordingAlreadyInProgress"),
            (State::Recording, "pause") => (State::Paused, "ok"),
            (State::Paused, "pause") => (State::Paused, "RecordingAlreadyPaused"),
            (State::Paused | State::Stopped, "resume") => (State::Recording, "ok"),
            (State::Recording | State::Paused, "stop") => (State::Stopped, "ok"),
            (state, _) => (state, "RecordingNotStarted"),
        };
        self.state = state;
        outcome
    }

    /// Whether a stop or a resume waits until what was said before it has been heard.
    fn waits(&self, action: usize, behind: &[Sent]) -> bool {
        let pauses = |sent: &Sent| matches!(sent, Sent::Command { action, .. } if ACTIONS[*action] == "pause");
        let works = match ACTIONS[action] {
            "stop" => matches!(self.state, State::Recording | State::Paused),
            "resume" => matches!(self.state, State::Paused | State::Stopped),
            _ => false,
        };
        works && !behind.iter().any(pauses)
    }

    /// The bot's turn: commands are carried out at once, but a stop and a resume after what was said before them; what
    /// is said before the end is heard, and then it comes.
    fn sends(&mut self, sent: &[Sent]) {
        let ends = sent.iter().position(|sent| matches!(sent, Sent::HangsUp));
        let (before, after) = sent.split_at(ends.unwrap_or(sent.len()));
        let mut unheard = 0;
        for (place, sent) in before.iter().enumerate() {
            match sent {
                Sent::Command { id, action, .. } => {
                    if self.waits(*action, &before[place + 1..]) {
                        self.passes(std::mem::take(&mut unheard));
                    }
                    self.commands(*id, *action);
                }
                Sent::Says(word) => unheard += spoken(WORDS[*word], Party::Bot),
                Sent::HangsUp => {}
            }
        }
        self.passes(unheard);
        if ends.is_some() {
            self.state = State::Ended;
        }
        for sent in after {
            if let Sent::Command { id, action, .. } = sent {
                self.commands(*id, *action);
            }
        }
    }
}

fn spoken(text: &str, party: Party) -> usize {
    ToneVoice::say(text, party).len().div_ceil(FRAME_SAMPLES)
}

fn frames(samples: u64) -> usize {
    usize::try_from(samples).unwrap() / FRAME_SAMPLES
}

/// Makes the call, and gives what the rules say of it.
async fn play(steps: &[Step], folder: &TempDir, at_once: bool) -> (Model, Obedient, CallReport) {
    let (bot, mut model) = (Obedient::new(), Model::default());
    let channel = Channel::builder(bot.clone())
        .recordings(folder.path())
        .build();
    let call = channel.dial(Dial::new());
    for (number, step) in steps.iter().enumerate() {
        let (said, frames) = match step {
            Step::Says(word) => (
                call.says(WORDS[*word]).await,
                spoken(WORDS[*word], Party::Caller),
            ),
            Step::Presses(key) => (call.presses(&key.to_string()).await, 8),
            Step::Asks(sent) => {
                bot.raw(sent.iter().map(activity).collect::<Vec<_>>());
                (call.says("raw").await, spoken("raw", Party::Caller))
            }
        };
        assert_eq!(said.is_err(), model.state == State::Ended, "{step:?}");
        if said.is_err() {
            break;
        }
        model.passes(frames);
        if let Step::Asks(sent) = step {
            model.sends(sent);
        }
        if !(at_once && number + 1 == steps.len()) {
            call.listens().await;
        }
    }
    (model, bot, call.hangs_up().await)
}

/// What holds of every call.
fn check(bot: &Obedient, report: &CallReport) {
    let lines = &report.transcript.lines;
    assert!(
        lines.is_sorted_by_key(|line| line.at),
        "{}",
        report.transcript
    );
    let (mut asked, mut answered, mut ended) = (0, 0, 0);
    for line in lines {
        match &line.what {
            Event::BotCommands(_) => asked += 1,
            Event::Result { .. } => answered += 1,
            Event::Ended(_) => ended += 1,
            Event::BotSays(_) | Event::CallerSays(_) | Event::CallerPresses(_) => {
                assert_eq!(ended, 0, "nobody speaks after the end");
            }
            Event::Trouble(what) => panic!("{what}\n{}", report.transcript),
            _ => {}
        }
        assert!(answered <= asked, "{}", report.transcript);
    }
    assert_eq!((answered, ended), (asked, 1), "{}", report.transcript);
    assert_eq!(bot.results().len(), asked, "each command has one result");
    for (number, recording) in report.recordings.iter().enumerate() {
        assert_eq!(recording.session as usize, number + 1);
        assert_eq!(samples(&recording.content).len() as u64, recording.samples);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calls_go_by_the_rules(steps in prop::collection::vec(step(), 0..12), at_once in prop::bool::weighted(0.3)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let folder = TempDir::new().unwrap();
        let (model, bot, report) = runtime.block_on(play(&steps, &folder, at_once));
        check(&bot, &report);
        // Who hangs up while the bot's turn is under way may be before or behind what it sends.
        if !at_once {
            let outcomes: Vec<String> = bot.results().iter().map(|answer| answer.outcome().to_owned()).collect();
            prop_assert_eq!(&outcomes, &model.outcomes);
            let ended_by = if model.state == State::Ended { EndedBy::Bot } else { EndedBy::Caller };
            prop_assert_eq!(report.ended_by, ended_by);
            let recorded: Vec<usize> = report.recordings.iter().map(|recording| frames(recording.samples)).collect();
            prop_assert_eq!(&recorded, &model.sessions);
            prop_assert_eq!(report.duration, FRAME_DURATION * u32::try_from(model.frames).unwrap());
        }
    }
}
