//! How narrowly a bot takes an activity.

/// How narrowly the handler is bound that a bot has for an activity; the smaller, the narrower.
///
/// A chain of bots ([`Bot::or`](crate::Bot::or)) asks each bot for its rank, and the narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rank {
    /// By its key: `#[on_dtmf('1')]`.
    Key,
    /// As a key: `#[on_dtmf]`.
    AnyKey,
    /// By its name or text, as `#[on_event("name")]`, or by one side of it, as `#[on_members_added]`.
    Exact,
    /// By its type: `#[on_message]`, `#[on_conversation_update]`.
    Kind,
    /// By `#[on_activity]`.
    Anything,
    /// No handler takes it.
    Nothing,
    /// The bot does not say: it was written by hand without [`Bot::rank`](crate::Bot::rank).
    Unknown,
}
