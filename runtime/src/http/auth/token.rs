//! Tokens with which the bot calls: the seam between the connector's client and where tokens come from.

use std::fmt;
use std::sync::Arc;

use crate::connector::BoxFuture;
use crate::http::TransportError;

/// Gives the tokens with which a bot authenticates itself to a channel.
pub trait TokenProvider: Send + Sync + 'static {
    /// A token for `scope`, such as `https://api.botframework.com/.default`; from a cache when it lives long enough.
    fn token<'p>(&'p self, scope: &'p str) -> BoxFuture<'p, Result<Token, TokenError>>;

    /// Takes note that `token` was refused with status 401: it is not given again.
    fn refused(&self, scope: &str, token: &Token);
}

/// A bearer token. Its text is a secret and is not part of any message: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Arc<str>);

impl Token {
    /// The token whose text is `text`.
    pub fn new(text: impl Into<Arc<str>>) -> Token {
        Token(text.into())
    }

    /// The text, for a header.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The identity provider refused; `code` and `message` are its words.
    #[error("the identity provider refused to give a token: {code}: {message}")]
    Refused {
        /// Its code, such as `invalid_client`, or the HTTP status.
        code: String,
        /// What it says.
        message: String,
    },
    /// The identity provider was not reached.
    #[error("the identity provider cannot be reached")]
    Unreachable(#[from] TransportError),
    /// Its answer is not the documented one.
    #[error("the identity provider's answer cannot be read: {0}")]
    Unreadable(String),
    /// The credentials cannot be used.
    #[error("the credentials cannot be used: {0}")]
    Credentials(String),
}
