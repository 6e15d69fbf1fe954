//! A call of a test, from the caller's side.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use onhook::{AnyHost, Bot, Json};
use tokio::time::Instant;

use super::builder::TestCallBuilder;
use super::failure::{fail, message};
use super::fault::{Fault, Order};
use super::listening::{LISTENING, nothing};
use super::rig::Rig;
use super::saved_call::{SavedCall, millis};
use super::step::{Interrupting, Playing, Sent, Step};
use crate::wav::Audio;
use crate::{Call, CommandFailed, Transcript, Utterance};

/// How long the bot may go on before the test is told that it does not come to an end, in the time of the call.
const PATIENCE: Duration = Duration::from_secs(600);

/// A call to a bot, made by a test; see [the module](super) for a whole one. Dropped, the caller hangs up.
///
/// What the caller does returns when it is done, what the caller expects when it is decided; what is not as expected
/// panics at the line of the test, with the call so far.
#[must_use = "the caller hangs up when this is dropped"]
pub struct TestCall {
    pub(super) call: Call,
    pub(super) rig: Rig,
    /// Lines of the transcript that the test has asked for.
    pub(super) read: usize,
    /// When the last step ended.
    pub(super) last: Instant,
}

impl TestCall {
    /// Calls a bot as it is in every test: in `en-US`, at 2026-01-05T09:00:00Z, with the same ids.
    ///
    /// # Panics
    /// Unless it is called on a tokio runtime whose time is paused.
    #[track_caller]
    pub fn dial<B: Bot + 'static>(bot: B) -> TestCall {
        TestCall::builder(bot).dial()
    }

    /// Sets up a call to a bot.
    pub fn builder<B: Bot + 'static>(bot: B) -> TestCallBuilder {
        TestCallBuilder::new(bot)
    }

    /// Sets up a call to a host that was set up before: with [seeded](onhook::Ids::seeded) ids, if the call is to be
    /// replayed.
    pub fn with_host(host: impl AnyHost + 'static) -> TestCallBuilder {
        TestCallBuilder::with_host(host)
    }

    pub(super) fn new(call: Call, rig: Rig) -> TestCall {
        rig.exchange.note_in(call.notes());
        TestCall {
            call,
            rig,
            read: 0,
            last: Instant::now(),
        }
    }

    /// Says something, at once: into what the bot is saying, if it is. Returns when it has been said.
    ///
    /// # Panics
    /// If the call is over before.
    #[track_caller]
    pub fn says(&mut self, text: impl Into<String>) -> impl Future<Output = ()> {
        let (place, text) = (Location::caller(), text.into());
        async move {
            let what = format!("to say “{text}”");
            let said = self.take(Step::Says(text)).await;
            self.needs_the_call(said, &what, place);
        }
    }

    /// Plays audio, for example of [`wav::read`](crate::wav::read), in which `text` is said: that is what the bot is
    /// sent. Returns when it has been heard.
    ///
    /// # Panics
    /// If the call is over before.
    #[track_caller]
    pub fn plays(&mut self, audio: Audio, text: impl Into<String>) -> impl Future<Output = ()> {
        let (place, text, samples) = (Location::caller(), text.into(), audio.samples);
        async move {
            let what = format!("to play “{text}”");
            let played = self.take(Step::Plays(Playing { text, samples })).await;
            self.needs_the_call(played, &what, place);
        }
    }

    /// Presses keys, `0` to `9`, `*`, `#` and `A` to `D`, one after the other.
    ///
    /// # Panics
    /// If there is a character that is no key, or the call is over before.
    #[track_caller]
    pub fn presses(&mut self, keys: &str) -> impl Future<Output = ()> {
        let (place, keys) = (Location::caller(), keys.to_owned());
        let no_key = |key: &char| crate::media::dtmf::tone(*key).is_none();
        if let Some(key) = keys.chars().find(no_key) {
            let message = format!("“{key}” in “{keys}” is no key: 0 to 9, *, # and A to D are");
            fail(place, message);
        }
        async move {
            let what = format!("to press {keys}");
            let pressed = self.take(Step::Presses(keys)).await;
            self.needs_the_call(pressed, &what, place);
        }
    }

    /// Waits until the bot has said everything, and asks for nothing.
    ///
    /// # Panics
    /// If it does not come to an end within ten minutes of the call.
    #[track_caller]
    pub fn listens(&mut self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move { self.settles(place).await }
    }

    /// Lets so much time pass, and what comes due in it happen.
    ///
    /// # Panics
    /// If the bot does not come to an end within ten minutes after it.
    #[track_caller]
    pub fn advance(&mut self, duration: Duration) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            tokio::time::sleep(duration).await;
            self.settles(place).await;
        }
    }

    /// Something goes wrong from now on.
    ///
    /// # Panics
    /// If the fault names a command that no bot can send, or is of a store that is the test's own.
    #[track_caller]
    pub fn suffers(&mut self, fault: Fault) {
        self.suffers_order(fault.order(), Location::caller());
    }

    pub(super) fn suffers_order(&mut self, order: Order, place: &Location<'_>) {
        self.waited();
        self.rig.suffers(order, place);
    }

    /// The disk has room again.
    pub fn heals(&mut self) {
        self.waited();
        self.rig.heals();
    }

    /// Who said what until now.
    pub fn transcript(&self) -> Transcript {
        self.call.transcript()
    }

    /// The results that the channel gave the bot: the command's name on the wire and the error, if it failed.
    pub fn results(&self) -> Vec<(String, Option<String>)> {
        results(&self.call.transcript())
    }

    /// The call until now, to be saved and replayed.
    pub fn saved(&self) -> SavedCall {
        self.rig.log.saved()
    }

    /// Takes a step, of a test or of a saved call; false if the call is over.
    pub(super) async fn take(&mut self, step: Step) -> bool {
        self.begins(step.clone());
        let done = match step {
            Step::Says(text) => self.call.says(text).await.is_ok(),
            Step::Plays(Playing { text, samples }) => {
                let utterance = Utterance::audio(Audio { samples }, text);
                self.call.says(utterance).await.is_ok()
            }
            Step::Presses(keys) => self.call.presses(&keys).await.is_ok(),
            Step::Interrupts(Interrupting { text, after }) => {
                let said = self
                    .call
                    .interrupts_after(Duration::from_millis(after), text);
                let said = tokio::time::timeout(LISTENING, said).await;
                said.is_ok_and(|said| said.is_ok())
            }
            Step::Commands(sent) => self.command(&sent).await.is_some(),
            Step::Listens => self.falls_silent().await,
            Step::Waits(millis) => {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                true
            }
            // These are taken where they are written down.
            Step::Suffers(_) | Step::Heals | Step::HangsUp | Step::Ends => true,
        };
        self.last = Instant::now();
        done
    }

    /// Has the channel send the bot a command; none if the bot takes too long to answer it.
    pub(super) async fn command(&self, sent: &Sent) -> Option<Result<Option<Json>, CommandFailed>> {
        let answer = self.call.command(&sent.name, &sent.data);
        tokio::time::timeout(PATIENCE, answer).await.ok()
    }

    /// Waits until nothing is under way, in the call or beside it; false if that takes too long.
    async fn falls_silent(&self) -> bool {
        let silence = async {
            self.call.listens().await;
            while self.rig.exchange.turn_ends().await {
                self.call.listens().await;
            }
        };
        tokio::time::timeout(PATIENCE, silence).await.is_ok()
    }

    pub(super) async fn settles(&mut self, place: &Location<'_>) {
        if !self.take(Step::Listens).await {
            let heard = "something was still under way after ten minutes";
            self.fails("that the bot comes to an end", heard, place);
        }
    }

    /// Writes down a step, and the time that the test spent since the last one.
    pub(super) fn begins(&mut self, step: Step) {
        // Time that is let pass is written down when the next step begins.
        if !matches!(step, Step::Waits(_)) {
            self.waited();
            self.rig.log.caller(step);
        }
    }

    fn waited(&mut self) {
        let waited = self.last.elapsed() + Duration::from_micros(500);
        if millis(waited) > 0 {
            self.rig.log.caller(Step::Waits(millis(waited)));
            self.last = Instant::now();
        }
    }

    fn needs_the_call(&self, done: bool, expected: &str, place: &Location<'_>) {
        if !done {
            let heard = nothing(&self.call.transcript());
            self.fails(expected, &heard, place);
        }
    }

    pub(super) fn fails(&self, expected: &str, heard: &str, place: &Location<'_>) -> ! {
        let transcript = self.call.transcript();
        fail(place, message(expected, heard, &transcript, self.read))
    }
}

impl fmt::Debug for TestCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.call.transcript())
    }
}

pub(super) fn results(transcript: &Transcript) -> Vec<(String, Option<String>)> {
    let results = transcript.results().into_iter();
    results
        .map(|(name, error)| (name.to_owned(), error.map(str::to_owned)))
        .collect()
}
