//! The call itself: one task that owns the media, the recording and the order of everything.
//!
//! It takes 20 ms of audio from both parties at each tick, and between ticks what the caller, the bot and
//! the recorder did. What the bot asks for with a command goes into one queue and is carried out one after
//! the other, so that of two commands that race the earlier one wins.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use onhook::{Activity, ActivityType, Clock, CommandError, Json};
use time::{Date, OffsetDateTime, UtcOffset};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::barge_in::BargeIn;
use super::control::{Control, Controls};
use super::dial::Dial;
use super::interruption::Interruption;
use super::line::Line;
use super::notice::Told;
use super::patience::Patience;
use super::privacy::Uttering;
use super::recogniser::Recogniser;
use super::recording::{News, Recording};
use super::report::CallReport;
use super::track::Track;
use super::transcript::{EndedBy, Event, Transcript};
use super::transfer::Ringing;
use super::turns::Turns;
use super::utterance::Utterance;
use crate::channel::Shared;
use crate::media::{FRAME_DURATION, SAMPLE_RATE};
use crate::voice::{Party, VoiceError};

/// How long the bot's last turns may take once the call is over; then they are given up.
const LAST_TURNS: Duration = Duration::from_secs(60);

/// What reaches a call from outside.
#[derive(Debug)]
pub(crate) enum Input {
    FromBot(Box<Activity>),
    Says(Utterance, oneshot::Sender<()>),
    Presses(char, oneshot::Sender<()>),
    /// Says something when the bot has been speaking for so many samples.
    Interrupts(Utterance, u64, oneshot::Sender<()>),
    /// Something that happened beside the call.
    Notes(Event),
    /// Answered when nothing is under way.
    Listens(oneshot::Sender<()>),
    Commands(
        Box<Activity>,
        String,
        oneshot::Sender<Result<Option<Json>, CommandError>>,
    ),
    HangsUp,
}

/// What the caller's end of a clip means.
#[derive(Debug)]
pub(super) enum Spoken {
    Caller {
        activity: Box<Activity>,
        event: Event,
        done: oneshot::Sender<()>,
    },
    Bot {
        text: String,
        speaker: Speaker,
        barge_in: BargeIn,
        /// The activity that the bot's turn is about, if this was said in a turn.
        turn: Option<String>,
    },
}

/// Who speaks at the bot's end of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    Bot,
    /// The channel, in place of a bot that is slow or has failed.
    Standin,
    /// The channel, of the recording.
    Notice,
}

/// One call under way.
pub(crate) struct Engine {
    pub(super) shared: Arc<Shared>,
    pub(super) dial: Dial,
    inputs: mpsc::Receiver<Input>,
    /// Nothing ever comes; it closes when the caller's handle is dropped.
    caller_is_there: oneshot::Receiver<Infallible>,
    pub(super) line: Arc<Line>,
    pub(super) turns: Turns,
    pub(super) patience: Patience,
    /// What the bot's mailbox had no room for, until a turn ends.
    pub(super) undelivered: VecDeque<Activity>,
    pub(super) voices: JoinSet<Result<Vec<i16>, VoiceError>>,
    /// Whose clip each voice at work is making.
    pub(super) voicing: HashMap<tokio::task::Id, (Party, u64)>,
    pub(super) caller: Track,
    pub(super) bot: Track,
    pub(super) recogniser: Recogniser,
    pub(super) told: Told,
    /// What the caller has begun to say, until its first sound is heard.
    pub(super) onset: Option<u64>,
    /// Where in the call the bot began to speak, if it is speaking.
    pub(super) speaking_since: Option<u64>,
    /// What the caller will say into that.
    pub(super) interruption: Option<Interruption>,
    pub(super) spoken: HashMap<(Party, u64), Spoken>,
    /// What the caller is saying or pressing at this moment.
    pub(super) uttering: Option<Uttering>,
    /// Samples since the call was answered; the media clock, which no step of the wall clock moves.
    pub(super) position: u64,
    /// Shows the time of day at which the call began and runs on from there, whatever the wall clock does.
    clock: Clock,
    /// The day under which the call's recordings are filed.
    pub(super) day: Date,
    pub(super) recording: Recording,
    pub(super) controls: Controls,
    /// The transfer that rings at the other side.
    pub(super) ringing: Option<Ringing>,
    pub(super) transcript: Arc<Mutex<Transcript>>,
    listeners: Vec<oneshot::Sender<()>>,
    pub(super) questions: HashMap<String, oneshot::Sender<Result<Option<Json>, CommandError>>>,
    /// Who hung up; no audio flows from then on.
    pub(super) hung_up: Option<EndedBy>,
    /// The recording is sealed and the bot has been told.
    pub(super) over: bool,
}

impl Engine {
    pub(super) fn new(
        shared: Arc<Shared>,
        dial: Dial,
        inputs: mpsc::Receiver<Input>,
        caller_is_there: oneshot::Receiver<Infallible>,
        line: Arc<Line>,
        transcript: Arc<Mutex<Transcript>>,
    ) -> Engine {
        let recording = Recording::new(&shared);
        let began = shared.clock.now();
        Engine {
            clock: Clock::starting_at(began),
            day: began.to_offset(UtcOffset::UTC).date(),
            shared,
            dial,
            inputs,
            caller_is_there,
            line,
            turns: Turns::default(),
            patience: Patience::default(),
            undelivered: VecDeque::new(),
            voices: JoinSet::new(),
            voicing: HashMap::new(),
            caller: Track::default(),
            bot: Track::default(),
            recogniser: Recogniser::default(),
            told: Told::default(),
            onset: None,
            speaking_since: None,
            interruption: None,
            spoken: HashMap::new(),
            uttering: None,
            position: 0,
            recording,
            controls: Controls::default(),
            ringing: None,
            transcript,
            listeners: Vec::new(),
            questions: HashMap::new(),
            hung_up: None,
            over: false,
        }
    }

    /// Runs the call to its end.
    pub(super) async fn run(mut self) -> CallReport {
        self.join();
        // A bot may act before there is audio: its phone rings.
        let answered = Instant::now() + self.dial.rings_for;
        let mut ticks = 0_u32;
        let mut patience = answered;
        if self.dial.rings_for.is_zero() {
            self.answer_call();
        }
        while !self.is_finished() {
            self.advance();
            let due = if self.recording.media_is_up {
                answered + FRAME_DURATION * (ticks + 1)
            } else {
                answered
            };
            if !self.over {
                patience = Instant::now() + LAST_TURNS;
            } else if Instant::now() >= patience {
                // Checked here too: a bot that never stops sending keeps the first branch ready for ever.
                self.note(Event::Trouble(
                    "the bot's last turns were given up".to_owned(),
                ));
                break;
            }
            tokio::select! {
                biased;
                Some(input) = self.inputs.recv() => self.take(input),
                Some(turn) = self.turns.ended() => self.turn_ended(turn),
                Some(voiced) = self.voices.join_next_with_id() => self.voiced(voiced),
                news = self.recording.news() => match news {
                    News::Done(done, purpose) => self.recorded(done, purpose),
                    News::Failed(failure) => self.recorder_failed(&failure),
                },
                Err(_gone) = &mut self.caller_is_there, if self.hung_up.is_none() => {
                    self.hang_up(EndedBy::Caller);
                }
                () = tokio::time::sleep_until(patience), if self.over => {}
                () = tokio::time::sleep_until(due), if self.hung_up.is_none() => {
                    if self.recording.media_is_up {
                        self.tick();
                        ticks += 1;
                    } else {
                        self.answer_call();
                    }
                }
            }
        }
        let duration = Duration::from_secs(self.position) / SAMPLE_RATE;
        if let Some(error) = self.recording.write_vcon().await {
            let what = format!("the vCon could not be written: {error}");
            self.note(Event::Trouble(what));
        }
        let recordings = self.recording.finish();
        CallReport {
            conversation_id: self.dial.conversation_id,
            transcript: self
                .transcript
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            recordings,
            ended_by: self.hung_up.unwrap_or(EndedBy::Channel),
            duration,
        }
    }

    /// Audio flows from now on: what waited for it is carried out before the first of it.
    fn answer_call(&mut self) {
        self.recording.media_is_up = true;
        self.note(Event::Answered);
    }

    /// Everything is over and told, and no turn is left that could still ask for something.
    fn is_finished(&self) -> bool {
        self.over && self.turns.is_empty() && self.controls.is_idle() && self.inputs.is_empty()
    }

    /// Goes on with what became possible.
    fn advance(&mut self) {
        self.next_control();
        let quiet = self.over
            || (self.turns.is_empty()
                && self.bot.is_empty()
                && self.caller.is_empty()
                && self.recogniser.is_empty()
                && self.controls.is_idle()
                && self.ringing.is_none()
                && self.inputs.is_empty());
        if quiet {
            for listener in self.listeners.drain(..) {
                // A listener that went away does not need the answer.
                let _ = listener.send(());
            }
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::FromBot(activity) => self.take_from_bot(*activity),
            Input::Listens(listener) => self.listeners.push(listener),
            Input::HangsUp => self.hang_up(EndedBy::Caller),
            // Dropping `done` tells the caller that the call is over.
            Input::Says(..) | Input::Presses(..) | Input::Interrupts(..) | Input::Commands(..)
                if self.hung_up.is_some() => {}
            Input::Says(utterance, done) => self.caller_says(utterance, done),
            Input::Presses(key, done) => self.caller_presses(key, done),
            Input::Interrupts(utterance, after, done) => {
                self.interruption = Some(Interruption::new(utterance, after, done));
            }
            Input::Notes(event) => self.note(event),
            Input::Commands(activity, command_id, answer) => {
                self.note(Event::ChannelCommands(
                    activity.name.clone().unwrap_or_default(),
                ));
                self.questions.insert(command_id, answer);
                self.deliver(*activity);
            }
        }
    }

    fn take_from_bot(&mut self, activity: Activity) {
        match activity.kind {
            ActivityType::Message => self.bot_says(&activity),
            ActivityType::Command => {
                let after = self.said_before(&activity);
                let activity = Box::new(activity);
                self.controls.push(Control::Command { activity, after });
            }
            ActivityType::CommandResult => self.bot_answers(&activity),
            ActivityType::EndOfConversation => self.controls.push(Control::HangUp),
            ActivityType::Event if activity.name.as_deref() == Some("handoff.initiate") => {
                self.controls.push(Control::Transfer(Box::new(activity)));
            }
            ActivityType::Typing | ActivityType::Trace => {}
            other => {
                let name = activity
                    .name
                    .map(|name| format!(" {name}"))
                    .unwrap_or_default();
                self.note(Event::BotSends(format!("{}{name}", other.as_str())));
            }
        }
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(super) fn bot_is_silent(&self) -> bool {
        self.bot.is_empty()
    }
}
