//! The tokens that the bot has for a scope.

use std::time::Duration;

use tokio::time::Instant;

use super::grant::Grant;
use super::{Token, TokenError};
use crate::http::TransportError;

/// A token is renewed this long before it expires, or in the second half of its life if that is shorter than ten
/// minutes.
const MARGIN: Duration = Duration::from_secs(300);
/// After a failure nobody is asked for this long; everyone gets the same error.
const PAUSE: Duration = Duration::from_secs(5);
/// The same, while the old token is still good.
const UNHURRIED: Duration = Duration::from_secs(30);

/// The token that the bot has for a scope. Pure: time is an argument.
#[derive(Debug, Default)]
pub(super) struct Purse {
    held: Option<Held>,
    /// The last token that was refused: it is not given again.
    refused: Option<Token>,
    failed: Option<(Instant, TokenError)>,
}

#[derive(Debug)]
struct Held {
    token: Token,
    renew: Instant,
    expires: Instant,
}

/// What there is.
#[derive(Debug)]
pub(super) enum Holding {
    /// A token.
    Good(Token),
    /// A token that should be renewed.
    Ageing(Token),
    /// No token; ask for one.
    Nothing,
    /// No token; it is too early to ask again.
    Failed(TokenError),
}

impl Purse {
    /// What there is at `now`.
    pub(super) fn look(&self, now: Instant) -> Holding {
        let since_failure = |at: &Instant| now.saturating_duration_since(*at);
        match (&self.held, &self.failed) {
            (Some(held), _) if now < held.renew => Holding::Good(held.token.clone()),
            (Some(held), Some((at, _))) if now < held.expires && since_failure(at) < UNHURRIED => {
                Holding::Good(held.token.clone())
            }
            (Some(held), _) if now < held.expires => Holding::Ageing(held.token.clone()),
            (_, Some((at, error))) if since_failure(at) < PAUSE => Holding::Failed(repeat(error)),
            _ => Holding::Nothing,
        }
    }

    /// Takes what was answered to the request that was made at `asked`. Says what everyone else who waits gets too.
    pub(super) fn put(
        &mut self,
        answer: Result<Grant, TokenError>,
        asked: Instant,
        now: Instant,
    ) -> Result<Token, TokenError> {
        let answer = answer.and_then(|grant| {
            if self.refused.as_ref() == Some(&grant.token) {
                return Err(TokenError::Refused {
                    code: "token_refused".to_owned(),
                    message: "the token that it gives is the one that was refused".to_owned(),
                });
            }
            Ok(grant)
        });
        match answer {
            Ok(grant) => {
                let margin = MARGIN.min(grant.lifetime / 2);
                self.held = Some(Held {
                    token: grant.token.clone(),
                    renew: asked + grant.lifetime.saturating_sub(margin),
                    expires: asked + grant.lifetime,
                });
                self.failed = None;
                Ok(grant.token)
            }
            Err(error) => {
                self.failed = Some((now, repeat(&error)));
                Err(error)
            }
        }
    }

    /// `token` was refused.
    pub(super) fn refuse(&mut self, token: &Token) {
        // Any other was refused before, and replaced since.
        if self.held.as_ref().is_some_and(|held| held.token == *token) {
            self.held = None;
            self.refused = Some(token.clone());
        }
    }

    /// Whether there is nothing worth keeping at `now`.
    pub(super) fn is_empty(&self, now: Instant) -> bool {
        self.held.as_ref().is_none_or(|held| held.expires <= now)
    }
}

/// The same error for somebody else.
fn repeat(error: &TokenError) -> TokenError {
    match error {
        TokenError::Refused { code, message } => TokenError::Refused {
            code: code.clone(),
            message: message.clone(),
        },
        TokenError::Unreadable(why) => TokenError::Unreadable(why.clone()),
        TokenError::Credentials(why) => TokenError::Credentials(why.clone()),
        TokenError::Unreachable(error) => TokenError::Unreachable(match error {
            TransportError::Connect(source) => TransportError::Connect(source.to_string().into()),
            TransportError::TimedOut(after) => TransportError::TimedOut(*after),
            TransportError::Broken(source) => TransportError::Broken(source.to_string().into()),
            TransportError::TooLong(longest) => TransportError::TooLong(*longest),
        }),
    }
}
