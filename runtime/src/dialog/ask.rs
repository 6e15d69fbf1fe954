//! A question that is asked: what an input does to it.

use std::borrow::Cow;

use super::failure::{Place, Unanswered};
use super::input::Input;
use super::journal::{Kind, Outcome};
use super::session::{Next, Session, State};
use crate::activity::{Activity, Json};
use crate::question::{Answer, Ask, Confirm, Heard, Kept, Partial, Prompt, Verdict};
use crate::state::UnixMillis;

/// What a caller says to have the question again.
const REPEAT: &[&str] = &[
    "repeat",
    "repeat that",
    "say that again",
    "again please",
    "pardon",
];

/// What a caller says to have the question explained.
const HELP: &[&str] = &["help", "help me"];

impl Session {
    /// Asks, or hears the answer. `None`: the dialog waits, or is over for this turn.
    pub(super) fn ask<A: Answer, K: Kept<A::Value>>(
        &self,
        question: &mut Ask<'_, A, K>,
        place: Place,
    ) -> Option<Result<K::Output, Unanswered>> {
        let name = question.answer.name();
        let mut state = self.lock();
        let outcome = match state.next(Kind::Ask, name, place) {
            Next::Halted => return None,
            Next::Replayed(outcome) => outcome,
            Next::Fresh => {
                let hung_up = self.hung_up(&state);
                let mut asking = Asking {
                    state: &mut state,
                    question,
                    now: self.now_millis(),
                };
                let outcome = asking.hear(hung_up)?;
                state.enter(Kind::Ask, name, outcome.clone());
                outcome
            }
        };
        // One way for the answer of this turn and for that of a replay: a value that does not come back from JSON as
        // it went shows at once.
        let at = state.cursor.saturating_sub(1);
        let output = match outcome {
            Outcome::Is(json) => json.parse().ok().map(|value| K::answered(value, at)),
            Outcome::Secret => match state.volatile.secret(at) {
                Some(json) => serde_json::from_str(json)
                    .ok()
                    .map(|value| K::answered(value, at)),
                None => K::spent(at),
            },
            Outcome::Nothing => K::nothing(),
            Outcome::Event(json) => json.parse::<Activity>().ok().and_then(K::event),
            Outcome::Unanswered(why) => return Some(Err(why)),
            Outcome::Done | Outcome::Failed(_) => None,
        };
        if output.is_none() {
            state.mistyped(Kind::Ask, name);
        }
        output.map(Ok)
    }
}

/// The question at the end of the journal.
struct Asking<'s, 'q, A: Answer, K> {
    state: &'s mut State,
    question: &'s mut Ask<'q, A, K>,
    now: UnixMillis,
}

impl<A: Answer, K: Kept<A::Value>> Asking<'_, '_, A, K> {
    /// Takes what the turn brings; `None`: the question stays open, and the turn is over.
    fn hear(&mut self, hung_up: bool) -> Option<Outcome> {
        let open = self.state.wait_mut().is_some();
        if let Some(end) = self.state.end(hung_up) {
            return Some(Outcome::Unanswered(end));
        }
        if !open {
            return self.begin();
        }
        let input = self.state.input.take();
        let outcome = match input {
            Some(Input::Said(activity)) => self.said(&activity),
            Some(Input::Silence) => self.silence(),
            Some(Input::Event(activity)) => Some(match Json::of(&*activity) {
                Ok(json) => Outcome::Event(json),
                Err(error) => {
                    self.state.unwritable(error.to_string());
                    return None;
                }
            }),
            Some(Input::Again | Input::Orphaned) => {
                self.set_so_far(Partial::default());
                self.prompt()
            }
            Some(Input::Cancel) => Some(Outcome::Unanswered(Unanswered::Cancelled)),
            Some(Input::HangUp) => Some(Outcome::Unanswered(Unanswered::HungUp)),
            Some(Input::CommandResult(_) | Input::Nothing) | None => self.waits(),
        };
        if outcome.is_some() {
            self.state.volatile.so_far.clear();
        }
        outcome
    }

    /// Asks for the first time, unless the caller was ahead of the question.
    fn begin(&mut self) -> Option<Outcome> {
        let name = self.question.answer.name();
        let event = self.question.event.as_deref().map(Into::into);
        self.state.open_wait(Kind::Ask, name)?.event = event;
        self.state.volatile.so_far.clear();
        while let Some(activity) = self.state.volatile.pop_ahead() {
            let mut so_far = self.so_far();
            let verdict = self.judge(&heard(&activity, &self.locale(&activity)), &mut so_far);
            match verdict {
                Verdict::Answer(value) => return self.settle(&value),
                Verdict::More => self.set_so_far(so_far),
                // Nobody has heard the question yet: it is no attempt.
                Verdict::NoMatch | Verdict::Invalid(_) => {
                    self.set_so_far(Partial::default());
                    self.state.volatile.forget_ahead();
                }
            }
        }
        let within = self.question.within;
        self.state.limit(self.now, within);
        self.prompt()
    }

    fn said(&mut self, activity: &Activity) -> Option<Outcome> {
        let locale = self.locale(activity);
        let heard = heard(activity, &locale);
        if let Some(value) = self
            .state
            .wait_mut()
            .and_then(|wait| wait.confirming.clone())
        {
            return self.confirmed(value, &heard);
        }
        if self.has_lost_keys() {
            self.set_so_far(Partial::default());
            return self.prompt();
        }
        let mut so_far = self.so_far();
        match self.judge(&heard, &mut so_far) {
            Verdict::Answer(value) if self.is_doubtful(&heard) => self.confirm(&value, &heard),
            Verdict::Answer(value) => self.settle(&value),
            Verdict::More => {
                self.set_so_far(so_far);
                let between = self.question.answer.timing().between_keys;
                self.state.arm(self.now, between);
                self.waits()
            }
            Verdict::NoMatch => match heard.text().map(plain) {
                Some(said) if HELP.contains(&&*said) && self.question.help.is_some() => {
                    let help = self.question.help.clone();
                    self.say(help);
                    self.prompt()
                }
                Some(said) if REPEAT.contains(&&*said) => self.prompt(),
                _ => self.missed(Unanswered::NoMatch, None),
            },
            Verdict::Invalid(why) => self.missed(Unanswered::NoMatch, Some(why)),
        }
    }

    fn silence(&mut self) -> Option<Outcome> {
        let until = self.state.wait_mut().and_then(|wait| wait.until);
        let confirming = self
            .state
            .wait_mut()
            .is_some_and(|wait| wait.confirming.is_some());
        let mut so_far = self.so_far();
        let begun = !so_far.is_empty();
        if !confirming {
            let locale = self.state.locale();
            let silence = Heard::silence().in_locale(&locale);
            match self.judge(&silence, &mut so_far) {
                Verdict::Answer(value) => return self.settle(&value),
                Verdict::Invalid(why) if begun => {
                    return self.missed(Unanswered::NoMatch, Some(why));
                }
                _ => {}
            }
        }
        if until.is_some_and(|until| until <= self.now.0) {
            return self.give_up(Unanswered::NoInput);
        }
        self.missed(
            if begun {
                Unanswered::NoMatch
            } else {
                Unanswered::NoInput
            },
            None,
        )
    }

    /// What the answer, and the check, make of an input.
    fn judge(&self, heard: &Heard<'_>, so_far: &mut Partial) -> Verdict<A::Value> {
        match self.question.answer.hear(heard, so_far) {
            Verdict::Answer(value) => match self.question.check.as_ref().map(|check| check(&value))
            {
                Some(Err(why)) => Verdict::Invalid(why),
                Some(Ok(())) | None => Verdict::Answer(value),
            },
            verdict => verdict,
        }
    }

    /// A secret is not said aloud, and its keys are sure.
    fn is_doubtful(&self, heard: &Heard<'_>) -> bool {
        !K::SECRET
            && heard
                .confidence()
                .is_some_and(|sure| sure < self.question.confirm_below)
    }

    fn confirm(&mut self, value: &A::Value, heard: &Heard<'_>) -> Option<Outcome> {
        let json = self.json(value)?;
        let said = self.question.answer.say(value, heard.locale());
        let said = said
            .or_else(|| heard.text().map(str::to_owned))
            .unwrap_or_default();
        if let Some(wait) = self.state.wait_mut() {
            wait.confirming = Some(json);
        }
        self.say(Some(Prompt::from(format!("Did you say {said}?"))));
        self.listen()
    }

    fn confirmed(&mut self, value: Json, heard: &Heard<'_>) -> Option<Outcome> {
        match Confirm.hear(heard, &mut Partial::default()) {
            Verdict::Answer(true) => Some(Outcome::Is(value)),
            _ => self.missed(Unanswered::NoMatch, None),
        }
    }

    /// An attempt that failed: asks again, or gives up.
    fn missed(&mut self, why: Unanswered, words: Option<Cow<'static, str>>) -> Option<Outcome> {
        self.set_so_far(Partial::default());
        let attempts = self.question.attempts;
        let wait = self.state.wait_mut()?;
        wait.confirming = None;
        if wait.attempt >= attempts {
            return self.give_up(why);
        }
        wait.attempt += 1;
        let (prompts, count) = if why == Unanswered::NoInput {
            wait.no_inputs += 1;
            (&self.question.no_input, wait.no_inputs)
        } else {
            wait.no_matches += 1;
            (&self.question.no_match, wait.no_matches)
        };
        if let Some(words) = words {
            self.say(Some(Prompt::from(words)));
            return self.prompt();
        }
        // The last one repeats.
        let nth = usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
        match prompts.get(nth).or(prompts.last()).cloned() {
            Some(prompt) => {
                self.say(Some(prompt));
                self.listen()
            }
            None => self.prompt(),
        }
    }

    fn give_up(&mut self, why: Unanswered) -> Option<Outcome> {
        if let Some(default) = self.question.default.take() {
            return self.settle(&default);
        }
        Some(match K::nothing() {
            Some(_) => Outcome::Nothing,
            None => Outcome::Unanswered(why),
        })
    }

    /// The answer, as the journal keeps it.
    fn settle(&mut self, value: &A::Value) -> Option<Outcome> {
        let json = self.json(value)?;
        if !K::SECRET {
            return Some(Outcome::Is(json));
        }
        let at = self.state.cursor;
        self.state
            .volatile
            .keep_secret(at, json.as_str().to_owned());
        Some(Outcome::Secret)
    }

    fn json(&mut self, value: &A::Value) -> Option<Json> {
        let json = Json::of(value).and_then(|json| {
            // What cannot be read again would show at the next turn only.
            json.parse::<A::Value>().map(drop)?;
            Ok(json)
        });
        match json {
            Ok(json) => Some(json),
            Err(error) => {
                // The reader's words quote the value, which may be a secret.
                let (line, column) = (error.line(), error.column());
                let message = format!("its value does not come back from JSON ({line}:{column})");
                self.state.unwritable(message);
                None
            }
        }
    }

    fn prompt(&mut self) -> Option<Outcome> {
        let prompt = self.question.prompt.clone();
        self.say(prompt);
        self.listen()
    }

    fn say(&mut self, prompt: Option<Prompt>) {
        let locale = self.state.locale();
        let message = prompt.and_then(|prompt| prompt.into_message(&locale));
        if let Some(message) = message {
            self.state.send(message);
        }
    }

    /// Waits for the first input of an attempt.
    fn listen(&mut self) -> Option<Outcome> {
        let timing = self.question.answer.timing();
        let first = self.question.first_input.unwrap_or(timing.first);
        self.state.arm(self.now, first);
        self.waits()
    }

    fn waits(&mut self) -> Option<Outcome> {
        self.state.wait();
        None
    }

    /// The keys of a secret are in memory only: another process, or this one after a restart, does not have them.
    fn has_lost_keys(&mut self) -> bool {
        let known = self.state.wait_mut().map_or(0, |wait| wait.secret_keys);
        K::SECRET && self.state.volatile.so_far.len() != known
    }

    /// Keys of earlier turns.
    fn so_far(&mut self) -> Partial {
        match self.state.wait_mut() {
            Some(wait) if !K::SECRET => Partial::from(&*wait.so_far),
            _ => self.state.volatile.so_far.clone(),
        }
    }

    fn set_so_far(&mut self, so_far: Partial) {
        let Some(wait) = self.state.wait_mut() else {
            return;
        };
        if K::SECRET {
            wait.secret_keys = so_far.len();
            self.state.volatile.so_far = so_far;
        } else {
            so_far.as_str().clone_into(&mut wait.so_far);
        }
    }

    fn locale(&self, activity: &Activity) -> String {
        match activity.locale.as_deref().map(str::trim) {
            Some(tag) if !tag.is_empty() => tag.to_owned(),
            _ => self.state.locale(),
        }
    }
}

impl State {
    /// The language of the dialog: that of the activity that began it, or an empty text.
    pub(super) fn locale(&self) -> String {
        let began = self.record.dialog.as_ref().map(|running| &running.began);
        began
            .and_then(|began| began.locale.clone())
            .unwrap_or_default()
    }
}

fn heard<'h>(activity: &'h Activity, locale: &'h str) -> Heard<'h> {
    let heard = match activity.dtmf() {
        Some(key) => Heard::key(key),
        None => Heard::speech(activity.text.as_deref().unwrap_or_default()),
    };
    let heard = heard.in_locale(locale);
    match confidence(activity) {
        Some(confidence) => heard.with_confidence(confidence),
        None => heard,
    }
}

/// How sure the recogniser is: the number `confidence` of the channel data, where a channel has it.
fn confidence(activity: &Activity) -> Option<f64> {
    #[derive(serde::Deserialize)]
    struct Data {
        confidence: f64,
    }
    let data: Data = activity.channel_data.as_ref()?.parse().ok()?;
    Some(data.confidence)
}

/// In lower case, without punctuation.
fn plain(said: &str) -> String {
    let said = said.to_lowercase();
    let words = said
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
