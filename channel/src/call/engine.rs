//! The call itself: one task that owns the media, the recording and the order of everything.
//!
//! It takes 20 ms of audio from both parties at each tick, and between ticks what the caller, the bot and
//! the recorder did. What the bot asks for with a command goes into one queue and is carried out one after
//! the other, so that of two commands that race the earlier one wins.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use onhook::activity::{EndOfConversationCode, Entity};
use onhook::{
    Activity, ActivityType, ChannelAccount, Clock, CommandError, ConversationAccount, Error, Json,
    ssml,
};
use time::{Date, OffsetDateTime};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::control::{Control, Controls};
use super::dial::Dial;
use super::line::Line;
use super::recording::{News, Recording};
use super::report::CallReport;
use super::track::{Cue, Track};
use super::transcript::{EndedBy, Event, Line as Entry, Transcript};
use super::utterance::Utterance;
use crate::channel::Shared;
use crate::media::{FRAME_DURATION, FRAME_SAMPLES, SAMPLE_RATE, dtmf, mix};
use crate::voice::{Party, Segment, Speech, VoiceError};

/// How long the bot's last turns may take once the call is over; then they are given up.
const LAST_TURNS: Duration = Duration::from_secs(60);

/// What reaches a call from outside.
#[derive(Debug)]
pub(crate) enum Input {
    FromBot(Box<Activity>),
    Says(Utterance, oneshot::Sender<()>),
    Presses(char, oneshot::Sender<()>),
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
enum Spoken {
    Caller {
        activity: Box<Activity>,
        event: Event,
        done: oneshot::Sender<()>,
    },
    Bot {
        text: String,
    },
}

/// One call under way.
pub(crate) struct Engine {
    pub(super) shared: Arc<Shared>,
    pub(super) dial: Dial,
    inputs: mpsc::Receiver<Input>,
    line: Arc<Line>,
    turns: JoinSet<Result<(), Error>>,
    voices: JoinSet<(Party, u64, Result<Vec<i16>, VoiceError>)>,
    caller: Track,
    bot: Track,
    spoken: HashMap<(Party, u64), Spoken>,
    /// Samples since the call was answered; the media clock, which no step of the wall clock moves.
    pub(super) position: u64,
    /// Shows the time of day at which the call began and runs on from there, whatever the wall clock does.
    clock: Clock,
    /// The day under which the call's recordings are filed.
    pub(super) day: Date,
    pub(super) recording: Recording,
    pub(super) controls: Controls,
    pub(super) transcript: Arc<Mutex<Transcript>>,
    listeners: Vec<oneshot::Sender<()>>,
    questions: HashMap<String, oneshot::Sender<Result<Option<Json>, CommandError>>>,
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
        line: Arc<Line>,
        transcript: Arc<Mutex<Transcript>>,
    ) -> Engine {
        let recording = Recording::new(&shared);
        let began = shared.clock.now();
        Engine {
            clock: Clock::starting_at(began),
            day: began.date(),
            shared,
            dial,
            inputs,
            line,
            turns: JoinSet::new(),
            voices: JoinSet::new(),
            caller: Track::default(),
            bot: Track::default(),
            spoken: HashMap::new(),
            position: 0,
            recording,
            controls: Controls::default(),
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
        self.recording.media_is_up = self.dial.rings_for.is_zero();
        if self.recording.media_is_up {
            self.note(Event::Answered);
        }
        while !self.is_finished() {
            self.advance();
            let due = answered + FRAME_DURATION * (ticks + 1);
            if !self.over {
                patience = Instant::now() + LAST_TURNS;
            }
            tokio::select! {
                biased;
                Some(input) = self.inputs.recv() => self.take(input),
                Some(turn) = self.turns.join_next() => self.turn_ended(turn),
                Some(voice) = self.voices.join_next() => self.voiced(voice),
                news = self.recording.news() => match news {
                    News::Done(done) => self.recorded(done),
                    News::Failed(failure) => self.recorder_failed(&failure),
                },
                () = tokio::time::sleep_until(patience), if self.over => break,
                () = tokio::time::sleep_until(due), if self.hung_up.is_none() => {
                    if !self.recording.media_is_up {
                        self.recording.media_is_up = true;
                        self.note(Event::Answered);
                    }
                    self.tick();
                    ticks += 1;
                }
            }
        }
        let duration = Duration::from_secs(self.position) / SAMPLE_RATE;
        if let Some(error) = self.recording.write_vcon().await {
            self.note(Event::Trouble(format!(
                "the vCon could not be written: {error}"
            )));
        }
        let recordings = self.recording.finish().await;
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
                && self.controls.is_idle()
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
            Input::FromBot(activity) => self.from_bot(*activity),
            Input::Listens(listener) => self.listeners.push(listener),
            Input::HangsUp => self.hang_up(EndedBy::Caller),
            // Dropping `done` tells the caller that the call is over.
            Input::Says(..) | Input::Presses(..) | Input::Commands(..)
                if self.hung_up.is_some() => {}
            Input::Says(utterance, done) => self.caller_says(utterance, done),
            Input::Presses(key, done) => self.caller_presses(key, done),
            Input::Commands(activity, command_id, answer) => {
                self.note(Event::ChannelCommands(
                    activity.name.clone().unwrap_or_default(),
                ));
                self.questions.insert(command_id, answer);
                self.deliver(*activity);
            }
        }
    }

    fn from_bot(&mut self, activity: Activity) {
        match activity.kind {
            ActivityType::Message => self.bot_says(&activity),
            ActivityType::Command => self.controls.push(Control::Command(Box::new(activity))),
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

    fn bot_says(&mut self, activity: &Activity) {
        if self.hung_up.is_some() {
            return;
        }
        let text = activity.text.clone().unwrap_or_default();
        let segments = match activity.speak.as_deref() {
            Some(document) if document.trim_start().starts_with('<') => {
                match ssml::read(document) {
                    Ok(segments) => segments.into_iter().map(segment).collect(),
                    Err(error) => {
                        self.note(Event::Trouble(format!(
                            "the SSML of “{text}” cannot be read: {error}"
                        )));
                        vec![Segment::Text(text.clone())]
                    }
                }
            }
            Some(speak) => vec![Segment::Text(speak.to_owned())],
            None => vec![Segment::Text(text.clone())],
        };
        let speech = Speech {
            segments,
            locale: activity.locale.clone(),
            voice: None,
            party: Party::Bot,
        };
        let id = self.bot.reserve();
        self.spoken.insert((Party::Bot, id), Spoken::Bot { text });
        self.speak(id, speech);
    }

    fn caller_says(&mut self, utterance: Utterance, done: oneshot::Sender<()>) {
        let (text, audio) = utterance.into_parts();
        let mut activity = Activity::message(&text);
        activity.locale = Some(self.dial.locale.clone());
        let spoken = Spoken::Caller {
            activity: Box::new(activity),
            event: Event::CallerSays(text.clone()),
            done,
        };
        let id = if let Some(samples) = audio {
            self.caller.push(samples)
        } else {
            let id = self.caller.reserve();
            let locale = Some(self.dial.locale.clone());
            self.speak(
                id,
                Speech {
                    locale,
                    ..Speech::text(Party::Caller, text)
                },
            );
            id
        };
        self.spoken.insert((Party::Caller, id), spoken);
    }

    fn caller_presses(&mut self, key: char, done: oneshot::Sender<()>) {
        let Some(tone) = dtmf::tone(key) else { return };
        let mut activity = Activity::message(key.to_string());
        activity.entities = Some(vec![Entity::new("DTMF")]);
        let id = self.caller.push(tone);
        let event = Event::CallerPresses(Some(key));
        self.spoken.insert(
            (Party::Caller, id),
            Spoken::Caller {
                activity: Box::new(activity),
                event,
                done,
            },
        );
    }

    /// Has the clip made by the voice, beside the call.
    fn speak(&mut self, id: u64, speech: Speech) {
        let shared = Arc::clone(&self.shared);
        self.voices
            .spawn(async move { (speech.party, id, shared.voice.speak(&speech).await) });
    }

    fn voiced(
        &mut self,
        voice: Result<(Party, u64, Result<Vec<i16>, VoiceError>), tokio::task::JoinError>,
    ) {
        let (party, id, samples) = match voice {
            Ok(voice) => voice,
            Err(error) => return self.note(Event::Trouble(format!("a voice failed: {error}"))),
        };
        let samples = samples.unwrap_or_else(|error| {
            self.note(Event::Trouble(format!("a voice failed: {error}")));
            Vec::new()
        });
        match party {
            Party::Caller => self.caller.fill(id, samples),
            Party::Bot => self.bot.fill(id, samples),
        }
    }

    /// 20 ms pass.
    fn tick(&mut self) {
        let mut cues = Vec::new();
        let caller = self.caller.frame(&mut cues);
        let heard = cues.len();
        let bot = self.bot.frame(&mut cues);
        let begins = |cue: &Cue| matches!(cue, Cue::Began(_));
        let (callers, bots) = cues.split_at(heard);
        let parties = callers
            .iter()
            .map(|cue| (Party::Caller, cue))
            .chain(bots.iter().map(|cue| (Party::Bot, cue)));
        let (began, ended): (Vec<_>, Vec<_>) = parties.partition(|(_, cue)| begins(cue));
        for (party, cue) in began {
            self.begins(party, *cue);
        }
        self.recording.hear(&mix(&caller, &bot));
        self.position += FRAME_SAMPLES as u64;
        for (party, cue) in ended {
            self.ends(party, *cue);
        }
        if self.position >= self.shared.longest_call {
            self.hang_up(EndedBy::Channel);
        }
    }

    fn begins(&mut self, party: Party, cue: Cue) {
        let (Cue::Began(id) | Cue::Ended(id)) = cue;
        let event = match self.spoken.get(&(party, id)) {
            Some(Spoken::Bot { text }) => Event::BotSays(text.clone()),
            Some(Spoken::Caller {
                event: Event::CallerPresses(key),
                ..
            }) => {
                let key = key.filter(|_| !self.recording.is_paused());
                let at = self.now();
                self.recording.key(at, key);
                Event::CallerPresses(key)
            }
            Some(Spoken::Caller { event, .. }) => event.clone(),
            None => return,
        };
        self.note(event);
    }

    fn ends(&mut self, party: Party, cue: Cue) {
        let (Cue::Began(id) | Cue::Ended(id)) = cue;
        if let Some(Spoken::Caller { activity, done, .. }) = self.spoken.remove(&(party, id)) {
            self.deliver(*activity);
            let _ = done.send(());
        }
    }

    /// The call's audio ends here. What was asked before is still carried out; then the recording is sealed.
    pub(super) fn hang_up(&mut self, by: EndedBy) {
        if self.hung_up.is_some() {
            return;
        }
        self.hung_up = Some(by);
        for id in self.bot.clear() {
            if let Some(Spoken::Bot { text }) = self.spoken.remove(&(Party::Bot, id)) {
                self.note(Event::BotCutOff(text));
            }
        }
        self.caller.clear();
        self.spoken.clear();
        self.note(Event::Ended(by));
        self.controls.end(self.recording.media_is_up);
    }

    /// Tells the bot that both are there.
    fn join(&mut self) {
        let mut activity = Activity::conversation_update();
        activity.members_added = Some(vec![self.caller_account(), self.bot_account()]);
        self.deliver(activity);
    }

    /// Tells the bot that the call is over.
    pub(super) fn part(&mut self) {
        let mut activity = Activity::end_of_conversation();
        activity.code = Some(match self.hung_up {
            Some(EndedBy::Caller) => EndOfConversationCode::UserCancelled,
            _ => EndOfConversationCode::CompletedSuccessfully,
        });
        self.over = true;
        self.questions.clear();
        self.deliver(activity);
    }

    /// Gives the bot an activity: it takes its place among the turns now.
    pub(super) fn deliver(&mut self, mut activity: Activity) {
        activity.id.get_or_insert_with(|| self.line.ids.next());
        activity.channel_id = Some("telephony".to_owned());
        activity.timestamp = Some(self.now().into());
        activity.service_url = Some("urn:onhook:in-process".to_owned());
        activity.from = Some(self.caller_account());
        activity.recipient = Some(self.bot_account());
        activity.conversation = Some(ConversationAccount::new(self.dial.conversation_id.as_str()));
        activity
            .locale
            .get_or_insert_with(|| self.dial.locale.clone());
        let connector = Arc::clone(&self.line);
        match self.shared.host.accept(activity, connector) {
            Ok(delivery) => {
                self.turns.spawn(async move { delivery.await.map(drop) });
            }
            Err(refused) => self.note(Event::Trouble(format!(
                "the bot refused an activity: {refused}"
            ))),
        }
    }

    fn turn_ended(&mut self, turn: Result<Result<(), Error>, tokio::task::JoinError>) {
        match turn {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.note(Event::Trouble(format!("the bot failed: {error:#}"))),
            Err(error) => self.note(Event::Trouble(format!("the bot's turn was lost: {error}"))),
        }
    }

    fn bot_answers(&mut self, result: &Activity) {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Value {
            command_id: Option<String>,
            data: Option<Json>,
            error: Option<CommandError>,
        }
        let name = result.name.clone().unwrap_or_default();
        let Some(Ok(value)) = result.value.as_ref().map(Json::parse::<Value>) else {
            return self.note(Event::Trouble(format!(
                "A6422: the bot's result of {name} has no valid value"
            )));
        };
        self.note(Event::BotResult {
            name,
            error: value.error.as_ref().map(ToString::to_string),
        });
        if let Some(answer) = value.command_id.and_then(|id| self.questions.remove(&id)) {
            let _ = answer.send(value.error.map_or(Ok(value.data), Err));
        }
    }

    fn caller_account(&self) -> ChannelAccount {
        let mut account = ChannelAccount::new(self.dial.from.as_str());
        account.name = Some(self.dial.from.clone());
        account
    }

    fn bot_account(&self) -> ChannelAccount {
        ChannelAccount::new(self.dial.to.as_str())
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(super) fn bot_is_silent(&self) -> bool {
        self.bot.is_empty()
    }

    pub(super) fn note(&self, what: Event) {
        let at = Duration::from_secs(self.position) / SAMPLE_RATE;
        let mut transcript = self
            .transcript
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let entry = Entry { at, what };
        if let Some(listener) = &self.dial.listener {
            listener(&entry);
        }
        transcript.lines.push(entry);
    }
}

fn segment(segment: ssml::Segment) -> Segment {
    match segment {
        ssml::Segment::Text(text) => Segment::Text(text),
        ssml::Segment::Break(duration) => Segment::Pause(duration),
    }
}
