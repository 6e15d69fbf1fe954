//! Asks the identity provider.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{Response, StatusCode};

use super::grant::Grant;
use super::proof::Proof;
use super::{Cloud, TokenError};
use crate::Clock;
use crate::http::{Transport, TransportError};

/// How often the provider is asked for one token. The first pause has half a second, the next one a second.
const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// A provider that wants a longer pause gets it: there is no token for now.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Whom to ask for tokens, as which app, and how.
#[derive(Clone)]
pub(super) struct Teller {
    pub(super) app_id: String,
    pub(super) proof: Proof,
    pub(super) tenant: Option<String>,
    pub(super) cloud: Cloud,
    pub(super) token_url: Option<String>,
    pub(super) clock: Clock,
    pub(super) transport: Arc<dyn Transport>,
}

impl Teller {
    /// Asks for a token of `scope`, and again after a pause if the provider is busy or was not reached.
    pub(super) async fn ask(&self, scope: &str) -> Result<Grant, TokenError> {
        let token_url = self.token_url()?;
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            match self.attempt(scope, &token_url).await {
                Ok(response) if is_busy(response.status()) => {
                    let wanted = retry_after(&response);
                    if wanted.is_some_and(|wanted| wanted > LONGEST_PAUSE) {
                        return Grant::read(&response, self.now(), &self.proof);
                    }
                    pause = pause.max(wanted.unwrap_or_default());
                }
                Ok(response) => return Grant::read(&response, self.now(), &self.proof),
                Err(TokenError::Unreachable(
                    TransportError::Connect(_)
                    | TransportError::TimedOut(_)
                    | TransportError::Broken(_),
                )) => {}
                Err(error) => return Err(error),
            }
            self.clock.sleep(pause).await;
            pause *= 2;
        }
        let response = self.attempt(scope, &token_url).await?;
        Grant::read(&response, self.now(), &self.proof)
    }

    async fn attempt(
        &self,
        scope: &str,
        token_url: &str,
    ) -> Result<Response<bytes::Bytes>, TokenError> {
        let now = self.now();
        let request = self.proof.request(&self.app_id, scope, token_url, now)?;
        Ok(self.transport.exchange(request).await?)
    }

    /// Where Entra gives tokens. The tenant goes into a URL: only what is in names of tenants is taken.
    fn token_url(&self) -> Result<String, TokenError> {
        if let Some(url) = &self.token_url {
            return Ok(url.clone());
        }
        let tenant = self.tenant.as_deref();
        let tenant = tenant.unwrap_or_else(|| self.cloud.bot_framework_tenant());
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if tenant.is_empty() || !tenant.bytes().all(is_name) {
            return Err(TokenError::Credentials(
                "the tenant is neither a GUID nor a domain".to_owned(),
            ));
        }
        Ok(format!("{}/{tenant}/oauth2/v2.0/token", self.cloud.login()))
    }

    fn now(&self) -> i64 {
        self.clock.now().unix_timestamp()
    }
}

impl fmt::Debug for Teller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Teller")
            .field("app_id", &self.app_id)
            .field("proof", &self.proof)
            .field("tenant", &self.tenant)
            .field("cloud", &self.cloud)
            .finish_non_exhaustive()
    }
}

fn is_busy(status: StatusCode) -> bool {
    // 410: the Instance Metadata Service is being updated.
    status.is_server_error()
        || [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::GONE,
        ]
        .contains(&status)
}

/// The pause that the provider wants; dates are not read.
fn retry_after(response: &Response<bytes::Bytes>) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.parse().ok().map(Duration::from_secs)
}
