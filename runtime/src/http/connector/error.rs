//! Why an operation of the API failed.

use super::{Refusal, ServiceUrlError};
use crate::connector::SendError;
use crate::http::TransportError;
use crate::http::auth::TokenError;

/// Why an operation of a connector's API failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectorError {
    /// The service URL may not be called. Nothing was sent, and no token asked for.
    #[error(transparent)]
    ServiceUrl(#[from] ServiceUrlError),
    /// The id of this thing is empty or a dot segment, and names another route. Nothing was sent.
    #[error("the id of the {0} cannot stand in a request")]
    Id(&'static str),
    /// Ids and parameters make no address. Nothing was sent.
    #[error("the address of the request cannot be written")]
    Address(#[source] http::Error),
    /// What is to be sent could not be written as JSON. Nothing was sent.
    #[error("the request cannot be written as JSON")]
    Value(#[source] serde_json::Error),
    /// There is no token. Nothing was sent.
    #[error("there is no token for the channel")]
    Token(#[from] TokenError),
    /// The channel answered that it did not do what was asked.
    #[error("the channel refused the request: {0}")]
    Refused(Box<Refusal>),
    /// The channel says that it is elsewhere. Nobody went there: the token must not follow.
    #[error("the channel answered with status {status} that it is elsewhere")]
    Moved {
        /// The HTTP status, 301 or another of its kind.
        status: u16,
        /// Where to, as the channel wrote it, unless that is no text or longer than 2,048 bytes.
        location: Option<String>,
    },
    /// There was no whole answer. Unless [`TransportError::is_unsent`], the request may have been executed.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The channel did what was asked, and its answer is not the documented one.
    #[error("the channel's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
}

impl From<ConnectorError> for SendError {
    fn from(error: ConnectorError) -> SendError {
        match error {
            ConnectorError::ServiceUrl(error) => SendError::ServiceUrl(error),
            ConnectorError::Id(what) => SendError::Id(what),
            ConnectorError::Address(_) => SendError::Id("conversation"),
            ConnectorError::Value(error) => SendError::Value(error),
            ConnectorError::Token(error) => SendError::Token(error),
            ConnectorError::Refused(refusal) => SendError::Refused {
                status: Some(refusal.status),
                code: refusal.code,
                message: refusal.message,
                retry_after: refusal.retry_after,
            },
            ConnectorError::Moved { status, location } => SendError::Refused {
                status: Some(status),
                code: status.to_string(),
                message: match location {
                    Some(location) => format!("the channel is at {location}"),
                    None => "the channel is elsewhere".to_owned(),
                },
                retry_after: None,
            },
            ConnectorError::Transport(error) if error.is_unsent() => {
                SendError::Unreachable(error.into())
            }
            ConnectorError::Transport(error) => SendError::Unanswered(error.into()),
            ConnectorError::Unreadable(error) => SendError::Unanswered(error.into()),
        }
    }
}
