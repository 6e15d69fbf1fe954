//! The connector's client: the REST API of a channel.
//!
//! [`ConnectorClient`] sends what a turn sends, as the [`Connector`](crate::Connector) of a bot on the network, and
//! has the other operations of the API as [`Service`]. Whom it calls is decided by [`ServiceUrls`], what it does when
//! a channel is busy or away by [`RetryPolicy`].

mod activities;
mod attachments;
mod attempt;
mod client;
mod conversations;
mod error;
mod host;
mod members;
mod path;
mod refusal;
mod retry;
mod retry_after;
mod sending;
mod service;
mod service_url;

pub use self::client::{ConnectorClient, ConnectorClientBuilder};
pub use self::error::ConnectorError;
pub use self::host::InvalidHost;
pub use self::refusal::Refusal;
pub use self::retry::RetryPolicy;
pub use self::service::Service;
pub use self::service_url::{ServiceUrl, ServiceUrlError, ServiceUrls};
pub use crate::activity::connector::{
    AttachmentData, AttachmentInfo, AttachmentView, ConversationMembers, ConversationParameters,
    ConversationResourceResponse, ConversationsResult, PagedMembers, Transcript,
};
