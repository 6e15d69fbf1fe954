//! When the bot is told of what the caller has said: once it has been recognised.

use std::collections::VecDeque;

use onhook::Activity;
use tokio::sync::oneshot;

use super::engine::Engine;

/// What the caller has said and the bot has not been told yet, in order.
#[derive(Debug, Default)]
pub(super) struct Recogniser(VecDeque<Heard>);

#[derive(Debug)]
struct Heard {
    /// Where in the call it has been recognised, in samples.
    at: u64,
    activity: Box<Activity>,
    done: oneshot::Sender<()>,
}

impl Recogniser {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Hears something that is recognised at this place of the call, but not before what was heard earlier.
    pub(super) fn hear(&mut self, at: u64, activity: Box<Activity>, done: oneshot::Sender<()>) {
        let earlier = self.0.back().map_or(0, |heard| heard.at);
        self.0.push_back(Heard {
            at: at.max(earlier),
            activity,
            done,
        });
    }

    fn next(&mut self, position: u64) -> Option<Heard> {
        self.0.front().filter(|heard| heard.at <= position)?;
        self.0.pop_front()
    }
}

impl Engine {
    /// Tells the bot what has been recognised by this place of the call.
    pub(super) fn tell_by(&mut self, position: u64) {
        while let Some(Heard { activity, done, .. }) = self.recogniser.next(position) {
            self.caller_waits();
            self.deliver(*activity);
            // A caller who does not wait for it has said it all the same.
            let _ = done.send(());
        }
    }
}
