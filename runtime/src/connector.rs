//! The one seam for what goes out.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::activity::{Activity, ResourceResponse};
use crate::phone_number::NotE164;
use crate::recording::MetadataError;

/// A boxed future, as a [`Connector`] returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries activities from the bot to the channel: an HTTP client, a channel in the same process, or a
/// double in a test.
///
/// Activities arrive addressed (`conversation`, `from`, `recipient`, `serviceUrl`) and in the order in
/// which the bot sent them.
pub trait Connector: Send + Sync + 'static {
    /// Sends `activity` and gives the id that the channel gave it. Nothing is sent before the future is polled.
    fn send(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>>;

    /// Replaces the activity whose id `activity.id` names.
    fn update(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        let _ = activity;
        Box::pin(async { Err(SendError::Unsupported("update")) })
    }

    /// Deletes the activity that `activity.id` names; the rest of `activity` says where it is.
    fn delete(&self, activity: Activity) -> BoxFuture<'_, Result<(), SendError>> {
        let _ = activity;
        Box::pin(async { Err(SendError::Unsupported("delete")) })
    }
}

/// Why an activity did not go out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// There is nothing to say: the speech is empty or white space. Nothing was sent.
    #[error("there is nothing to say: the text is empty")]
    EmptySpeech,
    /// The number to transfer to is not an E.164 number. Nothing was sent.
    #[error(transparent)]
    PhoneNumber(#[from] NotE164),
    /// The recording's metadata are beyond the limits. Nothing was sent.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// A value could not be written as JSON. Nothing was sent.
    #[error("the value of the activity cannot be written as JSON")]
    Value(#[from] serde_json::Error),
    /// An update or a deletion names no activity. Nothing was sent.
    #[error("the activity to {0} has no id")]
    NoActivityId(&'static str),
    /// The conversation is over; nothing more can be sent.
    #[error("the conversation has ended")]
    Ended,
    /// The channel does not have this operation.
    #[error("the channel does not support `{0}`")]
    Unsupported(&'static str),
    /// The activity has no `serviceUrl`: it does not say where its channel takes requests. Nothing was sent.
    #[error("the activity has no service url")]
    NoServiceUrl,
    /// The activity has no `conversation.id`. Nothing was sent.
    #[error("the activity names no conversation")]
    NoConversation,
    /// An id cannot be written into the path of a request. Nothing was sent.
    #[error("the id of the {0} cannot stand in a request")]
    Id(&'static str),
    /// The activity's `serviceUrl` is not one that may be called. Nothing was sent.
    #[cfg(feature = "http")]
    #[error("the service url is not called")]
    ServiceUrl(#[from] crate::http::connector::ServiceUrlError),
    /// There is no token to send with. Nothing was sent.
    #[cfg(feature = "http")]
    #[error("there is no token for the channel")]
    Token(#[from] crate::http::auth::TokenError),
    /// The channel answered and did not take the activity.
    #[error("the channel refused the activity: {code}: {message}")]
    Refused {
        /// The HTTP status, where there was one: 404 for a conversation that is not there.
        status: Option<u16>,
        /// The channel's code, or its HTTP status.
        code: String,
        /// The channel's words.
        message: String,
        /// How long the channel asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The channel could not be reached and nothing was sent; sending again later may succeed.
    #[error("the channel cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The channel did not answer in full. It may have taken the activity: sending it again may say it twice.
    #[error("the channel did not answer")]
    Unanswered(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SendError {
    /// The channel did not take the activity, for this reason.
    pub fn refused(code: impl Into<String>, message: impl Into<String>) -> SendError {
        SendError::Refused {
            status: None,
            code: code.into(),
            message: message.into(),
            retry_after: None,
        }
    }
}
