//! What the two parties say: from texts and keys to sound, and from sound to activities.

use std::sync::Arc;

use onhook::Activity;
use onhook::activity::Entity;
use tokio::sync::oneshot;
use tokio::task::JoinError;

use super::barge_in::BargeIn;
use super::engine::{Engine, Speaker, Spoken};
use super::message::Said;
use super::transcript::Event;
use super::utterance::Utterance;
use crate::media::dtmf;
use crate::voice::{Party, Speech, VoiceError};

impl Engine {
    pub(super) fn bot_says(&mut self, activity: &Activity) {
        // After the end of the conversation, also one that waits for what was said before, nobody listens.
        if self.hung_up.is_some() || self.controls.hangs_up() {
            return;
        }
        let barge_in = BargeIn::of(activity.input_hint.as_ref());
        self.bot_has_spoken();
        let Said {
            line,
            segments,
            error,
        } = Said::of(activity);
        if let Some(error) = error {
            let what = match activity.text.as_deref() {
                Some(text) if !text.trim().is_empty() => format!("“{text}”"),
                _ => "a message without text".to_owned(),
            };
            self.note(Event::Trouble(format!(
                "the SSML of {what} cannot be read: {error}"
            )));
        }
        let speech = Speech {
            segments,
            locale: activity.locale.clone(),
            voice: None,
            party: Party::Bot,
        };
        self.bots_side_says(line, Speaker::Bot, barge_in, speech);
    }

    /// Says something of the channel's own, behind what the bot says.
    pub(super) fn channel_says(&mut self, text: &str, speaker: Speaker, barge_in: BargeIn) -> u64 {
        let speech = Speech {
            locale: Some(self.dial.locale.clone()),
            ..Speech::text(Party::Bot, text)
        };
        self.bots_side_says(text.to_owned(), speaker, barge_in, speech)
    }

    fn bots_side_says(
        &mut self,
        text: String,
        speaker: Speaker,
        barge_in: BargeIn,
        speech: Speech,
    ) -> u64 {
        let id = self.bot.reserve();
        let spoken = Spoken::Bot {
            text,
            speaker,
            barge_in,
        };
        self.spoken.insert((Party::Bot, id), spoken);
        self.speak(id, speech);
        id
    }

    pub(super) fn caller_says(&mut self, utterance: Utterance, done: oneshot::Sender<()>) {
        let (text, audio) = utterance.into_parts();
        let mut activity = Activity::message(&text);
        activity.locale = Some(self.dial.locale.clone());
        let spoken = Spoken::Caller {
            activity: Box::new(activity),
            event: Event::CallerSays(Some(text.clone())),
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

    pub(super) fn caller_presses(&mut self, key: char, done: oneshot::Sender<()>) {
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
        let party = speech.party;
        let task = (self.voices).spawn(async move { shared.voice.speak(&speech).await });
        self.voicing.insert(task.id(), (party, id));
    }

    /// The clip is there. One that could not be made is silence: what comes behind it is heard.
    pub(super) fn voiced(
        &mut self,
        voiced: Result<(tokio::task::Id, Result<Vec<i16>, VoiceError>), JoinError>,
    ) {
        let (task, clip) = match voiced {
            Ok((task, clip)) => (task, clip.map_err(|error| error.to_string())),
            Err(error) => (error.id(), Err(error.to_string())),
        };
        let samples = clip.unwrap_or_else(|error| {
            self.note(Event::Trouble(format!("a voice failed: {error}")));
            Vec::new()
        });
        match self.voicing.remove(&task) {
            Some((Party::Caller, id)) => self.caller.fill(id, samples),
            Some((Party::Bot, id)) => self.bot.fill(id, samples),
            None => {}
        }
    }

    pub(super) fn begins(&mut self, party: Party, id: u64) {
        let event = match self.spoken.get(&(party, id)) {
            Some(Spoken::Bot {
                text,
                speaker: Speaker::Bot,
                ..
            }) => Event::BotSays(text.clone()),
            Some(Spoken::Bot { text, .. }) => Event::ChannelSays(text.clone()),
            Some(Spoken::Caller {
                event: Event::CallerPresses(key),
                ..
            }) => {
                let key = key.filter(|_| !self.recording.hides_input());
                let at = self.now();
                self.recording.key(at, key);
                Event::CallerPresses(key)
            }
            Some(Spoken::Caller {
                event: Event::CallerSays(text),
                ..
            }) => Event::CallerSays(text.clone().filter(|_| !self.recording.hides_input())),
            Some(Spoken::Caller { event, .. }) => event.clone(),
            None => return,
        };
        if matches!(
            self.spoken.get(&(party, id)),
            Some(Spoken::Bot {
                speaker: Speaker::Notice,
                ..
            })
        ) {
            self.announcement_begins();
        }
        self.note(event);
    }

    pub(super) fn ends(&mut self, party: Party, id: u64) {
        match self.spoken.remove(&(party, id)) {
            Some(Spoken::Caller {
                activity,
                event,
                done,
            }) => {
                // What was begun before the pause goes on in it, and the rest of it is nobody's to know.
                if self.recording.hides_input() {
                    self.forget(&event);
                }
                let delay = match event {
                    Event::CallerPresses(_) => 0,
                    _ => self.dial.recogniser_delay,
                };
                let at = self.position.saturating_add(delay);
                self.recogniser.hear(at, activity, done);
            }
            Some(Spoken::Bot {
                speaker: Speaker::Notice,
                ..
            }) => self.announcement_ends(),
            _ => {}
        }
    }
}
