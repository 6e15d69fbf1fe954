//! Where a conversation's recording stands.

use super::open_words::open_words;

/// The state of a conversation's recording. Sessions count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing has been recorded.
    #[default]
    Idle,
    /// The session is being recorded.
    Recording(u32),
    /// The session is open and keeps nothing.
    Paused(u32),
    /// The session is closed while the call is up; it may be reopened.
    Stopped(u32),
    /// The call is over and every session sealed.
    Ended,
}

impl State {
    /// The session that is open or was the last one; none before the first start and after the call.
    pub const fn session(self) -> Option<u32> {
        match self {
            Self::Recording(session) | Self::Paused(session) | Self::Stopped(session) => {
                Some(session)
            }
            Self::Idle | Self::Ended => None,
        }
    }

    /// True while a session is open: recording or paused.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Recording(_) | Self::Paused(_))
    }

    /// The state without its session, as results carry it.
    pub const fn phase(self) -> Phase {
        match self {
            Self::Idle => Phase::Idle,
            Self::Recording(_) => Phase::Recording,
            Self::Paused(_) => Phase::Paused,
            Self::Stopped(_) => Phase::Stopped,
            Self::Ended => Phase::Ended,
        }
    }
}

open_words! {
    /// The word for a [`State`] on the wire.
    pub enum Phase {
        /// Nothing has been recorded.
        Idle = "idle",
        /// A session is being recorded.
        Recording = "recording",
        /// A session is open and keeps nothing.
        Paused = "paused",
        /// The last session is closed.
        Stopped = "stopped",
        /// The call is over.
        Ended = "ended",
    }
}
