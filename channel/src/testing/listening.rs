//! How long a caller listens, and what there was to hear.

use std::panic::Location;
use std::time::Duration;

use tokio::time::Instant;

use super::test_call::TestCall;
use crate::media::FRAME_DURATION;
use crate::{EndedBy, Event, Transcript};

/// How long the caller listens for a bot that says nothing, before the test is told: it may have a timer of its own.
pub(super) const LISTENING: Duration = Duration::from_secs(60);

impl TestCall {
    /// Lets the bot say everything, and then listens on until something has happened, the call is over, or it is enough.
    pub(super) async fn listens_until(
        &mut self,
        happened: impl Fn(&Transcript) -> bool,
        place: &Location<'_>,
    ) {
        self.settles(place).await;
        let enough = Instant::now() + LISTENING;
        let mut seen = self.call.transcript();
        while !happened(&seen) && ended_by(&seen).is_none() && Instant::now() < enough {
            tokio::time::sleep(FRAME_DURATION).await;
            let now = self.call.transcript();
            if now.lines.len() > seen.lines.len() {
                self.settles(place).await;
            }
            seen = self.call.transcript();
        }
    }
}

/// Why there is nothing to hear.
pub(super) fn nothing(transcript: &Transcript) -> String {
    if let Some(Event::Unhandled(what)) = transcript.lines.last().map(|line| &line.what) {
        return format!("the bot has no handler for this {what}, and the call is still up");
    }
    match ended_by(transcript) {
        None => "the bot said nothing more, and the call is still up",
        Some(EndedBy::Bot) => "the bot has hung up",
        Some(EndedBy::Transfer) => "the bot has transferred the call",
        Some(_) => "the call is over",
    }
    .to_owned()
}

/// Why there is nothing to hear, when the caller has listened on.
pub(super) fn nothing_more(transcript: &Transcript) -> String {
    let nothing = nothing(transcript);
    if ended_by(transcript).is_some() {
        return nothing;
    }
    let seconds = LISTENING.as_secs();
    format!("{nothing}\n         (the caller listened for another {seconds} s)")
}

pub(super) fn ended_by(transcript: &Transcript) -> Option<EndedBy> {
    transcript.lines.iter().find_map(|line| match line.what {
        Event::Ended(by) => Some(by),
        _ => None,
    })
}
