//! What the caller of a test expects to hear.

use std::panic::Location;
use std::time::Duration;

use super::expected::Expected;
use super::failure::is_heard;
use super::listening::nothing_more;
use super::test_call::TestCall;
use crate::Transcript;

impl TestCall {
    /// Waits until the bot has said everything; then the next thing that it said must be this. Gives what it was.
    ///
    /// If there is nothing that was not asked for before, the caller listens for another minute of the call: a bot may
    /// speak by a timer of its own. For a longer timer let the time pass with [`advance`](TestCall::advance).
    ///
    /// # Panics
    /// If it said something else, or nothing more.
    #[track_caller]
    pub fn hears(&mut self, expected: impl Into<Expected>) -> impl Future<Output = String> {
        let (place, expected) = (Location::caller(), expected.into());
        async move {
            let read = self.read;
            let more = |transcript: &Transcript| unread(transcript, read).next().is_some();
            self.listens_until(more, place).await;
            let transcript = self.call.transcript();
            let mut unread = unread(&transcript, self.read);
            let next = unread.next();
            match next {
                Some((at, heard)) if expected.is(heard) => {
                    self.read = at + 1;
                    heard.to_owned()
                }
                _ => {
                    let heard = next.map(|(_, heard)| format!("heard   “{heard}”"));
                    let mut heard = heard.unwrap_or_else(|| nothing_more(&transcript));
                    if unread.any(|(_, later)| expected.is(later)) {
                        heard.push_str(" first: each is to be asked for in its turn");
                    }
                    self.fails(&format!("to hear {expected}"), &heard, place)
                }
            }
        }
    }

    /// Waits until the bot has said everything; then the next things that it said must be these, in any order. As in
    /// [`hears`](TestCall::hears), the caller listens for another minute if there are not as many.
    ///
    /// # Panics
    /// If one of them was not said, or something else between them.
    #[track_caller]
    pub fn hears_all<E: Into<Expected>>(
        &mut self,
        expected: impl IntoIterator<Item = E>,
    ) -> impl Future<Output = ()> {
        let place = Location::caller();
        let expected: Vec<Expected> = expected.into_iter().map(Into::into).collect();
        async move {
            let (read, count) = (self.read, expected.len());
            let enough = |transcript: &Transcript| unread(transcript, read).count() >= count;
            self.listens_until(enough, place).await;
            let transcript = self.call.transcript();
            let next: Vec<(usize, &str)> = unread(&transcript, self.read)
                .take(expected.len())
                .collect();
            let mut left = next.clone();
            for expected in expected {
                let Some(at) = left.iter().position(|(_, heard)| expected.is(heard)) else {
                    let left: Vec<String> =
                        left.iter().map(|(_, heard)| format!("“{heard}”")).collect();
                    let heard = if left.is_empty() {
                        nothing_more(&transcript)
                    } else {
                        format!("heard   {}", left.join(", "))
                    };
                    self.fails(&format!("to hear {expected}"), &heard, place);
                };
                left.remove(at);
            }
            if let Some((at, _)) = next.last() {
                self.read = at + 1;
            }
        }
    }

    /// Waits until nothing is under way; the bot must have said nothing that was not asked for before.
    ///
    /// # Panics
    /// If it said something.
    #[track_caller]
    pub fn hears_nothing(&mut self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            self.settles(place).await;
            self.must_be_silent("to hear nothing", self.read, place);
        }
    }

    /// Lets the bot say everything; then it must say nothing for so long.
    ///
    /// # Panics
    /// If it says something.
    #[track_caller]
    pub fn stays_silent_for(&mut self, duration: Duration) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            self.settles(place).await;
            let from = self.call.transcript().lines.len();
            tokio::time::sleep(duration).await;
            self.settles(place).await;
            self.must_be_silent(&format!("to hear nothing for {duration:?}"), from, place);
        }
    }

    fn must_be_silent(&self, expected: &str, from: usize, place: &Location<'_>) {
        let transcript = self.call.transcript();
        if let Some((_, heard)) = unread(&transcript, from).next() {
            self.fails(expected, &format!("heard   “{heard}”"), place);
        }
    }
}

/// What the bot said from this line on, and the line.
fn unread(transcript: &Transcript, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let lines = transcript.lines.iter().enumerate().skip(from);
    lines.filter_map(|(at, line)| Some((at, is_heard(&line.what)?)))
}
