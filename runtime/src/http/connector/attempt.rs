//! One call: its request, the attempts to get it answered.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Method, Request, Response, StatusCode, Uri};
use tokio::time::Instant;

use super::retry::Fate;
use super::{ConnectorClient, ConnectorError, refusal};
use crate::http::TransportError;
use crate::http::auth::Token;
use crate::ids::mix;

/// A request that may be sent more than once.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) uri: Uri,
    /// JSON, or nothing.
    pub(super) body: Bytes,
    /// Whether a token may go along.
    pub(super) trusted: bool,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("onhook/", env!("CARGO_PKG_VERSION")));

impl Call {
    fn request(&self, token: Option<&Token>) -> Result<Request<Bytes>, ConnectorError> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, AGENT);
        // An attachment may be of any type.
        if self.method != Method::GET {
            headers.insert(ACCEPT, JSON);
        }
        if !self.body.is_empty() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        if let Some(token) = token {
            let bearer = ["Bearer ", token.secret()].concat();
            let mut bearer = HeaderValue::try_from(bearer)
                .map_err(|error| ConnectorError::Address(error.into()))?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        Ok(request)
    }
}

impl ConnectorClient {
    /// Makes the call and gives the answer, which is a success.
    pub(super) async fn make(&self, call: Call) -> Result<Response<Bytes>, ConnectorError> {
        let budget = self.settings().retry.whole();
        let attempts = self.attempts(&call);
        tokio::time::timeout(budget, attempts)
            .await
            .unwrap_or(Err(TransportError::TimedOut(budget).into()))
    }

    async fn attempts(&self, call: &Call) -> Result<Response<Bytes>, ConnectorError> {
        let settings = self.settings();
        let tokens = settings.tokens.as_deref().filter(|_| call.trusted);
        let begun = Instant::now();
        let mut attempt = 1;
        let mut renewed = false;
        let mut perhaps_done = false;
        loop {
            let token = match tokens {
                Some(tokens) => Some(tokens.token(self.scope()).await?),
                None => None,
            };
            let request = call.request(token.as_ref())?;
            let outcome = settings.transport.exchange(request).await;
            let status = outcome.as_ref().ok().map(Response::status);

            // A status of 401 says that nothing was executed, whatever the method.
            if let (Some(StatusCode::UNAUTHORIZED), Some(tokens), Some(token), false) =
                (status, tokens, &token, renewed)
            {
                tokens.refused(self.scope(), token);
                renewed = true;
                continue;
            }

            let fate = Fate::of(&outcome);
            let wait = if fate.allows_again(&call.method) {
                let chance = settings.jitter.next();
                let policy = &settings.retry;
                policy.wait(attempt, begun.elapsed(), fate.asked(), chance)
            } else {
                None
            };
            let Some(wait) = wait else {
                let response = outcome?;
                // The attempt before, of which nothing was heard, has deleted it.
                let gone = matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::GONE);
                if perhaps_done && gone && call.method == Method::DELETE {
                    return Ok(Response::default());
                }
                return if response.status().is_success() {
                    Ok(response)
                } else {
                    Err(refusal::refused(&response))
                };
            };
            tracing::debug!(attempt, ?status, ?wait, "the channel is called again");
            perhaps_done |= fate == Fate::MayBeExecuted;
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }
}

/// Numbers between 0 and 1 that nobody has to guess right: what spreads the waits.
#[derive(Debug)]
pub(super) struct Jitter(AtomicU64);

impl Jitter {
    /// From a seed, or from the one that the process has for its hash maps.
    pub(super) fn new(seed: Option<u64>) -> Jitter {
        let seed = seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        Jitter(AtomicU64::new(seed))
    }

    fn next(&self) -> f64 {
        let number = mix(self.0.fetch_add(1, Ordering::Relaxed));
        // The upper half, exact in a double.
        let upper = u32::try_from(number >> 32).unwrap_or_default();
        f64::from(upper) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Jitter;

    #[test]
    fn chances_are_spread_between_0_and_1_and_come_again_from_one_seed() {
        let (one, same) = (Jitter::new(Some(7)), Jitter::new(Some(7)));
        let chances: Vec<f64> = (0..1_000).map(|_| one.next()).collect();
        assert!(chances.iter().all(|chance| (0.0..=1.0).contains(chance)));
        let mean = chances.iter().sum::<f64>() / 1_000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
        assert!(
            chances
                .iter()
                .all(|chance| same.next().to_bits() == chance.to_bits())
        );
    }
}
