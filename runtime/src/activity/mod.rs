//! The activity schema of the Activity protocol, version 3.4: typed, and without loss.
//!
//! What the schema knows has a type; what it does not know stays: unknown fields at every level in
//! [`Extra`], unknown words in the `Other` of every enumeration, open values and numbers as their text. One pass over
//! the document reads it; nothing is allocated for what is absent. A string with half of a character in it, as a text
//! has that was cut within an emoji, is read with U+FFFD in its place.
//!
//! ```
//! use onhook::activity::{Activity, ActivityType, Json};
//!
//! let text = r#"{"type":"commandResult","value":{"commandId":"c-1","error":null},"name":"application/x","trace":1.0e2}"#;
//! let result = Activity::from_json(text)?;
//! assert_eq!(result.kind, ActivityType::CommandResult);
//! assert_eq!(result.extra.get("trace").map(Json::as_str), Some("1.0e2"));
//! assert_eq!(result.to_json(), text);
//! # Ok::<(), onhook::activity::ActivityError>(())
//! ```

mod object;
mod open_enum;
mod part;
mod path;

mod error;
mod extra;
mod json;
mod lenient;
mod null;
mod number;
pub(crate) mod raw_object;
pub(crate) mod surrogate;
mod timestamp;

mod accessor;
mod account;
mod addressing;
mod attachment;
mod card;
#[cfg(feature = "http")]
pub(crate) mod connector;
mod entity;
mod handoff;
mod model;
mod reference;
mod response;
mod session;
mod vocabulary;
mod voice;
mod wire;

pub use account::{ChannelAccount, ConversationAccount, Role};
pub use attachment::Attachment;
pub use card::{
    ActionType, CardAction, MessageReaction, ReactionType, SemanticAction, SemanticActionState,
    SuggestedActions, TextHighlight,
};
pub use entity::{Context, Entity, ScreenContext, StreamInfo, StreamResult, StreamType};
pub use error::ActivityError;
pub use extra::Extra;
pub use handoff::{HandoffInitiate, HandoffState, HandoffStatus};
pub use json::Json;
pub use model::Activity;
pub use number::Number;
pub use reference::ConversationReference;
pub use response::{ExpectedReplies, InvokeResponseValue, ResourceResponse};
pub use session::{
    SessionEnd, SessionEndReason, SessionInit, SessionResult, SessionSignal, SessionState,
    SessionUpdate, SignalOrigin,
};
pub use timestamp::Timestamp;
pub use vocabulary::{
    ActivityType, AttachmentLayout, DeliveryMode, EndOfConversationCode, Importance, InputHint,
    TextFormat,
};
pub use voice::{MediaChunk, MediaEnd, MediaStart, VoiceMessage};
