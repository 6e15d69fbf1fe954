//! What the identity provider answers.

use std::time::Duration;

use http::{Response, StatusCode};
use serde::{Deserialize, Deserializer};

use super::proof::Proof;
use super::{Token, TokenError};

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;
/// No token is kept longer: those of managed identities are valid for a day.
const MAX_LIFETIME: u64 = 24 * 3600;
/// How much of the provider's words is repeated, in characters.
const MAX_WORDS: usize = 300;

/// A token that was given, and for how long it is good.
pub(super) struct Grant {
    pub(super) token: Token,
    pub(super) lifetime: Duration,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    /// Since 1970. The endpoint of App Services says only this.
    #[serde(default, deserialize_with = "seconds")]
    expires_on: Option<u64>,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Grant {
    /// Reads an answer that came at `now`, in seconds since 1970 (RFC 6749, 5.1 and 5.2).
    pub(super) fn read(
        response: &Response<bytes::Bytes>,
        now: i64,
        proof: &Proof,
    ) -> Result<Grant, TokenError> {
        let unreadable = |why: &str| TokenError::Unreadable(why.to_owned());
        if response.body().len() > MAX_ANSWER {
            return Err(unreadable("it is longer than 64 KiB"));
        }
        if response.status() != StatusCode::OK {
            return Err(refusal(response, proof));
        }
        // What serde says of a malformed answer may repeat a part of it, and the token is in it.
        let granted: Granted = serde_json::from_slice(response.body())
            .map_err(|_| unreadable("it is not a token in JSON"))?;
        if granted.access_token.is_empty()
            || !granted
                .access_token
                .bytes()
                .all(|byte| byte.is_ascii_graphic())
        {
            return Err(unreadable("the token is not one that a header can carry"));
        }
        let until = |on: u64| on.saturating_sub(u64::try_from(now).unwrap_or_default());
        let lifetime = granted.expires_in.or(granted.expires_on.map(until));
        let lifetime = lifetime.ok_or_else(|| unreadable("it does not say when it expires"))?;
        if lifetime == 0 {
            return Err(unreadable("the token has expired already"));
        }
        Ok(Grant {
            token: Token::new(granted.access_token),
            lifetime: Duration::from_secs(lifetime.min(MAX_LIFETIME)),
        })
    }
}

fn refusal(response: &Response<bytes::Bytes>, proof: &Proof) -> TokenError {
    let words = |text: &str| -> String { proof.redact(text).chars().take(MAX_WORDS).collect() };
    match serde_json::from_slice::<Refused>(response.body()) {
        Ok(refused) => TokenError::Refused {
            code: words(&refused.error),
            message: words(&refused.error_description),
        },
        Err(_) => TokenError::Refused {
            code: response.status().as_str().to_owned(),
            message: "it does not say why".to_owned(),
        },
    }
}

/// A number of seconds, as a number or as a text: the endpoints of managed identities write texts.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Seconds {
        Number(u64),
        Text(String),
    }
    let seconds = match Option::<Seconds>::deserialize(deserializer)? {
        None => None,
        Some(Seconds::Number(seconds)) => Some(seconds),
        Some(Seconds::Text(text)) => Some(text.parse().map_err(serde::de::Error::custom)?),
    };
    Ok(seconds)
}
