//! What a bot needs, in one line: `use onhook::prelude::*;`.

pub use crate::attributes::*;
#[cfg(feature = "dialog")]
pub use crate::extract::State;
pub use crate::extract::{
    ChannelData, ConversationId, Digit, Ending, Local, Locale, MembersAdded, MembersRemoved, Name,
    ReactionsAdded, ReactionsRemoved, Sender, Text, Value,
};
pub use crate::ssml::Ssml;
pub use crate::{
    Activity, Bot, Command, CommandError, CommandReply, CommandResult, CommandValue, Flow,
    InputHint, InvokeResponse, RecordingPause, RecordingResume, RecordingStart, RecordingStatus,
    RecordingStop, Rejection, Result, Speech, Turn,
};
#[cfg(feature = "dialog")]
pub use crate::{Dialog, Unanswered, question::Choice};
